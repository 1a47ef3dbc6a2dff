"""The plan of rechecks: what is in force, what it is made from, what comes next."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from corrigenda.due.hazard import EDGES, Hazard
from corrigenda.due.learning import Evidence
from corrigenda.due.plan import RUNGS, Kind, Plan, most_urgent
from corrigenda.due.release import Release
from corrigenda.models import Verdict
from corrigenda.wording import count
from storage.file.times import from_text, to_text

#: When a release was published: its own claim where that is a date not ahead of what we heard.
_BORN = """min(r.first_heard_at, CASE WHEN r.published_at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-*'
            THEN r.published_at ELSE r.first_heard_at END)"""
_AN_EDIT = """c.kind = 'revised' AND c.superseded_by IS NULL AND c.same_as IS NULL
              AND c.significance <> 'none'"""
_TOLD = frozenset({Verdict.RELEASE, Verdict.UNMODIFIED, Verdict.MISSING, Verdict.MOVED})
#: Weeks whose releases tell how many come in a day.
_RECENT = 28

RELEASES = f"""
    SELECT r.id, r.source_id, r.url, r.title, r.status, r.first_heard_at, r.last_checked_at,
           r.last_verdict, r.next_check_at, r.check_rung, r.pinned_at, r.hint, {_BORN} AS born,
           (SELECT max(last_observed) FROM spans WHERE release_id = r.id AND track = 'page')
               AS seen,
           (SELECT count(*) FROM changes c WHERE c.release_id = r.id AND {_AN_EDIT}) AS edits
    FROM releases r
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look that is planned.

    Attributes:
        release_id: The release.
        url: Its address.
        title: Its title, or what was announced as such.
        due: When.
        owed: How many looks it is owed now: 1 when due, the more the more urgent.
        why: The reasons, for people.
    """

    release_id: int
    url: str
    title: str
    due: datetime
    owed: float
    why: str


def release_of(row: Mapping[str, Any]) -> Release:
    """Return a row of :data:`RELEASES` as the plan reads it."""
    heard, verdict = from_text(row["first_heard_at"]), row["last_verdict"]
    return Release(
        born=_moment(row["born"]) or heard,
        heard=heard,
        seen=from_text(row["seen"]) if row["seen"] else None,
        asked=from_text(row["last_checked_at"]) if row["last_checked_at"] else None,
        told=verdict in _TOLD,
        absent=verdict == Verdict.MISSING and row["status"] != "withdrawn",
        edits=row["edits"],
        pinned=row["pinned_at"] is not None,
        hint=row["hint"] or "",
    )


def in_force(db: Database, source_id: int) -> Plan | None:
    """Return the plan by which a source's releases are dated; None before the first run."""
    if not db["plans"].exists():  # a store that an older program made, opened for reading
        return None
    row = next(iter(db.query("SELECT * FROM plans WHERE source_id = ?", [source_id])), None)
    if row is None:
        return None
    hazard = json.loads(row["hazard"])
    return Plan(
        hazard=Hazard(by_age=tuple(hazard["by_age"]), edited=hazard["edited"]),
        looks=row["looks"],
        pause=row["pause"],
        wanted=row["wanted"],
        budget=row["budget"],
        needed=row["needed"],
    )


def too_small(db: Database, source: str) -> str:
    """Say that a source's budget does not reach for its plan; empty when it does.

    Args:
        db: The store.
        source: The source's name.
    """
    row = db.execute("SELECT id FROM sources WHERE name = ?", [source]).fetchone()
    plan = in_force(db, row[0]) if row else None
    if plan is None or not plan.too_small:
        return ""
    looks = count(round(plan.budget), "look")
    return (
        f"the budget is too small for the plan: to see every release of {source} once in "
        f"{plan.wanted:.0f} days takes {plan.needed:.0f} of the {looks} a day, and edits of new "
        f"ones need the rest; it will be once in {plan.pause:.0f} days. Raise CORRIGENDA_BUDGET, "
        "or CORRIGENDA_LONGEST_PAUSE"
    )


