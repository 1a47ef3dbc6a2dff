"""The change page: what changed, why it is ranked so, the exact words, the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.compare import compare
from corrigenda.models import Change, ReviewVerdict, Significance
from review.parts.difference import Difference, Paragraph, Piece, difference, text_as_read
from review.parts.links import archive_link, live_link
from review.parts.telling import because, telling
from review.parts.words import FieldChange, field_changes, headlines, shown, shown_document
from review.web import access
from review.web.access import read
from storage.queries.contents import of_version
from storage.queries.log import queue
from storage.queries.log.changes import changes_by_id
from storage.queries.log.evidence import Side, flow_of, reviews_of, side
from storage.queries.log.filters import ChangeFilter
from storage.record.reviews import would_hide

_MOST_SHOWN = 10
_EXPLAINED = (Significance.HIGH, Significance.MEDIUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows.

    Attributes:
        change: The change.
        why: Why it is ranked as it is, in a clause; empty where that is not known.
        sentence: The most telling change in its sentence; empty where it is no sentence's.
        fields: Fields that differ.
        body: The bodies' difference; None where there is one body.
        old: The version before.
        new: The version after.
        reviews: What people decided.
        group: The first of the other open changes that are the same edit.
        group_size: How many they are.
        hides: How many changes a rule made of it would hide, by scope.
        near: The changes beside it in the queue.
        flow: The flow that noticed it.
        sole: The text, where there is but one.
    """

    change: Change
    why: str
    sentence: tuple[Piece, ...]
    fields: list[FieldChange]
    body: Difference | None
    old: Side | None
    new: Side | None
    reviews: list[dict[str, Any]]
    group: list[Change]
    group_size: int
    hides: dict[Any, int]
    near: dict[str, int]
    flow: str
    sole: list[Paragraph]


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N``."""
    return await _answer(request, datasette, "corrigenda/change.html")


async def opened(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N/opened``: what the queue shows where a change is opened in place."""
    return await _answer(request, datasette, "corrigenda/opened.html")


async def _answer(request: Request, datasette: Datasette, template: str) -> Response:
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
        "exact": request.args.get("formatting") == "show",
        "verdicts": list(ReviewVerdict),
        "live": live_link(found.change.url),
        "archive": archive_link(found.change.url),
    }
    return Response.html(await datasette.render_template(template, context, request=request))


def load(db: Database, change_id: int, chosen: ChangeFilter, *, masked: bool) -> Shown | None:
    """Read a change with all that belongs to it; None when there is none."""
    change = next(iter(changes_by_id(db, [change_id])), None)
    if change is None:
        return None
    old, new = (
        shown_document(of_version(db, version).document, masked=masked) if version else None
        for version in (change.from_version_id, change.to_version_id)
    )
    group = queue.same_edit(db, change)
    told = shown(change, masked=masked)
    head = headlines(told.reasons)
    body = difference(old.body, new.body) if old and new else None
    why = compare(old, new).why if old and new and change.significance in _EXPLAINED else ""
    sole = None if old and new else new or old
    return Shown(
        change=told,
        why=why or because(head, change.kind),
        sentence=telling(body.words, head) if body else (),
        fields=field_changes(old, new) if old and new else [],
        body=body,
        old=side(db, change.from_version_id),
        new=side(db, change.to_version_id),
        reviews=reviews_of(db, change_id),
        group=changes_by_id(db, group[:_MOST_SHOWN]),
        group_size=len(group),
        hides=would_hide(db, change_id) if change.kind == "revised" else {},
        near=queue.neighbours(db, chosen, change),
        flow=flow_of(db, change.run_id),
        sole=text_as_read(sole.body) if sole else [],
    )
