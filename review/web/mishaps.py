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


@hookimpl
def forbidden(
    datasette: Datasette, request: Request, message: str
) -> Callable[[], Awaitable[Response]]:
    """Say in words what is for reviewers alone."""

    async def inner() -> Response:
        told = {"status": 403, "error": _plain(message), "title": "Not allowed"}
        if request.path.endswith(".json"):
            return Response.json({"ok": False, **told}, status=403)
        page = await datasette.render_template("error.html", told, request=request)
        return Response.html(page, status=403)

    return inner


def _told(exception: Exception) -> tuple[int, str, str | None]:
    """Return status, message and title."""
    if isinstance(exception, Base400):
        message = str(exception.args[0]) if exception.args else ""
        return exception.status, _plain(message), None
    if isinstance(exception, DatasetteError):
        return exception.status, _plain(str(exception.message)), exception.title
    # A defect of ours: the details are for the terminal, not for whoever asked.
    traceback.print_exception(exception)
    return 500, "Something went wrong here. The terminal that serves these pages says what.", None


def _plain(message: str) -> str:
    """Say in our words what Datasette says in its own."""
    bare = message.removeprefix("404").strip()
    if not bare or "not found" in bare.lower():
        return "There is no such page here. It may be an address of another installation."
    if bare in ("execute-sql", "view-table", "view-query", "view-database", "view-instance"):
        return (
            "That is for reviewers, because it may hold press contacts' numbers. Everybody's "
            "tables, and SQL on them, are under Data."
        )
    return bare
