"""Two bodies matched: which stretch of the new one is which of the old.

See docs/design.md, "Significance".

The one alignment under reasons, counts and the difference on display. Passages that say the
same are matched first, wherever they stand; between them words, so that a sentence split in
two or joined with the next shows only the words that changed; and last every run of
:data:`RUN` equal words still left over, so that nothing is struck in one place and added
again in another.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from operator import attrgetter

from corrigenda.compare.alignment.align import Run, align, at_most
from corrigenda.compare.text.plain import Passage
from corrigenda.compare.text.tokens import Token

#: As many equal words in a row, gone here and come there, are the same words moved.
RUN = 5
# A shorter passage that stands elsewhere may be another cell with the same figure.
_MOVABLE = 4
# So few words in common between two rewritten stretches are chance.
_CHANCE = 2
_TAIL = re.compile(r"[^\w\s]*")
# More places, or edits in one, than any reader follows; it also bounds the time.
_MOST = 1000
# Places looked at for the longest run of moved words.
_CANDIDATES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A stretch that both bodies have, by places in characters.

    Attributes:
        old_start: Where it begins in the old body.
        old_end: Where it ends there.
        new_start: Where it begins in the new body.
        new_end: Where it ends there.
        moved: It stands in another order than the rest.
    """

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    moved: bool = False


class Side:
    """One body's passages, found by their places.

    Args:
        passages: In order.
        text: The masked body.
    """

    def __init__(self, passages: Sequence[Passage], text: str = "") -> None:
        self.passages = passages
        self._text = text
        self._starts = [p.start for p in passages]

    def within(self, start: int, end: int) -> Sequence[Passage]:
        """Return the passages that reach into a stretch."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = bisect_left(self._starts, end)
        return [p for p in self.passages[first:last] if p.end > start]

    def tokens(self, start: int, end: int) -> list[Token]:
        """Return the words of a stretch."""
        return [t for p in self.within(start, end) for t in p.tokens if start <= t.start < end]

    def slice(self, start: int, end: int) -> str:
        """Return a stretch of the masked text, with the punctuation after it."""
        tail = _TAIL.match(self._text, end)
        return self._text[start : tail.end() if tail else end]

    def at(self, place: int) -> Passage:
        """Return the passage a place is in, or the one before it."""
        return self.passages[max(bisect_right(self._starts, place) - 1, 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """All that two bodies have in common.

    Attributes:
        pairs: In the new body's order.
        coarse: Stretches of the new body too long to compare word by word.
    """

    pairs: tuple[Pair, ...]
    coarse: tuple[tuple[int, int], ...] = ()

    def regions(self, old_length: int, new_length: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield what lies between the pairs: (old start, old end, new start, new end).

        A stretch of one side is given with the other's that stands between the same pairs,
        or else after or before the same pair; one with neither is given with an empty one.
        """
        first = Pair(old_start=0, old_end=0, new_start=0, new_end=0)
        last = Pair(
            old_start=old_length, old_end=old_length, new_start=new_length, new_end=new_length
        )
        news = [first, *self.pairs, last]
        olds = sorted(news, key=lambda p: (p.old_start, p.old_end))
        after = {id(p): q for p, q in pairwise(olds)}
        before = {id(q): p for p, q in pairwise(olds)}
        taken: set[int] = set()  # pairs whose gap behind them, in the old body, was given
        for p, q in pairwise(news):
            start, end = p.new_end, q.new_start
            follows = after.get(id(p))
            leads = before.get(id(q))
            if follows is not None and id(p) not in taken and p.old_end < follows.old_start:
                taken.add(id(p))
                yield p.old_end, follows.old_start, start, end
            elif leads is not None and id(leads) not in taken and follows is not q and start < end:
                taken.add(id(leads))
                yield leads.old_end, q.old_start, start, end
            elif start < end:
                yield p.old_end, p.old_end, start, end


def match(old: Side, new: Side) -> Matching:
    """Match two bodies.

    Args:
        old: The old body.
        new: The new one.

    Returns:
        The stretches they have in common.
    """
    runs = at_most(align([p.squash for p in old.passages], [p.squash for p in new.passages]), _MOST)
    pairs: list[Pair] = []
    gaps: list[tuple[list[Passage], list[Passage], bool]] = []
    for run in runs:
        olds = list(old.passages[run.old_start : run.old_end])
        news = list(new.passages[run.new_start : run.new_end])
        if run.equal:
            pairs += [_pair(a, b) for a, b in zip(olds, news, strict=True)]
        else:
            gaps.append((olds, news, run.coarse))
    moved = list(_moved_passages(gaps))
    coarse: list[tuple[int, int]] = []
    left_old: list[list[Token]] = []
    left_new: list[list[Token]] = []
    for olds, news, too_long in gaps:
        for contact in (False, True):
            a, b = ([p for p in side if p.contact is contact] for side in (olds, news))
            was, now = ([t for p in side for t in p.tokens] for side in (a, b))
            for run in _words(was, now, coarse=too_long):
                old_words = was[run.old_start : run.old_end]
                new_words = now[run.new_start : run.new_end]
                if run.equal:
                    pairs += _joined(old_words, new_words)
                    continue
                left_old.append(old_words)
                left_new.append(new_words)
                if run.coarse and new_words:
                    coarse.append((new_words[0].start, new_words[-1].end))
    moved += _moved_runs(left_old, left_new)
    return Matching(pairs=_ordered(pairs, moved), coarse=tuple(coarse))


