"""Withdrawn, restored, moved: what a release's captures say of its life.

:func:`derive` is a pure function of the captures in the order they were made, so a
capture that is imported later finds its place and what follows is derived anew.
:func:`sync` brings the rows of ``changes`` and the release's status in line with it.

An absence is a request for the page answered by ``missing``. It takes several of them, a
day apart and none good between, to call a release withdrawn; a list that leaves it out, a
challenge, an error or a time-out are evidence of nothing, and neither is an absence that is
held back (:mod:`storage.record.sight.absences`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from corrigenda.models import ChangeKind, Significance, Verdict
from corrigenda.wording import moment
from storage.file.rows import insert
from storage.file.times import from_text, now, to_text
from storage.queries.resolve import WITH_FOLDED

#: Verdicts that say where a release is.
EVIDENCE = (Verdict.RELEASE, Verdict.UNMODIFIED, Verdict.MISSING, Verdict.MOVED)
_KINDS = (ChangeKind.WITHDRAWN, ChangeKind.RESTORED, ChangeKind.MOVED)


class Sign(StrEnum):
    """What one capture says about where its release is."""

    THERE = "there"
    ABSENT = "absent"
    LED_AWAY = "led away"
    TOLD = "told"  # the feed carries it: it exists, though its page was not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One capture, as far as it matters here.

    Attributes:
        at: When, as the store writes times.
        sign: What it says.
        url: The address where the release is (``there``) or is said to be (``led away``).
    """

    at: str
    sign: Sign
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a release, not to its text.

    Attributes:
        kind: Withdrawn, restored or moved.
        after: Last observation of the old state.
        before: First observation of the new state.
        reason: What was seen, for people.
    """

    kind: ChangeKind
    after: str
    before: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What the captures of a release add up to.

    Attributes:
        events: In order.
        status: ``heard``, ``live`` or ``withdrawn``.
    """

    events: tuple[Event, ...]
    status: str


def derive(
    sightings: Iterable[Sighting], *, addresses: frozenset[str], absences: int, hours: float
) -> Life:
    """Derive a release's life from its captures.

    Args:
        sightings: In order of time.
        addresses: Every address the release has had as its own. Others it answers to
            (share links, ``/node/N``) are no place to move to.
        absences: Absences in a row that make it withdrawn.
        hours: Least hours between the first and the last of them.
    """
    events: list[Event] = []
    last_good = first_absent = last_absent = place = ""
    missed = 0
    withdrawn = False
    places: set[str] = set()
    for seen in sightings:
        if seen.sign is Sign.TOLD:
            last_good = last_good or seen.at
        elif seen.sign is Sign.ABSENT:
            first_absent = first_absent or seen.at
            last_absent = seen.at
            missed += 1
            apart = from_text(seen.at) - from_text(first_absent)
            enough = missed >= absences and apart >= timedelta(hours=hours)
            if enough and last_good and last_good < first_absent and not withdrawn:
                withdrawn = True
                events.append(_withdrawn(last_good, first_absent, seen.at, missed))
        else:
            if withdrawn:
                withdrawn = False
                reason = f"there again; absent when asked on {moment(from_text(first_absent))}"
                events.append(_event(ChangeKind.RESTORED, last_absent, seen.at, reason))
            first_absent, missed = "", 0
            if seen.url in addresses and seen.url != place:
                # An address seen before is shown again, not moved to: sites may serve two.
                if place and (seen.sign is Sign.LED_AWAY or seen.url not in places):
                    reason = f"address: {place} became {seen.url}"
                    events.append(_event(ChangeKind.MOVED, last_good, seen.at, reason))
                if not place or seen.sign is Sign.LED_AWAY or seen.url not in places:
                    place = seen.url
                places.add(seen.url)
            if last_good or seen.sign is Sign.THERE:
                last_good = seen.at
    known = "live" if last_good else "heard"
    return Life(events=tuple(events), status="withdrawn" if withdrawn else known)


def sync(
    db: Database, release_id: int, run_id: int, *, absences: int, hours: float
) -> list[tuple[int, ChangeKind]]:
    """Bring a release's changes of this kind and its status up to date.

    Inside the caller's transaction. A row whose event still stands keeps its reviews;
    one that never happened after all is superseded by itself, and leaves the change log.

    Returns:
        Rows that are new, with their kinds.
    """
    if not _may_have_events(db, release_id):
        return []
    life = derive(
        _sightings(db, release_id),
        addresses=_addresses(db, release_id),
        absences=absences,
        hours=hours,
    )
    db.execute(
        "UPDATE releases SET status = ? WHERE id = ? AND status <> ?",
        [life.status, release_id, life.status],
    )
    marks = ", ".join("?" * len(_KINDS))
    held = list(
        db.query(
            "SELECT id, kind, after, before FROM changes WHERE release_id = ? "
            f"AND superseded_by IS NULL AND kind IN ({marks}) ORDER BY before",
            [release_id, *_KINDS],
        )
    )
    added: list[tuple[int, ChangeKind]] = []
    for event in life.events:
        same = [r for r in held if r["kind"] == event.kind]
        row = next((r for r in same if r["before"] == event.before), None) or next(
            (r for r in same if r["after"] < event.before and event.after < r["before"]), None
        )
        if row is None:
            added.append((_insert(db, release_id, run_id, event), event.kind))
            continue
        held.remove(row)
        values = _columns(db, release_id, event)
        settings = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f"UPDATE changes SET {settings} WHERE id = :id", {**values, "id": row["id"]})
    for row in held:
        db.execute("UPDATE changes SET superseded_by = id WHERE id = ?", [row["id"]])
    return added


