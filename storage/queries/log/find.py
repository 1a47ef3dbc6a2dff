"""Searching the changes: a page of them in an order, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from corrigenda.models import Change
from storage.queries.log.changes import changes_by_id
from storage.queries.log.filters import RANK, SOURCE, ChangeFilter

#: What changes can be ordered by, and how.
ORDERS = {
    "score": f"{RANK} DESC, c.score DESC, c.before DESC, c.id DESC",
    "time": "c.before DESC, c.id DESC",
}


def find(db: Database, chosen: ChangeFilter, order: str = "score") -> tuple[list[Change], int]:
    """Return the changes that a filter chooses, within its limit, and how many there are.

    Args:
        db: The store.
        chosen: The filter.
        order: One of :data:`ORDERS`.
    """
    where, values = chosen.where()
    rows = db.execute(
        f"SELECT c.id FROM {SOURCE} WHERE {where} ORDER BY {ORDERS[order]} "
        "LIMIT :limit OFFSET :offset",
        values,
    )
    ids = [row[0] for row in rows]
    total = db.execute(f"SELECT count(*) FROM {SOURCE} WHERE {where}", values).fetchone()[0]
    return changes_by_id(db, ids), int(total)


def digests(db: Database, found: Iterable[Change]) -> dict[int, str]:
    """Return the digests of the versions that some changes lead from and to, by row."""
    wanted = {v for c in found for v in (c.from_version_id, c.to_version_id) if v is not None}
    told: dict[int, str] = {}
    ids = sorted(wanted)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        told |= dict(db.execute(f"SELECT id, digest FROM versions WHERE id IN ({marks})", some))
    return told


def reasons(db: Database) -> list[str]:
    """Return the kinds of reasons there are."""
    rows = db.execute("SELECT DISTINCT value FROM changes c, json_each(c.kinds) ORDER BY value")
    return [row[0] for row in rows]
