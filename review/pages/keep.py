"""Asking the Internet Archive to keep a page, when a person presses the button."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, NotFound, Request, Response

from corrigenda.carriers import wayback
from corrigenda.errors import CorrigendaError
from corrigenda.fetch import Client
from corrigenda.models import Capture
from corrigenda.settings import Settings
from review.web import access
from review.web.access import read
from storage.file.pace import SqlitePace
from storage.queries.log.changes import changes_by_id

#: Seconds: the Archive fetches the page itself before it answers.
_PATIENCE = 120.0


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``POST /change/N/keep``: send the page's address to the Archive, say what it said."""
    await access.require_reviewer(datasette, request)
    if request.method != "POST":
        raise Forbidden("This address takes a form.")
    change_id = int(request.url_vars["id"])
    found = await read(datasette, lambda db: changes_by_id(db, [change_id]))
    if not found:
        raise NotFound(f"There is no change {change_id}")
    url = found[0].url
    path = datasette.get_database(access.DATABASE).path
    try:
        answer = await asyncio.to_thread(ask, url, Settings.from_env(), Path(path))
        kept, message = told(answer, url)
    except CorrigendaError as error:
        kept, message = "", str(error)
    context = {"id": change_id, "url": url, "kept": kept, "message": message}
    return Response.html(
        await datasette.render_template("corrigenda/kit/kept.html", context, request=request),
        status=200 if kept else 502,
    )


def ask(url: str, settings: Settings, db: Path) -> Capture:
    """Ask the Archive once, through the same guard and pace as everything that is fetched.

    Args:
        url: The page.
        settings: Who asks; ``archive_origin`` stands in for the Archive.
        db: Where the pace is kept.

    Raises:
        CorrigendaError: It must not be asked: no contact is set, the day's requests are spent.
    """
    settings = replace(
        settings,
        db=db,
        origin=settings.archive_origin,
        attempts=1,
        read_timeout=_PATIENCE,
        total_timeout=_PATIENCE,
    )
    pace = SqlitePace(db, settings.pace_delay, settings.budget)
    with Client(settings, [wayback.HOST], pace=pace) as client, pace:
        return client.get(wayback.save_url(url))


def told(answer: Capture, url: str) -> tuple[str, str]:
    """Return the address of the capture that was made, or why there is none."""
    if answer.failure:
        return "", f"The Internet Archive was not reached: {answer.detail or answer.failure}"
    place = wayback.kept_at(answer.final_url, answer.header("content-location") or "", url)
    if answer.status == 200 and place:
        return place, ""
    return "", f"The Internet Archive answered HTTP {answer.status} and named no capture"
