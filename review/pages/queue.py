"""The queue: what waits for a person, what matters most first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from corrigenda.models import ReviewVerdict
from review.parts.words import shown
from review.web import access
from review.web.access import read
from storage.file.times import now
from storage.queries import health
from storage.queries.log.facets import Facets, facets, names
from storage.queries.log.filters import KINDS, SIGNIFICANCES, STATUSES, ChangeFilter
from storage.queries.log.queue import Item, Marked, items, marked
from storage.queries.sight.gone import Absence, gone_now

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page of the queue.

    Attributes:
        items: What it lists.
        total: How many items there are altogether.
        facets: Counts for the filters.
        ministers: Names to choose from, with counts.
        portfolios: Likewise.
        sources: Names to choose from.
        gone: What is gone or cannot be seen now.
        marked: What was just marked, for undoing it.
    """

    items: list[Item]
    total: int
    facets: Facets
    ministers: list[tuple[str, int]]
    portfolios: list[tuple[str, int]]
    sources: list[str]
    gone: list[Absence]
    marked: Marked | None = None

    @property
    def blind(self) -> list[Absence]:
        """Sources of which nobody can say whether they changed."""
        return [absence for absence in self.gone if absence.release_id is None]


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/``."""
    chosen = ChangeFilter.read(request.args)
    number = max(1, _whole(request.args.get("page"), 1))
    masked = not await access.may_review(datasette, request)
    batch = request.args.get("marked") or ""
    found = await read(
        datasette, lambda db: load(db, chosen, page=number, masked=masked, batch=batch)
    )
    context = {
        "chosen": chosen,
        "shown": found,
        "page": number,
        "pages": -(-found.total // PAGE_SIZE),
        "kinds": KINDS,
        "significances": SIGNIFICANCES,
        "statuses": STATUSES,
        "verdicts": list(ReviewVerdict),
    }
    return Response.html(
        await datasette.render_template("corrigenda/queue.html", context, request=request)
    )


def load(db: Database, chosen: ChangeFilter, *, page: int, masked: bool, batch: str = "") -> Shown:
    """Read one page of the queue.

    Args:
        db: A database.
        chosen: The filters.
        page: Which page, from 1.
        masked: Whether press contacts are withheld.
        batch: Verdicts just left, to be offered for undoing.
    """
    found, total = items(db, replace(chosen, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE))
    return Shown(
        items=[replace(item, change=shown(item.change, masked=masked)) for item in found],
        total=total,
        facets=facets(db, chosen),
        ministers=names(db, "minister"),
        portfolios=names(db, "portfolio"),
        sources=[name for _, name in health.sources(db)],
        gone=gone_now(db, now()),
        marked=marked(db, batch) if batch else None,
    )


def _whole(text: Any, default: int) -> int:
    """Read a page number as people may mangle it in an address."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else default
