"""The release page: its timeline drawn, any two versions compared, documents to download."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda import sources
from corrigenda.compare import compare, masking
from corrigenda.errors import InvalidURL
from corrigenda.models import Difference, Document
from corrigenda.urls import repost_base, slug_of
from review.pages.queue import PAGE_SIZE
from review.parts import charts
from review.parts.line import Line
from review.parts.links import archive_link, live_link, safe_url
from review.parts.reading import lines, terms
from review.parts.words import (
    FieldChange,
    Headline,
    Stretch,
    body_difference,
    field_changes,
    headline,
)
from review.web import access
from review.web.access import read
from storage.queries.contents import of_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions compared on request.

    Attributes:
        older: Number of the one.
        newer: Number of the other.
        found: What differs and how much it matters.
        reasons: Its reasons, taken apart.
        fields: Fields that differ.
        body: The words.
    """

    older: int
    newer: int
    found: Difference
    reasons: list[Headline]
    fields: list[FieldChange]
    body: list[Stretch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows."""

    row: dict[str, Any]
    versions: list[dict[str, Any]]
    feed_versions: list[dict[str, Any]]
    changes: list[Line]
    aliases: list[str]
    siblings: list[dict[str, Any]]
    latest: Document | None
    terms: dict[str, tuple[str, ...]]
    timeline: charts.Chart | None
    comparison: Comparison | None


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release/N``, with ``?from=1&to=3`` comparing two versions."""
    release_id = int(request.url_vars["id"])
    masked = not await access.may_review(datasette, request)
    pair = tuple(_number(request.args.get(name)) for name in ("from", "to"))
    shown = await read(datasette, lambda conn: load(conn, release_id, pair, masked=masked))
    if shown is None:
        raise NotFound(f"There is no release {release_id}")
    context = {
        "shown": shown,
        "live": live_link(shown.row["url"]),
        "archive": archive_link(shown.row["url"]),
        "safe_url": safe_url,
        "side_by_side": request.args.get("view") == "side",
    }
    return Response.html(
        await datasette.render_template("corrigenda/release.html", context, request=request)
    )


async def find(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release?url=…``: lead to the release an address belongs to."""
    try:
        url = sources.canonical(request.args.get("url") or "")
    except InvalidURL as error:
        raise NotFound(str(error)) from None

    def look(conn: sqlite3.Connection) -> int | None:
        row = conn.execute(
            "SELECT coalesce((SELECT id FROM releases WHERE url = :url), "
            "(SELECT release_id FROM aliases WHERE url = :url))",
            {"url": url},
        ).fetchone()
        return None if row[0] is None else int(row[0])

    release_id = await read(datasette, look)
    if release_id is None:
        raise NotFound(f"No release {url} is held")
    return Response.redirect(f"/release/{release_id}")


def load(
    conn: sqlite3.Connection, release_id: int, pair: tuple[int, ...], *, masked: bool
) -> Shown | None:
    """Read a release with all that belongs to it; None when there is none."""
    row = conn.execute("SELECT * FROM releases WHERE id = ?", [release_id]).fetchone()
    if row is None:
        return None
    held = [dict(v) for v in conn.execute(_VERSIONS, [release_id])]
    versions = [v for v in held if v["track"] == "page"]
    ids = [
        r["id"]
        for r in conn.execute(
            "SELECT id FROM changes WHERE release_id = ? "
            "AND superseded_by IS NULL AND same_as IS NULL "
            "ORDER BY before, id",
            [release_id],
        )
    ]
    db = Database(conn)
    changed = lines(conn, ids, masked=masked)
    named = terms(conn, [release_id])
    kinds = {change.id: change for change in changed}
    between = {
        r["to_version_id"]: kinds[r["id"]]
        for r in conn.execute(
            "SELECT id, to_version_id FROM changes WHERE release_id = ?", [release_id]
        )
        if r["id"] in kinds and r["to_version_id"]
    }
    for version in versions:
        version["change"] = between.get(version["version_id"])
    return Shown(
        row=dict(row),
        versions=versions,
        feed_versions=[v for v in held if v["track"] == "feed"],
        changes=changed,
        aliases=[
            a["url"]
            for a in conn.execute(
                "SELECT url FROM aliases WHERE release_id = ? ORDER BY url LIMIT ?",
                [release_id, PAGE_SIZE],
            )
        ],
        siblings=_siblings(conn, row),
        latest=_document(db, versions[-1]["version_id"], masked) if versions else None,
        terms={kind: named.get((release_id, kind), ()) for kind in ("minister", "portfolio")},
        timeline=charts.timeline(versions, row["status"]) if versions else None,
        comparison=_compare(db, versions, pair, masked),
    )


_VERSIONS = """
    SELECT s.version_id, s.track, s.number, s.first_observed, s.last_observed, s.captures, s.via,
           v.digest, v.date, v.normaliser_version, length(v.text) AS size
    FROM spans s JOIN versions v ON v.id = s.version_id
    WHERE s.release_id = ? ORDER BY s.track, s.number
"""


def _compare(
    db: Database, versions: list[dict[str, Any]], pair: tuple[int, ...], masked: bool
) -> Comparison | None:
    """Compare the two versions asked for; nothing where there are no such two."""
    by_number = {v["number"]: v for v in versions}
    older, newer = pair
    if older == newer or older not in by_number or newer not in by_number:
        return None
    old = _document(db, by_number[older]["version_id"], masked)
    new = _document(db, by_number[newer]["version_id"], masked)
    found = compare(old, new)
    return Comparison(
        older=older,
        newer=newer,
        found=found,
        reasons=[headline(masking.reason(r, masked=masked)) for r in found.reasons],
        fields=field_changes(old, new),
        body=body_difference(old.body, new.body),
    )


def _document(db: Database, version_id: int, masked: bool) -> Document:
    document = of_version(db, version_id).document
    return replace(document, body=masking.body(document.body, masked=masked))


def _siblings(conn: sqlite3.Connection, row: sqlite3.Row) -> list[dict[str, Any]]:
    """Return re-posts of the same release: ``-0``, ``-1`` and so on after its slug."""
    slug = slug_of(row["url"])
    base = row["url"][: -len(slug)] + (repost_base(slug) or slug)
    candidates = [base, *(f"{base}-{n}" for n in range(10))]
    marks = ",".join("?" * len(candidates))
    return [
        dict(r)
        for r in conn.execute(
            f"SELECT id, url, title FROM releases WHERE url IN ({marks}) AND id <> ? ORDER BY url",
            [*candidates, row["id"]],
        )
    ]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
