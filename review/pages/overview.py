"""The overview: how much changes, when, at whom, and how complete our record is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from review.parts import charts
from review.web.access import read
from storage.file.times import now
from storage.queries.log import overview
from storage.queries.log.facets import CACHE
from storage.queries.sight.gone import Absence, gone_now

#: Days shown: from the first change on, so many at least and at most.
_FEW_DAYS, _MANY_DAYS = 14, 60
_MONTHS = 24
_NAMES = 12
_RUNS = 8

_AFTER = (
    ("an hour", 1 / 24),
    ("a day", 1.0),
    ("a week", 7.0),
    ("a month", 30.44),
    ("a year", 365.25),
    ("later", float("inf")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows.

    Attributes:
        totals: Numbers that stand at the top.
        days: Changes a day by significance.
        after: How long after publication releases were revised.
        ministers: Share of releases ever revised.
        portfolios: Likewise.
        months: By month of publication: releases heard of, and held.
        gone: What is gone or cannot be seen now.
        runs: The last runs.
    """

    totals: dict[str, int]
    days: charts.Chart
    after: charts.Chart
    ministers: list[charts.Share]
    portfolios: list[charts.Share]
    months: list[tuple[str, charts.Share]]
    gone: list[Absence]
    runs: list[dict[str, Any]]


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/overview``."""
    shown = await read(datasette, load)
    return Response.html(
        await datasette.render_template(
            "corrigenda/overview.html", {"shown": shown}, request=request
        )
    )


def load(db: Database) -> Shown:
    """Read the overview; charts are kept until something is recorded."""
    drawn = CACHE.get(db, "overview", lambda: _drawn(db))
    return Shown(**drawn, gone=gone_now(db, now()), runs=overview.runs(db, _RUNS))


def _drawn(db: Database) -> dict[str, Any]:
    return {
        "totals": overview.totals(db),
        "days": _days(db),
        "after": _after(db),
        "ministers": _shares(db, "minister"),
        "portfolios": _shares(db, "portfolio"),
        "months": [
            (month, charts.Share(name=month, part=held, whole=heard))
            for month, heard, held in overview.by_month(db, _MONTHS)
        ],
    }


def _days(db: Database) -> charts.Chart:
    """Count changes of the last weeks before the newest one."""
    oldest, newest = overview.extent(db)
    last = date.fromisoformat(newest) if newest else date(2026, 1, 1)
    known = (last - date.fromisoformat(oldest)).days + 1 if oldest else 0
    shown = min(_MANY_DAYS, max(_FEW_DAYS, known))
    first = last - timedelta(shown - 1)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for day, significance, number in overview.by_day(db, first.isoformat()):
        counts[day][significance] = number
    days = [(first + timedelta(n)).isoformat() for n in range(shown)]
    return charts.stacked_days(
        [(day, counts.get(day, {})) for day in days],
        summary=f"Changes a day from {first} to {last}, by significance",
    )


def _after(db: Database) -> charts.Chart:
    """Count revisions by how long after publication they were first seen."""
    counts = dict.fromkeys((name for name, _ in _AFTER), 0)
    for age in overview.ages(db):
        counts[next(name for name, most in _AFTER if age <= most)] += 1
    return charts.columns(
        list(counts.items()),
        head=("seen after publication", "revisions"),
        summary="Revisions by how long after publication they were first seen",
    )


def _shares(db: Database, kind: str) -> list[charts.Share]:
    """Return the shares of releases ever revised, of those with the most releases."""
    found = [
        charts.Share(name=name, part=part, whole=whole)
        for name, whole, part in overview.revised(db, kind, _NAMES)
    ]
    return sorted(found, key=lambda share: (-share.percent, share.name))
