"""Picking what is due, and making the plan, in a small store and in one of 55,000 releases.

Usage: python -m benchmarks.due
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlite_utils import Database

from storage.file.connection import open_database, transaction
from storage.file.times import to_text
from storage.queries.plan import upcoming
from storage.record.dating import date_undated, review_plan

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DAYS = 9000.0
ABSENCE = timedelta(days=1)


def fill(db: Database, releases: int) -> None:
    """Put in releases of 25 years, evenly, none dated."""
    with transaction(db):
        db.execute("INSERT INTO sources (name, title, home) VALUES ('beehive', 'B', 'h')")
        db.conn.executemany(
            "INSERT INTO releases (source_id, url, published_at, first_heard_at, last_checked_at, "
            "last_verdict, status) VALUES (1, ?, ?, ?, ?, 'release', 'live')",
            (
                (f"https://www.beehive.govt.nz/release/{number}", born, to_text(NOW), born)
                for number in range(releases)
                for born in [to_text(NOW - timedelta(days=DAYS * number / releases))]
            ),
        )


def milliseconds(call: Callable[[], object], times: int = 1) -> float:
    """Return the processor time that a call takes, the middle of some."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        call()
        taken.append((time.process_time() - start) * 1000)
    return median(taken)


def main() -> None:
    """Measure and print."""
    for releases in (1_000, 55_000):
        with tempfile.TemporaryDirectory() as folder:
            db = open_database(Path(folder) / "due.db", create=True)
            fill(db, releases)

            def review(db: Database = db) -> object:
                return review_plan(db, 1, NOW, budget=231, wanted=400)

            first = milliseconds(review)
            plan = review_plan(db, 1, NOW, budget=231, wanted=400)
            dating = milliseconds(lambda db=db, plan=plan: date_undated(db, 1, plan, NOW, ABSENCE))
            later = NOW + timedelta(hours=3)
            pick = milliseconds(
                lambda db=db, plan=plan, at=later: upcoming(db, 1, plan, at, 10, until=at), 51
            )
            held = milliseconds(review, 51)
            print(
                f"{releases:6,} releases: pick ten {pick:.2f} ms, plan in force {held:.2f} ms; "
                f"once a day: plan {first:.0f} ms; once: date all {dating:.0f} ms"
            )


if __name__ == "__main__":
    main()
