"""What several pages and feeds read: the lines of changes, facets, names."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from corrigenda.compare import masking
from corrigenda.wording import interval
from review.parts.line import Line
from review.parts.selection import SOURCE, Selection
from review.parts.words import Headline, headline
from storage.file.times import from_text

T = TypeVar("T")

#: Sorts significances, in SQL.
RANK = "CASE c.significance WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"


_COLUMNS = """
    c.id, c.release_id, r.title, r.url, c.kind, c.significance, c.reasons, c.after, c.before,
    c.detected_at, c.silent, c.revert, c.track, sr.verdict AS review
"""


def lines(
    conn: sqlite3.Connection,
    ids: Sequence[int],
    *,
    masked: bool,
    counts: dict[int, tuple[int, int]] | None = None,
) -> list[Line]:
    """Return the lines of some changes, in the order given.

    Args:
        conn: A connection.
        ids: The changes.
        masked: Whether press contacts are withheld.
        counts: Changes and releases each stands for, by id, where more than one.
    """
    if not ids:
        return []
    marks = ",".join("?" * len(ids))
    rows = {
        row["id"]: row
        for row in conn.execute(
            f"SELECT {_COLUMNS} FROM {SOURCE} JOIN releases r ON r.id = c.release_id "
            f"WHERE c.id IN ({marks})",
            list(ids),
        )
    }
    named = terms(conn, {row["release_id"] for row in rows.values()})
    standing = counts or {}
    return [_line(rows[i], named, standing.get(i, (1, 1)), masked) for i in ids if i in rows]


def newest(
    conn: sqlite3.Connection, chosen: Selection, *, limit: int | None, masked: bool
) -> list[Line]:
    """Return chosen changes, the latest noticed first."""
    where, values = chosen.where()
    ids = [
        row["id"]
        for row in conn.execute(
            f"SELECT c.id FROM {SOURCE} WHERE {where} ORDER BY c.id DESC LIMIT :limit",
            {**values, "limit": -1 if limit is None else limit},
        )
    ]
    found: list[Line] = []
    for start in range(0, len(ids), 500):  # SQLite takes so many values in one statement
        found += lines(conn, ids[start : start + 500], masked=masked)
    return found


def _line(
    row: sqlite3.Row,
    named: dict[tuple[int, str], tuple[str, ...]],
    counted: tuple[int, int],
    masked: bool,
) -> Line:
    reasons = [masking.reason(text, masked=masked) for text in json.loads(row["reasons"])]
    release_id = row["release_id"]
    return Line(
        id=row["id"],
        release_id=release_id,
        title=row["title"],
        url=row["url"],
        kind=row["kind"],
        significance=row["significance"],
        headline=headline(reasons[0]) if reasons else Headline(),
        reasons=tuple(reasons[1:]),
        when=interval(from_text(row["after"]) if row["after"] else None, from_text(row["before"])),
        detected=row["detected_at"],
        ministers=named.get((release_id, "minister"), ()),
        portfolios=named.get((release_id, "portfolio"), ()),
        silent=bool(row["silent"]),
        revert=bool(row["revert"]),
        track=row["track"],
        review=row["review"] or "",
        count=counted[0],
        releases=counted[1],
    )


def terms(
    conn: sqlite3.Connection, release_ids: Iterable[int]
) -> dict[tuple[int, str], tuple[str, ...]]:
    """Return ministers and portfolios of some releases, by (release, kind)."""
    ids = list(release_ids)
    marks = ",".join("?" * len(ids))
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for row in conn.execute(
        f"SELECT release_id, kind, name FROM release_terms WHERE release_id IN ({marks})", ids
    ):
        key = (row["release_id"], row["kind"])
        found[key] = (*found.get(key, ()), row["name"])
    return found


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

    _TABLES = (
        "changes",
        "captures",
        "releases",
        "reviews",
        "suppressions",
        "suppression_lifts",
    )

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._held: dict[Any, tuple[tuple[Any, ...], Any]] = {}

    def get(self, conn: sqlite3.Connection, key: Any, make: Callable[[], T]) -> T:
        """Return what ``make`` returned for the key, made again when the stamp moved."""
        stamp = self.stamp(conn)
        held = self._held.get(key)
        if held is not None and held[0] == stamp:
            cached: T = held[1]
            return cached
        value = make()
        if len(self._held) >= self._size:
            self._held.clear()
        self._held[key] = (stamp, value)
        return value

    def stamp(self, conn: sqlite3.Connection) -> tuple[Any, ...]:
        """Return what tells that something was added."""
        maxima = ", ".join(f"(SELECT max(rowid) FROM {table})" for table in self._TABLES)
        # Several databases may be served by one process one after the other, as tests do.
        path = conn.execute("PRAGMA database_list").fetchone()[2]
        return (path, *conn.execute(f"SELECT {maxima}").fetchone())


CACHE = Stamped()


def facets(conn: sqlite3.Connection, chosen: Selection) -> Facets:
    """Count changes by significance, kind and status under the other choices."""
    key = ("cube", chosen.minister, chosen.portfolio, chosen.since, chosen.until)
    cube = CACHE.get(conn, key, lambda: _cube(conn, chosen))
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


def _cube(conn: sqlite3.Connection, chosen: Selection) -> dict[tuple[str, str, str], int]:
    """Count by kind, significance and status at once."""
    where, values = chosen.where(without=("kind", "significance", "status"))
    suppressed = {r[0] for r in conn.execute("SELECT change_id FROM suppressed_changes")}
    status = "coalesce(sr.verdict, 'open')"
    if suppressed:
        hidden = ",".join(map(str, sorted(suppressed)))
        status = f"coalesce(sr.verdict, CASE WHEN c.id IN ({hidden}) THEN 'suppressed' "
        status += "ELSE 'open' END)"
    rows = conn.execute(
        f"SELECT c.kind, c.significance, {status} AS status, count(*) FROM {SOURCE} "
        f"WHERE {where} AND c.kind <> 'published' GROUP BY 1, 2, 3",
        values,
    )
    cube = {(row[0], row[1], row[2]): row[3] for row in rows}
    # Publications are many and hardly ever reviewed: count them all, then take off those.
    published = conn.execute(
        f"SELECT count(*) FROM changes c WHERE {where} AND c.kind = 'published'", values
    ).fetchone()[0]
    reviewed = conn.execute(
        "SELECT sr.verdict, count(*) FROM standing_reviews sr CROSS JOIN changes c "
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


def names(conn: sqlite3.Connection, kind: str) -> list[tuple[str, int]]:
    """Return ministers or portfolios of releases that changed, with how many changes."""
    sql = (
        "SELECT t.name, count(*) AS n FROM changes c JOIN release_terms t "
        "ON t.release_id = c.release_id AND t.kind = ? "
        "WHERE c.superseded_by IS NULL AND c.same_as IS NULL AND c.kind <> 'published' "
        "AND c.significance <> 'none' GROUP BY t.name ORDER BY t.name"
    )
    return CACHE.get(
        conn, ("names", kind), lambda: [(r[0], r[1]) for r in conn.execute(sql, [kind])]
    )
