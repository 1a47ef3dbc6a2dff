"""Trends: who revises how often, how soon, when and what; each count leads to its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.models import Change
from review.parts import charts
from review.parts.words import shown as as_shown
from review.web.access import read
from storage.queries.log import trends
from storage.queries.log.changes import changes_by_id
from storage.queries.log.facets import CACHE
from storage.queries.log.trends import Rate, Scope

_NAMES = 10
_EDITED = 12
_LATEST = 10
_PERIODS = 12
_KINDS = 8
#: Changes to a page of those behind a bar.
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, and where it leads.

    Attributes:
        name: What it counts.
        count: How many.
        percent: Its length, of the longest.
        href: The changes it stands for.
    """

    name: str
    count: int
    percent: float
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Counts by two things, as shaded cells.

    Attributes:
        columns: Heads of the columns.
        rows: A head, and for each column the count, how dark it is (0 to 5), and the address.
    """

    columns: list[str]
    rows: list[tuple[str, list[tuple[int, int, str]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that a page of trends shows.

    Attributes:
        scope: Whose.
        all: How many of the scope's releases were ever revised.
        ages: Revisions by how long after publication they were first seen.
        weekdays: By weekday, where it is known.
        hours: By hour, where it is known.
        silent: Silent revisions, and all.
        kinds: By kind of reason and time.
        edited: The releases revised most often.
        withdrawn: Withdrawals by year.
    """

    scope: Scope
    all: Rate
    ages: list[Bar]
    weekdays: list[Bar]
    hours: list[Bar]
    silent: charts.Share
    kinds: Grid
    edited: list[dict[str, Any]]
    withdrawn: list[Bar]


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/trends``."""

    def load(db: Database) -> dict[str, Any]:
        rates = {kind: _rates(db, kind) for kind in ("minister", "portfolio")}
        return {"shown": drawn(db, Scope()), "rates": rates, "most": _NAMES, **_last(db, Scope())}

    context = await read(datasette, load)
    context["everybody"] = request.args.get("all") == "yes"
    return Response.html(
        await datasette.render_template("corrigenda/trends.html", context, request=request)
    )


async def about(request: Request, datasette: Datasette) -> Response:
    """Answer ``/minister/NAME``, ``/portfolio/NAME`` and ``/month/2026-11``."""
    scope = Scope(kind=request.url_vars["kind"], name=unquote(request.url_vars["name"]))
    try:
        trends.month_bounds(scope.name) if scope.kind == "month" else None
    except ValueError:
        raise NotFound(f"{scope.name} is no month; write one as 2026-11") from None

    def load(db: Database) -> dict[str, Any] | None:
        found = drawn(db, scope)
        if not found.all.releases and not found.ages and scope.kind != "month":
            return None
        everybody = CACHE.get(db, "rate of all", lambda: trends.rate_of(db, Scope()))
        return {"shown": found, "everybody": everybody, **_last(db, scope)}

    context = await read(datasette, load)
    if context is None:
        raise NotFound(f"No release held names the {scope.kind} {scope.name}")
    return Response.html(
        await datasette.render_template("corrigenda/about.html", context, request=request)
    )


async def behind(request: Request, datasette: Datasette) -> Response:
    """Answer ``/trends/changes``: the changes that a bar stands for."""
    wanted = {n: v for n in (*trends.DIMENSIONS, "kind") if (v := request.args.get(n))}
    scope = Scope()
    for kind in ("minister", "portfolio", "of_month"):
        if name := request.args.get(kind):
            scope = Scope(kind=kind.removeprefix("of_"), name=name)
    number = request.args.get("page") or "1"
    at = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1

    def load(db: Database) -> tuple[list[Change], int]:
        ids, total = trends.members(db, wanted, scope, limit=PAGE_SIZE, offset=(at - 1) * PAGE_SIZE)
        return [as_shown(c, masked=True) for c in changes_by_id(db, ids)], total

    found, total = await read(datasette, load)
    context = {
        "found": found,
        "total": total,
        "wanted": wanted,
        "scope": scope,
        "page": at,
        "pages": -(-total // PAGE_SIZE),
        "address": leading(wanted, scope),
    }
    return Response.html(
        await datasette.render_template("corrigenda/behind.html", context, request=request)
    )


def leading(wanted: Mapping[str, str], scope: Scope) -> str:
    """Return the address of the changes that have all wanted buckets."""
    values = dict(wanted)
    if scope.kind:
        values["of_month" if scope.kind == "month" else scope.kind] = scope.name
    return f"/trends/changes?{urlencode(values)}"


def drawn(db: Database, scope: Scope) -> Shown:
    """Read what a page of trends shows; kept until something is recorded."""
    found: Shown = CACHE.get(db, ("trends", scope), lambda: _drawn(db, scope))
    return found


def _rates(db: Database, kind: str) -> tuple[list[Rate], int]:
    found: tuple[list[Rate], int] = CACHE.get(db, ("rates", kind), lambda: trends.rates(db, kind))
    return found


def _drawn(db: Database, scope: Scope) -> Shown:
    silent = trends.counts(db, "silent", scope)
    _, gone = trends.withdrawn(db, scope, 0)
    return Shown(
        scope=scope,
        all=trends.rate_of(db, scope),
        ages=_bars(db, "age", [name for name, _ in trends.AGES], scope),
        weekdays=_bars(db, "weekday", list(trends.WEEKDAYS), scope),
        hours=_bars(db, "hour", [f"{hour:02}" for hour in range(24)], scope),
        silent=charts.Share(
            name="silent", part=silent.get("silent", 0), whole=sum(silent.values())
        ),
        kinds=_grid(db, scope),
        edited=trends.most_edited(db, scope, _EDITED),
        withdrawn=[
            Bar(
                name=year,
                count=count,
                percent=100 * count / max(gone.values()),
                href=f"/?kind=withdrawn&status=all&since={year}-01-01&until={year}-12-31",
            )
            for year, count in sorted(gone.items())
        ],
    )


def _last(db: Database, scope: Scope) -> dict[str, Any]:
    """Read the latest revisions and withdrawals; press contacts withheld."""

    def ids() -> dict[str, list[int]]:
        return {
            "latest": trends.members(db, {}, scope, limit=_LATEST)[0],
            "gone_last": trends.withdrawn(db, scope, _LATEST)[0],
        }

    return {
        name: [as_shown(change, masked=True) for change in changes_by_id(db, some)]
        for name, some in CACHE.get(db, ("last", scope), ids).items()
    }


def _bars(db: Database, dimension: str, order: list[str], scope: Scope) -> list[Bar]:
    counted = trends.counts(db, dimension, scope)
    most = max(counted.values(), default=0)
    return [
        Bar(
            name=name,
            count=counted.get(name, 0),
            percent=100 * counted.get(name, 0) / most,
            href=leading({dimension: name}, scope),
        )
        for name in (order if counted else ())
    ]


def _grid(db: Database, scope: Scope) -> Grid:
    """Lay kinds of reasons out over the last years, or over months where there are few."""
    period = "month" if len(trends.counts(db, "year", scope)) <= 1 else "year"
    counted = trends.kinds_over_time(db, period, scope)
    columns = sorted({at for _, at in counted})[-_PERIODS:]
    totals: dict[str, int] = {}
    for (kind, at), number in counted.items():
        totals[kind] = totals.get(kind, 0) + (number if at in columns else 0)
    names = sorted((k for k in totals if totals[k]), key=lambda kind: (-totals[kind], kind))
    most = max((n for (_, at), n in counted.items() if at in columns), default=1)
    return Grid(
        columns=columns,
        rows=[
            (
                kind,
                [
                    (
                        (n := counted.get((kind, at), 0)),
                        -(-5 * n // most),
                        leading({"kind": kind, period: at}, scope),
                    )
                    for at in columns
                ],
            )
            for kind in names[:_KINDS]
        ],
    )
