"""What runs could not interpret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from corrigenda.errors import NotHeld
from storage.file.connection import path_of
from storage.file.times import from_text, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One problem of one address.

    Attributes:
        url: The address, or the text that should have been one.
        problem: What is wrong, in a sentence.
        run: The last run that met it.
        noticed: When.
        first_run: The first run that met it.
        times: How often.
        source: The source's name.
    """

    url: str
    problem: str
    run: int
    noticed: datetime
    first_run: int
    times: int
    source: str


def issues(
    db: Database,
    *,
    run: int | None = None,
    since: datetime | None = None,
    source: str = "",
    limit: int = 100,
) -> tuple[list[Issue], int]:
    """Return issues, the latest first, each once; and how many there are altogether.

    Args:
        db: The store.
        run: Only of this run.
        since: Only noticed since.
        source: Only of this source.
        limit: At most so many.

    Raises:
        NotHeld: There is no such run.
    """
    if run and not db.execute("SELECT 1 FROM runs WHERE id = ?", [run]).fetchone():
        raise NotHeld(path_of(db), f"no run {run}; `corrigenda issues` lists those of all")
    rows = db.execute(
        """
        SELECT i.url, i.problem, max(i.run_id), max(i.noticed_at), min(i.run_id), count(*), s.name,
               count(*) OVER ()
        FROM issues i JOIN runs r ON r.id = i.run_id JOIN sources s ON s.id = r.source_id
        WHERE (:run IS NULL OR i.run_id = :run) AND i.noticed_at >= :since
          AND :source IN ('', s.name)
        GROUP BY i.url, i.problem, s.name ORDER BY max(i.id) DESC LIMIT :limit
        """,
        {
            "run": run,
            "since": to_text(since) if since else "",
            "source": source,
            "limit": limit,
        },
    ).fetchall()
    found = [
        Issue(
            url=row[0] or "",
            problem=row[1],
            run=row[2],
            noticed=from_text(row[3]),
            first_run=row[4],
            times=row[5],
            source=row[6],
        )
        for row in rows
    ]
    return found, rows[0][7] if rows else 0
