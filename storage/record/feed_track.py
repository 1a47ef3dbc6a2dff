"""The feed as a witness: texts it goes on telling, and edits that pages show too.

A poll of the feed shows thirty texts, nearly all as before. Such a text needs no capture
of its own: the one that first showed it is *continued* (table ``sightings``), so that the
interval of a later change begins at the last poll that showed the old text.

The feed's timeline and the pages' stay apart, and in it what each feed told: two feeds cut
or escape one text differently, and going from one to the other is no edit. Where several
show one edit, their changes name the one that stands (``changes.same_as``): the page's, else
that of the feed which shows most of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from corrigenda.models import ChangeKind, Track
from storage.file.times import from_text, to_text
from storage.queries.contents import of_version

#: One edit may show so much later in one feed than in another.
_LAG = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The text a feed told of a release when it was last read.

    Attributes:
        release_id: The release.
        capture_id: The capture that first showed it.
        version_id: The version it is.
        digests: Every digest that version has been read as.
        payload_sha256: Digest of the item's text as it came.
        provenance: What the item claimed besides.
        last_seen_at: When it was last seen.
    """

    release_id: int
    capture_id: int
    version_id: int
    digests: frozenset[str]
    payload_sha256: str | None
    provenance: Mapping[str, Any]
    last_seen_at: datetime


def told(db: Database, release_id: int, feed: str) -> Told | None:
    """Return what a feed told of a release when it was last read, or None.

    Args:
        db: The store.
        release_id: The release.
        feed: The feed's address.
    """
    row = db.execute(
        """
        SELECT o.capture_id, s.version_id, v.digest, c.payload_sha256, c.provenance,
               s.last_observed,
               (SELECT json_group_array(digest) FROM derivations WHERE version_id = v.id)
        FROM spans s
        JOIN versions v ON v.id = s.version_id
        JOIN observations o ON o.version_id = s.version_id
        JOIN captures c ON c.id = o.capture_id
        WHERE s.release_id = ? AND s.track = 'feed' AND c.final_url = ?
        ORDER BY s.number DESC, o.observed_at DESC LIMIT 1
        """,
        [release_id, feed],
    ).fetchone()
    if row is None:
        return None
    capture_id, version_id, digest, sha256, provenance, last, derived = row
    return Told(
        release_id=release_id,
        capture_id=capture_id,
        version_id=version_id,
        digests=frozenset([digest, *json.loads(derived)]),
        payload_sha256=sha256,
        provenance=json.loads(provenance),
        last_seen_at=from_text(last),
    )


def still_tells(db: Database, known: Told, at: datetime) -> None:
    """Note that the feed tells the same text at a later time, inside a transaction."""
    values = {
        "capture": known.capture_id,
        "release": known.release_id,
        "track": str(Track.FEED),
        "version": known.version_id,
        "at": to_text(at),
    }
    db.execute(
        "INSERT INTO sightings VALUES (:capture, :release, :track, :version, :at) "
        "ON CONFLICT (capture_id) DO UPDATE SET last_seen_at = :at",
        values,
    )
    db.execute(
        "UPDATE spans SET last_observed = :at WHERE version_id = :version AND last_observed < :at",
        values,
    )


def link(db: Database, release_id: int) -> list[int]:
    """Let changes that show one edit name the one a reader is shown.

    A change of the feed's text is the page's when both went from the same text to the
    same text, or when their intervals overlap and the page's reasons hold all of the
    feed's; likewise it is another feed's. A revision that is nothing but another address is
    the move.

    Returns:
        Rows that now name another and did not before.
    """
    rows = list(
        db.query(
            "SELECT * FROM changes WHERE release_id = ? AND superseded_by IS NULL "
            "AND kind IN ('revised', 'moved')",
            [release_id],
        )
    )
    moves = [r for r in rows if r["kind"] == ChangeKind.MOVED]
    revised = [r for r in rows if r["kind"] == ChangeKind.REVISED]
    pages = [r for r in revised if r["track"] == Track.PAGE]
    linked: list[int] = []
    for row in revised:
        shown: Mapping[str, Any] | None
        if json.loads(row["fields"]) == ["url"]:
            shown = next((m for m in moves if _overlap(row, m)), None)
        elif row["track"] == Track.FEED:
            shown = _same_edit(db, row, pages) or _told_better(db, row, revised)
        else:
            shown = None
        same_as = shown["id"] if shown else None
        if same_as == row["same_as"]:
            continue
        db.execute("UPDATE changes SET same_as = ? WHERE id = ?", [same_as, row["id"]])
        if same_as is not None and row["same_as"] is None:
            linked.append(row["id"])
    return linked


def _same_edit(
    db: Database, told: Mapping[str, Any], pages: list[dict[str, Any]]
) -> Mapping[str, Any] | None:
    """Return the page's change that shows the same edit as one of the feed's, or None."""

    def distance(page: Mapping[str, Any]) -> float:
        return abs((from_text(page["before"]) - from_text(told["before"])).total_seconds())

    near = sorted(pages, key=distance)
    texts = _bodies(db, told) if near else ()
    for page in near:
        if _bodies(db, page) == texts and page["before"] > (told["after"] or ""):
            return page
    reasons = set(json.loads(told["reasons"]))
    for page in near:
        if _overlap(told, page) and reasons <= set(json.loads(page["reasons"])):
            return page
    return None


def _told_better(
    db: Database, told: Mapping[str, Any], revised: list[dict[str, Any]]
) -> Mapping[str, Any] | None:
    """Return another feed's change that shows all of this edit, and more or the same earlier."""
    reasons = set(json.loads(told["reasons"]))
    feed = _feed(db, told)
    for other in revised:
        if other["track"] != Track.FEED or _feed(db, other) == feed:
            continue
        theirs = set(json.loads(other["reasons"]))
        earlier = other["id"] < told["id"]
        # A feed may be read a day after another, and lag behind besides.
        near = _overlap(told, other, slack=_LAG)
        if near and (reasons < theirs or (reasons == theirs and earlier)):
            return other
    return None


def _feed(db: Database, change: Mapping[str, Any]) -> str:
    """Return the feed that told a change."""
    (feed,) = db.execute(
        "SELECT c.final_url FROM versions v JOIN captures c ON c.id = v.capture_id WHERE v.id = ?",
        [change["to_version_id"]],
    ).fetchone()
    return str(feed)


def _bodies(db: Database, change: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the titles and bodies a change led from and to."""
    documents = (
        of_version(db, change[side]).document for side in ("from_version_id", "to_version_id")
    )
    return tuple((document.title, document.body) for document in documents)


def _overlap(
    one: Mapping[str, Any], other: Mapping[str, Any], *, slack: timedelta = timedelta()
) -> bool:
    """Tell whether two changes may have happened at one time, give or take some."""

    def begins(change: Mapping[str, Any]) -> str:
        return to_text(from_text(change["after"]) - slack) if change["after"] else ""

    return bool(begins(one) < other["before"] and begins(other) < one["before"])
