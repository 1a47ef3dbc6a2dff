"""The Datasette plugin's hooks: routes, permissions, what every response carries."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from sqlite_utils import Database

from review.pages import (
    change,
    data,
    digest,
    downloads,
    find_changes,
    gone,
    keep,
    kit,
    marking,
    overview,
    queue,
    release,
    search,
    trends,
)
from review.web import access
from review.web.guard import guarded
from review.web.headers import with_headers
from storage.file.connection import refresh_views

Route = tuple[str, Callable[..., Awaitable[Any]]]


@hookimpl
def register_routes() -> list[Route]:
    """Add our pages; they come before Datasette's own."""
    return [
        (r"^/$", queue.page),
        (r"^/change/(?P<id>\d{1,15})$", change.page),
        (r"^/change/(?P<id>\d{1,15})/kit$", kit.page),
        (r"^/change/(?P<id>\d{1,15})/kit\.zip$", kit.archive),
        (r"^/change/(?P<id>\d{1,15})/card\.svg$", kit.image_svg),
        (r"^/change/(?P<id>\d{1,15})/card\.png$", kit.image_png),
        (r"^/change/(?P<id>\d{1,15})/print$", kit.sheet),
        (r"^/change/(?P<id>\d{1,15})/keep$", keep.page),
        (r"^/version/(?P<digest>[0-9a-f]{64})\.md$", kit.document),
        (r"^/stored/(?P<capture>\d{1,15})$", kit.stored),
        (r"^/change/(?P<id>\d{1,15})/opened$", change.opened),
        (r"^/gone$", gone.page),
        (r"^/gone\.atom$", gone.feed),
        (r"^/feeds$", gone.feeds_page),
        (r"^/release/(?P<id>\d{1,15})$", release.page),
        (r"^/release$", release.find),
        (r"^/release/(?P<id>\d{1,15})/(?P<number>\d{1,6})\.md$", downloads.document),
        (r"^/payload/(?P<capture>\d{1,15})$", downloads.payload),
        (r"^/overview$", overview.page),
        (r"^/trends$", trends.page),
        (r"^/trends/changes$", trends.behind),
        (r"^/(?P<kind>minister|portfolio|month)/(?P<name>[^/]{1,900})$", trends.about),
        (r"^/digest/(?P<period>\d{4}-\d\d(-\d\d)?)$", digest.page),
        (r"^/data$", data.page),
        (r"^/data/sql(\.(?P<format>json|csv))?$", data.sql),
        (r"^/search$", search.page),
        (r"^/rules$", marking.rules_page),
        (r"^/changes$", find_changes.page),
        (r"^/changes\.(?P<format>atom|json|csv)$", downloads.changes),
        (r"^/mark$", marking.mark),
        (r"^/undo$", marking.undo),
        (r"^/suppress$", marking.suppress),
        (r"^/lift$", marking.lift),
        (r"^/sign-in$", marking.sign_in),
        (r"^/-/databases(\.json)?$", access.databases),
    ]


@hookimpl
def permission_allowed(actor: dict[str, Any] | None, action: str, resource: Any) -> bool | None:
    """Keep what was published to the letter, and free SQL, to those signed in."""
    return access.decide(actor, action, resource)


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Hold writes to the same rules as everywhere else, and reading to the same views."""
    if database == access.DATABASE:
        conn.execute("PRAGMA foreign_keys = ON")
        refresh_views(Database(conn), lasting=False)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[..., Any]:
    """Turn away what was not meant for us, and put our headers on every response."""
    names = (datasette.plugin_config(access.PLUGIN) or {}).get("names", [])
    return lambda app: with_headers(guarded(app, names))


@hookimpl
def extra_template_vars(datasette: Datasette, request: Any) -> Callable[[], Awaitable[Any]]:
    """Tell every template whether the reader may review."""

    async def inner() -> dict[str, Any]:
        if request is None:
            return {"may_review": False, "reviewer": ""}
        may = await access.may_review(datasette, request)
        return {"may_review": may, "reviewer": access.reviewer_name(request) if may else ""}

    return inner


@hookimpl
def menu_links() -> list[dict[str, str]]:
    """Lead back from Datasette's own pages."""
    return [
        {"href": "/", "label": "Queue"},
        {"href": "/overview", "label": "Overview"},
        {"href": "/trends", "label": "Trends"},
        {"href": "/search", "label": "Search"},
    ]
