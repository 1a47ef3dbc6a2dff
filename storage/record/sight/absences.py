"""Absences that are no evidence: when most of what was live is missing, our view failed.

A redesign, an outage or a soft home page makes hundreds of pages answer as one that was
withdrawn does. So an absence met by a run is held until the run has looked at the whole
(:func:`settle`): it counts when few are missing, or where feed and page agree. One that is
held longer counts only by a person's word (:func:`accept`). What a feed still lists is not
gone, however few are missing. The page that comes back ends it either way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from corrigenda.models import ChangeKind
from storage.file.connection import transaction
from storage.file.times import to_text
from storage.queries.sight.feeds import agreeing, listing
from storage.record import lifecycle

#: Fewer pages may be missing at once; of more, not more than this share of those looked at.
FEW, SHARE = 5, 1 / 5
#: Looks that are held against each other.
WINDOW = timedelta(days=1)


class Patience(NamedTuple):
    """What makes a release withdrawn; see :func:`storage.record.lifecycle.derive`."""

    absences: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the absences that a run met.

    Attributes:
        missing: Pages that were live and are missing, of those looked at within a day.
        looked: Pages that were live, looked at within a day.
        held: Absences of this run that are no evidence because most is missing.
        changes: New changes, as (row, kind).
    """

    missing: int = 0
    looked: int = 0
    held: int = 0
    changes: tuple[tuple[int, ChangeKind], ...] = ()

    @property
    def most(self) -> bool:
        """So much is missing that our own view is in doubt."""
        return self.missing >= FEW and self.missing > SHARE * self.looked


def hold(db: Database, capture_id: int, release_id: int) -> None:
    """Let an absence wait for the end of its run, inside the caller's transaction."""
    db.execute(
        "INSERT INTO held_absences (capture_id, release_id, state) VALUES (?, ?, 'open')",
        [capture_id, release_id],
    )


def settle(db: Database, source_id: int, run_id: int, now: datetime, patience: Patience) -> Settled:
    """Decide on the absences that this run met, and on any that a dead run left open.

    Args:
        db: The store.
        source_id: The source.
        run_id: The run that changes are recorded by.
        now: The time.
        patience: What makes a release withdrawn.
    """
    since = now - WINDOW
    with transaction(db):
        waiting = db.execute(
            "SELECT h.capture_id, coalesce(r.moved_to, r.id) FROM held_absences h "
            "JOIN releases r ON r.id = h.release_id WHERE h.state = 'open' AND r.source_id = ?",
            [source_id],
        ).fetchall()
        missing, looked = _census(db, source_id, since)
        found = Settled(missing=missing, looked=looked)
        held, counted, doubted = list[int](), list[int](), 0
        for capture_id, release_id in waiting:
            if listing(db, release_id, since):
                held.append(capture_id)
            elif found.most and not agreeing(db, release_id, since):
                held.append(capture_id)
                doubted += 1
            else:
                counted.append(release_id)
        _hold(db, held, now)
        db.execute(
            "DELETE FROM held_absences WHERE state = 'open' AND release_id IN "
            "(SELECT id FROM releases WHERE source_id = ?)",
            [source_id],
        )
        _mark(db, source_id, found, held, looked - missing)
        changes = _sync(db, counted, run_id, patience)
    return Settled(missing=missing, looked=looked, held=doubted, changes=changes)


def accept(
    db: Database, source_id: int, run_id: int, now: datetime, patience: Patience
) -> tuple[int, tuple[tuple[int, ChangeKind], ...]]:
    """Take a person's word that what is missing is gone, but for what a feed still lists.

    Args:
        db: The store.
        source_id: The source.
        run_id: The run that changes are recorded by.
        now: The time.
        patience: What makes a release withdrawn: a single absence still waits for a second.

    Returns:
        How many releases that is true of, and the new changes, as (row, kind).
    """
    with transaction(db):
        rows = db.execute(
            "SELECT DISTINCT r.id FROM held_absences h JOIN releases r "
            "ON r.id = h.release_id WHERE r.source_id = ? AND r.last_verdict = 'missing' "
            "AND h.state = 'held'",
            [source_id],
        ).fetchall()
        gone = [row[0] for row in rows if not listing(db, row[0], now - WINDOW)]
        for release_id in gone:
            db.execute(
                "UPDATE held_absences SET state = 'accepted', decided_at = ? "
                "WHERE release_id = ? AND state = 'held'",
                [to_text(now), release_id],
            )
        db.execute("UPDATE sources SET absent_since = NULL WHERE id = ?", [source_id])
        changes = _sync(db, gone, run_id, patience)
    return len(gone), changes


def _census(db: Database, source_id: int, since: datetime) -> tuple[int, int]:
    """Count releases taken for live that were looked at since: those missing, and all.

    One whose absence a person accepted is known to be gone.
    """
    row = db.execute(
        """
        SELECT coalesce(sum(last_verdict = 'missing'), 0), count(*) FROM releases r
        WHERE source_id = :source AND last_checked_at >= :since AND status = 'live'
          AND last_verdict IN ('release', 'unmodified', 'missing')
          AND NOT (last_verdict = 'missing' AND EXISTS (
            SELECT 1 FROM held_absences WHERE release_id = r.id AND state = 'accepted'))
        """,
        {"source": source_id, "since": to_text(since)},
    ).fetchone()
    return int(row[0]), int(row[1])


def _hold(db: Database, captures: Iterable[int], now: datetime) -> None:
    for capture_id in captures:
        db.execute(
            "UPDATE held_absences SET state = 'held', decided_at = ? WHERE capture_id = ?",
            [to_text(now), capture_id],
        )


def _mark(db: Database, source_id: int, found: Settled, held: list[int], there: int) -> None:
    """Remember since when most is missing, until pages are seen again and it is not."""
    if found.most and held:
        marks = ", ".join(map(str, held))
        db.execute(
            "UPDATE sources SET absent_since = coalesce(absent_since, "
            f"(SELECT min(captured_at) FROM captures WHERE id IN ({marks}))) WHERE id = ?",
            [source_id],
        )
    elif not found.most and there:
        db.execute("UPDATE sources SET absent_since = NULL WHERE id = ?", [source_id])


def _sync(
    db: Database, releases: Iterable[int], run_id: int, patience: Patience
) -> tuple[tuple[int, ChangeKind], ...]:
    return tuple(
        change
        for release_id in dict.fromkeys(releases)
        for change in lifecycle.sync(
            db, release_id, run_id, absences=patience.absences, hours=patience.hours
        )
    )
