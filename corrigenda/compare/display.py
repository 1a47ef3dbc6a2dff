"""The body's difference as a page shows it: paragraphs first, words inside.

This is the exact difference, white space and all. Applied to the old body it gives the
new one to the letter, which a property test holds it to. How much a difference matters
is decided elsewhere, on the words alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import LCSseq

from corrigenda.compare.align import Run, align

_PARAGRAPH = "\n\n"
# A figure is one word: "$16,172" must not be shown as "$16," kept and "172" replaced.
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|\s+|.", re.DOTALL)
# Below this likeness two paragraphs read better one after the other than interleaved.
_LIKE = 0.5
# Pairs of paragraphs tried for likeness in one place; beyond it they are shown whole.
_TRIES = 400
# Words of one paragraph compared for likeness; its beginning tells it apart well enough.
_SAMPLE = 400


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A stretch of words inside an edited paragraph.

    Attributes:
        kind: Kept, inserted or deleted.
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
    a, b = _paragraphs(old), _paragraphs(new)
    runs = align(a, b)
    partners = dict(_moved(a, b, runs))
    for run in runs:
        if not run.equal and not run.coarse:
            partners.update(_edited(a, b, run, partners))
    return list(_blocks(a, b, runs, partners))


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
    paragraphs = _paragraphs(old)
    result: list[str] = []
    for block in blocks:
        if block.old_at is not None and paragraphs[block.old_at : block.old_at + 1] != [block.old]:
            raise ValueError(f"paragraph {block.old_at} is not the one the difference speaks of")
        if block.kind is BlockKind.ADDED:
            result.append(block.new)
        elif block.operations:
            result.append(_applied(block))
        elif block.kind is not BlockKind.REMOVED:
            result.append(block.old)
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


def _paragraphs(body: str) -> list[str]:
    """Split a body so that joining with a blank line is the exact inverse."""
    return body.split(_PARAGRAPH) if body else []


def _applied(block: Block) -> str:
    """Return an edited paragraph's new text from its old text and the operations."""
    at = 0
    result: list[str] = []
    for operation in block.operations:
        if operation.kind is not OperationKind.INSERT:
            if not block.old.startswith(operation.text, at):
                raise ValueError("the operations do not fit the paragraph")
            at += len(operation.text)
        if operation.kind is not OperationKind.DELETE:
            result.append(operation.text)
    return "".join(result)


def _moved(a: list[str], b: list[str], runs: list[Run]) -> Iterator[tuple[int, int]]:
    """Yield (old place, new place) of paragraphs that only stand elsewhere."""
    gone: dict[str, list[int]] = defaultdict(list)
    for run in runs:
        if not run.equal:
            for i in range(run.old_start, run.old_end):
                gone[a[i]].append(i)
    for run in runs:
        for j in range(run.new_start, run.new_end) if not run.equal else ():
            if b[j].strip() and gone[b[j]]:
                yield gone[b[j]].pop(0), j


def _edited(
    a: list[str], b: list[str], run: Run, taken: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield (old place, new place) of like paragraphs of one gap, in order."""
    olds = [i for i in range(run.old_start, run.old_end) if i not in taken]
    targets = set(taken.values())
    news = [j for j in range(run.new_start, run.new_end) if j not in targets]
    if len(olds) * len(news) > _TRIES:
        return
    words_old = {i: _WORD.findall(a[i])[:_SAMPLE] for i in olds}
    words_new = {j: _WORD.findall(b[j])[:_SAMPLE] for j in news}
    start = 0
    for i in olds:
        scores = [_likeness(words_old[i], words_new[j]) for j in news[start:]]
        best = max(range(len(scores)), key=scores.__getitem__, default=None)
        if best is not None and (scores[best] >= _LIKE or len(olds) == len(news) == 1):
            yield i, news[start + best]
            start += best + 1


def _likeness(old: list[str], new: list[str]) -> float:
    """Return how much of the longer of two word lists is in the other, in order, 0 to 1."""
    return LCSseq.normalized_similarity(old, new)


def _blocks(
    a: list[str], b: list[str], runs: list[Run], partners: dict[int, int]
) -> Iterator[Block]:
    """Yield the blocks: for each gap what was removed, then what stands there now."""
    origins = {j: i for i, j in partners.items()}
    for run in runs:
        if run.equal:
            for i, j in zip(
                range(run.old_start, run.old_end), range(run.new_start, run.new_end), strict=True
            ):
                yield Block(kind=BlockKind.EQUAL, old_at=i, new_at=j, old=a[i], new=b[j])
            continue
        removed = [i for i in range(run.old_start, run.old_end) if i not in partners]
        for j in range(run.new_start, run.new_end):
            origin = origins.get(j)
            here = origin is not None and run.old_start <= origin < run.old_end
            while removed and (not here or (origin is not None and removed[0] < origin)):
                yield _removed(a, removed.pop(0), coarse=run.coarse)
            if origin is None:
                yield Block(kind=BlockKind.ADDED, new_at=j, new=b[j], coarse=run.coarse)
            else:
                yield _paired(a, b, origin, j, here=here)
        yield from (_removed(a, i, coarse=run.coarse) for i in removed)


def _removed(a: list[str], at: int, *, coarse: bool) -> Block:
    """Return the block of a paragraph that is gone."""
    return Block(kind=BlockKind.REMOVED, old_at=at, old=a[at], coarse=coarse)


def _paired(a: list[str], b: list[str], i: int, j: int, *, here: bool) -> Block:
    """Return the block of a paragraph that stands on both sides."""
    if a[i] == b[j]:
        return Block(kind=BlockKind.MOVED, old_at=i, new_at=j, old=a[i], new=b[j])
    operations, coarse = diff_words(a[i], b[j])
    kind = BlockKind.EDITED if here else BlockKind.MOVED
    return Block(
        kind=kind, old_at=i, new_at=j, old=a[i], new=b[j], operations=operations, coarse=coarse
    )