def census(db: Database, source_id: int, now: datetime) -> tuple[dict[tuple[int, Kind], float],
                                                                 float]:  # fmt: skip
    """Count a source's releases by age and kind, and those that come in a day."""
    edges = [to_text(now - timedelta(days=days)) for days in EDGES]
    ages = " ".join(f"WHEN born > ? THEN {number}" for number in range(len(edges)))
    rows = db.execute(
        f"""
        SELECT CASE {ages} ELSE {len(edges)} END AS age, edited, pinned, count(*) FROM (
            SELECT {_BORN} AS born, r.pinned_at IS NOT NULL AS pinned, e.id IS NOT NULL AS edited
            FROM releases r LEFT JOIN (
                SELECT DISTINCT c.release_id AS id FROM changes c WHERE {_AN_EDIT}
            ) e ON e.id = r.id
            WHERE r.source_id = ? AND r.moved_to IS NULL)
        GROUP BY age, edited, pinned
        """,
        [*edges, source_id],
    )
    counts = {
        (age, Kind(edited=bool(edited), pinned=bool(pinned))): float(n)
        for age, edited, pinned, n in rows
    }
    since = to_text(now - timedelta(days=_RECENT))
    (recent,) = db.execute(
        f"SELECT count(*) FROM releases r WHERE source_id = ? AND moved_to IS NULL AND {_BORN} > ?",
        [source_id, since],
    ).fetchone()
    return counts, recent / _RECENT


def evidence(db: Database, source_id: int) -> Evidence:
    """Return what the pages' timelines tell: days without an edit, and edits between two looks."""
    found = Evidence()
    rows = db.execute(
        f"""
        SELECT s.release_id, {_BORN}, s.first_observed, s.last_observed,
               lag(s.last_observed) OVER (PARTITION BY s.release_id ORDER BY s.number),
               EXISTS (SELECT 1 FROM changes c WHERE c.to_version_id = s.version_id AND {_AN_EDIT})
        FROM spans s JOIN releases r ON r.id = s.release_id
        WHERE r.source_id = ? AND s.track = 'page'
        ORDER BY s.release_id, s.number
        """,
        [source_id],
    )
    current, edited = 0, False
    for release_id, birth, first, last, before, revised in rows:
        if release_id != current:
            current, edited = release_id, False
        born = _moment(birth)
        if born is None or (before is None and first == last):
            continue
        ages = [(from_text(at) - born) / timedelta(days=1) for at in (before or first, first, last)]
        if before is not None and ages[1] > ages[0]:
            found.add(ages[0], ages[1], revised=bool(revised), edited=edited)
            edited = edited or bool(revised)
        found.add(ages[1], ages[2], revised=False, edited=edited)
    return found


def upcoming(
    db: Database,
    source_id: int,
    plan: Plan,
    now: datetime,
    number: int,
    *,
    until: datetime | None = None,
) -> list[Look]:
    """Return the looks that come next, the most urgent first.

    Args:
        db: The store.
        source_id: The source.
        plan: Its plan.
        now: The time.
        number: At most so many.
        until: Only what is due by then.
    """
    rows = _first_of_each_rung(db, source_id, number, to_text(until) if until else "9")
    candidates = []
    for row in rows:
        release = release_of(row)
        due = from_text(row["next_check_at"])
        owed = release.owed(plan, due, now)
        look = Look(
            release_id=row["id"],
            url=row["url"],
            title=row["title"],
            due=due,
            owed=owed,
            why=release.why(now),
        )
        candidates.append((owed, look))
    return most_urgent(candidates, number)


#: Rows of one rung, from the beginning of its part of the index.
FIRST_OF_A_RUNG = f"""{RELEASES}
    WHERE r.source_id = ? AND r.check_rung = ? AND r.next_check_at <= ? AND r.moved_to IS NULL
    ORDER BY r.next_check_at LIMIT ?"""


def _first_of_each_rung(
    db: Database, source_id: int, number: int, until: str
) -> Iterator[Mapping[str, Any]]:
    for rung in RUNGS:
        yield from db.query(FIRST_OF_A_RUNG, [source_id, rung, until, number])


def pages_spent(db: Database, host: str, now: datetime) -> int:
    """Return how many requests for pages a host has had today (UTC)."""
    row = db.execute(
        "SELECT requests - feed_requests FROM hosts WHERE host = ? AND day = ?",
        [host, now.astimezone(UTC).date().isoformat()],
    ).fetchone()
    return int(row[0]) if row else 0


def _moment(text: str) -> datetime | None:
    """Read a publisher's own date or time; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
