"""What has to be looked after so that silence means that nothing happened.

Each is a sentence with what can be done, without an end mark. They begin before a first
success: what never worked is silent, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlite_utils import Database

from corrigenda.wording import count, moment
from storage.file.times import from_text
from storage.queries.sight.feeds import unread

#: Working days without a release, after which somebody should look.
QUIET_DAYS = 3


def alarms(db: Database, source_id: int, now: datetime, *, locked: bool) -> tuple[str, ...]:
    """Return what has to be looked after for a source.

    Args:
        db: The store.
        source_id: The source.
        now: The time, aware.
        locked: A run holds the database just now.
    """
    (source,) = db.query("SELECT * FROM sources WHERE id = ?", [source_id])
    return tuple(_of(db, source, now, locked))


def _of(db: Database, source: dict[str, str | None], now: datetime, locked: bool) -> Iterator[str]:
    source_id = int(source["id"] or 0)
    if (due := source.get("overdue_at")) and from_text(due) < now:
        yield (
            f"no ingest, although three were due by {_at(due)}: is `corrigenda schedule` still "
            "running, and its schedule not paused in Prefect?"
        )
    if since := source.get("absent_since"):
        missing = db.execute(
            "SELECT count(*) FROM releases WHERE source_id = ? AND last_verdict = 'missing' "
            "AND status = 'live'",
            [source_id],
        ).fetchone()[0]
        yield (
            f"most of what was live is missing since {_at(since)}, {count(missing, 'page')} by "
            "now. That is taken for a failure of the site's or ours, and nothing is called "
            "withdrawn. Look at one in a browser; if they are gone indeed, "
            "`corrigenda status --accept-absences` says so"
        )
    if not locked:
        for run, flow, started in db.execute(
            "SELECT id, flow, started_at FROM runs WHERE source_id = ? AND outcome = 'running'",
            [source_id],
        ):
            yield (
                f"run {run} ({flow}, {_at(started)}) is said to go on, but holds no lock: it was "
                "killed. What it checked is kept; the next run goes on from there"
            )
    for feed in unread(db, source_id, now):
        yield (
            f"the feed {feed.url} cannot be read since {moment(feed.since)} ({feed.reason}): edits "
            "that only it tells are not seen. It is tried daily"
        )
    if (last := _last_announced(db, source_id)) and _working_days(last, now) >= QUIET_DAYS:
        yield (
            f"no new release for {_working_days(last, now)} working days, since {moment(last)}. "
            "Unless these were holidays, look whether the feed still tells what the site shows"
        )
    yield from _verification(db)


def _verification(db: Database) -> Iterator[str]:
    if not db["verifications"].exists():  # written by an earlier program, and only read
        return
    row = db.execute(
        "SELECT verified_at, damages FROM verifications ORDER BY id DESC LIMIT 1"
    ).fetchone()
    if row and row[1]:
        yield (
            f"`corrigenda verify` found {count(row[1], 'damage')} on {_at(row[0])}. "
            "Run it again for what they are, and take up a backup from before"
        )


def _last_announced(db: Database, source_id: int) -> datetime | None:
    (last,) = db.execute(
        "SELECT max(e.first_seen_at) FROM entries e JOIN releases r ON r.id = e.release_id "
        "WHERE e.channel = 'feed' AND r.source_id = ?",
        [source_id],
    ).fetchone()
    return from_text(last) if last else None


def _working_days(since: datetime, now: datetime) -> int:
    """Count whole days from Monday to Friday between two times."""
    days = max(0, min((now - since).days, 3_650))
    return sum((since + timedelta(days=n + 1)).weekday() < 5 for n in range(days))


def _at(text: str) -> str:
    return moment(from_text(text))
