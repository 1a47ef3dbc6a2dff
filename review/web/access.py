"""Who is asking, how a reviewer signs in, and what the public may see.

The public reads. A reviewer is whoever Datasette knows: by a sign-in link that
``corrigenda review`` prints (signed with Datasette's own secret), or by any Datasette
authentication plugin that is installed beside us.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Forbidden, Request, Response
from itsdangerous import BadSignature
from sqlite_utils import Database

T = TypeVar("T")

#: The database's name in Datasette's own pages, whatever its file is called.
DATABASE = "corrigenda"
#: The plugin's name, and where Datasette keeps its settings.
PLUGIN = "corrigenda-review"
#: The permission to review; anybody signed in has it.
REVIEW = "corrigenda-review"
#: Seconds a sign-in link works.
LINK_LIFETIME = 24 * 3600
#: Seconds a browser stays signed in; it ends with the server besides, unless
#: ``DATASETTE_SECRET`` keeps signatures valid.
SIGN_IN_LIFETIME = 7 * 24 * 3600

_NAMESPACE = "corrigenda-sign-in"

# What the public may see of Datasette's own table pages. All else holds what was published to
# the letter, press contacts included, or is the reviewers' own affair; a table added later is
# theirs until it is named here. The public has the pages, feeds and downloads, where
# contacts are masked.
PUBLIC_TABLES = frozenset("sources releases aliases spans observations release_terms".split())


async def read(datasette: Datasette, fn: Callable[[Database], T]) -> T:
    """Run a function with a reading connection, off the event loop."""

    def run(conn: sqlite3.Connection) -> T:
        return fn(Database(conn))

    result: T = await datasette.get_database(DATABASE).execute_fn(run)
    return result


def sign_in_path(datasette: Datasette, reviewer: str, *, now: float | None = None) -> str:
    """Return the path of a link that signs a reviewer in.

    Args:
        datasette: Whose secret signs it.
        reviewer: The name under which verdicts will be recorded.
        now: The time, for tests.
    """
    until = int((time.time() if now is None else now) + LINK_LIFETIME)
    token = datasette.sign({"id": reviewer, "until": until}, _NAMESPACE)
    return f"/sign-in?token={token}"


def reviewer_of_token(datasette: Datasette, token: str, *, now: float | None = None) -> str | None:
    """Return the reviewer a sign-in token names, or None when it is forged or too old."""
    try:
        value = datasette.unsign(token, _NAMESPACE)
    except BadSignature:
        return None
    late = value["until"] < (time.time() if now is None else now)
    return None if late else str(value["id"])


def reviewer_name(request: Request) -> str:
    """Return the name under which the signed-in reviewer's verdicts are recorded."""
    actor = request.actor or {}
    return str(actor.get("name") or actor.get("id") or "")


async def may_review(datasette: Datasette, request: Request) -> bool:
    """Tell whether whoever asks may leave verdicts, and sees originals."""
    return bool(await datasette.permission_allowed(request.actor, REVIEW, default=False))


async def require_reviewer(datasette: Datasette, request: Request) -> str:
    """Return the reviewer's name.

    Raises:
        Forbidden: Nobody is signed in, or not for this.
    """
    if not await may_review(datasette, request):
        raise Forbidden("Sign in to review: `corrigenda review` prints the link")
    return reviewer_name(request)


async def databases(datasette: Datasette) -> Response:
    """Answer ``/-/databases`` without the file's path, which is nobody else's business."""
    found = datasette.get_database(DATABASE)
    told = {"name": DATABASE, "size": found.size, "is_mutable": found.is_mutable}
    return Response.json([told])


def decide(actor: dict[str, Any] | None, action: str, resource: Any) -> bool | None:
    """Answer Datasette's question whether an actor may do something.

    Args:
        actor: Who asks; None for the public.
        action: What for.
        resource: With what: a database, or a database and a table.

    Returns:
        True or False; None where the default stands.
    """
    signed_in = bool(actor and actor.get("id"))
    if action == REVIEW:
        return signed_in
    if signed_in:
        return None
    if action in ("execute-sql", "view-database-download"):
        return False
    if action == "view-table" and isinstance(resource, tuple):
        return resource[1] in PUBLIC_TABLES
    return None
