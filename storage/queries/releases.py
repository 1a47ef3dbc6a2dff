"""Releases, and their timelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from corrigenda.errors import NotHeld
from corrigenda.models import Track, Version
from corrigenda.urls import repost_base, slug_of
from storage.file.connection import path_of
from storage.file.times import from_text
from storage.queries.resolve import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release as it stands now.

    Attributes:
        id: Its row.
        url: Canonical URL.
        title: Latest known title.
        status: ``heard``, ``live``, ``withdrawn`` or ``moved``.
        last_verdict: What its last live check turned out to be; empty before the first.
    """

    id: int
    url: str
    title: str
    status: str
    last_verdict: str = ""


def find_release(db: Database, url: str) -> Release:
    """Return the release a person means by an address, old or new.

    Raises:
        InvalidURL: It is not a URL.
        NotHeld: There is none.
    """
    release_id = resolve(db, url)
    if release_id is None:
        raise NotHeld(
            path_of(db),
            f"holds no release {url}. `corrigenda backfill --urls FILE` fetches the "
            "releases that FILE lists",
        )
    columns = "id, url, title, status, ifnull(last_verdict, '') AS last_verdict"
    (row,) = db.query(f"SELECT {columns} FROM releases WHERE id = ?", [release_id])
    return Release(**row)


def row_of(db: Database, release_id: int) -> dict[str, Any] | None:
    """Return a release's row, or None when there is none."""
    return next(db.query("SELECT * FROM releases WHERE id = ?", [release_id]), None)


def addresses(db: Database, release_id: int, limit: int) -> list[str]:
    """Return the first of the other addresses of a release."""
    rows = db.execute(
        "SELECT url FROM aliases WHERE release_id = ? ORDER BY url LIMIT ?", [release_id, limit]
    )
    return [row[0] for row in rows]


def siblings(db: Database, url: str) -> list[Release]:
    """Return the releases whose address is a release's own but for a re-post's ``-0``.

    The publisher's software adds ``-0`` and so on when an address is taken: a re-post, often
    the publisher's own correction.
    """
    folder, _, slug = url.rpartition("/")
    base = f"{folder}/{repost_base(slug) or slug}"
    rows = db.execute(
        "SELECT id, url, title, status FROM releases WHERE moved_to IS NULL AND url <> :own "
        # '.' follows '-': every address that begins with the base and a hyphen.
        "AND (url = :base OR url > :base || '-' AND url < :base || '.') ORDER BY url",
        {"own": url, "base": base},
    ).fetchall()
    found = [Release(id=row[0], url=row[1], title=row[2], status=row[3]) for row in rows]
    bases = {base, f"{folder}/{slug}"}
    return [
        other
        for other in found
        if other.url in bases or f"{folder}/{repost_base(slug_of(other.url))}" in bases
    ]


def versions(db: Database, release_id: int, track: Track = Track.PAGE) -> list[Version]:
    """Return a release's versions in the order of its timeline."""
    rows = db.query(
        "SELECT * FROM version_log WHERE release_id = ? AND track = ? ORDER BY number",
        [release_id, str(track)],
    )
    return [_version(row) for row in rows]


def version(
    db: Database, release: Release, *, number: int | None = None, at: datetime | None = None
) -> Version:
    """Return one version: by number, as it stood at a time, or the latest.

    Raises:
        NotHeld: There is no such version.
    """
    held = versions(db, release.id)
    if not held:
        raise NotHeld(path_of(db), f"has heard of {release.url}, but holds no version of it yet")
    if number is not None:
        held = [v for v in held if v.number == number]
        missing = f"has no version {number} of {release.url}"
    else:
        held = [v for v in held if at is None or v.first_observed <= at]
        missing = f"has not seen {release.url} at or before that time"
    if not held:
        raise NotHeld(path_of(db), f"{missing}; `corrigenda history` lists the versions")
    return held[-1]


def _version(row: Mapping[str, Any]) -> Version:
    return Version(
        number=row["number"],
        digest=row["digest"],
        text=row["text"],
        first_observed=from_text(row["first_observed"]),
        last_observed=from_text(row["last_observed"]),
        captures=row["captures"],
        via=row["via"],
        track=Track(row["track"]),
        id=row["id"],
    )
