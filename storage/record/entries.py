"""What lists announced: one row for each URL of each channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from corrigenda.models import ContentType, Entry
from storage.file.times import from_text, now, to_text
from storage.record import merging as folding
from storage.record.dating import hint

#: Channels in which the publisher announces; what they told is what a gap is measured by.
_ANNOUNCED = "('feed', 'listing')"


def hear(db: Database, source_id: int, entry: Entry, content_type: ContentType) -> int:
    """Remember one entry, and the release it names; inside the caller's transaction."""
    release_id = folding.resolve(
        db,
        source_id,
        entry.url,
        node_id=entry.node_id,
        content_type=content_type,
        title=entry.title or "",
    )
    db.execute(
        """
        INSERT INTO entries
            (release_id, channel, url, title, published_at, modified_at, first_seen_at,
             last_seen_at)
        VALUES (:release, :channel, :url, :title, :published, :modified, :now, :now)
        ON CONFLICT (channel, url) DO UPDATE SET
            title = excluded.title, published_at = excluded.published_at,
            modified_at = excluded.modified_at, last_seen_at = excluded.last_seen_at
        """,
        {
            "release": release_id,
            "channel": entry.channel,
            "url": entry.url,
            "title": entry.title,
            "published": to_text(entry.published_at) if entry.published_at else None,
            "modified": to_text(entry.modified_at) if entry.modified_at else None,
            "now": to_text(now()),
        },
    )
    if entry.modified_at is not None:
        _heed(db, release_id, entry.modified_at)
    return release_id


def _heed(db: Database, release_id: int, modified: datetime) -> None:
    """Look again soon where the publisher claims an edit after our last look."""
    row = db.execute("SELECT last_checked_at FROM releases WHERE id = ?", [release_id]).fetchone()
    if row[0] and from_text(row[0]) < modified:
        hint(db, release_id, "sitemap", now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the publisher's own lists had announced before a run.

    Attributes:
        urls: Addresses, of those asked about, that were announced.
        newest: The latest time of publication claimed; None when nothing was announced.
        gap_after: The same when a gap opened that was never closed; None without one.
    """

    urls: frozenset[str]
    newest: datetime | None
    gap_after: datetime | None


def announced(db: Database, source_id: int, urls: list[str]) -> Announced:
    """Return what the source's feed and listing had announced by now.

    Args:
        db: The store.
        source_id: The source.
        urls: Addresses to look up.
    """
    newest, gap_after = db.execute(
        # From the newest on until one is of this source; a maximum would be of all there are.
        "SELECT (SELECT e.published_at FROM entries e INDEXED BY idx_entries_announced "
        "CROSS JOIN releases r ON r.id = e.release_id "
        f"WHERE r.source_id = :source AND e.channel IN {_ANNOUNCED} "
        "AND e.published_at IS NOT NULL ORDER BY e.published_at DESC LIMIT 1), "
        "(SELECT gap_after FROM sources WHERE id = :source)",
        {"source": source_id},
    ).fetchone()
    known = [url for url in urls if is_announced(db, url)]
    return Announced(
        urls=frozenset(known),
        newest=from_text(newest) if newest else None,
        gap_after=from_text(gap_after) if gap_after else None,
    )


def is_announced(db: Database, url: str) -> bool:
    """Tell whether the feed or the listing ever announced an address."""
    row = db.execute(
        f"SELECT 1 FROM entries WHERE url = ? AND channel IN {_ANNOUNCED} LIMIT 1", [url]
    ).fetchone()
    return row is not None


def set_gap(db: Database, source_id: int, after: datetime | None) -> None:
    """Remember that what was published after a time may have been missed; None: no more."""
    db.execute(
        "UPDATE sources SET gap_after = ? WHERE id = ?",
        [to_text(after) if after else None, source_id],
    )
