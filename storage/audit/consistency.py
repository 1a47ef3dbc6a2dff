"""Do the tables agree with each other? Every reference and every count.

Each check is one query that finds what should not be there; an undamaged store gives no
row for any of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from corrigenda.models import Verdict
from corrigenda.reading.normalise import NORMALISER_VERSION

#: Tables whose rows are numbered from 1 without a gap, because none is ever deleted.
_UNBROKEN = ("captures", "versions", "reviews", "derivations", "changes", "releases", "runs")

# (kind, table, query giving row and problem)
_CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "missing row",
        "observations",
        "SELECT c.id, 'capture ' || c.id || ' shows the release, but its observation is gone' "
        "FROM captures c LEFT JOIN observations o ON o.capture_id = c.id "
        "WHERE c.release_id IS NOT NULL AND c.verdict IN ('release', 'unmodified') "
        "AND o.capture_id IS NULL",
    ),
    (
        # Not which release they are of: two that proved to be one are counted as one.
        "count",
        "observations",
        "SELECT o.capture_id, 'it is of ' || o.observed_at || ' (' || o.track || '), its capture "
        "of ' || c.captured_at || ', its version ' || v.track FROM observations o "
        "JOIN captures c ON c.id = o.capture_id JOIN versions v ON v.id = o.version_id "
        "WHERE v.track <> o.track OR c.captured_at <> o.observed_at",
    ),
    (
        "missing row",
        "spans",
        "SELECT DISTINCT o.version_id, 'version ' || o.version_id || ' was observed, but has no "
        "span' FROM observations o LEFT JOIN spans s ON s.version_id = o.version_id "
        "WHERE s.version_id IS NULL",
    ),
    (
        "count",
        "spans",
        "SELECT s.version_id, 'it counts ' || s.captures || ' captures from ' || s.first_observed "
        "|| ' to ' || s.last_observed || ', there are ' || count(DISTINCT o.capture_id) || "
        "' from ' || ifnull(min(o.at), '-') || ' to ' || ifnull(max(o.at), '-') "
        "FROM spans s LEFT JOIN ("
        "SELECT capture_id, version_id, release_id, observed_at AS at FROM observations "
        "UNION ALL SELECT capture_id, version_id, release_id, last_seen_at FROM sightings"
        ") o ON o.version_id = s.version_id AND o.release_id = s.release_id "
        "GROUP BY s.version_id HAVING s.captures <> count(DISTINCT o.capture_id) "
        "OR s.first_observed IS NOT min(o.at) OR s.last_observed IS NOT max(o.at)",
    ),
    (
        "count",
        "spans",
        "SELECT min(version_id), 'release ' || release_id || ' (' || track || ') has ' || count(*) "
        "|| ' spans numbered ' || min(number) || ' to ' || max(number) FROM spans "
        "GROUP BY release_id, track HAVING min(number) <> 1 OR max(number) <> count(*) "
        "OR count(DISTINCT number) <> count(*)",
    ),
    (
        "missing row",
        "changes",
        "SELECT s.version_id, 'no change leads to version ' || s.version_id || ' of release ' || "
        "s.release_id FROM spans s LEFT JOIN changes c ON c.to_version_id = s.version_id "
        "AND c.superseded_by IS NULL WHERE s.number > 1 AND c.id IS NULL",
    ),
    (
        "missing row",
        "changes",
        "SELECT DISTINCT s.release_id, 'release ' || s.release_id || ' has versions, but was "
        "never published' FROM spans s LEFT JOIN changes c ON c.release_id = s.release_id "
        "AND c.kind = 'published' WHERE c.id IS NULL",
    ),
    (
        "count",
        "changes",
        "SELECT c.id, 'it names a version that is not in the timeline' FROM changes c "
        "WHERE c.superseded_by IS NULL AND ("
        "c.to_version_id IS NOT NULL AND c.to_version_id NOT IN (SELECT version_id FROM spans) "
        "OR c.from_version_id IS NOT NULL "
        "AND c.from_version_id NOT IN (SELECT version_id FROM spans))",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is not as it was.

    Attributes:
        kind: In a word: ``payload``, ``version``, ``chain``, ``missing row``, ``reference``,
            ``count``, ``document`` or ``file``.
        table: The table it is in.
        row: The row: its id, or the payload's SHA-256.
        problem: What is wrong with it.
    """

    kind: str
    table: str
    row: str
    problem: str


def damage(kind: str, table: str, row: object, problem: str) -> Damage:
    """Return a damage; a row of any kind is named by its text."""
    return Damage(kind=kind, table=table, row=str(row), problem=problem)


def differences(db: Database) -> Iterator[Damage]:
    """Yield what does not agree."""
    for table in _UNBROKEN:
        for row in _gaps(db, table):
            yield damage("missing row", table, row, "it was removed")
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        problem = f"it refers to a row of {parent} that is not there"
        yield damage("reference", table, row, problem)
    for kind, table, query in _CHECKS:
        for row, problem in db.execute(query):
            yield damage(kind, table, row, problem)
    yield from _runs(db)


def _gaps(db: Database, table: str) -> Iterator[int]:
    """Yield the numbers that are missing, without looking at a table that has none."""
    number, last = db.execute(f"SELECT count(*), ifnull(max(id), 0) FROM {table}").fetchone()
    if number == last:
        return
    expected = 1
    for (row,) in db.execute(f"SELECT id FROM {table} ORDER BY id"):
        yield from range(expected, row)
        expected = row + 1


def _runs(db: Database) -> Iterator[Damage]:
    """Compare each finished run's account with the captures there are of it."""
    found: dict[int, dict[str, int]] = {}
    for run, verdict, number in db.execute(
        "SELECT run_id, verdict, count(*) FROM captures GROUP BY run_id, verdict"
    ):
        found.setdefault(run, {})[verdict] = number
    known = set(map(str, Verdict))
    for run, account in db.execute("SELECT id, verdicts FROM runs WHERE finished_at IS NOT NULL"):
        for verdict, number in json.loads(account).items():
            there = found.get(run, {}).get(verdict, 0)
            if verdict in known and there < number:
                problem = f"run {run} made {number} captures judged {verdict}, there are {there}"
                yield damage("missing row", "captures", run, problem)


def readable_versions(db: Database) -> list[tuple[int, int, str, str, str]]:
    """Return versions that this code can compare with their payloads.

    Those read from pages and archives by the normaliser of today; what another one read
    may rightly differ until it is read again.

    Returns:
        Version, capture, source, digest (of its derivation by today's normaliser, if there
        is one) and payload's SHA-256.
    """
    rows = db.execute(
        """
        SELECT v.id, c.id, s.name, coalesce(d.digest, v.digest), c.payload_sha256
        FROM versions v
        JOIN captures c ON c.id = v.capture_id
        JOIN releases r ON r.id = v.release_id
        JOIN sources s ON s.id = r.source_id
        LEFT JOIN derivations d ON d.id = (
            SELECT max(id) FROM derivations
            WHERE version_id = v.id AND normaliser_version = :now)
        WHERE v.track = 'page' AND c.payload_sha256 IS NOT NULL
        AND (v.normaliser_version = :now OR d.id IS NOT NULL)
        """,
        {"now": NORMALISER_VERSION},
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
