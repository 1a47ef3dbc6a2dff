"""What a reviewer does: mark, undo, suppress, lift; and signing in to do so.

Plain forms, so that it works without scripts. Datasette's own protection against forged
requests (asgi-csrf) guards every one of them.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from datasette.app import Datasette
from datasette.utils import baseconv
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from corrigenda.errors import NotHeld, StoreError, StoreLocked, StoreReadOnly
from corrigenda.models import ReviewVerdict
from review.web import access
from review.web.access import read
from storage.queries.log.filters import ChangeFilter
from storage.record import reviews
from storage.record.reviews import Scope

T = TypeVar("T")

_LONGEST_NOTE = 4000


class _Refused(Exception):
    """What a form sent cannot be done; the message is for whoever sent it."""

    def __init__(self, message: str, status: int = 400) -> None:
        self.message = message
        self.status = status
        super().__init__(message)


async def mark(request: Request, datasette: Datasette) -> Response:
    """Answer ``POST /mark``: append a verdict on changes, or on their whole groups."""

    def apply(db: Database, form: dict[str, str], reviewer: str) -> Response:
        chosen, verdict = _chosen(form), _verdict(form)
        ids = sorted(
            {
                i
                for one, group in chosen.items()
                for i in (reviews.group_of(db, one) if group else [one])
            }
        )
        batch = reviews.record(db, ids, verdict, note=_note(form), reviewer=reviewer)
        if verdict is ReviewVerdict.FALSE_ALARM and form.get("scope"):
            for one in chosen:
                reviews.suppress(db, one, _scope(form), note=_note(form), reviewer=reviewer)
        return _done(request, form, batch=batch, count=len(ids))

    return await _post(request, datasette, apply)


async def undo(request: Request, datasette: Datasette) -> Response:
    """Answer ``POST /undo``: append the withdrawal of a batch of verdicts."""

    def apply(db: Database, form: dict[str, str], reviewer: str) -> Response:
        batch = form.get("batch", "")
        if not batch.isalnum():
            raise _Refused("That form does not say which verdict to undo.")
        undone = reviews.withdraw(db, batch=batch, reviewer=reviewer)
        return _done(request, form, batch=batch, count=len(undone))

    return await _post(request, datasette, apply)


async def suppress(request: Request, datasette: Datasette) -> Response:
    """Answer ``POST /suppress``: make a rule of a false alarm."""

    def apply(db: Database, form: dict[str, str], reviewer: str) -> Response:
        reviews.suppress(
            db, _number(form, "change"), _scope(form), note=_note(form), reviewer=reviewer
        )
        return Response.redirect("/rules", status=303)

    return await _post(request, datasette, apply)


async def lift(request: Request, datasette: Datasette) -> Response:
    """Answer ``POST /lift``: a rule no longer holds."""

    def apply(db: Database, form: dict[str, str], reviewer: str) -> Response:
        reviews.lift(db, _number(form, "rule"), reviewer=reviewer)
        return Response.redirect("/rules", status=303)

    return await _post(request, datasette, apply)


async def rules_page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/rules``: the suppression rules, and what each hides."""
    rules = await read(datasette, reviews.suppressions)
    return Response.html(
        await datasette.render_template("corrigenda/rules.html", {"rules": rules}, request=request)
    )


async def sign_in(request: Request, datasette: Datasette) -> Response:
    """Answer ``/sign-in``: the link that ``corrigenda review`` prints."""
    reviewer = access.reviewer_of_token(datasette, request.args.get("token") or "")
    if reviewer is None:
        return await _problem(
            request,
            datasette,
            _Refused(
                "This sign-in link is not valid any more. Links last a day, and end with the "
                "server that printed them: look for a new one where `corrigenda review` runs.",
                403,
            ),
        )
    response = Response.redirect("/")
    actor = {"id": reviewer, "name": reviewer}
    expires = baseconv.base62.encode(int(time.time()) + access.SIGN_IN_LIFETIME)
    response.set_cookie(
        "ds_actor",
        datasette.sign({"a": actor, "e": expires}, "actor"),
        httponly=True,
        samesite="lax",
        secure=request.scheme == "https",
    )
    return response


async def _post(
    request: Request,
    datasette: Datasette,
    apply: Callable[[Database, dict[str, str], str], Response],
) -> Response:
    """Run what a form asks for in the writing thread, and say in words why it cannot."""
    if request.method != "POST":
        return await _problem(request, datasette, _Refused("This address takes a form.", 405))
    reviewer = await access.require_reviewer(datasette, request)
    form = _fields((await request.post_body()).decode("utf-8", "replace"))

    def write(conn: sqlite3.Connection) -> Response:
        return apply(Database(conn), form, reviewer)

    try:
        done: Response = await datasette.get_database(access.DATABASE).execute_write_fn(write)
    except _Refused as refused:
        return await _problem(request, datasette, refused)
    except NotHeld as error:
        return await _problem(request, datasette, _Refused(f"The database {error.problem}.", 404))
    except StoreError as error:
        return await _problem(request, datasette, _of_store(error))
    return done


def _of_store(error: StoreError) -> _Refused:
    """Word what keeps a verdict from being written."""
    if isinstance(error, StoreLocked):
        return _Refused("A run is writing just now. Nothing was recorded; try again.", 503)
    if isinstance(error, StoreReadOnly):
        return _Refused("This database cannot be written to. Nothing was recorded.", 503)
    return _Refused(f"{error}. Nothing was recorded.", 500)


def _fields(body: str) -> dict[str, str]:
    """Return a form's values by name; of changes, which may be several, all joined by commas."""
    pairs = parse_qsl(body, keep_blank_values=True)
    return dict(pairs) | {"change": ",".join(v for n, v in pairs if n == "change" and v)}


async def _problem(request: Request, datasette: Datasette, refused: _Refused) -> Response:
    if _for_script(request):
        return Response.json({"ok": False, "error": refused.message}, status=refused.status)
    return Response.html(
        await datasette.render_template(
            "corrigenda/problem.html", {"message": refused.message}, request=request
        ),
        status=refused.status,
    )


def _for_script(request: Request) -> bool:
    return str(request.headers.get("accept", "")).startswith("application/json")


def _done(request: Request, form: dict[str, str], *, batch: str, count: int) -> Response:
    """Tell a script what was done; else return to the queue as it was filtered, told on top."""
    if _for_script(request):
        return Response.json({"ok": True, "batch": batch, "count": count})
    query = ChangeFilter.read(form).query()
    joint = "" if query == "?" else "&"
    return Response.redirect(f"/{query}{joint}marked={batch}", status=303)


def _number(form: dict[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _Refused(f"That form does not say which {name} it is about.")
    return int(text)


def _chosen(form: dict[str, str]) -> dict[int, bool]:
    """Return the changes a form is about, and whether each stands for its whole group."""
    whole = bool(form.get("group"))
    return {
        _number({"change": text.removesuffix("+")}, "change"): whole or text.endswith("+")
        for text in form.get("change", "").split(",")
    }


def _verdict(form: dict[str, str]) -> ReviewVerdict:
    try:
        return ReviewVerdict(form.get("verdict", ""))
    except ValueError:
        raise _Refused(
            f"{form.get('verdict', '')!r} is no verdict; they are {', '.join(ReviewVerdict)}."
        ) from None


def _scope(form: dict[str, str]) -> Scope:
    try:
        return Scope(form.get("scope", ""))
    except ValueError:
        raise _Refused("A rule hides the same edit everywhere, or edits of one release.") from None


def _note(form: dict[str, Any]) -> str:
    return str(form.get("note", "")).strip()[:_LONGEST_NOTE]
