"""The digest of a month or a day, as a page."""

from __future__ import annotations

from datetime import timedelta

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from review.parts.digest import days_of, make
from review.web.access import read


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/digest/2026-11`` and ``/digest/2026-11-20``."""
    period = request.url_vars["period"]
    try:
        first, last = days_of(period)
        before, after = first - timedelta(1), last + timedelta(1)
    except (ValueError, OverflowError):
        raise NotFound(f"{period} is no month or day; write 2026-11 or 2026-11-20") from None
    told = await read(datasette, lambda db: make(db, first, last))
    context = {
        "digest": told,
        "before": f"{before}"[: len(period)],
        "after": f"{after}"[: len(period)],
    }
    return Response.html(
        await datasette.render_template("corrigenda/digest.html", context, request=request)
    )
