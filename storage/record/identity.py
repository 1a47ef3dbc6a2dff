"""Adding releases, and the addresses they answer to, as they become known."""

from __future__ import annotations

from sqlite_utils import Database

from corrigenda.models import ContentType
from storage.file.rows import insert
from storage.file.times import now, to_text
from storage.queries.resolve import find


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
