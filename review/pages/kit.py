"""The story kit of a change: digests, citations, its image, a ZIP, a page for print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.models import Change
from review.kit import card
from review.kit.citation import Cited, citations
from review.parts.difference import Difference, difference
from review.parts.links import nearest_capture
from review.parts.words import field_changes, shown, shown_document
from review.web import access
from review.web.access import read
from storage.export import kit as kits
from storage.queries import copies, seals
from storage.queries.contents import of_version
from storage.queries.log.changes import changes_by_id
from storage.record.payloads import Payloads

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the pages about a kit show."""

    change: Change
    sides: list[kits.Side]
    citations: dict[str, str]
    fields: list[Any]
    body: Difference | None
    seal: seals.Seal | None
    nearest: list[tuple[str, str]]


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N/kit``: all there is to take away."""
    return await _page(request, datasette, "corrigenda/kit/page.html")


async def sheet(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N/print``: both texts side by side with digests, for paper."""
    return await _page(request, datasette, "corrigenda/kit/print.html")


async def archive(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N/kit.zip``."""
    change_id, address = _asked(request, datasette)
    masked = not await access.may_review(datasette, request)
    data = await read(datasette, lambda db: kits.kit(db, change_id, masked=masked, address=address))
    name = f"corrigenda-change-{change_id}{'' if not masked else '-public'}.zip"
    return file(_present(data, change_id), "application/zip", name)


async def image_svg(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N/card.svg``."""
    change, drawn = await _drawn(request, datasette)
    text = card.svg(drawn, change.title or change.url)
    return Response(text, content_type="image/svg+xml; charset=utf-8")


async def image_png(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N/card.png``: the change's Open Graph image."""
    _, drawn = await _drawn(request, datasette)
    return Response(card.png(drawn), content_type="image/png")


async def document(request: Request, datasette: Datasette) -> Response:
    """Answer ``/version/DIGEST.md``: the document that has this SHA-256.

    The public gets it without press contacts; ``ETag`` is the SHA-256 of what is sent.
    """
    digest = request.url_vars["digest"]
    masked = not await access.may_review(datasette, request)
    found = await read(datasette, lambda db: copies.document(db, digest, masked=masked))
    if found is None:
        raise NotFound(f"No document with the SHA-256 {digest} is held")
    return file(
        found.data, "text/markdown; charset=utf-8", found.name, {"etag": f'"{found.sha256}"'}
    )


async def stored(request: Request, datasette: Datasette) -> Response:
    """Answer ``/stored/N``: a capture as it came, for the sandboxed frame of a reviewer.

    Its headers (:mod:`review.web.headers`) let it run nothing and ask for nothing.
    """
    await access.require_reviewer(datasette, request)
    number = int(request.url_vars["capture"])

    def find(db: Database) -> tuple[bytes, str] | None:
        row = next(db.query("SELECT * FROM captures WHERE id = ?", [number]), None)
        if row is None or not row["payload_sha256"]:
            return None
        headers = {name.lower(): value for name, value in json.loads(row["headers"])}
        return Payloads(db).get(row["payload_sha256"]), copies.media_type(row, headers)

    found = await read(datasette, find)
    if found is None:
        raise NotFound(f"Capture {number} has no payload")
    kind = "text/html; charset=utf-8" if "html" in found[1] else "text/plain; charset=utf-8"
    return Response(found[0], content_type=kind)


def load(db: Database, change_id: int, *, masked: bool, address: str) -> Shown | None:
    """Read what the pages show; None when there is no such change."""
    change = next(iter(changes_by_id(db, [change_id])), None)
    if change is None:
        return None
    both = kits.sides(db, change, masked=masked)
    old, new = (
        shown_document(of_version(db, version).document, masked=masked) if version else None
        for version in (change.from_version_id, change.to_version_id)
    )
    publisher = db.execute("SELECT title FROM sources WHERE name = ?", [change.source]).fetchone()[
        0
    ]
    stands = new or old
    cited = Cited(
        id=change.id,
        title=change.title,
        publisher=publisher,
        day=stands.date if stands else None,
        url=change.url,
        kind=str(change.kind),
        after=change.after,
        before=change.before,
        address=address,
        digests={side.label: side.copy.digest for side in both},
    )
    times: list[tuple[str, datetime | None]] = [("before", change.after), ("after", change.before)]
    return Shown(
        change=shown(change, masked=masked),
        sides=both,
        citations=citations(cited),
        fields=field_changes(old, new) if old and new else [],
        body=difference(old.body, new.body) if old and new else None,
        seal=seals.first_over(db, max(s.version_id for s in both)) if both else None,
        nearest=[(label, nearest_capture(change.url, at)) for label, at in times if at],
    )


def file(
    data: bytes, content_type: str, name: str, headers: dict[str, str] | None = None
) -> Response:
    """Return a download under its own name."""
    told = {"content-disposition": f'attachment; filename="{name}"', **(headers or {})}
    return Response(data, content_type=content_type, headers=told)


async def _page(request: Request, datasette: Datasette, template: str) -> Response:
    change_id, address = _asked(request, datasette)
    masked = not await access.may_review(datasette, request)
    found = await read(datasette, lambda db: load(db, change_id, masked=masked, address=address))
    context = {"shown": _present(found, change_id), "address": address, "masked": masked}
    return Response.html(await datasette.render_template(template, context, request=request))


async def _drawn(request: Request, datasette: Datasette) -> tuple[Change, list[Any]]:
    """Return a change as the public may see it, and its drawing: images travel on."""
    change_id, address = _asked(request, datasette)
    found = await read(datasette, lambda db: next(iter(changes_by_id(db, [change_id])), None))
    change = shown(_present(found, change_id), masked=True)
    return change, card.drawing(change, address=address)


def _asked(request: Request, datasette: Datasette) -> tuple[int, str]:
    """Return the change asked for, and its page's address."""
    change_id = int(request.url_vars["id"])
    return change_id, datasette.absolute_url(request, f"/change/{change_id}")


def _present(found: T | None, change_id: int) -> T:
    if found is None:
        raise NotFound(f"There is no change {change_id}")
    return found
