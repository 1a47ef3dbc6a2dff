"""Alignment of two sequences: the one algorithm under every difference.

rapidfuzz finds the longest common subsequence bit-parallel, 1 ms for 1,000 words
(FACTS), but its memory grows with the product of the lengths: 200,000 words against
as many would need 5 GB. Past a bound we first split at elements that occur exactly once
on both sides (patience diff), and where even that leaves too much, call it replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import LCSseq

# Bits of the matrix rapidfuzz keeps: 12 MB, and about 20 ms.
_CELLS = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of an alignment: ``old[old_start:old_end]`` against the same of ``new``.

    Attributes:
        equal: Both stretches hold the same elements; otherwise they share none in order.
        old_start: Where it begins in the old sequence.
        old_end: Where it ends there.
        new_start: Where it begins in the new sequence.
        new_end: Where it ends there.
        coarse: Too long to align: the two stretches may well have much in common.
    """

    equal: bool
    old_start: int
    old_end: int
    new_start: int
    new_end: int
    coarse: bool = False

    @property
    def size(self) -> int:
        """How many elements it has on its longer side."""
        return max(self.old_end - self.old_start, self.new_end - self.new_start)

    def joined(self, following: Run) -> Run:
        """Return this run and the one right after it as one, of this one's kind."""
        return Run(
            equal=self.equal,
            old_start=self.old_start,
            old_end=following.old_end,
            new_start=self.new_start,
            new_end=following.new_end,
            coarse=self.coarse or following.coarse,
        )


def at_most(runs: list[Run], differing: int) -> list[Run]:
    """Return the runs, or one coarse run for all in which the two differ.

    Args:
        runs: An alignment.
        differing: How many unequal runs are worth looking into one by one.
    """
    places = [index for index, run in enumerate(runs) if not run.equal]
    if len(places) <= differing:
        return runs
    first, last = places[0], places[-1]
    whole = replace(runs[first].joined(runs[last]), coarse=True)
    return [*runs[:first], whole, *runs[last + 1 :]]


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Run]:
    """Align two sequences.

    Args:
        old: Any hashable elements.
        new: Likewise.

    Returns:
        Runs that cover both sequences in order, equal and unequal ones alternating.
    """
    numbers: dict[Hashable, int] = {}  # equal elements get equal numbers: no hash can collide
    a = [numbers.setdefault(element, len(numbers)) for element in old]
    b = [numbers.setdefault(element, len(numbers)) for element in new]
    return list(_joined(_align(a, b)))


def _align(a: list[int], b: list[int]) -> Iterator[Run]:
    """Yield runs, not yet joined: common ends first, the middle as well as its size allows."""
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    end_a, end_b = len(a) - tail, len(b) - tail
    yield Run(equal=True, old_start=0, old_end=head, new_start=0, new_end=head)
    at_a, at_b = head, head
    for anchor_a, anchor_b in _anchors(a, b, head, end_a, end_b):
        yield from _between(a, b, at_a, anchor_a, at_b, anchor_b)
        at_a, at_b = anchor_a, anchor_b
    yield from _between(a, b, at_a, end_a, at_b, end_b)
    yield Run(equal=True, old_start=end_a, old_end=len(a), new_start=end_b, new_end=len(b))


def _common(a: list[int], b: list[int]) -> int:
    """Return how many elements the two begin with in common."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((i for i, (x, y) in pairs if x != y), min(len(a), len(b)))


def _anchors(
    a: list[int], b: list[int], start: int, end_a: int, end_b: int
) -> list[tuple[int, int]]:
    """Return places to split at, increasing in both; none where the middle is small enough."""
    if (end_a - start) * (end_b - start) <= _CELLS:
        return []
    counts_a, counts_b = Counter(a[start:end_a]), Counter(b[start:end_b])
    place_b = {b[j]: j for j in range(start, end_b)}
    unique = [
        (i, place_b[a[i]])
        for i in range(start, end_a)
        if counts_a[a[i]] == 1 and counts_b.get(a[i]) == 1
    ]
    return _longest_increasing(unique)


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence whose second members increase (the first do already)."""
    tops: list[int] = []
    last: list[int] = []  # index into pairs of the last pair of each length
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tops, place)
        before.append(last[length - 1] if length else -1)
        # Slices one long: they replace what is there, or append at the end.
        tops[length : length + 1] = [place]
        last[length : length + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _between(
    a: list[int], b: list[int], start_a: int, end_a: int, start_b: int, end_b: int
) -> Iterator[Run]:
    """Yield the runs of one stretch."""
    coarse = (end_a - start_a) * (end_b - start_b) > _CELLS
    if coarse or start_a == end_a or start_b == end_b:
        yield Run(
            equal=False,
            old_start=start_a,
            old_end=end_a,
            new_start=start_b,
            new_end=end_b,
            coarse=coarse,
        )
        return
    for code in LCSseq.opcodes(a[start_a:end_a], b[start_b:end_b]):
        yield Run(
            equal=code.tag == "equal",
            old_start=start_a + code.src_start,
            old_end=start_a + code.src_end,
            new_start=start_b + code.dest_start,
            new_end=start_b + code.dest_end,
        )


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Drop empty runs and join neighbours of a kind."""
    held: Run | None = None
    for run in runs:
        if run.old_start == run.old_end and run.new_start == run.new_end:
            continue
        if held and held.equal == run.equal:
            held = held.joined(run)
            continue
        if held:
            yield held
        held = run
    if held:
        yield held
