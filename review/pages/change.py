"""The change page: what changed, why it is ranked so, the exact words, the evidence."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.compare import masking
from corrigenda.models import Document, ReviewVerdict
from review.pages.queue import neighbours
from review.parts.line import Line
from review.parts.links import archive_link, live_link
from review.parts.reading import lines
from review.parts.selection import Selection
from review.parts.words import FieldChange, Stretch, body_difference, field_changes
from review.web import access
from review.web.access import read
from storage.queries.contents import of_version
from storage.record.reviews import would_hide


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two versions, with where it came from.

    Attributes:
        number: Its place in the timeline.
        first_observed: As the store writes times.
        last_observed: Likewise.
        digest: Of its text.
        normaliser: Which normaliser read it.
        captures: The captures that show it, the first few.
        seen: How many there are.
    """

    number: int
    first_observed: str
    last_observed: str
    digest: str
    normaliser: int
    captures: list[dict[str, Any]]
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows."""

    line: Line
    row: dict[str, Any]
    fields: list[FieldChange]
    body: list[Stretch]
    old: Side | None
    new: Side | None
    reviews: list[dict[str, Any]]
    group: list[Line]
    group_size: int
    hides: dict[Any, int]
    near: dict[str, int]
    run: dict[str, Any]
    sole: Document | None


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/change/N``."""
    change_id = int(request.url_vars["id"])
    chosen = Selection.read(request.args)
    masked = not await access.may_review(datasette, request)
    shown = await read(datasette, lambda conn: load(conn, change_id, chosen, masked=masked))
    if shown is None:
        raise NotFound(f"There is no change {change_id}")
    context = {
        "shown": shown,
        "chosen": chosen,
        "side_by_side": request.args.get("view") == "side",
        "verdicts": list(ReviewVerdict),
        "live": live_link(shown.line.url),
        "archive": archive_link(shown.line.url),
    }
    return Response.html(
        await datasette.render_template("corrigenda/change.html", context, request=request)
    )


def load(
    conn: sqlite3.Connection, change_id: int, chosen: Selection, *, masked: bool
) -> Shown | None:
    """Read a change with all that belongs to it; None when there is none."""
    row = conn.execute("SELECT * FROM changes WHERE id = ?", [change_id]).fetchone()
    if row is None:
        return None
    found = dict(row)
    db = Database(conn)
    old, new = (_document(db, found[f"{end}_version_id"], masked) for end in ("from", "to"))
    both = old is not None and new is not None
    group = _group(conn, change_id, found["group_key"])
    return Shown(
        line=lines(conn, [change_id], masked=masked)[0],
        row=found,
        fields=field_changes(old, new) if old and new else [],
        body=body_difference(old.body, new.body) if old and new else [],
        old=_side(conn, found["from_version_id"]),
        new=_side(conn, found["to_version_id"]),
        reviews=[dict(r) for r in conn.execute(_REVIEWS, [change_id])],
        group=lines(conn, group[:10], masked=masked),
        group_size=len(group),
        hides=would_hide(db, change_id) if found["kind"] == "revised" else {},
        near=neighbours(conn, chosen, change_id),
        run=dict(conn.execute("SELECT * FROM runs WHERE id = ?", [found["run_id"]]).fetchone()),
        sole=None if both else new or old,
    )


_REVIEWS = """
    SELECT v.id, v.verdict, v.note, v.reviewer, v.reviewed_at, v.batch, v.withdraws,
           s.review_id IS NOT NULL AS standing,
           (SELECT count(*) FROM reviews o WHERE o.batch = v.batch AND o.withdraws IS NULL) AS n
    FROM reviews v LEFT JOIN standing_reviews s ON s.review_id = v.id
    WHERE v.change_id = ? ORDER BY v.id
"""


def _document(db: Database, version_id: int | None, masked: bool) -> Document | None:
    """Return a version's document as the newest normaliser reads it."""
    if version_id is None:
        return None
    content = of_version(db, version_id)
    return content.document if not masked else _masked(content.document)


def _masked(document: Document) -> Document:
    return replace(document, body=masking.body(document.body, masked=True))


def _group(conn: sqlite3.Connection, change_id: int, key: str | None) -> list[int]:
    """Return the other open changes that are the same edit."""
    if key is None:
        return []
    rows = conn.execute(
        "SELECT c.id FROM changes c LEFT JOIN standing_reviews s ON s.change_id = c.id "
        "WHERE c.group_key = ? AND c.superseded_by IS NULL AND c.same_as IS NULL "
        "AND s.review_id IS NULL AND c.id <> ? "
        "ORDER BY c.before DESC",
        [key, change_id],
    )
    return [r["id"] for r in rows]


def _side(conn: sqlite3.Connection, version_id: int | None) -> Side | None:
    row = conn.execute(
        "SELECT s.number, s.first_observed, s.last_observed, s.captures, v.digest, "
        "v.normaliser_version FROM spans s JOIN versions v ON v.id = s.version_id "
        "WHERE s.version_id = ?",
        [version_id],
    ).fetchone()
    if row is None:
        return None
    captures = conn.execute(
        "SELECT c.id, c.captured_at, c.via, c.verdict, c.status, c.payload_sha256, p.size, "
        "c.final_url FROM observations o JOIN captures c ON c.id = o.capture_id "
        "LEFT JOIN payloads p ON p.sha256 = c.payload_sha256 "
        "WHERE o.version_id = ? ORDER BY o.observed_at LIMIT 5",
        [version_id],
    )
    return Side(
        number=row["number"],
        first_observed=row["first_observed"],
        last_observed=row["last_observed"],
        digest=row["digest"],
        normaliser=row["normaliser_version"],
        captures=[dict(c) for c in captures],
        seen=row["captures"],
    )
