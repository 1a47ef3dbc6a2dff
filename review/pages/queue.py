"""The queue: what waits for a person, what matters most first."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from corrigenda.models import ReviewVerdict
from review.parts.line import Line
from review.parts.reading import RANK, Facets, facets, lines, names
from review.parts.selection import KINDS, SIGNIFICANCES, SOURCE, STATUSES, Selection
from review.web import access
from review.web.access import read

PAGE_SIZE = 50
# One item is a change, or all open changes that are the same edit.
_ITEM = "coalesce(c.group_key, '#' || c.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of the queue.

    Attributes:
        items: Its lines.
        total: How many items there are altogether.
        facets: Counts for the filters.
        ministers: Names to choose from, with counts.
        portfolios: Likewise.
        marked: What was just marked, for undoing it.
    """

    items: list[Line]
    total: int
    facets: Facets
    ministers: list[tuple[str, int]]
    portfolios: list[tuple[str, int]]
    marked: Marked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A verdict just left, or withdrawn.

    Attributes:
        batch: Its batch.
        verdict: What was decided.
        count: On how many changes.
        title: The release, where it is one.
        change_id: The change, where it is one.
        standing: It was not undone since.
    """

    batch: str
    verdict: str
    count: int
    title: str
    change_id: int
    standing: bool


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/``."""
    chosen = Selection.read(request.args)
    number = max(1, _whole(request.args.get("page"), 1))
    masked = not await access.may_review(datasette, request)
    batch = request.args.get("marked") or ""
    shown = await read(
        datasette, lambda conn: load(conn, chosen, page=number, masked=masked, batch=batch)
    )
    context = {
        "chosen": chosen,
        "shown": shown,
        "page": number,
        "pages": -(-shown.total // PAGE_SIZE),
        "kinds": KINDS,
        "significances": SIGNIFICANCES,
        "statuses": STATUSES,
        "verdicts": list(ReviewVerdict),
        "feed_query": chosen.query(status="open"),
    }
    return Response.html(
        await datasette.render_template("corrigenda/queue.html", context, request=request)
    )


def load(
    conn: sqlite3.Connection, chosen: Selection, *, page: int, masked: bool, batch: str = ""
) -> Shown:
    """Read one page of the queue.

    Args:
        conn: A connection.
        chosen: The filters.
        page: Which page, from 1.
        masked: Whether press contacts are withheld.
        batch: Verdicts just left, to be offered for undoing.
    """
    where, values = chosen.where()
    values |= {"limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
    if chosen.kind == "published":
        # Tens of thousands, none of which is the same edit as another: straight from the index.
        rows = conn.execute(
            f"SELECT c.id, 1 AS n, 1 AS releases FROM {SOURCE} WHERE {where} "
            "ORDER BY c.before DESC, c.id DESC LIMIT :limit OFFSET :offset",
            values,
        ).fetchall()
        total = conn.execute(f"SELECT count(*) FROM {SOURCE} WHERE {where}", values).fetchone()[0]
    else:
        rows = conn.execute(
            f"SELECT c.id, max(c.before) AS latest, count(*) AS n, "
            f"count(DISTINCT c.release_id) AS releases, {RANK} AS rank, count(*) OVER () AS total "
            f"FROM {SOURCE} WHERE {where} GROUP BY {_ITEM} "
            "ORDER BY rank DESC, latest DESC, c.id DESC LIMIT :limit OFFSET :offset",
            values,
        ).fetchall()
        total = rows[0]["total"] if rows else 0
    counts = {row["id"]: (row["n"], row["releases"]) for row in rows}
    return Shown(
        items=lines(conn, list(counts), masked=masked, counts=counts),
        total=total,
        facets=facets(conn, chosen),
        ministers=names(conn, "minister"),
        portfolios=names(conn, "portfolio"),
        marked=_marked(conn, batch) if batch else None,
    )


def neighbours(conn: sqlite3.Connection, chosen: Selection, change_id: int) -> dict[str, int]:
    """Return the changes beside one in the queue's order, as ``previous`` and ``next``."""
    row = conn.execute(
        "SELECT significance, before FROM changes WHERE id = ?", [change_id]
    ).fetchone()
    if row is None:
        return {}
    found: dict[str, int] = {}
    for name, beside, order, ranks in (
        ("next", "<", "DESC", SIGNIFICANCES),
        ("previous", ">", "ASC", SIGNIFICANCES[::-1]),
    ):
        # One significance after the other, each in the order of its index.
        start = ranks.index(row["significance"])
        for rank in ranks[start:]:
            near = _beside(conn, chosen, rank, beside, order, row if rank == ranks[start] else None)
            if near is not None and near != change_id:
                found[name] = near
                break
    return found


def _beside(
    conn: sqlite3.Connection,
    chosen: Selection,
    rank: str,
    beside: str,
    order: str,
    of: sqlite3.Row | None,
) -> int | None:
    """Return the first chosen change of one significance, or the first beside a given one."""
    where, values = chosen.where()
    values["rank"] = rank
    if of is not None:
        where += f" AND c.before {beside} :at"
        values["at"] = of["before"]
    near = conn.execute(
        f"SELECT c.id FROM {SOURCE} WHERE c.significance = :rank AND {where} "
        f"ORDER BY c.before {order}, c.id {order} LIMIT 1",
        values,
    ).fetchone()
    return None if near is None else int(near["id"])


def _marked(conn: sqlite3.Connection, batch: str) -> Marked | None:
    """Return what a batch of verdicts was about."""
    row = conn.execute(
        """
        SELECT v.verdict, count(*) AS n, min(v.change_id) AS change_id,
               sum(s.review_id IS NOT NULL) AS standing
        FROM reviews v
        LEFT JOIN standing_reviews s ON s.review_id = v.id
        WHERE v.batch = ? AND v.withdraws IS NULL
        """,
        [batch],
    ).fetchone()
    if not row["n"]:
        return None
    title = conn.execute(
        "SELECT r.title FROM changes c JOIN releases r ON r.id = c.release_id WHERE c.id = ?",
        [row["change_id"]],
    ).fetchone()[0]
    return Marked(
        batch=batch,
        verdict=row["verdict"],
        count=row["n"],
        title=title,
        change_id=row["change_id"],
        standing=bool(row["standing"]),
    )


def _whole(text: Any, default: int) -> int:
    """Read a page number as people may mangle it in an address."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else default
