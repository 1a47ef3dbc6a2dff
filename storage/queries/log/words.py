"""The words that changes took away and brought, and the index they are found by.

Read from the texts when somebody searches, for changes that were not read yet or whose texts
are others since an older capture came in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from sqlite_utils import Database

from corrigenda.compare import Block, OperationKind, diff_body
from storage.file.connection import transaction
from storage.queries.contents import of_version

#: Between stretches of words, so that no phrase is found across two of them.
_BREAK = "\ncorrigendabreak\n"
#: Changes to a transaction; others wait no longer than that takes.
_TOGETHER = 200
# A quotation not closed goes on to the paragraph's end, where the next one opens anew.
_QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
_WAITING = """
    SELECT c.id, c.from_version_id, CASE c.kind WHEN 'withdrawn' THEN NULL ELSE c.to_version_id END
    FROM standing_changes c LEFT JOIN change_words w ON w.change_id = c.id
        AND w.from_version_id IS c.from_version_id
        AND w.to_version_id IS CASE c.kind WHEN 'withdrawn' THEN NULL ELSE c.to_version_id END
    WHERE c.kind IN ('revised', 'withdrawn') AND w.change_id IS NULL
"""
_Stretch = tuple[str, bool]
_Place = tuple[int, int]
#: Words that may stay inside a phrase that is gone.
_FEW = 3


def waiting(db: Database) -> int:
    """Return how many changes are not found by their words yet."""
    return int(db.execute(f"SELECT count(*) FROM ({_WAITING})").fetchone()[0])


def catch_up(db: Database, tell: Callable[[int], None] = lambda _: None) -> None:
    """Read the words of changes that wait for it.

    Args:
        db: The store, open for writing.
        tell: Told how many were read so far.

    Raises:
        StoreError: The store cannot be written; what was read before is kept.
    """
    done = 0
    while rows := db.execute(f"{_WAITING} LIMIT {_TOGETHER}").fetchall():
        with transaction(db):
            for change_id, old, new in rows:
                db.execute("DELETE FROM change_words WHERE change_id = ?", [change_id])
                db.execute(
                    "INSERT INTO change_words VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [change_id, old, new, *changed_words(_text(db, old), _text(db, new))],
                )
        done += len(rows)
        tell(done)


def changed_words(old: str, new: str) -> tuple[str, str, str, str]:
    """Return what two texts have each alone.

    Args:
        old: The text before.
        new: The text after.

    Returns:
        Removed, added, and of both what stands inside a quotation; stretches apart from each
        other.
    """
    removed: list[_Stretch] = []
    added: list[_Stretch] = []
    for block in diff_body(old, new):
        for gone, stretch in _stretches(block):
            (removed if gone else added).append(stretch)
    every = (removed, added)
    whole = [_BREAK.join(text for text, _ in found) for found in every]
    quoted = [_BREAK.join(text for text, inside in found if inside) for found in every]
    return whole[0], whole[1], quoted[0], quoted[1]


def _stretches(block: Block) -> Iterator[tuple[bool, _Stretch]]:
    """Yield the stretches of a paragraph that one side has alone, and whether the old has."""
    gone, come = _places(block)
    for text, places, old in ((block.old, gone, True), (block.new, come, False)):
        for first, last in _joined(text, places):
            yield from ((old, part) for part in _parted(text, first, last))


def _places(block: Block) -> tuple[list[_Place], list[_Place]]:
    """Return where in its old and in its new text a paragraph has words of its own."""
    if not block.operations:
        if block.old == block.new or (block.old and block.new and not block.coarse):
            return [], []
        return [(0, len(block.old))], [(0, len(block.new))]
    gone: list[_Place] = []
    come: list[_Place] = []
    before, after = 0, 0
    for operation in block.operations:
        size = len(operation.text)
        if operation.kind is OperationKind.DELETE:
            gone.append((before, before + size))
            before += size
        elif operation.kind is OperationKind.INSERT:
            come.append((after, after + size))
            after += size
        else:
            before, after = before + size, after + size
    return gone, come


def _joined(text: str, places: list[_Place]) -> list[_Place]:
    """Join places with few words between.

    "Every hospital ward" that became "most hospital wards" is gone, though a word of it stayed.
    """
    found: list[_Place] = []
    for first, last in places:
        if found and len(text[found[-1][1] : first].split()) <= _FEW:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _parted(text: str, first: int, last: int) -> Iterator[_Stretch]:
    """Yield a stretch of a paragraph, parted where a quotation begins or ends in it."""
    quotations = [match.span() for match in _QUOTATION.finditer(text)]
    edges = {at for span in quotations for at in span if first < at < last}
    for start, end in pairwise([first, *sorted(edges), last]):
        inside = any(begin <= start and end <= close for begin, close in quotations)
        if text[start:end].strip():
            yield text[start:end], inside


def _text(db: Database, version_id: int | None) -> str:
    """Return a version's title and body; nothing for none."""
    if version_id is None:
        return ""
    document = of_version(db, version_id).document
    return f"{document.title}\n\n{document.body}"
