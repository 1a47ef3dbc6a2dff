"""Two releases found to be one, and a release found at another address.

Channels announce one release under several addresses before anything is fetched; its
number, a redirect or its own share link tells later that they are one. Captures are never
changed, so the release that gives way keeps its row and its captures, with status
``moved`` and ``moved_to`` naming the one that stands; versions, changes, entries and
addresses are counted to that one, whose history is continuous.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from corrigenda.compare.sameness import same_item
from corrigenda.models import ChangeKind, ContentType, Track
from storage.queries.contents import newest
from storage.queries.resolve import find
from storage.record import identity
from storage.record.timeline import Timeline


def settle_move(db: Database, source_id: int, release_id: int, target: str, run_id: int) -> int:
    """Let a release be known by the address it moved to.

    A release never held gives way to one already known at the target; of two that were
    held apart the one known first stands, at the new address.

    Returns:
        The release that stands.
    """
    other = find(db, source_id, target)
    if other is not None and other != release_id:
        if not is_held(db, release_id):
            fold(db, release_id, other, run_id)
            return other
        if is_held(db, other):
            release_id, other = min(release_id, other), max(release_id, other)
        fold(db, other, release_id, run_id)
    _rename(db, release_id, target)
    return release_id


def resolve(
    db: Database,
    source_id: int,
    url: str,
    *,
    node_id: int | None = None,
    content_type: ContentType = ContentType.RELEASE,
    title: str = "",
    run_id: int | None = None,
) -> int:
    """Return the release a URL and a number name, adding it when it is new.

    Where they name two, these are one: the publisher's number says so. Of two that are both
    held the texts must say so too, for a slip in a feed's numbers would mix two histories;
    and they are made one only within a run, for that may find changes.
    """
    by_url = find(db, source_id, url) if node_id is not None else None
    found = by_url and find(db, source_id, url, node_id)
    if by_url and found and by_url != found:
        both = is_held(db, by_url) and is_held(db, found)
        if both and (run_id is None or not _alike(db, by_url, found)):
            return by_url
        if both:
            fold(db, max(by_url, found), min(by_url, found), run_id)
        else:
            given_way, stands = (found, by_url) if is_held(db, by_url) else (by_url, found)
            fold(db, given_way, stands, run_id)
    return identity.find_or_add(
        db, source_id, url, node_id=node_id, content_type=content_type, title=title
    )


def add_shared(db: Database, source_id: int, release_id: int, url: str) -> None:
    """Record an address a page gives itself; a release merely heard of there is this one."""
    other = find(db, source_id, url)
    if other is None:
        identity.add_alias(db, release_id, url, kind="share")
    elif other != release_id and not is_held(db, other):
        fold(db, other, release_id, None)


def fold(db: Database, given_way: int, stands: int, run_id: int | None) -> None:
    """Count all that is known of one release to another, inside the caller's transaction.

    Args:
        db: The store.
        given_way: The release that gives way.
        stands: The one that stands.
        run_id: The run; may be left out when the first is not held, and nothing changes.
    """
    held = is_held(db, given_way)
    old, new = _row(db, given_way), _row(db, stands)
    db.execute(
        "UPDATE releases SET status = 'moved', moved_to = :new, node_id = NULL, "
        "next_check_at = NULL, check_rung = NULL WHERE id = :old OR moved_to = :old",
        {"old": given_way, "new": stands},
    )
    if new["node_id"] is None:
        db.execute("UPDATE releases SET node_id = ? WHERE id = ?", [old["node_id"], stands])
    if not new["title"]:
        db.execute("UPDATE releases SET title = ? WHERE id = ?", [old["title"], stands])
    for table in ("entries", "aliases", "observations", "sightings", "spans", "changes"):
        db.execute(f"UPDATE {table} SET release_id = ? WHERE release_id = ?", [stands, given_way])
    _set_alias(db, stands, old["url"], kind="redirect")
    _keep_one_publication(db, stands)
    if held:
        assert run_id is not None
        for track in Track:
            Timeline(db, stands, track, run_id).rebuild()


def is_held(db: Database, release_id: int) -> bool:
    """Tell whether any version of a release is held."""
    row = db.execute("SELECT 1 FROM spans WHERE release_id = ? LIMIT 1", [release_id]).fetchone()
    return row is not None


def part(db: Database, source_id: int, url: str) -> int | None:
    """Undo that an address belongs to another release: it serves an item of its own again.

    Returns:
        The release that had the address before it was folded, or None when there is none
        and one is to be added.
    """
    db.execute("DELETE FROM aliases WHERE url = ?", [url])
    db.execute(
        "UPDATE releases SET status = 'heard', moved_to = NULL "
        "WHERE source_id = ? AND url = ? AND moved_to IS NOT NULL",
        [source_id, url],
    )
    return find(db, source_id, url)


def _alike(db: Database, one: int, other: int) -> bool:
    ours, theirs = newest(db, one), newest(db, other)
    return ours is not None and theirs is not None and same_item(ours.document, theirs.document)


def _rename(db: Database, release_id: int, url: str) -> None:
    """Give a release another address; what it had stays one of its addresses."""
    old = _row(db, release_id)["url"]
    if old == url:
        return
    # The release that gave way has the new address; addresses are unique, so it takes the old.
    db.execute("UPDATE releases SET url = ? || '#' WHERE url = ?", [url, url])
    # What was learnt about the page at the old address says nothing about the new one.
    db.execute(
        "UPDATE releases SET url = ?, etag = NULL, last_modified = NULL, article_sha256 = NULL "
        "WHERE id = ?",
        [url, release_id],
    )
    db.execute("UPDATE releases SET url = ? WHERE url = ? || '#'", [old, url])
    db.execute("DELETE FROM aliases WHERE url = ?", [url])
    held_there = db.execute(
        "SELECT 1 FROM spans WHERE release_id = ? AND track = 'page' LIMIT 1", [release_id]
    ).fetchone()
    _set_alias(db, release_id, old, kind="moved" if held_there else "redirect")


def _set_alias(db: Database, release_id: int, url: str, *, kind: str) -> None:
    identity.add_alias(db, release_id, url, kind=kind, even_if_known=True)
    db.execute("UPDATE aliases SET kind = ?, release_id = ? WHERE url = ?", [kind, release_id, url])


def _keep_one_publication(db: Database, release_id: int) -> None:
    """Leave a release one ``published`` change; the timeline dates it anew."""
    rows = db.execute(
        "SELECT id FROM changes WHERE release_id = ? AND kind = ? AND superseded_by IS NULL "
        "ORDER BY id",
        [release_id, str(ChangeKind.PUBLISHED)],
    ).fetchall()
    for (row,) in rows[1:]:
        db.execute("UPDATE changes SET superseded_by = ? WHERE id = ?", [rows[0][0], row])


def _row(db: Database, release_id: int) -> dict[str, Any]:
    return dict(next(iter(db.query("SELECT * FROM releases WHERE id = ?", [release_id]))))
