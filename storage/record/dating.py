"""Keeping ``releases.next_check_at`` true: the plan, and each release's date by it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlite_utils import Database

from corrigenda.due.hazard import PRIOR
from corrigenda.due.learning import learn
from corrigenda.due.plan import DRIFT, Plan, make_plan, steady
from storage.file.connection import transaction
from storage.file.times import from_text, to_text
from storage.queries.plan import RELEASES, census, evidence, in_force, release_of

#: A plan is held against what was seen so often.
_REVIEW = timedelta(days=1)
#: Steps of the golden ratio spread any number of releases evenly over a pause.
_SPREAD = 0.6180339887498949

_WRITE = "UPDATE releases SET next_check_at = ?, check_rung = ? WHERE id = ?"


def review_plan(
    db: Database, source_id: int, now: datetime, *, budget: float, wanted: float
) -> Plan:
    """Return the plan in force, made anew when a day has passed or a setting changed.

    What was seen is learnt from then, once a day. All releases are dated anew when that moves
    the rate of any kind by more than a fifth, each keeping its place between two looks.

    Args:
        db: The store, for writing.
        source_id: The source.
        now: The time.
        budget: Requests for pages a day.
        wanted: Days in which each release should be seen once.
    """
    held = in_force(db, source_id)
    if held is not None and (held.budget, held.wanted) == (budget, wanted):
        (reviewed,) = db.execute(
            "SELECT reviewed_at FROM plans WHERE source_id = ?", [source_id]
        ).fetchone()
        if from_text(reviewed) <= now < from_text(reviewed) + _REVIEW:
            return held
    counts, new_a_day = census(db, source_id, now)
    hazard = learn(evidence(db, source_id), PRIOR)
    plan = make_plan(steady(new_a_day, counts), budget, hazard, wanted, new_a_day=new_a_day)
    with transaction(db):
        if held is not None and held.wanted == wanted and plan.unlike(held) <= DRIFT:
            db.execute(
                "UPDATE plans SET reviewed_at = ?, releases = ?, needed = ?, budget = ? "
                "WHERE source_id = ?",
                [to_text(now), sum(counts.values()), plan.needed, budget, source_id],
            )
            return in_force(db, source_id) or plan
        _keep(db, source_id, plan, now, round(sum(counts.values())))
        if held is not None:
            _date_anew(db, source_id, held, plan, now)
    return plan


def _keep(db: Database, source_id: int, plan: Plan, now: datetime, releases: int) -> None:
    db.execute(
        "INSERT OR REPLACE INTO plans (source_id, made_at, reviewed_at, releases, budget, needed, "
        "wanted, pause, looks, hazard) VALUES (:source, :now, :now, :releases, :budget, :needed, "
        ":wanted, :pause, :looks, :hazard)",
        {
            "source": source_id,
            "now": to_text(now),
            "releases": releases,
            "budget": plan.budget,
            "needed": plan.needed,
            "wanted": plan.wanted,
            "pause": plan.pause,
            "looks": plan.looks,
            "hazard": json.dumps(asdict(plan.hazard)),
        },
    )


def _date_anew(db: Database, source_id: int, held: Plan, plan: Plan, now: datetime) -> None:
    """Stretch what is left of each pause as the new plan's pauses differ from the old one's."""
    rows = list(
        db.query(
            f"{RELEASES} WHERE r.source_id = ? AND r.moved_to IS NULL "
            "AND r.next_check_at IS NOT NULL",
            [source_id],
        )
    )
    values = []
    for row in rows:
        release, due = release_of(row), from_text(row["next_check_at"])
        if release.absent or (release.asked and not release.told):
            continue  # not the plan's to say
        age = release.age(due)
        if due > now:
            stretch = held.rate_before(age, release.kind) / plan.rate_before(age, release.kind)
            due = now + (due - now) * stretch
        values.append([to_text(due), release.rung(plan, due), row["id"]])
    db.conn.executemany(_WRITE, values)


def date_undated(
    db: Database, source_id: int, plan: Plan, now: datetime, absence: timedelta
) -> None:
    """Date what was heard of or brought in since; an archive is spread over its pauses.

    Args:
        db: The store, for writing.
        source_id: The source.
        plan: Its plan.
        now: The time.
        absence: Least time between two looks that confirm an absence.
    """
    rows = list(
        db.query(
            f"{RELEASES} WHERE r.source_id = ? AND r.check_rung IS NULL AND r.moved_to IS NULL",
            [source_id],
        )
    )
    values = []
    for row in rows:
        release = release_of(row)
        due = release.due(plan, absence)
        planned = release.looked and not release.hint and (release.told or not release.asked)
        if due < now and planned:
            # All at once they would wait for each other, and be due at once again.
            pause = timedelta(days=plan.pause_at(release.age(now), release.kind))
            due = now + pause * (row["id"] * _SPREAD % 1)
        values.append([to_text(due), release.rung(plan, due), row["id"]])
    if values:
        with transaction(db):
            db.conn.executemany(_WRITE, values)


def date(db: Database, release_id: int, plan: Plan, absence: timedelta) -> None:
    """Date a release that was looked at, inside the caller's transaction.

    An answer that told something settles what a hint said.
    """
    row = next(iter(db.query(f"{RELEASES} WHERE r.id = ?", [release_id])))
    if row["hint"] and release_of(row).told:
        db.execute("UPDATE releases SET hint = NULL WHERE id = ?", [release_id])
        row["hint"] = None
    release = release_of(row)
    due = release.due(plan, absence)
    db.execute(_WRITE, [to_text(due), release.rung(plan, due), release_id])


def hint(db: Database, release_id: int, source: str, now: datetime) -> None:
    """Note that something else says a release was edited: a look is due at once.

    Args:
        db: The store, inside a transaction.
        release_id: The release.
        source: What says so: a key of :data:`corrigenda.due.release.HINTS`.
        now: The time.
    """
    db.execute(
        "UPDATE releases SET hint = :hint, next_check_at = CASE WHEN last_checked_at IS NULL "
        "OR last_verdict IN ('release', 'unmodified', 'missing', 'moved') "
        "THEN min(coalesce(next_check_at, :now), :now) ELSE next_check_at END WHERE id = :id",
        {"hint": source, "now": to_text(now), "id": release_id},
    )


def pin(db: Database, release_id: int, now: datetime, *, wanted: bool) -> None:
    """Let a release be watched by a person's wish, or no longer.

    By the plan in force it is dated at once; without one, by the next run.

    Args:
        db: The store, for writing.
        release_id: The release.
        now: The time.
        wanted: The person wants it.
    """
    with transaction(db):
        db.execute(
            "UPDATE releases SET pinned_at = ?, check_rung = NULL WHERE id = ?",
            [to_text(now) if wanted else None, release_id],
        )
        row = next(iter(db.query(f"{RELEASES} WHERE r.id = ?", [release_id])))
        plan = in_force(db, row["source_id"])
        if plan is not None:
            release = release_of(row)
            due = max(now, release.due(plan, _REVIEW))
            db.execute(_WRITE, [to_text(due), release.rung(plan, due), release_id])