def _pair(a: Passage, b: Passage, *, moved: bool = False) -> Pair:
    return Pair(old_start=a.start, old_end=a.end, new_start=b.start, new_end=b.end, moved=moved)


def _moved_passages(gaps: list[tuple[list[Passage], list[Passage], bool]]) -> Iterator[Pair]:
    """Take out of the gaps passages gone from one place and come in another, as pairs."""
    gone: dict[str, list[Passage]] = defaultdict(list)
    for olds, _, _ in gaps:
        for passage in olds:
            gone[passage.squash].append(passage)
    taken: set[int] = set()
    for _, news, _ in gaps:
        for passage in list(news):
            held = gone.get(passage.squash)
            if held and _movable(passage):
                taken.add(held[0].start)
                yield _pair(held.pop(0), passage)
                news.remove(passage)
    for olds, _, _ in gaps if taken else ():
        olds[:] = [p for p in olds if p.start not in taken]


def _movable(passage: Passage) -> bool:
    """Tell a passage that can be told again elsewhere; a figure alone in a cell cannot."""
    words = passage.tokens
    figures = any(t.figure for t in words)
    heads = passage.heading or (passage.alone and not passage.item and not figures)
    return len(words) >= _MOVABLE or heads or (len(words) > 1 and not figures)


def _words(old: list[Token], new: list[Token], *, coarse: bool) -> list[Run]:
    """Align the words of one place, chance matches absorbed."""
    if coarse:
        ends = {"old_end": len(old), "new_end": len(new)}
        return [Run(equal=False, old_start=0, new_start=0, coarse=True, **ends)]
    runs = align([t.key for t in old], [t.key for t in new])
    return at_most(_tidied(runs), _MOST)


def _tidied(runs: list[Run]) -> list[Run]:
    """Absorb chance matches: a stray "the" between two rewritten stretches is no anchor."""
    tidy: list[Run] = []
    for index, run in enumerate(runs):
        inner = 0 < index < len(runs) - 1
        if tidy and not tidy[-1].equal and not (run.equal and not (inner and _chance(runs, index))):
            tidy[-1] = tidy[-1].joined(run)
        else:
            tidy.append(run)
    return tidy


def _chance(runs: list[Run], index: int) -> bool:
    """Tell whether an equal run is short beside its neighbours."""
    length = runs[index].old_end - runs[index].old_start
    return length <= min(_CHANCE, runs[index - 1].size // 2, runs[index + 1].size // 2)


def _joined(old: Sequence[Token], new: Sequence[Token]) -> Iterator[Pair]:
    """Yield equal words as pairs, cut where one side's passage ends."""
    start = 0
    for at in range(len(old)):
        last = at + 1 == len(old)
        if last or old[at].gap.endswith("\n") or new[at].gap.endswith("\n"):
            yield Pair(
                old_start=old[start].start,
                old_end=old[at].end,
                new_start=new[start].start,
                new_end=new[at].end,
            )
            start = at + 1


def _moved_runs(olds: Sequence[list[Token]], news: Sequence[list[Token]]) -> Iterator[Pair]:
    """Yield runs of equal words left over on both sides, the longest from each place on."""
    grams: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    keys = [[t.key for t in words] for words in olds]
    for number, run in enumerate(keys):
        for at in range(len(run) - RUN + 1):
            grams[tuple(run[at : at + RUN])].append((number, at))
    if not grams:
        return
    free = [[True] * len(run) for run in keys]
    for words in news:
        run, at = [t.key for t in words], 0
        while at <= len(run) - RUN:
            lengths = (
                (_length(keys[n], free[n], i, run, at), n, i)
                for n, i in grams.get(tuple(run[at : at + RUN]), ())
            )
            held = islice((found for found in lengths if found[0] >= RUN), _CANDIDATES)
            length, number, place = max(held, default=(0, 0, 0))
            if not length:
                at += 1
                continue
            free[number][place : place + length] = [False] * length
            yield from _joined(olds[number][place : place + length], words[at : at + length])
            at += length


def _length(old: list[str], free: list[bool], i: int, new: list[str], j: int) -> int:
    """Return how many words from two places on are equal and not yet taken."""
    length = 0
    while (
        i + length < len(old)
        and j + length < len(new)
        and free[i + length]
        and old[i + length] == new[j + length]
    ):
        length += 1
    return length


def _ordered(pairs: list[Pair], more: list[Pair]) -> tuple[Pair, ...]:
    """Return all pairs in the new body's order, those of ``more`` that break it marked moved."""
    by_new = attrgetter("new_start")
    found = sorted(pairs, key=by_new)
    kept = list(found)
    for pair in more:
        at = bisect_left(kept, pair.new_start, key=by_new)
        in_order = (not at or kept[at - 1].old_end <= pair.old_start) and (
            at == len(kept) or pair.old_end <= kept[at].old_start
        )
        if in_order:
            kept.insert(at, pair)
            insort(found, pair, key=by_new)
        else:
            insort(found, _as_moved(pair), key=by_new)
    return tuple(found)


def _as_moved(pair: Pair) -> Pair:
    return Pair(
        old_start=pair.old_start,
        old_end=pair.old_end,
        new_start=pair.new_start,
        new_end=pair.new_end,
        moved=True,
    )
