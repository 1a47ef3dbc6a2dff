"""What is gone, or cannot be seen now: what a reader must know before any list of changes.

What could not be seen (:mod:`storage.queries.sight.unseen`), and what was lately withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from corrigenda.wording import moment
from storage.file.times import from_text, to_text
from storage.queries.sight.unseen import Unseen, Word, unseen_now, unseen_release

#: Withdrawals are news for so long.
RECENT = timedelta(days=14)
#: Releases of each kind that are told, at most.
MOST = 100
WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """One thing that is gone, or cannot be seen.

    Attributes:
        word: What stands in the way: ``BLOCKED``, ``MISSING``, ``WITHDRAWN`` and so on.
        text: What that means, since when, in words without an end mark.
        since: Since when; None where that is not known.
        title: The release's title, or the source's.
        url: Its address; empty for a source as a whole.
        release_id: The release; None for a source or a feed.
    """

    word: str
    text: str
    title: str
    since: datetime | None = None
    url: str = ""
    release_id: int | None = None


def gone_now(db: Database, now: datetime) -> list[Absence]:
    """Return what is gone or cannot be seen: sources first, then releases, the newest first.

    Args:
        db: A database.
        now: The time, aware.
    """
    found = [_absence(unseen) for unseen in unseen_now(db, "", now, most=MOST)]
    return sorted([*found, *_withdrawn(db, now)], key=_order)


def why_unseen(db: Database, release_id: int) -> Absence | None:
    """Return why a release could not be seen when last asked for; None where it was."""
    unseen = unseen_release(db, release_id)
    return _absence(unseen) if unseen else None


def _order(absence: Absence) -> tuple[int, float]:
    """Sources, then what may be gone for good, then what is merely out of sight."""
    blocked = absence.word == Word.BLOCKED
    place = 0 if absence.release_id is None and absence.since else 2 if blocked else 1
    return place, -absence.since.timestamp() if absence.since else 0.0


def _absence(unseen: Unseen) -> Absence:
    since = unseen.since and moment(unseen.since)
    known = not since or since in unseen.text
    return Absence(
        word=unseen.word,
        text=unseen.text if known else f"since {since}: {unseen.text}",
        title=unseen.title,
        since=unseen.since,
        url=unseen.url,
        release_id=unseen.release_id,
    )


def _withdrawn(db: Database, now: datetime) -> Iterator[Absence]:
    for row in db.query(
        "SELECT r.id, r.title, r.url, c.before, c.after FROM standing_changes c "
        "JOIN releases r ON r.id = c.release_id "
        "WHERE c.kind <> 'published' AND c.kind = 'withdrawn' "
        "AND r.status = 'withdrawn' AND c.significance = 'high' AND c.before >= :since "
        "ORDER BY c.before DESC LIMIT :most",
        {"since": to_text(now - RECENT), "most": MOST},
    ):
        since = from_text(row["before"])
        last = f"; last there {moment(from_text(row['after']))}" if row["after"] else ""
        yield Absence(
            word=WITHDRAWN,
            text=f"not there since {moment(since)}{last}",
            title=row["title"] or row["url"],
            since=since,
            url=row["url"],
            release_id=row["id"],
        )
