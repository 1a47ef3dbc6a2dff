"""Errors as pages. Datasette's own handler prints a traceback for every mistyped address."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Base400, Request, Response
from datasette.views.base import DatasetteError

#: Datasette's plugin that ours takes the place of.
REPLACES = "datasette.handle_exception"


@hookimpl
def handle_exception(
    datasette: Datasette, request: Request, exception: Exception
) -> Callable[[], Awaitable[Response]]:
    """Say in words what went wrong: as a page, or as JSON where JSON was asked for."""

    async def inner() -> Response:
        status, message, title = _told(exception)
        if request.path.endswith(".json"):
            told = {"ok": False, "error": message, "status": status, "title": title}
            return Response.json(told, status=status)
        page = await datasette.render_template(
            "error.html", {"status": status, "error": message, "title": title}, request=request
        )
        return Response.html(page, status=status)

    return inner


def _told(exception: Exception) -> tuple[int, str, str | None]:
    """Return status, message and title."""
    if isinstance(exception, Base400):
        message = str(exception.args[0]) if exception.args else ""
        return exception.status, message.removeprefix("404"), None
    if isinstance(exception, DatasetteError):
        return exception.status, str(exception.message), exception.title
    # A defect of ours: the details are for the terminal, not for whoever asked.
    traceback.print_exception(exception)
    return 500, "Something went wrong here. The terminal that serves these pages says what.", None
