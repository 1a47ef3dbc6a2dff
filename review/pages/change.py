"""The change page: what changed, why it is ranked so, the exact words, the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.models import Change, Document, ReviewVerdict
from review.parts.links import archive_link, live_link
from review.parts.words import (
    FieldChange,
    Stretch,
    body_difference,
    field_changes,
    shown,
    shown_document,
)
from review.web import access
from review.web.access import read
from storage.queries.contents import of_version
from storage.queries.log import queue
from storage.queries.log.changes import changes_by_id
from storage.queries.log.evidence import Side, flow_of, reviews_of, side
from storage.queries.log.filters import ChangeFilter
from storage.record.reviews import would_hide

_MOST_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows."""

    change: Change
    fields: list[FieldChange]
    body: list[Stretch]
    old: Side | None
    new: Side | None
    reviews: list[dict[str, Any]]
    group: list[Change]
    group_size: int
    hides: dict[Any, int]
    near: dict[str, int]
    flow: str
    sole: Document | None


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N``."""
    change_id = int(request.url_vars["id"])
    chosen = ChangeFilter.read(request.args)
    masked = not await access.may_review(datasette, request)
    found = await read(datasette, lambda db: load(db, change_id, chosen, masked=masked))
    if found is None:
        raise NotFound(f"There is no change {change_id}")
    context = {
        "shown": found,
        "address": datasette.absolute_url(request, f"/change/{change_id}"),
        "chosen": chosen,
        "side_by_side": request.args.get("view") == "side",
        "verdicts": list(ReviewVerdict),
        "live": live_link(found.change.url),
        "archive": archive_link(found.change.url),
    }
    return Response.html(
        await datasette.render_template("corrigenda/change.html", context, request=request)
    )


def load(db: Database, change_id: int, chosen: ChangeFilter, *, masked: bool) -> Shown | None:
    """Read a change with all that belongs to it; None when there is none."""
    change = next(iter(changes_by_id(db, [change_id])), None)
    if change is None:
        return None
    old, new = (
        shown_document(of_version(db, version).document, masked=masked) if version else None
        for version in (change.from_version_id, change.to_version_id)
    )
    both = old is not None and new is not None
    group = queue.same_edit(db, change)
    return Shown(
        change=shown(change, masked=masked),
        fields=field_changes(old, new) if old and new else [],
        body=body_difference(old.body, new.body) if old and new else [],
        old=side(db, change.from_version_id),
        new=side(db, change.to_version_id),
        reviews=reviews_of(db, change_id),
        group=changes_by_id(db, group[:_MOST_SHOWN]),
        group_size=len(group),
        hides=would_hide(db, change_id) if change.kind == "revised" else {},
        near=queue.neighbours(db, chosen, change),
        flow=flow_of(db, change.run_id),
        sole=None if both else new or old,
    )
