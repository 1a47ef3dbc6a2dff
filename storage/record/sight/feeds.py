"""How feeds answer, when each is asked again, and which releases it lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from corrigenda.models import Judgement
from storage.file.connection import transaction
from storage.file.times import from_text, to_text
from storage.queries.resolve import find

#: Feeds that pages name, remembered at most for a source.
MOST = 300
#: A feed that cannot be read is tried so often; a quiet one is read as rarely.
DAILY = timedelta(days=1)
#: A feed that tells something new each time is read so often.
OFTEN = timedelta(hours=1)


def know(
    db: Database, source_id: int, urls: Iterable[str], now: datetime, *, learnt_from: str = ""
) -> None:
    """Remember feeds, those that were not known.

    Args:
        db: The store.
        source_id: The source.
        urls: Their addresses.
        now: The time.
        learnt_from: The page that names them; empty for the adapter.
    """
    new = [url for url in dict.fromkeys(urls) if not _is_known(db, url)]
    if not new:
        return
    with transaction(db):
        (held,) = db.execute(
            "SELECT count(*) FROM feeds WHERE source_id = ?", [source_id]
        ).fetchone()
        for url in new[: max(0, MOST - held)]:
            db.execute(
                "INSERT INTO feeds (url, source_id, learnt_from, learnt_at) VALUES (?, ?, ?, ?)",
                [url, source_id, learnt_from, to_text(now)],
            )


def due(db: Database, source_id: int, but: str, now: datetime, most: int) -> list[str]:
    """Return feeds to be read now, those first that wait longest.

    Args:
        db: The store.
        source_id: The source.
        but: A feed that is read at every run anyway.
        now: The time.
        most: At most so many.
    """
    rows = db.execute(
        "SELECT url FROM feeds WHERE source_id = ? AND url <> ? "
        "AND coalesce(next_try_at, '') <= ? ORDER BY coalesce(next_try_at, ''), rowid LIMIT ?",
        [source_id, but, to_text(now), most],
    )
    return [row[0] for row in rows]


def asked_today(db: Database, source_id: int, but: str, now: datetime) -> int:
    """Return how many requests for feeds, but for one, were made this UTC day."""
    (asked,) = db.execute(
        "SELECT count(*) FROM captures WHERE release_id IS NULL AND captured_at >= ? "
        "AND url IN (SELECT url FROM feeds WHERE source_id = ? AND url <> ?)",
        [to_text(now.replace(hour=0, minute=0, second=0, microsecond=0)), source_id, but],
    ).fetchone()
    return int(asked)


def read(
    db: Database, source_id: int, url: str, now: datetime, listed: Iterable[str], *, news: bool
) -> None:
    """Note that a feed was read.

    Args:
        db: The store.
        source_id: The source.
        url: The feed.
        now: When it was fetched.
        listed: Addresses of the releases it lists, each announced before.
        news: It told something new; one that does not is read less often.
    """
    with transaction(db):
        releases = {find(db, source_id, address) for address in listed} - {None}
        at = to_text(now)
        for release_id in releases:
            db.execute(
                "INSERT INTO feed_items VALUES (?, ?, ?) "
                "ON CONFLICT (release_id, feed) DO UPDATE SET listed_at = excluded.listed_at",
                [url, release_id, at],
            )
        (pause,) = db.execute("SELECT pause FROM feeds WHERE url = ?", [url]).fetchone()
        wanted = pause / 2 if news else pause * 2
        pause = min(max(wanted, OFTEN.total_seconds()), DAILY.total_seconds())
        db.execute(
            "UPDATE feeds SET tried_at = :at, read_at = :at, verdict = 'release', reason = '', "
            "unread_since = NULL, items = :items, pause = :pause, next_try_at = :next "
            "WHERE url = :url",
            {
                "at": at,
                "items": len(releases),
                "pause": pause,
                "next": to_text(now + timedelta(seconds=pause)),
                "url": url,
            },
        )


def unread(db: Database, url: str, now: datetime, judgement: Judgement) -> bool:
    """Note that a feed could not be read; it is tried again in a day.

    Returns:
        Whether that is new: it could be read before, or was never tried.
    """
    row = db.execute("SELECT unread_since FROM feeds WHERE url = ?", [url]).fetchone()
    with transaction(db):
        db.execute(
            "UPDATE feeds SET tried_at = :at, verdict = :verdict, reason = :reason, "
            "unread_since = coalesce(unread_since, :at), next_try_at = :next WHERE url = :url",
            {
                "at": to_text(now),
                "verdict": str(judgement.verdict),
                "reason": judgement.reason,
                "next": to_text(now + DAILY),
                "url": url,
            },
        )
    return row is not None and row[0] is None


def newest_look(db: Database) -> datetime | None:
    """Return when a page or a feed was last asked for, of any source; None for never."""
    (newest,) = db.execute(
        "SELECT max(at) FROM (SELECT max(tried_at) AS at FROM feeds UNION ALL "
        "SELECT (SELECT max(last_checked_at) FROM releases r WHERE r.source_id = s.id) "
        "FROM sources s)"
    ).fetchone()
    return from_text(newest) if newest else None


def _is_known(db: Database, url: str) -> bool:
    return db.execute("SELECT 1 FROM feeds WHERE url = ?", [url]).fetchone() is not None