def unconfirmed(db: Database, source_id: int, before: datetime, limit: int) -> list[str]:
    """Return releases found absent, and not looked at again since a time.

    Args:
        db: The store.
        source_id: The source.
        before: When the last look was at the latest.
        limit: At most so many, those first that wait longest.
    """
    rows = db.execute(
        """
        SELECT url FROM releases r
        WHERE source_id = ? AND status = 'live' AND last_checked_at <= ?
          AND last_verdict NOT IN ('release', 'unmodified')
          AND EXISTS (SELECT 1 FROM captures WHERE release_id = r.id AND verdict = 'missing')
        ORDER BY last_checked_at LIMIT ?
        """,
        [source_id, to_text(before), limit],
    )
    return [row[0] for row in rows]


def _may_have_events(db: Database, release_id: int) -> bool:
    """Tell whether a release has any capture that could make an event.

    Nearly none has, and deriving from every capture at every check would be waste.
    """
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM captures WHERE verdict IN ('missing', 'moved') AND "
        f"release_id IN ({WITH_FOLDED})) "
        "OR EXISTS (SELECT 1 FROM aliases WHERE release_id = :id "
        "AND kind IN ('moved', 'redirect'))",
        {"id": release_id},
    ).fetchone()
    return bool(row[0])


def _sightings(db: Database, release_id: int) -> Iterator[Sighting]:
    """Yield what the captures of a release, and of those folded into it, say."""
    own = _own_urls(db, release_id)
    rows = db.query(
        "SELECT captured_at, via, verdict, url, final_url FROM captures "
        "WHERE verdict IN ('release', 'unmodified', 'missing', 'moved') "
        f"AND release_id IN ({WITH_FOLDED}) "
        "AND NOT (verdict = 'missing' AND EXISTS (SELECT 1 FROM held_absences h "
        "WHERE h.capture_id = captures.id AND h.state <> 'accepted')) "
        "ORDER BY captured_at, id",
        {"id": release_id},
    )
    for row in rows:
        at, there = row["captured_at"], row["final_url"] or row["url"]
        if row["verdict"] == "missing":
            yield Sighting(at=at, sign=Sign.ABSENT)
        elif row["verdict"] != "moved":
            sign = Sign.TOLD if row["via"] == "feed" else Sign.THERE
            yield Sighting(at=at, sign=sign, url=there)
        elif there in own:  # elsewhere is another release: no evidence about this one
            yield Sighting(at=at, sign=Sign.LED_AWAY, url=there)


def _addresses(db: Database, release_id: int) -> frozenset[str]:
    rows = db.execute(
        "SELECT url FROM releases WHERE id = :id "
        "UNION SELECT url FROM aliases WHERE release_id = :id AND kind IN ('moved', 'redirect')",
        {"id": release_id},
    )
    return frozenset(row[0] for row in rows)


def _own_urls(db: Database, release_id: int) -> frozenset[str]:
    rows = db.execute(
        "SELECT url FROM releases WHERE id = :id "
        "UNION SELECT url FROM aliases WHERE release_id = :id",
        {"id": release_id},
    )
    return frozenset(row[0] for row in rows)


def _event(kind: ChangeKind, after: str, before: str, reason: str) -> Event:
    return Event(kind=kind, after=after, before=before, reason=reason)


def _withdrawn(last_good: str, first: str, last: str, missed: int) -> Event:
    when = f"{moment(from_text(first))} to {moment(from_text(last))}"
    reason = f"withdrawn: not there {missed} times from {when}"
    return _event(ChangeKind.WITHDRAWN, last_good, first, reason)


_SIGNIFICANCE = {
    ChangeKind.WITHDRAWN: Significance.HIGH,
    ChangeKind.RESTORED: Significance.MEDIUM,
    ChangeKind.MOVED: Significance.LOW,
}


def _columns(db: Database, release_id: int, event: Event) -> dict[str, object]:
    """Return what an event says of its row."""
    old, new = (
        db.execute(
            "SELECT version_id FROM spans WHERE release_id = ? AND track = 'page' "
            "AND first_observed <= ? ORDER BY number DESC LIMIT 1",
            [release_id, time],
        ).fetchone()
        for time in (event.after, event.before)
    )
    gone = event.kind is ChangeKind.WITHDRAWN
    return {
        "from_version_id": old[0] if old else None,
        "to_version_id": new[0] if new and not gone else None,
        "after": event.after or None,
        "before": event.before,
        "reasons": json.dumps([event.reason], ensure_ascii=False),
    }


def _insert(db: Database, release_id: int, run_id: int, event: Event) -> int:
    return insert(
        db,
        "changes",
        {
            **_columns(db, release_id, event),
            "release_id": release_id,
            "kind": str(event.kind),
            "significance": str(_SIGNIFICANCE[event.kind]),
            "fields": json.dumps(["url"] if event.kind is ChangeKind.MOVED else []),
            "run_id": run_id,
            "detected_at": to_text(now()),
        },
    )
