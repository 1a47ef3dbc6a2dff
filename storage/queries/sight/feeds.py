"""How each feed of a source answers, and which releases it lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlite_utils import Database

from storage.file.times import from_text, to_text

#: A feed unread for longer is told as something that could not be seen.
UNREAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it last answered.

    Attributes:
        url: Its address.
        learnt_from: The page that names it; empty for one that the adapter names.
        read: When it was last read; None for never.
        since: Since when it cannot be read; None while it can, or before it was first tried.
        reason: What its last answer was.
        next_try: Not asked for before; None for the next run.
        items: How many items it listed.
        pause: Seconds between two looks.
    """

    url: str
    learnt_from: str
    read: datetime | None
    since: datetime | None
    reason: str
    next_try: datetime | None
    items: int
    pause: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A feed that was read once, and is not any more.

    Attributes:
        url: Its address.
        since: Since when.
        reason: What it answers instead.
    """

    url: str
    since: datetime
    reason: str


def feeds(db: Database, source_id: int) -> list[Feed]:
    """Return a source's feeds, those the adapter names first."""
    if not db["feeds"].exists():  # written by an earlier program, and only read
        return []
    rows = db.query(
        "SELECT * FROM feeds WHERE source_id = ? ORDER BY learnt_from <> '', rowid", [source_id]
    )
    return [
        Feed(
            url=row["url"],
            learnt_from=row["learnt_from"],
            read=_time(row["read_at"]),
            since=_time(row["unread_since"]),
            reason=row["reason"],
            next_try=_time(row["next_try_at"]),
            items=row["items"],
            pause=row["pause"],
        )
        for row in rows
    ]


def unread(db: Database, source_id: int, now: datetime) -> list[Unread]:
    """Return feeds that were read once, and could not be for a day.

    One that never could be read tells nothing by its silence; it is tried daily all the same.
    """
    return [
        Unread(url=feed.url, since=feed.since, reason=feed.reason)
        for feed in feeds(db, source_id)
        if feed.read and feed.since and now - feed.read > UNREAD
    ]


def listing(db: Database, release_id: int, since: datetime | None = None) -> list[str]:
    """Return the feeds, by the end of their address, that list a release still.

    Args:
        db: The store.
        release_id: The release.
        since: Only feeds that were read since.
    """
    if not db["feed_items"].exists():
        return []
    rows = db.execute(
        "SELECT f.url FROM feed_items i JOIN feeds f ON f.url = i.feed "
        "WHERE i.release_id = ? AND i.listed_at >= f.read_at AND f.read_at >= ? ORDER BY f.rowid",
        [release_id, to_text(since) if since else ""],
    )
    return [urlsplit(row[0]).path.lstrip("/") for row in rows]


def agreeing(db: Database, release_id: int, since: datetime) -> bool:
    """Tell whether a feed says by itself that a release is gone.

    It listed the release, was read since and does not any more, although it still lists one
    that is older: the release was not pushed out by newer ones.
    """
    row = db.execute(
        """
        SELECT 1 FROM feed_items i JOIN feeds f ON f.url = i.feed
        WHERE i.release_id = :release AND f.read_at >= :since AND i.listed_at < f.read_at
          AND EXISTS (
            SELECT 1 FROM feed_items o JOIN entries e ON e.release_id = o.release_id
            WHERE o.feed = f.url AND o.listed_at >= f.read_at AND e.published_at < (
                SELECT max(published_at) FROM entries WHERE release_id = :release))
        LIMIT 1
        """,
        {"release": release_id, "since": to_text(since)},
    ).fetchone()
    return row is not None


def _time(text: str | None) -> datetime | None:
    return from_text(text) if text else None
