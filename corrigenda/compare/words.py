"""The words that differ in one place, between what stood there and what stands there now.

All passages of the place are aligned together, so a sentence split in two or joined with
the next shows only the words that changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from corrigenda.compare.align import Run, align, at_most
from corrigenda.compare.plain import Passage, Token

# Unchanged words quoted on either side of an edit.
_AROUND = 3
# So few words in common between two rewritten stretches are chance.
_CHANCE = 2
# More edits in one place than any reader follows; it also bounds the time.
_MOST_EDITS = 1000

_Stretch = tuple[int, int]
Around = tuple[tuple[Token, ...], tuple[Token, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Words that became other words in one place.

    Attributes:
        old: The words that are gone; empty for an insertion.
        new: The words that came; empty for a deletion.
        old_around: Up to three unchanged words before the old ones, and after them.
        new_around: The same around the new ones.
        passages: The whole passages this removes or adds, when it is nothing else.
        place: Number of the place; removals and additions in one place belong together.
        speech: It is in a passage that quotes somebody.
        coarse: The place was too long to compare word by word.
    """

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    old_around: Around = ((), ())
    new_around: Around = ((), ())
    passages: tuple[Passage, ...] = ()
    place: int = 0
    speech: bool = False
    coarse: bool = False

    @property
    def whole(self) -> bool:
        """It removes or adds whole passages."""
        return bool(self.passages)


class _Side:
    """One side of a place: its passages and their tokens in one list."""

    def __init__(self, passages: list[Passage]) -> None:
        self.passages = passages
        self.tokens: list[Token] = []
        self.starts = [0]
        for passage in passages:
            self.tokens += passage.tokens
            self.starts.append(len(self.tokens))

    def whole(self, start: int, end: int) -> tuple[list[Passage], list[_Stretch]]:
        """Return the passages a stretch of words covers, and the stretches of those it cuts."""
        whole: list[Passage] = []
        cut: list[_Stretch] = []
        for index in range(self._index(start), len(self.passages)):
            first, last = self.starts[index], self.starts[index + 1]
            if first >= end:
                break
            if start <= first and last <= end:
                whole.append(self.passages[index])
            else:
                cut.append((max(first, start), min(last, end)))
        return whole, cut

    def around(self, start: int, end: int) -> Around:
        """Return a few words before a stretch, and after it."""
        before = self.tokens[max(start - _AROUND, 0) : start]
        return tuple(before), tuple(self.tokens[end : end + _AROUND])

    def speech(self, at: int) -> bool:
        """Tell whether the passage at a place quotes somebody."""
        return bool(self.passages) and self.passages[self._index(at)].speech

    def _index(self, at: int) -> int:
        """Return which passage a word is in."""
        return min(max(bisect_right(self.starts, at) - 1, 0), max(len(self.passages) - 1, 0))


def edits_between(
    olds: list[Passage], news: list[Passage], *, place: int, coarse: bool
) -> tuple[list[Edit], list[tuple[str, str]]]:
    """Compare the words of one place.

    Args:
        olds: The passages that stood there.
        news: Those that stand there now.
        place: The place's number, for the edits.
        coarse: There are too many to compare word by word.

    Returns:
        The edits, and pairs of words that differ in capitals or punctuation alone.
    """
    old, new = _Side(olds), _Side(news)
    edits: list[Edit] = []
    restyled: list[tuple[str, str]] = []
    for run in _runs(old, new, coarse=coarse):
        if run.equal:
            restyled += _restyled(
                old.tokens[run.old_start : run.old_end], new.tokens[run.new_start : run.new_end]
            )
        else:
            edits += _edits(old, new, run, place)
    return edits, restyled


def _runs(old: _Side, new: _Side, *, coarse: bool) -> list[Run]:
    """Align the words, chance matches absorbed."""
    if coarse:
        ends = {"old_end": len(old.tokens), "new_end": len(new.tokens)}
        return [Run(equal=False, old_start=0, new_start=0, coarse=True, **ends)]
    runs = align([t.key for t in old.tokens], [t.key for t in new.tokens])
    return at_most(_tidied(runs), _MOST_EDITS)


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


def _restyled(old: list[Token], new: list[Token]) -> Iterator[tuple[str, str]]:
    """Yield words that are the same but for capitals or the punctuation after them."""
    for a, b in zip(old, new, strict=True):
        if (a.word, a.tail) != (b.word, b.tail):
            yield a.word + a.tail, b.word + b.tail


def _edits(old: _Side, new: _Side, run: Run, place: int) -> Iterator[Edit]:
    """Yield the edits of one unequal run.

    Whole passages that went or came are edits of their own; but where words of a cut
    passage went and others came, they belong together.
    """
    gone, cut_old = old.whole(run.old_start, run.old_end)
    come, cut_new = new.whole(run.new_start, run.new_end)
    both = run.old_start < run.old_end and run.new_start < run.new_end
    if (both and (cut_old or cut_new)) or run.coarse:
        gone, come = [], []
        cut_old, cut_new = [(run.old_start, run.old_end)], [(run.new_start, run.new_end)]
    for p in gone:
        yield Edit(old=p.tokens, new=(), passages=(p,), place=place)
    for p in come:
        yield Edit(old=(), new=p.tokens, passages=(p,), place=place)
    for (i, i_end), (j, j_end) in zip_longest(cut_old, cut_new, fillvalue=(0, 0)):
        yield Edit(
            old=tuple(old.tokens[i:i_end]),
            new=tuple(new.tokens[j:j_end]),
            old_around=old.around(i, i_end) if i_end else ((), ()),
            new_around=new.around(j, j_end) if j_end else ((), ()),
            place=place,
            speech=new.speech(run.new_start) or old.speech(run.old_start),
            coarse=run.coarse,
        )
