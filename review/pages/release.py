"""The release page: its timeline drawn, any two versions compared, documents to download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.compare import compare, masking
from corrigenda.errors import InvalidURL, UnknownSource
from corrigenda.models import Change, Difference, Document, Track, Version
from review.pages.queue import PAGE_SIZE
from review.parts import charts
from review.parts import difference as words
from review.parts.difference import Paragraph, difference, text_as_read
from review.parts.links import archive_link, live_link, safe_url
from review.parts.words import (
    FieldChange,
    Headline,
    field_changes,
    headline,
    shown,
    shown_document,
)
from review.web import access
from review.web.access import read
from storage.queries import releases
from storage.queries.contents import of_version
from storage.queries.log.changes import changes, terms
from storage.queries.log.filters import ChangeFilter
from storage.queries.releases import Release
from storage.queries.resolve import resolve
from storage.queries.sight.gone import Absence, why_unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions compared on request.

    Attributes:
        older: Number of the one.
        newer: Number of the other.
        found: What differs and how much it matters.
        reasons: Its reasons, taken apart.
        fields: Fields that differ.
        body: The bodies' difference.
    """

    older: int
    newer: int
    found: Difference
    reasons: list[Headline]
    fields: list[FieldChange]
    body: words.Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows."""

    row: dict[str, Any]
    versions: list[tuple[Version, Change | None]]
    told: list[Version]
    changes: list[Change]
    aliases: list[str]
    siblings: list[Release]
    latest: Document | None
    terms: dict[str, tuple[str, ...]]
    timeline: charts.Chart | None
    comparison: Comparison | None
    text: list[Paragraph]
    unseen: Absence | None


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release/N``, with ``?from=1&to=3`` comparing two versions."""
    release_id = int(request.url_vars["id"])
    masked = not await access.may_review(datasette, request)
    pair = tuple(_number(request.args.get(name)) for name in ("from", "to"))
    found = await read(datasette, lambda db: load(db, release_id, pair, masked=masked))
    if found is None:
        raise NotFound(f"There is no release {release_id}")
    if isinstance(found, int):
        return Response.redirect(f"/release/{found}")
    context = {
        "shown": found,
        "live": live_link(found.row["url"]),
        "archive": archive_link(found.row["url"]),
        "safe_url": safe_url,
        "side_by_side": request.args.get("view") == "side",
        "exact": request.args.get("formatting") == "show",
    }
    return Response.html(
        await datasette.render_template("corrigenda/release.html", context, request=request)
    )


async def find(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release?url=…``: lead to the release an address belongs to."""
    url = request.args.get("url") or ""
    try:
        release_id = await read(datasette, lambda db: resolve(db, url))
    except (InvalidURL, UnknownSource) as error:
        raise NotFound(str(error)) from None
    if release_id is None:
        raise NotFound(f"No release {url} is held")
    return Response.redirect(f"/release/{release_id}")


def load(
    db: Database, release_id: int, pair: tuple[int, ...], *, masked: bool
) -> Shown | int | None:
    """Read a release with all that belongs to it.

    Returns:
        What there is; the release it was folded into, where it was; None when there is none.
    """
    row = releases.row_of(db, release_id)
    if row is None:
        return None
    if row["moved_to"]:
        return int(row["moved_to"])
    held = releases.versions(db, release_id)
    found = changes(db, ChangeFilter(release=release_id))
    found.sort(key=lambda change: (change.before, change.id))
    led = {change.to_version_id: change for change in found}
    named = terms(db, [release_id])
    latest = _document(db, held[-1], masked) if held else None
    return Shown(
        row=row,
        versions=[(version, led.get(version.id)) for version in held],
        told=releases.versions(db, release_id, Track.FEED),
        changes=[shown(change, masked=masked) for change in found],
        aliases=releases.addresses(db, release_id, PAGE_SIZE),
        siblings=releases.siblings(db, row["url"]),
        latest=latest,
        terms={kind: named.get((release_id, kind), ()) for kind in ("minister", "portfolio")},
        timeline=charts.timeline(held, led, row["status"]) if held else None,
        comparison=_compare(db, {v.number: v for v in held}, pair, masked),
        text=text_as_read(latest.body) if latest else [],
        unseen=why_unseen(db, release_id),
    )


def _compare(
    db: Database, held: Mapping[int, Version], pair: tuple[int, ...], masked: bool
) -> Comparison | None:
    """Compare the two versions asked for; nothing where there are no such two."""
    older, newer = pair
    if older == newer or older not in held or newer not in held:
        return None
    old, new = (_document(db, held[number], masked) for number in pair)
    found = compare(old, new)
    return Comparison(
        older=older,
        newer=newer,
        found=found,
        reasons=[headline(masking.reason(r, masked=masked)) for r in found.reasons],
        fields=field_changes(old, new),
        body=difference(old.body, new.body),
    )


def _document(db: Database, version: Version, masked: bool) -> Document:
    return shown_document(of_version(db, version.id).document, masked=masked)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
