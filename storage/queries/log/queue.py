"""The queue: chosen changes, the same edit on many releases as one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from corrigenda.models import Change
from storage.queries.log.changes import changes_by_id
from storage.queries.log.filters import RANK, SIGNIFICANCES, SOURCE, ChangeFilter

# One item is a change, or all chosen changes that are the same edit.
_ITEM = "coalesce(c.group_key, '#' || c.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the queue.

    Attributes:
        change: The change; of a group its newest.
        count: How many changes it stands for.
        releases: On how many releases.
    """

    change: Change
    count: int
    releases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A verdict just left, or withdrawn.

    Attributes:
        batch: Its batch.
        verdict: What was decided.
        count: On how many changes.
        title: The release, where it is one.
        change_id: The change, where it is one.
        standing: It was not undone since.
    """

    batch: str
    verdict: str
    count: int
    title: str
    change_id: int
    standing: bool


def items(db: Database, chosen: ChangeFilter) -> tuple[list[Item], int]:
    """Return the items that a filter chooses, within its limit, and how many there are."""
    where, values = chosen.where()
    if chosen.kind == "published":
        # Tens of thousands, none of which is the same edit as another: straight from the index.
        rows = db.execute(
            f"SELECT c.id, 1 AS n, 1 AS releases FROM {SOURCE} WHERE {where} "
            "ORDER BY c.before DESC, c.id DESC LIMIT :limit OFFSET :offset",
            values,
        ).fetchall()
        total = db.execute(f"SELECT count(*) FROM {SOURCE} WHERE {where}", values).fetchone()[0]
    else:
        rows = db.execute(
            "SELECT c.id, count(*) AS n, count(DISTINCT c.release_id) AS releases, "
            f"max(c.before) AS latest, {RANK} AS rank, count(*) OVER () AS total "
            f"FROM {SOURCE} WHERE {where} GROUP BY {_ITEM} "
            "ORDER BY rank DESC, latest DESC, c.id DESC LIMIT :limit OFFSET :offset",
            values,
        ).fetchall()
        total = rows[0][5] if rows else 0
    counts = {row[0]: (row[1], row[2]) for row in rows}
    found = changes_by_id(db, list(counts))
    return [
        Item(change=change, count=counts[change.id][0], releases=counts[change.id][1])
        for change in found
    ], total


def neighbours(db: Database, chosen: ChangeFilter, of: Change) -> dict[str, int]:
    """Return the changes beside one in the queue's order, as ``previous`` and ``next``."""
    (row,) = db.query("SELECT significance, before FROM changes WHERE id = ?", [of.id])
    found: dict[str, int] = {}
    for name, beside, order, ranks in (
        ("next", "<", "DESC", SIGNIFICANCES),
        ("previous", ">", "ASC", SIGNIFICANCES[::-1]),
    ):
        # One significance after the other, each in the order of its index.
        start = ranks.index(row["significance"])
        for rank in ranks[start:]:
            near = _beside(db, chosen, rank, beside, order, row if rank == ranks[start] else None)
            if near is not None and near != of.id:
                found[name] = near
                break
    return found


def _beside(
    db: Database,
    chosen: ChangeFilter,
    rank: str,
    beside: str,
    order: str,
    of: Mapping[str, Any] | None,
) -> int | None:
    """Return the first chosen change of one significance, or the first beside a given one."""
    where, values = chosen.where()
    values["rank"] = rank
    if of is not None:
        where += f" AND c.before {beside} :at"
        values["at"] = of["before"]
    near = db.execute(
        f"SELECT c.id FROM {SOURCE} WHERE c.significance = :rank AND {where} "
        f"ORDER BY c.before {order}, c.id {order} LIMIT 1",
        values,
    ).fetchone()
    return None if near is None else int(near[0])


def same_edit(db: Database, of: Change) -> list[int]:
    """Return the other open changes that are the same edit, the newest first."""
    rows = db.execute(
        "SELECT c.id FROM standing_changes c LEFT JOIN standing_reviews s ON s.change_id = c.id "
        "WHERE c.group_key = ? AND s.review_id IS NULL AND c.id <> ? ORDER BY c.before DESC",
        [of.group_key, of.id],
    )
    return [row[0] for row in rows]


def marked(db: Database, batch: str) -> Marked | None:
    """Return what a batch of verdicts was about; None when there is none."""
    (row,) = db.query(
        """
        SELECT v.verdict, count(*) AS count, min(v.change_id) AS change_id,
               sum(s.review_id IS NOT NULL) > 0 AS standing
        FROM reviews v
        LEFT JOIN standing_reviews s ON s.review_id = v.id
        WHERE v.batch = ? AND v.withdraws IS NULL
        """,
        [batch],
    )
    if not row["count"]:
        return None
    (change,) = changes_by_id(db, [row["change_id"]])
    return Marked(**row, batch=batch, title=change.title)
