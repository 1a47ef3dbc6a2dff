"""Which release a URL or an item number belongs to.

A release is known by its node number where the source tells it, else by canonical
URL; every other URL it has answered to is an alias. Resolution never guesses: two
URLs that differ by a letter are two releases until a redirect, a share link or a
node number says otherwise.
"""

from __future__ import annotations

from sqlite_utils import Database

from corrigenda.models import ContentType
from storage.file.rows import insert
from storage.file.times import now, to_text


def find(db: Database, source_id: int, url: str, node_id: int | None = None) -> int | None:
    """Return the release that a node number, URL or alias names, or None.

    One that was folded into another (:mod:`storage.record.merging`) leads to that other.
    """
    row = db.execute(
        """
        SELECT id FROM releases WHERE source_id = :source AND node_id = :node
        UNION ALL SELECT coalesce(moved_to, id) FROM releases WHERE url = :url
        UNION ALL SELECT release_id FROM aliases WHERE url = :url
        LIMIT 1
        """,
        {"source": source_id, "node": node_id, "url": url},
    ).fetchone()
    return int(row[0]) if row else None


def find_or_add(
    db: Database,
    source_id: int,
    url: str,
    *,
    node_id: int | None = None,
    content_type: ContentType = ContentType.RELEASE,
    title: str = "",
) -> int:
    """Return the release a URL names, adding it as merely heard of when it is new.

    A release found by its number under a new URL gains that URL as an alias; one found
    by URL learns its number.
    """
    release_id = find(db, source_id, url, node_id)
    if release_id is None:
        return insert(
            db,
            "releases",
            {
                "source_id": source_id,
                "url": url,
                "node_id": node_id,
                "content_type": str(content_type),
                "title": title,
                "first_heard_at": to_text(now()),
            },
        )
    if node_id is not None:
        db.execute(
            "UPDATE releases SET node_id = ? WHERE id = ? AND node_id IS NULL",
            [node_id, release_id],
        )
    add_alias(db, release_id, url, kind="link")
    return release_id


def add_alias(
    db: Database, release_id: int, url: str, *, kind: str, even_if_known: bool = False
) -> bool:
    """Record another URL of a release.

    Args:
        db: The store.
        release_id: The release.
        url: The URL.
        kind: How it is known: ``link``, ``share``, ``redirect``, or ``moved`` for an
            address the release itself had.
        even_if_known: Also when some release has that URL.

    Returns:
        Whether it was new.
    """
    cursor = db.execute(
        """
        INSERT INTO aliases (url, release_id, kind, first_seen_at)
        SELECT :url, :release, :kind, :now
        WHERE :known OR NOT EXISTS (SELECT 1 FROM releases WHERE url = :url)
        ON CONFLICT (url) DO NOTHING
        """,
        {
            "url": url,
            "release": release_id,
            "kind": kind,
            "now": to_text(now()),
            "known": even_if_known,
        },
    )
    return cursor.rowcount == 1
