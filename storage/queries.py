"""Reading: releases, their timelines and the change log. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from corrigenda.errors import NotHeld
from corrigenda.models import Change, ChangeKind, Significance, Track, Version
from corrigenda.urls import repost_base, slug_of
from storage.connection import path_of
from storage.times import from_text, to_text


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes to list; everything left out does not filter.

    Attributes:
        since: Noticed at or after this.
        until: Noticed before this.
        kind: Only this kind.
        min_significance: At least this significant.
        minister: A minister of the release, by part of the name.
        status: ``open`` (no review yet, not suppressed), ``reviewed``, ``suppressed``, or a
            review verdict.
        release_id: Only this release.
        limit: At most so many.
    """

    since: datetime | None = None
    until: datetime | None = None
    kind: ChangeKind | None = None
    min_significance: Significance | None = None
    minister: str | None = None
    status: str | None = None
    release_id: int | None = None
    limit: int | None = None


def find_release(db: Database, url: str) -> Release:
    """Return the release that has a canonical URL, or had it as an alias.

    Raises:
        NotHeld: There is none.
    """
    row = db.execute(
        "SELECT id, url, title, status FROM releases WHERE id = coalesce("
        "(SELECT coalesce(moved_to, id) FROM releases WHERE url = :url),"
        "(SELECT release_id FROM aliases WHERE url = :url))",
        {"url": url},
    ).fetchone()
    if row is None:
        raise NotHeld(
            path_of(db),
            f"holds no release {url}. `corrigenda backfill --urls FILE` fetches the "
            "releases that FILE lists",
        )
    return Release(id=row[0], url=row[1], title=row[2], status=row[3])


def siblings(db: Database, release: Release) -> list[Release]:
    """Return the releases whose address is a release's own but for a re-post's ``-0``.

    The publisher's software adds ``-0`` and so on when an address is taken: a re-post, often
    the publisher's own correction.
    """
    folder, _, slug = release.url.rpartition("/")
    base = f"{folder}/{repost_base(slug) or slug}"
    rows = db.execute(
        "SELECT id, url, title, status FROM releases WHERE moved_to IS NULL AND id <> :id "
        # '.' follows '-': every address that begins with the base and a hyphen.
        "AND (url = :base OR url > :base || '-' AND url < :base || '.') ORDER BY url",
        {"id": release.id, "base": base},
    ).fetchall()
    found = [Release(id=row[0], url=row[1], title=row[2], status=row[3]) for row in rows]
    bases = {base, f"{folder}/{slug}"}
    return [
        other
        for other in found
        if other.url in bases or f"{folder}/{repost_base(slug_of(other.url))}" in bases
    ]


def unseen(db: Database) -> list[Release]:
    """Return releases whose last check was answered by a challenge or an absence."""
    rows = db.execute(
        "SELECT id, url, title, status, last_verdict FROM releases "
        "WHERE last_verdict IN ('challenge', 'missing') AND status NOT IN ('withdrawn', 'moved') "
        "ORDER BY last_verdict, url"
    )
    return [
        Release(id=row[0], url=row[1], title=row[2], status=row[3], last_verdict=row[4])
        for row in rows
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


def changes(db: Database, chosen: ChangeFilter | None = None) -> list[Change]:
    """Return changes, the most significant first and the newest first among equals."""
    where, values = _conditions(chosen or ChangeFilter())
    limit = f" LIMIT {chosen.limit}" if chosen and chosen.limit is not None else ""
    rows = db.query(
        f"SELECT * FROM change_log WHERE {where} ORDER BY rank DESC, before DESC, id DESC{limit}",
        values,
    )
    return [_change(row) for row in rows]


def changes_of_run(db: Database, run_id: int) -> list[Change]:
    """Return the changes a run found, the most significant first."""
    rows = db.query(
        "SELECT * FROM change_log WHERE run_id = ? ORDER BY rank DESC, before DESC, id DESC",
        [run_id],
    )
    return [_change(row) for row in rows]


def changes_by_id(db: Database, ids: Sequence[int]) -> list[Change]:
    """Return some changes, in the order they were recorded."""
    found: list[Change] = []
    for start in range(0, len(ids), 500):  # SQLite takes so many values in one statement
        some = list(ids[start : start + 500])
        marks = ", ".join("?" * len(some))
        rows = db.query(f"SELECT * FROM change_log WHERE id IN ({marks}) ORDER BY id", some)
        found += [_change(row) for row in rows]
    return found


def _conditions(chosen: ChangeFilter) -> tuple[str, dict[str, Any]]:
    """Return the WHERE clause of a filter and its values."""
    parts: dict[str, Any] = {}
    if chosen.since:
        parts["before >= :since"] = ("since", to_text(chosen.since))
    if chosen.until:
        parts["before < :until"] = ("until", to_text(chosen.until))
    if chosen.kind:
        parts["kind = :kind"] = ("kind", str(chosen.kind))
    if chosen.min_significance:
        parts["rank >= :rank"] = ("rank", chosen.min_significance.rank)
    if chosen.release_id is not None:
        parts["release_id = :release"] = ("release", chosen.release_id)
    if chosen.status == "open":
        parts["review IS NULL AND suppressed_by IS NULL"] = ("", None)
    elif chosen.status == "suppressed":
        parts["suppressed_by IS NOT NULL"] = ("", None)
    elif chosen.status == "reviewed":
        parts["review IS NOT NULL"] = ("", None)
    elif chosen.status:
        parts["review = :status"] = ("status", chosen.status)
    if chosen.minister:
        parts[
            "EXISTS (SELECT 1 FROM versions v, json_each(v.fields, '$.ministers') m "
            "WHERE v.release_id = change_log.release_id AND instr(lower(m.value), :minister))"
        ] = ("minister", chosen.minister.lower())
    return " AND ".join(parts) or "1", dict(parts.values())


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
    )


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        id=row["id"],
        url=row["url"],
        title=row["title"],
        kind=ChangeKind(row["kind"]),
        significance=Significance(row["significance"]),
        reasons=tuple(json.loads(row["reasons"])),
        fields=tuple(json.loads(row["fields"])),
        after=from_text(row["after"]) if row["after"] else None,
        before=from_text(row["before"]),
        from_version=row["from_version"],
        to_version=row["to_version"],
        silent=bool(row["silent"]),
        revert=bool(row["revert"]),
        review=row["review"],
        words_added=row["words_added"],
        words_removed=row["words_removed"],
        track=Track(row["track"]),
    )
