"""What was edited: two bodies' passages matched, and the words that differ.

Passages that say the same are matched wherever they stand. Of what is left in one place
the words are aligned together, so a sentence split in two or joined with the next shows
only the words that changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rapidfuzz.distance import Indel

from corrigenda.compare.align import Run, align
from corrigenda.compare.plain import Passage, Token

# A passage moved and reworded is followed when this much of it is the same, and when
# there are few enough candidates to try each with each.
_LIKE = 0.7
_TRIES = 2500
_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Words that became other words in one place.

    Attributes:
        old: The words that are gone; empty for an insertion.
        new: The words that came; empty for a deletion.
        before: Up to three words that stand before them, unchanged.
        after: Up to three that stand after.
        passages: The whole passages this removes or adds, when it is nothing else.
        place: Number of the place; removals and additions in one place belong together.
        speech: It is inside a quotation.
        coarse: The place was too long to compare word by word.
    """

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    before: tuple[Token, ...] = ()
    after: tuple[Token, ...] = ()
    passages: tuple[Passage, ...] = ()
    place: int = 0
    speech: bool = False
    coarse: bool = False

    @property
    def whole(self) -> bool:
        """It removes or adds whole passages."""
        return bool(self.passages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All that differs between two lists of passages.

    Attributes:
        edits: In order.
        moved: Passages that say the same and stand elsewhere.
        restyled: Pairs that differ in capitals or punctuation alone, old and new.
        contacts_old: Press-contact lines that are gone or changed.
        contacts_new: Press-contact lines that came or changed.
    """

    edits: tuple[Edit, ...]
    moved: tuple[Passage, ...]
    restyled: tuple[tuple[str, str], ...]
    contacts_old: tuple[Passage, ...] = ()
    contacts_new: tuple[Passage, ...] = ()


_Gap = tuple[list[Passage], list[Passage], bool]


def find_edits(old: Sequence[Passage], new: Sequence[Passage]) -> Edits:
    """Match two lists of passages and return what differs.

    Args:
        old: The old body's passages.
        new: The new body's.
    """
    runs = align([p.squash for p in old], [p.squash for p in new])
    gaps = [
        (list(old[r.old_start : r.old_end]), list(new[r.new_start : r.new_end]), r.coarse)
        for r in runs
        if not r.equal
    ]
    moved = _take_moved(gaps)
    contacts_old = [p for olds, _, _ in gaps for p in _take_contacts(olds)]
    contacts_new = [p for _, news, _ in gaps for p in _take_contacts(news)]
    gaps += _take_reworded_elsewhere(gaps)
    gaps += _take_captions(gaps)
    edits: list[Edit] = []
    restyled: list[tuple[str, str]] = []
    for place, (olds, news, coarse) in enumerate(gaps):
        found = _edits_of_gap(olds, news, coarse=coarse, restyled=restyled)
        edits += [replace(edit, place=place) for edit in found]
    return Edits(
        edits=tuple(edits),
        moved=tuple(moved),
        restyled=tuple(restyled),
        contacts_old=tuple(contacts_old),
        contacts_new=tuple(contacts_new),
    )


def _take_contacts(side: list[Passage]) -> list[Passage]:
    """Take the press-contact lines out of one side of a gap."""
    contacts = [p for p in side if p.contact]
    side[:] = [p for p in side if not p.contact]
    return contacts


def _take_captions(gaps: list[_Gap]) -> list[_Gap]:
    """Take out captions of different photographs, which are exchanged and not reworded."""
    singles: list[_Gap] = []
    for olds, news, _ in gaps:
        captions = [p for p in olds if p.caption], [p for p in news if p.caption]
        if not all(captions):
            continue
        for side, found, others in ((olds, *captions), (news, *captions[::-1])):
            different = [p for p in found if not any(_same_photograph(p, o) for o in others)]
            side[:] = [p for p in side if p not in different]
            singles += [([p], [], False) if side is olds else ([], [p], False) for p in different]
    return singles


def _same_photograph(one: Passage, other: Passage) -> bool:
    """Tell a caption corrected from another caption; short ones change much by one word."""
    enough = 0.5 if min(len(one.keys), len(other.keys)) < _FEWEST_WORDS else 0.75
    return Indel.normalized_similarity(one.keys, other.keys) >= enough


def _take_moved(gaps: list[_Gap]) -> list[Passage]:
    """Take out of the gaps, and return, passages gone from one place and come in another."""
    gone = Counter(p.squash for olds, _, _ in gaps for p in olds)
    come = Counter(p.squash for _, news, _ in gaps for p in news)
    both = gone & come
    if not both:
        return []
    left_old, left_new = both.copy(), both.copy()
    moved: list[Passage] = []
    for olds, news, _ in gaps:
        olds[:] = [p for p in olds if not _take(left_old, p.squash)]
        moved += [p for p in news if left_new[p.squash] > 0 and _take(left_new, p.squash)]
        news[:] = [p for p in news if p not in moved]
    return moved


def _take(left: Counter[str], squash: str) -> bool:
    """Take one of the counted if any is left."""
    if left[squash] <= 0:
        return False
    left[squash] -= 1
    return True


def _take_reworded_elsewhere(gaps: list[_Gap]) -> list[_Gap]:
    """Take out, as gaps of their own, like passages that stand in different gaps."""
    gone = [(olds, p) for olds, news, _ in gaps if not news for p in olds]
    come = [(news, p) for olds, news, _ in gaps if not olds for p in news]
    if not gone or len(gone) * len(come) > _TRIES:
        return []
    pairs: list[_Gap] = []
    for olds, passage in gone:
        scored = [
            (Indel.normalized_similarity(passage.keys, p.keys, score_cutoff=_LIKE), index)
            for index, (_, p) in enumerate(come)
            if min(len(passage.keys), len(p.keys)) >= _FEWEST_WORDS
        ]
        score, index = max(scored, default=(0.0, -1))
        if score >= _LIKE:
            news, partner = come.pop(index)
            olds.remove(passage)
            news.remove(partner)
            pairs.append(([passage], [partner], False))
    return pairs


def _edits_of_gap(
    olds: list[Passage], news: list[Passage], *, coarse: bool, restyled: list[tuple[str, str]]
) -> Iterator[Edit]:
    """Yield the edits of one place."""
    a, starts_a = _words(olds)
    b, starts_b = _words(news)
    runs = [] if coarse else align([t.key for t in a], [t.key for t in b])
    if coarse or not (a and b):
        runs = [
            Run(
                equal=False,
                old_start=0,
                old_end=len(a),
                new_start=0,
                new_end=len(b),
                coarse=coarse,
            )
        ]
    runs = _tidied(runs)
    for run in runs:
        if run.equal:
            restyled += _restyled(a[run.old_start : run.old_end], b[run.new_start : run.new_end])
        else:
            yield from _edits_of_run(a, b, run, (olds, starts_a), (news, starts_b))


def _words(found: list[Passage]) -> tuple[list[Token], list[int]]:
    """Return the passages' tokens in one list, and where each passage starts (and the end)."""
    words: list[Token] = []
    starts = [0]
    for passage in found:
        words += passage.tokens
        starts.append(len(words))
    return words, starts


def _tidied(runs: list[Run]) -> list[Run]:
    """Absorb chance matches: a stray "the" between two rewritten stretches is no anchor."""
    tidy: list[Run] = []
    for index, run in enumerate(runs):
        inner = 0 < index < len(runs) - 1
        length = run.old_end - run.old_start
        chance = (
            run.equal
            and inner
            and length <= 2
            and length * 2 <= min(_size(runs[index - 1]), _size(runs[index + 1]))
        )
        if tidy and not tidy[-1].equal and (chance or not run.equal):
            tidy[-1] = Run(
                equal=False,
                old_start=tidy[-1].old_start,
                old_end=run.old_end,
                new_start=tidy[-1].new_start,
                new_end=run.new_end,
                coarse=tidy[-1].coarse or run.coarse,
            )
        else:
            tidy.append(run)
    return tidy


def _size(run: Run) -> int:
    """Return how many words a run replaces, on its longer side."""
    return max(run.old_end - run.old_start, run.new_end - run.new_start)


def _restyled(a: list[Token], b: list[Token]) -> Iterator[tuple[str, str]]:
    """Yield words that are the same but for capitals or the punctuation after them."""
    for x, y in zip(a, b, strict=True):
        if (x.word, x.tail) != (y.word, y.tail):
            yield x.word + x.tail, y.word + y.tail


def _edits_of_run(
    a: list[Token],
    b: list[Token],
    run: Run,
    old: tuple[list[Passage], list[int]],
    new: tuple[list[Passage], list[int]],
) -> Iterator[Edit]:
    """Yield the edits of one unequal run; whole passages one by one where both sides are."""
    gone, rest_a = _whole(*old, run.old_start, run.old_end)
    come, rest_b = _whole(*new, run.new_start, run.new_end)
    both = run.old_start < run.old_end and run.new_start < run.new_end
    if both and (rest_a or rest_b):
        gone, come, rest_a, rest_b = (
            [],
            [],
            [(run.old_start, run.old_end)],
            [(run.new_start, run.new_end)],
        )
    yield from (Edit(old=p.tokens, new=(), passages=(p,), coarse=run.coarse) for p in gone)
    yield from (Edit(old=(), new=p.tokens, passages=(p,), coarse=run.coarse) for p in come)
    for (i, i_end), (j, j_end) in zip_longest(rest_a, rest_b, fillvalue=(0, 0)):
        yield Edit(
            old=tuple(a[i:i_end]),
            new=tuple(b[j:j_end]),
            before=tuple(b[max(j - 3, 0) : j] if j_end else a[max(i - 3, 0) : i]),
            after=tuple(b[j_end : j_end + 3] if j_end else a[i_end : i_end + 3]),
            speech=_in_speech(b, run.new_start) or _in_speech(a, run.old_start),
            coarse=run.coarse,
        )


def _whole(
    found: list[Passage], starts: list[int], start: int, end: int
) -> tuple[list[Passage], list[tuple[int, int]]]:
    """Return the passages a stretch of words covers, and the stretches of those it cuts."""
    whole: list[Passage] = []
    parts: list[tuple[int, int]] = []
    for index in range(max(bisect_right(starts, start) - 1, 0), len(found)):
        first, last = starts[index], starts[index + 1]
        if first >= end:
            break
        if start <= first and last <= end:
            whole.append(found[index])
        else:
            parts.append((max(first, start), min(last, end)))
    return whole, parts


def _in_speech(words: list[Token], at: int) -> bool:
    """Tell whether a place is inside quotation marks: their number before it is odd.

    Within one place only, so a quotation that began paragraphs before is not seen.
    """
    return sum(t.tail.count("'") for t in words[:at]) % 2 == 1
