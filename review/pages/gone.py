"""What is gone or blocked now, as a page and as a feed; and the page that lists all feeds."""

from __future__ import annotations

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review.parts import feeds
from review.web.access import read
from storage.file.times import now
from storage.queries.log.facets import names
from storage.queries.sight.gone import gone_now


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/gone``."""
    found = await read(datasette, lambda db: gone_now(db, now()))
    return Response.html(
        await datasette.render_template("corrigenda/gone.html", {"gone": found}, request=request)
    )


async def feed(request: Request, datasette: Datasette) -> Response:
    """Answer ``/gone.atom``."""
    found = await read(datasette, lambda db: gone_now(db, now()))
    base = datasette.absolute_url(request, "/").rstrip("/")
    return Response(
        feeds.gone(found, base=base, address=f"{base}/gone.atom"),
        content_type="application/atom+xml; charset=utf-8",
    )


async def feeds_page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/feeds``: every feed there is, those of each minister and portfolio too."""
    named = await read(
        datasette, lambda db: {kind: names(db, kind) for kind in ("minister", "portfolio")}
    )
    return Response.html(
        await datasette.render_template("corrigenda/feeds.html", {"named": named}, request=request)
    )
