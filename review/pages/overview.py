"""The overview: how much changes, when, at whom, and how complete our record is."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review.parts import charts
from review.parts.reading import CACHE
from review.web.access import read

#: Days shown: from the first change on, so many at least and at most.
_FEW_DAYS, _MANY_DAYS = 14, 60
_MONTHS = 24
_NAMES = 12
#: Fewer releases than this say nothing about a share.
_FEWEST = 5

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
        sources: Where each source stands.
        runs: The last runs.
    """

    totals: dict[str, int]
    days: charts.Chart
    after: charts.Chart
    ministers: list[charts.Share]
    portfolios: list[charts.Share]
    months: list[tuple[str, charts.Share]]
    sources: list[dict[str, Any]]
    runs: list[dict[str, Any]]


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/overview``."""
    shown = await read(datasette, load)
    return Response.html(
        await datasette.render_template(
            "corrigenda/overview.html", {"shown": shown}, request=request
        )
    )


def load(conn: sqlite3.Connection) -> Shown:
    """Read the overview; charts are kept until something is recorded."""
    drawn = CACHE.get(conn, "overview", lambda: _drawn(conn))
    return Shown(
        **drawn,
        sources=[dict(r) for r in conn.execute("SELECT * FROM sources ORDER BY name")],
        runs=[
            dict(r)
            for r in conn.execute(
                "SELECT id, flow, started_at, finished_at, outcome, entries, versions_added, "
                "issues FROM runs ORDER BY id DESC LIMIT 8"
            )
        ],
    )


def _drawn(conn: sqlite3.Connection) -> dict[str, Any]:
    return {
        "totals": _totals(conn),
        "days": _days(conn),
        "after": _after(conn),
        "ministers": _shares(conn, "minister"),
        "portfolios": _shares(conn, "portfolio"),
        "months": _months(conn),
    }


def _totals(conn: sqlite3.Connection) -> dict[str, int]:
    row = conn.execute(
        """
        SELECT
            (SELECT count(*) FROM releases) AS releases,
            (SELECT count(*) FROM versions) AS versions,
            (SELECT count(*) FROM changes WHERE superseded_by IS NULL AND same_as IS NULL
                AND kind = 'revised' AND significance <> 'none') AS revisions,
            (SELECT count(*) FROM changes WHERE superseded_by IS NULL AND same_as IS NULL
                AND kind = 'revised' AND significance <> 'none' AND silent) AS silent,
            (SELECT count(*) FROM changes WHERE superseded_by IS NULL AND same_as IS NULL
              AND kind = 'withdrawn')
                AS withdrawn,
            (SELECT count(*) FROM standing_reviews) AS reviewed
        """
    ).fetchone()
    return dict(row)


def _days(conn: sqlite3.Connection) -> charts.Chart:
    """Count changes of the last weeks before the newest one."""
    oldest, newest = conn.execute(
        "SELECT min(before), max(before) FROM changes "
        "WHERE superseded_by IS NULL AND same_as IS NULL AND kind <> 'published'"
    ).fetchone()
    last = date.fromisoformat(newest[:10]) if newest else date(2026, 1, 1)
    known = (last - date.fromisoformat(oldest[:10])).days + 1 if oldest else 0
    shown = min(_MANY_DAYS, max(_FEW_DAYS, known))
    first = last - timedelta(shown - 1)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for day, significance, number in conn.execute(
        "SELECT substr(before, 1, 10), significance, count(*) FROM changes "
        "WHERE superseded_by IS NULL AND same_as IS NULL "
        "AND kind <> 'published' AND significance <> 'none' "
        "AND before >= ? GROUP BY 1, 2",
        [first.isoformat()],
    ):
        counts[day][significance] = number
    days = [(first + timedelta(n)).isoformat() for n in range(shown)]
    return charts.stacked_days(
        [(day, counts.get(day, {})) for day in days],
        summary=f"Changes a day from {first} to {last}, by significance",
    )


def _after(conn: sqlite3.Connection) -> charts.Chart:
    """Count revisions by how long after publication they were first seen."""
    rows = conn.execute(
        "SELECT julianday(c.before) - julianday(r.published_at) AS age "
        "FROM changes c JOIN releases r ON r.id = c.release_id "
        "WHERE c.superseded_by IS NULL AND c.same_as IS NULL "
        "AND c.kind = 'revised' AND c.significance <> 'none' "
        "AND age IS NOT NULL"
    )
    counts = dict.fromkeys((name for name, _ in _AFTER), 0)
    for (age,) in rows:
        counts[next(name for name, most in _AFTER if age <= most)] += 1
    return charts.columns(
        list(counts.items()),
        head=("seen after publication", "revisions"),
        summary="Revisions by how long after publication they were first seen",
    )


def _shares(conn: sqlite3.Connection, kind: str) -> list[charts.Share]:
    """Return the shares of releases ever revised, of those with the most releases."""
    rows = conn.execute(
        """
        WITH revised AS (
            SELECT DISTINCT release_id FROM changes
            WHERE superseded_by IS NULL AND same_as IS NULL
              AND kind = 'revised' AND significance <> 'none'
        )
        SELECT t.name, count(*) AS n, count(v.release_id) AS revised
        FROM release_terms t LEFT JOIN revised v ON v.release_id = t.release_id
        WHERE t.kind = ? GROUP BY t.name HAVING count(*) >= ?
        ORDER BY n DESC, t.name LIMIT ?
        """,
        [kind, 1 if _small(conn) else _FEWEST, _NAMES],
    )
    found = [charts.Share(name=r[0], part=r[2], whole=r[1]) for r in rows]
    return sorted(found, key=lambda share: (-share.percent, share.name))


def _small(conn: sqlite3.Connection) -> bool:
    """Tell a store so small that no name has enough releases."""
    row = conn.execute("SELECT count(*) FROM (SELECT 1 FROM releases LIMIT 100)").fetchone()
    return bool(row[0] < 100)


def _months(conn: sqlite3.Connection) -> list[tuple[str, charts.Share]]:
    """Return, by month of publication, how many releases heard of are held."""
    rows = conn.execute(
        """
        SELECT substr(coalesce(r.published_at, e.published_at, r.first_heard_at), 1, 7) AS month,
               count(*) AS heard,
               sum(r.status <> 'heard') AS held
        FROM releases r
        LEFT JOIN (SELECT release_id, min(published_at) AS published_at FROM entries
                   GROUP BY release_id) e ON e.release_id = r.id
        GROUP BY 1 ORDER BY 1 DESC LIMIT ?
        """,
        [_MONTHS],
    )
    return [(r[0], charts.Share(name=r[0], part=r[2], whole=r[1])) for r in rows]
