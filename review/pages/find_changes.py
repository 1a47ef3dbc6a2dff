"""Searching the changes: by words removed or added, names, times and reasons."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import BadRequest, Request, Response
from sqlite_utils import Database

from corrigenda.errors import StoreError, UsageError
from review.parts.words import shown
from review.web import access
from review.web.access import DATABASE, read
from storage.queries.log import find, words
from storage.queries.log.filters import (
    KINDS,
    NEWS,
    SIGNIFICANCES,
    STATUSES,
    ChangeFilter,
    refuse_unknown,
)

PAGE_SIZE = 30
#: What the address of the page may say besides the filter.
_OURS = ("order", "page")


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/changes``: the changes that the address asks for, ordered and counted."""
    chosen = asked(request, _OURS)
    order = request.args.get("order") or "score"
    number = request.args.get("page") or "1"
    if order not in find.ORDERS:
        raise BadRequest(f"order is one of {', '.join(find.ORDERS)}, not {order!r}")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) < 1_000_000):
        raise BadRequest(f"page is a number from 1, not {number!r}")
    at = int(number)
    await make_ready(datasette, chosen)
    within = replace(chosen, limit=PAGE_SIZE, offset=(at - 1) * PAGE_SIZE)
    masked = not await access.may_review(datasette, request)

    def load(db: Database) -> dict[str, Any]:
        found, total = find.find(db, within, order)
        return {
            "changes": [shown(change, masked=masked) for change in found],
            "total": total,
            "reasons": find.reasons(db),
            "waiting": words.waiting(db) if chosen.by_changed_words else 0,
        }

    told = await read(datasette, load)
    context = told | {
        "chosen": chosen,
        "usual": NEWS,
        "order": order,
        "orders": list(find.ORDERS),
        "page": at,
        "pages": -(-told["total"] // PAGE_SIZE),
        "first": within.offset + 1,
        "kinds": KINDS,
        "significances": SIGNIFICANCES,
        "statuses": STATUSES,
    }
    return Response.html(
        await datasette.render_template("corrigenda/find.html", context, request=request)
    )


def asked(request: Request, also: tuple[str, ...] = ()) -> ChangeFilter:
    """Return the filter that an address asks for.

    Args:
        request: The request.
        also: What else the address may say.

    Raises:
        BadRequest: It says something that is no filter, or no value of one.
    """
    given = {name: request.args.get(name) or "" for name in request.args}
    try:
        refuse_unknown(given, also)
    except UsageError as error:
        raise BadRequest(str(error)) from None
    return ChangeFilter.read(given, NEWS)


async def make_ready(datasette: Datasette, chosen: ChangeFilter) -> None:
    """Read the words of new changes where the filter asks for words; a locked store waits."""
    if not chosen.by_changed_words or not await read(datasette, words.waiting):
        return

    def write(conn: sqlite3.Connection) -> None:
        with suppress(StoreError):
            words.catch_up(Database(conn))

    with suppress(sqlite3.OperationalError):
        await datasette.get_database(DATABASE).execute_write_fn(write)
