"""Recording what a new normaliser makes of what is kept: derivations, never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlite_utils import Database

from corrigenda.models import Track
from corrigenda.reading.normalise import NORMALISER_VERSION
from storage.bulk.rereading import Reread
from storage.file.connection import transaction
from storage.file.rows import insert
from storage.file.times import now, to_text
from storage.record.timeline import Timeline


@dataclass(slots=True, kw_only=True)
class Derived:
    """What reading again gave.

    Attributes:
        derivations: Versions that read otherwise now.
        same: Captures that read as before.
        unreadable: Captures that cannot be read any more, with why.
        apart: Captures of one version that read differently from each other now: an
            edit, perhaps, that the former normaliser could not see.
        artefacts: Changes that were our own normaliser's doing.
    """

    derivations: int = 0
    same: int = 0
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    apart: list[int] = field(default_factory=list)
    artefacts: int = 0


def to_read_again(db: Database, source_id: int, *, all_of_them: bool = False) -> list[int]:
    """Return the captures whose version today's normaliser has not read.

    Args:
        db: The database.
        source_id: Whose.
        all_of_them: Those it has read as well.
    """
    rows = db.execute(
        """
        SELECT c.id FROM captures c
        JOIN observations o ON o.capture_id = c.id
        JOIN versions v ON v.id = o.version_id
        JOIN releases r ON r.id = o.release_id
        WHERE r.source_id = :source AND o.track = 'page' AND c.payload_sha256 IS NOT NULL
        AND (:all OR max(v.normaliser_version, ifnull((SELECT max(normaliser_version)
            FROM derivations WHERE version_id = v.id), 0)) < :now)
        ORDER BY o.release_id, c.id
        """,
        {"source": source_id, "all": all_of_them, "now": NORMALISER_VERSION},
    )
    return [row[0] for row in rows]


def record_readings(db: Database, run_id: int, readings: Iterable[Reread]) -> Derived:
    """Record readings, release by release; the timeline follows, and no change is made.

    Args:
        db: The database, open for writing.
        run_id: The run they are part of.
        readings: What captures say now.
    """
    done = Derived()
    by_release: dict[int, list[Reread]] = {}
    for reading in readings:
        row = db.execute(
            "SELECT release_id FROM observations WHERE capture_id = ?", [reading.capture_id]
        ).fetchone()
        if reading.problem:
            done.unreadable.append((reading.capture_id, reading.problem))
        else:
            by_release.setdefault(row[0], []).append(reading)
    for release_id, of_release in by_release.items():
        with transaction(db):
            if _record(db, of_release, done):
                timeline = Timeline(db, release_id, Track.PAGE, run_id)
                done.artefacts += timeline.settle()
    return done


def _record(db: Database, readings: list[Reread], done: Derived) -> bool:
    """Record one release's readings; tell whether any differs from what was known."""
    by_version: dict[int, list[tuple[bool, Reread]]] = {}
    for reading in readings:
        version_id, own = db.execute(
            "SELECT v.id, v.capture_id = o.capture_id FROM observations o "
            "JOIN versions v ON v.id = o.version_id WHERE o.capture_id = ?",
            [reading.capture_id],
        ).fetchone()
        by_version.setdefault(version_id, []).append((bool(own), reading))
    differs = False
    for version_id, found in by_version.items():
        digest = db.execute("SELECT digest FROM versions WHERE id = ?", [version_id]).fetchone()[0]
        done.same += sum(reading.digest == digest for _, reading in found)
        # The version's own capture last: the newest derivation speaks for the version.
        ordered = sorted(found, key=lambda pair: pair[0])
        digests = {reading.digest for _, reading in found}
        if len(digests) > 1:
            done.apart.append(found[0][1].capture_id)
        for _, reading in ordered:
            _derivation(db, version_id, reading)
        if digests != {digest}:
            differs = True
            done.derivations += 1
    return differs


def _derivation(db: Database, version_id: int, reading: Reread) -> None:
    """Record a reading; one that another normaliser gave before is dated anew."""
    values = {
        "version_id": version_id,
        "digest": reading.digest,
        "text": reading.text,
        "fields": reading.fields,
        "normaliser_version": NORMALISER_VERSION,
        "recorded_at": to_text(now()),
    }
    held = db.execute(
        "SELECT id FROM derivations WHERE version_id = ? AND digest = ?",
        [version_id, reading.digest],
    ).fetchone()
    if held is None:
        insert(db, "derivations", values)
    else:
        db.execute(
            "UPDATE derivations SET fields = ?, normaliser_version = ? WHERE id = ?",
            [reading.fields, NORMALISER_VERSION, held[0]],
        )
