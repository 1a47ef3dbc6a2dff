"""How much changes, when, at whom, and how complete the record is."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

#: Revisions that matter.
_REVISED = "standing_changes c WHERE c.kind = 'revised' AND c.significance <> 'none'"


def totals(db: Database) -> dict[str, int]:
    """Return the numbers that stand at the top."""
    (row,) = db.query(
        f"""
        SELECT
            (SELECT count(*) FROM releases) AS releases,
            (SELECT count(*) FROM versions) AS versions,
            (SELECT count(*) FROM {_REVISED}) AS revisions,
            (SELECT count(*) FROM {_REVISED} AND c.silent) AS silent,
            (SELECT count(*) FROM standing_changes WHERE kind = 'withdrawn') AS withdrawn,
            (SELECT count(*) FROM standing_reviews) AS reviewed
        """
    )
    return dict(row)


def extent(db: Database) -> tuple[str | None, str | None]:
    """Return the days of the oldest and the newest change; None without any."""
    row = db.execute(
        "SELECT substr(min(before), 1, 10), substr(max(before), 1, 10) FROM standing_changes "
        "WHERE kind <> 'published'"
    ).fetchone()
    return row[0], row[1]


def by_day(db: Database, first: str) -> list[tuple[str, str, int]]:
    """Return the day, the significance and the number of the changes from a day on."""
    rows = db.execute(
        "SELECT substr(before, 1, 10), significance, count(*) FROM standing_changes "
        "WHERE kind <> 'published' AND significance <> 'none' AND before >= ? GROUP BY 1, 2",
        [first],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def first_seen(db: Database, first: str, after: str) -> int:
    """Return how many releases were first seen from a day on and before another."""
    row = db.execute(
        "SELECT count(*) FROM standing_changes WHERE kind = 'published' "
        "AND before >= ? AND before < ?",
        [first, after],
    ).fetchone()
    return int(row[0])


def by_month(db: Database) -> list[tuple[str, int, int]]:
    """Return months of publication, the newest first: releases heard of, those held."""
    rows = db.execute(
        """
        SELECT substr(coalesce(r.published_at, e.published_at, r.first_heard_at), 1, 7),
               count(*), sum(r.status <> 'heard')
        FROM releases r
        LEFT JOIN (SELECT release_id, min(published_at) AS published_at FROM entries
                   GROUP BY release_id) e ON e.release_id = r.id
        GROUP BY 1 ORDER BY 1 DESC
        """
    )
    return [(row[0], row[1], row[2]) for row in rows]


def runs(db: Database, limit: int) -> list[dict[str, Any]]:
    """Return the last runs, the newest first."""
    return list(db.query("SELECT * FROM runs ORDER BY id DESC LIMIT ?", [limit]))
