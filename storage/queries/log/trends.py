"""How often what changes, when and whose: counts, each of which leads to its changes.

A dimension sorts revisions into buckets by one SQL expression. The same expression counts
them and finds those of one bucket again, so that a bar and what it leads to cannot disagree.
Only revisions that matter count: what is ``none`` is nobody's news.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from storage.file.times import from_text

#: Where the publishers keep their clocks: what hour an edit was made at is theirs.
ZONE = ZoneInfo("Pacific/Auckland")
#: Fewer releases than this say nothing about a rate.
FEWEST = 20
#: So in a store that has hardly any.
_FEWEST_OF_FEW = 1
_FEW = 200
# Said so that SQLite knows which index holds all of them.
_INDEXED = "c.kind <> 'published'"
_REVISED = f"{_INDEXED} AND c.kind = 'revised' AND c.significance <> 'none'"
#: As they are counted.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: How long after publication a revision was first seen: name, and hours at most.
AGES = (
    ("an hour", 1.0),
    ("a day", 24.0),
    ("a week", 168.0),
    ("a month", 730.5),
    ("a year", 8766.0),
    ("later", math.inf),
)
_HOURS = "(julianday(c.before) - julianday(r.published_at)) * 24"
_AGE = (
    f"CASE WHEN r.published_at IS NULL OR {_HOURS} IS NULL THEN NULL "
    + " ".join(f"WHEN {_HOURS} <= {most} THEN '{name}'" for name, most in AGES[:-1])
    + f" ELSE '{AGES[-1][0]}' END"
)
# An hour is known where the two sights are no further apart than that, a weekday likewise.
_KNOWN = "CASE WHEN julianday(c.before) - julianday(c.after) <= {days} THEN {value} END"

#: What revisions may be sorted by, and the bucket that SQL puts each into.
DIMENSIONS = {
    "age": _AGE,
    "weekday": _KNOWN.format(days=1, value="local_weekday(c.before)"),
    "hour": _KNOWN.format(days=0.125, value="local_hour(c.before)"),
    "year": "substr(c.before, 1, 4)",
    "month": "substr(c.before, 1, 7)",
    "silent": "CASE c.silent WHEN 1 THEN 'silent' ELSE 'dated' END",
    "significance": "c.significance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose revisions: everybody's, or those of one minister, portfolio or month.

    Attributes:
        kind: ``minister``, ``portfolio``, ``month``, or empty.
        name: The name, or ``2026-11``.
    """

    kind: str = ""
    name: str = ""

    def source(self) -> tuple[str, dict[str, Any]]:
        """Return what to read FROM, and its values: ``c`` a change, ``r`` its release."""
        if self.kind in ("minister", "portfolio"):
            # CROSS JOIN: begin with the name's releases, which are few.
            text = (
                "release_terms t CROSS JOIN standing_changes c ON c.release_id = t.release_id "
                "AND t.kind = :of_kind AND t.name = :of_name JOIN releases r ON r.id = c.release_id"
            )
            return text, {"of_kind": self.kind, "of_name": self.name}
        text = "standing_changes c JOIN releases r ON r.id = c.release_id"
        if self.kind == "month":
            first, after = month_bounds(self.name)
            return f"{text} AND c.before >= :first AND c.before < :after", {
                "first": first.isoformat(),
                "after": after.isoformat(),
            }
        return text, {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many of somebody's releases were revised.

    Attributes:
        name: Whose.
        releases: Releases.
        revised: Of these, revised at least once.
        low: Lower bound of the rate (Wilson score interval, 95 %), 0 to 1.
        high: Upper bound.
    """

    name: str
    releases: int
    revised: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share, 0 to 1."""
        return self.revised / self.releases if self.releases else 0.0


def month_bounds(month: str) -> tuple[date, date]:
    """Return a month's first day and the next month's.

    Args:
        month: ``2026-11``.

    Raises:
        ValueError: There is no such month.
    """
    first = date.fromisoformat(f"{month}-01")
    return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (E. B. Wilson, JASA 22, 1927), 0 to 1."""
    if not whole:
        return 0.0, 1.0
    z2 = 1.959964**2
    share, scale = part / whole, 1 + z2 / whole
    middle = (share + z2 / (2 * whole)) / scale
    half = math.sqrt(z2 * (share * (1 - share) + z2 / (4 * whole)) / whole) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def rates(db: Database, kind: str) -> tuple[list[Rate], int]:
    """Return ministers' or portfolios' rates of revision, the highest first.

    Returns:
        The rates of those with enough releases, and how many releases are enough.
    """
    few = db.execute("SELECT count(*) FROM (SELECT 1 FROM releases LIMIT ?)", [_FEW]).fetchone()
    fewest = FEWEST if few[0] == _FEW else _FEWEST_OF_FEW
    rows = db.execute(
        "WITH revised AS MATERIALIZED (SELECT DISTINCT release_id FROM standing_changes c "
        f"WHERE {_REVISED}) SELECT t.name, count(*) AS n, count(v.release_id) "
        "FROM release_terms t LEFT JOIN revised v ON v.release_id = t.release_id "
        "WHERE t.kind = ? GROUP BY t.name HAVING n >= ?",
        [kind, fewest],
    )
    found = [_rate(*row) for row in rows]
    return sorted(found, key=lambda rate: (-rate.rate, -rate.releases, rate.name)), fewest


def rate_of(db: Database, scope: Scope) -> Rate:
    """Return the rate of one minister, portfolio or month of publication, or of all."""
    if scope.kind in ("minister", "portfolio"):
        releases = "release_terms t JOIN releases r ON r.id = t.release_id"
        where = "t.kind = :kind AND t.name = :name"
    else:
        releases, where = "releases r", "r.moved_to IS NULL"
        if scope.kind == "month":
            where += " AND r.published_at >= :first AND r.published_at < :after"
    values: dict[str, Any] = {"kind": scope.kind, "name": scope.name}
    if scope.kind == "month":
        values["first"], values["after"] = (day.isoformat() for day in month_bounds(scope.name))
    row = db.execute(
        f"SELECT count(*), sum(EXISTS (SELECT 1 FROM standing_changes c WHERE {_REVISED} "
        f"AND c.release_id = r.id)) FROM {releases} WHERE {where}",
        values,
    ).fetchone()
    return _rate(scope.name, row[0], row[1] or 0)


def counts(db: Database, dimension: str, scope: Scope) -> dict[str, int]:
    """Count revisions by bucket; those that belong into none are left out."""
    text, values = _ready(db, scope)
    rows = db.execute(
        f"SELECT {DIMENSIONS[dimension]} AS bucket, count(*) FROM {text} "
        f"WHERE {_REVISED} AND bucket IS NOT NULL GROUP BY bucket",
        values,
    )
    return {str(row[0]): row[1] for row in rows}


def kinds_over_time(db: Database, period: str, scope: Scope) -> dict[tuple[str, str], int]:
    """Count revisions by kind of reason and period; one may have several kinds.

    Args:
        db: A database.
        period: ``year`` or ``month``.
        scope: Whose.
    """
    text, values = _ready(db, scope)
    rows = db.execute(
        f"SELECT k.value, {DIMENSIONS[period]}, count(*) FROM {text}, json_each(c.kinds) k "
        f"WHERE {_REVISED} GROUP BY 1, 2",
        values,
    )
    return {(row[0], row[1]): row[2] for row in rows}


def members(
    db: Database, wanted: dict[str, str], scope: Scope, *, limit: int, offset: int = 0
) -> tuple[list[int], int]:
    """Return the revisions that have all wanted buckets, the newest first, and how many there are.

    Args:
        db: A database.
        wanted: Buckets by dimension; besides, ``kind``: a kind of reason.
        scope: Whose.
        limit: At most so many.
        offset: After so many.
    """
    text, values = _ready(db, scope)
    where = _REVISED
    for name, bucket in wanted.items():
        if name == "kind":
            where += " AND EXISTS (SELECT 1 FROM json_each(c.kinds) k WHERE k.value = :w_kind)"
        else:
            where += f" AND {DIMENSIONS[name]} = :w_{name}"
        values[f"w_{name}"] = bucket
    total = db.execute(f"SELECT count(*) FROM {text} WHERE {where}", values).fetchone()[0]
    rows = db.execute(
        f"SELECT c.id FROM {text} WHERE {where} ORDER BY c.before DESC, c.id DESC "
        "LIMIT :limit OFFSET :offset",
        values | {"limit": limit, "offset": offset},
    )
    return [row[0] for row in rows], total


def most_edited(db: Database, scope: Scope, limit: int) -> list[dict[str, Any]]:
    """Return the releases revised most often: ``release_id``, ``title``, ``n``, ``silent``."""
    text, values = _ready(db, scope)
    return list(
        db.query(
            "SELECT c.release_id, r.title, r.url, count(*) AS n, sum(c.silent) AS silent, "
            f"max(c.before) AS last FROM {text} WHERE {_REVISED} GROUP BY c.release_id "
            "HAVING n > 1 ORDER BY n DESC, last DESC LIMIT :limit",
            values | {"limit": limit},
        )
    )


def withdrawn(db: Database, scope: Scope, limit: int) -> tuple[list[int], dict[str, int]]:
    """Return the changes that tell of the last withdrawals, and how many there are by year."""
    text, values = _ready(db, scope)
    where = f"{_INDEXED} AND c.kind = 'withdrawn' AND c.significance <> 'none'"
    rows = db.execute(
        f"SELECT c.id FROM {text} WHERE {where} ORDER BY c.before DESC LIMIT :limit",
        values | {"limit": limit},
    )
    years = db.execute(
        f"SELECT substr(c.before, 1, 4), count(*) FROM {text} WHERE {where} GROUP BY 1", values
    )
    return [row[0] for row in rows], {row[0]: row[1] for row in years}


def _rate(name: str, releases: int, revised: int) -> Rate:
    low, high = wilson(revised, releases)
    return Rate(name=name, releases=releases, revised=revised, low=low, high=high)


def _ready(db: Database, scope: Scope) -> tuple[str, dict[str, Any]]:
    """Return what to read from, with the functions that the expressions call in place."""
    db.conn.create_function("local_weekday", 1, _weekday, deterministic=True)
    db.conn.create_function("local_hour", 1, _hour, deterministic=True)
    return scope.source()


@lru_cache(maxsize=65_536)
def _local(text: str) -> datetime:
    return from_text(text).astimezone(ZONE)


def _weekday(text: str | None) -> str | None:
    return WEEKDAYS[_local(text).weekday()] if text else None


def _hour(text: str | None) -> str | None:
    return f"{_local(text).hour:02}" if text else None
