"""The body's difference as a page shows it: paragraphs first, words inside.

This is the exact difference, white space and all. Applied to the old body it gives the
new one to the letter, which a property test holds it to. It is told from the alignment
that the judgement is made on: the same words are gone, come and moved here and there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from corrigenda.compare.alignment.align import align
from corrigenda.compare.alignment.bodies import Bodies
from corrigenda.compare.alignment.matching import Pair

_PARAGRAPH = "\n\n"
# A figure is one word: "$16,172" must not be shown as "$16," kept and "172" replaced.
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|\s+|.", re.DOTALL)
_SEPARATOR = re.compile(_PARAGRAPH)
_SAYS = re.compile(r"[^\W_]")


class BlockKind(StrEnum):
    """What became of a paragraph."""

    EQUAL = "equal"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    EDITED = "edited"


class OperationKind(StrEnum):
    """What became of a stretch of words."""

    KEEP = "keep"
    INSERT = "insert"
    DELETE = "delete"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A stretch of words inside an edited paragraph.

    Attributes:
        kind: Kept, inserted, deleted, or kept from another place.
        text: The words with their white space.
    """

    kind: OperationKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph of the old body, the new body, or both.

    Attributes:
        kind: What became of it. A moved one stands where it stands now, and may be
            edited besides.
        old_at: Its place among the old body's paragraphs, from 0; None when added.
        new_at: Its place among the new body's; None when removed.
        old: Its old text; empty when added.
        new: Its new text; empty when removed.
        operations: For an edited one (moved or not) the words; otherwise empty.
        coarse: It was too long to compare word by word.
    """

    kind: BlockKind
    old_at: int | None = None
    new_at: int | None = None
    old: str = ""
    new: str = ""
    operations: tuple[Operation, ...] = ()
    coarse: bool = False


def diff_body(old: str, new: str) -> list[Block]:
    """Compare two bodies for display.

    Args:
        old: Markdown.
        new: Markdown.

    Returns:
        Blocks in the new body's order, removed ones where they stood; :func:`apply_diff`
        turns the old body into the new one with them.
    """
    return blocks_of(Bodies(old, new))


def blocks_of(bodies: Bodies) -> list[Block]:
    """Return the display of two bodies already aligned."""
    return _Writer(bodies).blocks()


def apply_diff(old: str, blocks: Sequence[Block]) -> str:
    """Apply a difference to the body it was made from.

    Args:
        old: The old body.
        blocks: What :func:`diff_body` returned.

    Returns:
        The new body.

    Raises:
        ValueError: The blocks are not a difference from this body.
    """
    paragraphs = old.split(_PARAGRAPH) if old else []
    result: list[str] = []
    for block in blocks:
        if block.old_at is not None and paragraphs[block.old_at : block.old_at + 1] != [block.old]:
            raise ValueError(f"paragraph {block.old_at} is not the one the difference speaks of")
        if block.operations:
            kept = (o.text for o in block.operations if o.kind is not OperationKind.DELETE)
            result.append("".join(kept))
        elif block.kind is not BlockKind.REMOVED:
            result.append(block.new)
    return _PARAGRAPH.join(result)


def diff_words(old: str, new: str) -> tuple[tuple[Operation, ...], bool]:
    """Compare two texts word by word.

    Args:
        old: Any text.
        new: Any text.

    Returns:
        The operations, and whether the texts were too long to compare closely.
    """
    a, b = _WORD.findall(old), _WORD.findall(new)
    operations: list[Operation] = []
    coarse = False
    for run in align(a, b):
        before, after = (
            "".join(a[run.old_start : run.old_end]),
            "".join(b[run.new_start : run.new_end]),
        )
        coarse = coarse or run.coarse
        if run.equal:
            operations.append(Operation(kind=OperationKind.KEEP, text=before))
            continue
        if before:
            operations.append(Operation(kind=OperationKind.DELETE, text=before))
        if after:
            operations.append(Operation(kind=OperationKind.INSERT, text=after))
    return tuple(operations), coarse


class _Writer:
    """Writes blocks while it walks through the new body."""

    def __init__(self, bodies: Bodies) -> None:
        self._old, self._new = bodies.old, bodies.new
        self._pairs = _grown(bodies)
        self._masked = tuple(p.text for p in bodies.plain)
        self._coarse = bodies.matching.coarse
        self._old_breaks = [m.span() for m in _SEPARATOR.finditer(self._old)]
        self._new_breaks = [m.span() for m in _SEPARATOR.finditer(self._new)]
        self._old_ends = [start for start, _ in self._old_breaks]
        self._old_paragraphs = bodies.old.split(_PARAGRAPH)
        self._at = 0  # place in the new body
        self._paragraph = 0
        self._operations: list[Operation] = []
        self._first_old: int | None = None  # place in the old body of the block's first words
        self._removed: list[Block] = []  # paragraphs to show when the current block is closed
        self._deferred: list[Operation] = []  # words gone from the beginning of the next
        self._blocks: list[Block] = []

    def blocks(self) -> list[Block]:
        """Return the blocks."""
        if not self._new and not self._old:
            return []
        moved_out = sorted((p.old_start, p.old_end) for p in self._pairs if p.moved)
        old_at = 0
        gap: list[Pair] = []  # moved pairs since the last that stayed
        for pair in self._pairs:
            if pair.moved:
                gap.append(pair)
                continue
            self._gap(old_at, pair.old_start, pair.new_start, gap, moved_out)
            self._pair(pair)
            old_at, gap = pair.old_end, []
        self._gap(old_at, len(self._old), len(self._new), gap, moved_out)
        self._close()
        return self._blocks

    def _gap(
        self, old_at: int, old_end: int, new_end: int, gap: list[Pair], out: list[tuple[int, int]]
    ) -> None:
        """Write what lies between two pairs that stayed."""
        gone = list(_without(old_at, old_end, out))
        if not gap and len(gone) <= 1:
            start, end = gone[0] if gone else (old_end, old_end)
            self._replace(start, end, new_end)
        else:
            for start, end in gone:
                self._delete(start, end)
            for pair in gap:
                self._insert(pair.new_start)
                self._pair(pair)
            self._insert(new_end)
        self._operations += self._deferred
        self._deferred = []

    def _replace(self, start: int, end: int, new_end: int) -> None:
        """Write one stretch that became another; white space and marks they share are kept."""
        was, now = self._old[start:end], self._new[self._at : new_end]
        if was == now:
            self._put(OperationKind.KEEP, new_end)
            return
        if not (was + now).strip() and "\n" in was + now:
            self._put(OperationKind.KEEP, new_end)  # how lines are set
            return
        if not (_SAYS.search(self._masked[0], start, end) or self._says(new_end)):
            self._words(was, now, OperationKind.KEEP)  # marks and addresses alone
            return
        head = _shared(was, now)
        tail = _shared(was[head:][::-1], now[head:][::-1])
        self._put(OperationKind.KEEP, self._at + head)
        self._delete(start + head, end - tail)
        self._insert(new_end - tail)
        self._operations += self._deferred
        self._deferred = []
        self._put(OperationKind.KEEP, new_end)

    def _pair(self, pair: Pair) -> None:
        """Write a stretch both have, and what differs in how it is set."""
        was, now = self._old[pair.old_start : pair.old_end], self._new[self._at : pair.new_end]
        kept = OperationKind.MOVED if pair.moved else OperationKind.KEEP
        if self._first_old is None:
            self._first_old = pair.old_start
        if was == now:
            self._put(kept, pair.new_end)
            return
        self._words(was, now, kept)

    def _says(self, end: int) -> bool:
        """Tell whether there is a word in the new body up to a place."""
        return bool(_SAYS.search(self._masked[1], self._at, end))

    def _words(self, was: str, now: str, kept: OperationKind) -> None:
        """Write what differs between two texts that stand for one another."""
        for operation in diff_words(was, now)[0]:
            if operation.kind is OperationKind.DELETE:
                self._operations.append(operation)
            else:
                kind = kept if operation.kind is OperationKind.KEEP else operation.kind
                self._put(kind, self._at + len(operation.text))

    def _insert(self, end: int) -> None:
        if not self._new[self._at : end].strip():
            self._put(OperationKind.KEEP, end)
        else:
            self._put(OperationKind.INSERT, end)

    def _put(self, kind: OperationKind, end: int) -> None:
        """Write the new body up to a place, closing blocks where paragraphs end."""
        while self._paragraph < len(self._new_breaks) and (
            self._new_breaks[self._paragraph][0] < end
            or self._new_breaks[self._paragraph][0] == end == len(self._new)
        ):
            start, after = self._new_breaks[self._paragraph]
            self._append(kind, self._new[self._at : start])
            if after > end:  # the break is cut by a pair: the rest of it comes with the next
                self._at = end
                return
            self._at = max(after, self._at)
            self._close()
            self._operations, self._deferred = self._deferred, []
        self._append(kind, self._new[self._at : end])
        self._at = max(end, self._at)

    def _append(self, kind: OperationKind, text: str) -> None:
        if text:
            self._operations.append(Operation(kind=kind, text=text))

    def _delete(self, start: int, end: int) -> None:
        """Write old text as gone: whole paragraphs as blocks, the rest as words."""
        at, first = start, True
        while at < end:
            index = bisect_right(self._old_ends, at)
            if index and at < self._old_breaks[index - 1][1]:  # inside a break
                at, first = self._old_breaks[index - 1][1], False
                continue
            begin = self._old_breaks[index - 1][1] if index else 0
            close = self._old_ends[index] if index < len(self._old_ends) else len(self._old)
            text = self._old[at : min(close, end)]
            if at == begin and close <= end:
                block = Block(kind=BlockKind.REMOVED, old_at=index, old=text)
                (self._removed if self._operations else self._blocks).append(block)
            elif text:
                gone = Operation(kind=OperationKind.DELETE, text=text)
                (self._operations if first else self._deferred).append(gone)
            at = max(close, at + 1)

    def _close(self) -> None:
        """End the current block, and show what was removed after it."""
        operations = _tidied(self._operations)
        number = self._paragraph
        span = (
            self._new_breaks[number - 1][1] if number else 0,
            self._new_breaks[number][0] if number < len(self._new_breaks) else len(self._new),
        )
        text = self._new[span[0] : span[1]]
        if self._new or operations:
            self._blocks.append(self._block(operations, text, span))
        self._blocks += self._removed
        self._paragraph += 1
        self._operations, self._removed, self._first_old = [], [], None

    def _block(self, operations: tuple[Operation, ...], text: str, span: tuple[int, int]) -> Block:
        """Return the block of one paragraph of the new body."""
        kinds = {o.kind for o in operations if _SAYS.search(o.text)}
        changed = {o.kind for o in operations} & {OperationKind.DELETE, OperationKind.INSERT}
        coarse = any(a < span[1] and span[0] < b for a, b in self._coarse)
        if kinds == {OperationKind.INSERT} or (not self._old and text):
            return Block(kind=BlockKind.ADDED, new_at=self._paragraph, new=text, coarse=coarse)
        moved = OperationKind.MOVED in kinds and OperationKind.KEEP not in kinds
        kind = BlockKind.MOVED if moved else BlockKind.EDITED if changed else BlockKind.EQUAL
        mixed = OperationKind.MOVED in kinds and not moved
        if mixed:
            kind = BlockKind.EDITED
        at = None if self._first_old is None else bisect_right(self._old_ends, self._first_old)
        return Block(
            kind=kind,
            old_at=at,
            new_at=self._paragraph,
            old="" if at is None else self._old_paragraphs[at],
            new=text,
            operations=operations if changed or mixed else (),
            coarse=coarse,
        )


def _grown(bodies: Bodies) -> tuple[Pair, ...]:
    """Return the pairs with what follows them alike on both sides: marks, addresses, stops."""
    pairs = bodies.matching.pairs
    olds = sorted(p.old_start for p in pairs)
    found: list[Pair] = []
    for number, pair in enumerate(pairs):
        following = bisect_left(olds, pair.old_end)
        old_end = olds[following] if following < len(olds) else len(bodies.old)
        new_end = pairs[number + 1].new_start if number + 1 < len(pairs) else len(bodies.new)
        length = 0
        for a, b in zip(
            bodies.old[pair.old_end : old_end], bodies.new[pair.new_end : new_end], strict=False
        ):
            if a != b or a == "\n" or _SAYS.match(bodies.plain[1].text, pair.new_end + length):
                break
            length += 1
        grown = replace(pair, old_end=pair.old_end + length, new_end=pair.new_end + length)
        found.append(grown if length else pair)
    return tuple(found)


def _without(start: int, end: int, out: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield a stretch of the old body without what was moved out of it."""
    for a, b in out[bisect_right(out, (start, -1)) :]:
        if a >= end:
            break
        if start < a:
            yield start, a
        start = max(start, b)
    if start < end:
        yield start, end


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike that are of no word."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b or a.isalnum():
            break
        length += 1
    return length


def _tidied(operations: list[Operation]) -> tuple[Operation, ...]:
    """Join neighbours of a kind."""
    found: list[Operation] = []
    for operation in operations:
        if found and found[-1].kind is operation.kind:
            found[-1] = replace(found[-1], text=found[-1].text + operation.text)
        else:
            found.append(operation)
    return tuple(found)
