"""How many changes each choice would show, kept until something is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlite_utils import Database

from storage.queries.log.filters import SOURCE, ChangeFilter, part_of

T = TypeVar("T")

_RANKED = ("kind", "significance", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How many changes each choice would show, the other choices standing.

    Attributes:
        significance: By significance.
        kind: By kind.
        status: By status, ``open`` and ``reviewed`` among them.
    """

    significance: dict[str, int]
    kind: dict[str, int]
    status: dict[str, int]


class Stamped:
    """A small cache that holds for as long as nothing was recorded or reviewed.

    The stamp is the last row of each table that queries about changes depend on: all of
    them only ever grow, or change along with one that grows.
    """

    _TABLES = "changes captures releases reviews suppressions suppression_lifts".split()

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._held: dict[Any, tuple[tuple[Any, ...], Any]] = {}

    def get(self, db: Database, key: Any, make: Callable[[], T]) -> T:
        """Return what ``make`` returned for the key, made again when the stamp moved."""
        stamp = self.stamp(db)
        held = self._held.get(key)
        if held is not None and held[0] == stamp:
            cached: T = held[1]
            return cached
        value = make()
        if len(self._held) >= self._size:
            self._held.clear()
        self._held[key] = (stamp, value)
        return value

    def stamp(self, db: Database) -> tuple[Any, ...]:
        """Return what tells that something was added."""
        maxima = ", ".join(f"(SELECT max(rowid) FROM {table})" for table in self._TABLES)
        # Several databases may be served by one process one after the other, as tests do.
        path = db.execute("PRAGMA database_list").fetchone()[2]
        return (path, *db.execute(f"SELECT {maxima}").fetchone())


CACHE = Stamped()


def facets(db: Database, chosen: ChangeFilter) -> Facets:
    """Count changes by significance, kind and status under the other choices."""
    others = replace(chosen, significance="", kind="", status="all", limit=None, offset=0)
    cube = CACHE.get(db, ("cube", others), lambda: _cube(db, others))
    significance: Counter[str] = Counter()
    kind: Counter[str] = Counter()
    status: Counter[str] = Counter()
    for (of_kind, of_significance, of_status), count in cube.items():
        by_kind = of_kind == chosen.kind if chosen.kind else of_kind != "published"
        by_significance = (
            of_significance == chosen.significance
            if chosen.significance
            else of_significance != "none" or chosen.kind == "published"
        )
        by_status = _has_status(of_status, chosen.status)
        if by_kind and by_status:
            significance[of_significance] += count
        if (by_significance and by_status) or (of_kind == "published" and by_status):
            kind[of_kind] += count
        if by_kind and by_significance:
            status[of_status] += count
            status["all"] += count
            if of_status not in ("open", "suppressed"):
                status["reviewed"] += count
    return Facets(significance=dict(significance), kind=dict(kind), status=dict(status))


def names(db: Database, kind: str) -> list[tuple[str, int]]:
    """Return ministers or portfolios of releases that changed, with how many changes."""
    sql = (
        "SELECT t.name, count(*) AS n FROM standing_changes c JOIN release_terms t "
        "ON t.release_id = c.release_id AND t.kind = ? WHERE c.kind <> 'published' "
        "AND c.significance <> 'none' GROUP BY t.name ORDER BY t.name"
    )
    return CACHE.get(db, ("names", kind), lambda: [tuple(r) for r in db.execute(sql, [kind])])


def is_named(db: Database, kind: str, part: str) -> bool:
    """Tell whether any minister, or portfolio, of the record has this in the name."""
    row = db.execute(
        "SELECT 1 FROM release_terms WHERE kind = ? AND name LIKE ? ESCAPE '\\' LIMIT 1",
        [kind, part_of(part)],
    ).fetchone()
    return row is not None


def _cube(db: Database, chosen: ChangeFilter) -> dict[tuple[str, str, str], int]:
    """Count by kind, significance and status at once."""
    where, values = chosen.where(without=_RANKED)
    suppressed = {r[0] for r in db.execute("SELECT change_id FROM suppressed_changes")}
    status = "coalesce(sr.verdict, 'open')"
    if suppressed:
        hidden = ",".join(map(str, sorted(suppressed)))
        status = f"coalesce(sr.verdict, CASE WHEN c.id IN ({hidden}) THEN 'suppressed' "
        status += "ELSE 'open' END)"
    rows = db.execute(
        f"SELECT c.kind, c.significance, {status} AS status, count(*) FROM {SOURCE} "
        f"WHERE {where} AND c.kind <> 'published' GROUP BY 1, 2, 3",
        values,
    )
    cube = {(row[0], row[1], row[2]): row[3] for row in rows}
    # Publications are many and hardly ever reviewed: count them all, then take off those.
    published = db.execute(
        f"SELECT count(*) FROM standing_changes c WHERE {where} AND c.kind = 'published'", values
    ).fetchone()[0]
    reviewed = db.execute(
        "SELECT sr.verdict, count(*) FROM standing_reviews sr CROSS JOIN standing_changes c "
        f"ON c.id = sr.change_id WHERE {where} AND c.kind = 'published' GROUP BY 1",
        values,
    ).fetchall()
    cube |= {("published", "none", row[0]): row[1] for row in reviewed}
    cube["published", "none", "open"] = published - sum(row[1] for row in reviewed)
    return cube


def _has_status(of_change: str, wanted: str) -> bool:
    if wanted == "all":
        return True
    if wanted == "reviewed":
        return of_change not in ("open", "suppressed")
    return of_change == wanted
