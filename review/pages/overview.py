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
_RUNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All the page shows.

    Attributes:
        totals: Numbers that stand at the top.
        days: Changes a day by significance.
        calendar: By year, each month of publication with the releases held and heard of.
        gone: What is gone or cannot be seen now.
        runs: The last runs.
    """

    totals: dict[str, int]
    days: charts.Chart
    calendar: list[tuple[str, list[tuple[str, int, int] | None]]]
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
        "calendar": _calendar(db),
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


def _calendar(db: Database) -> list[tuple[str, list[tuple[str, int, int] | None]]]:
    """Lay months of publication out by year, the newest first: releases held and heard of."""
    years: dict[str, list[tuple[str, int, int] | None]] = {}
    for month, heard, held in overview.by_month(db):
        months = years.setdefault(month[:4], [None] * 12)
        months[int(month[5:7]) - 1] = (month, held, heard)
    return list(years.items())
