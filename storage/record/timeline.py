"""A release's versions and changes, in the order they were observed.

The ground truth is ``observations``: this capture showed this content at that time.
Observations arrive in any order (an Internet Archive capture from 2009 may come after
today's page), so the timeline is derived from all of them each time one is added:

    observations, by time        A   A   B   A
    spans (runs of one content)  [1----] [2] [3]      three versions
    changes, between spans             1>2 2>3         two, the second a revert

Adding an observation can extend, split or begin a span; it never joins two, so a
version once recorded keeps its meaning. Only a new reading of what is kept can do that
(:meth:`Timeline.settle`): then it was our normaliser that told the two apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlite_utils import Database

from corrigenda.models import Capture, Track
from storage.file.rows import GENESIS, chain_hash, insert
from storage.file.times import now, to_text
from storage.queries.contents import Content, of_version
from storage.record.revisions import ChangeLog
from storage.record.spans import Observation, Span, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What adding one observation did.

    Attributes:
        version_id: The version observed.
        versions_added: Versions recorded because of it (a split records two).
        changes: Rows of changes that are new.
    """

    version_id: int
    versions_added: int
    changes: tuple[int, ...]


class Timeline:
    """One track of one release, inside the caller's transaction."""

    def __init__(self, db: Database, release_id: int, track: Track, run_id: int) -> None:
        self._db = db
        self._release_id = release_id
        self._track = track
        self._changes = ChangeLog(db, release_id, track, run_id)
        self._versions_added = 0

    def observe(self, capture_id: int, capture: Capture, content: Content) -> Outcome:
        """Add what a capture shows, and bring versions, spans and changes up to date."""
        seen = Observation(
            capture_id=capture_id,
            observed_at=to_text(capture.captured_at),
            via=str(capture.via),
            version_id=None,
            digests=frozenset({content.digest}),
            lengths=content.lengths,
            feed=capture.final_url if self._track is Track.FEED else "",
        )
        spans = cut([*self._observations(), seen])
        self._assign_versions(spans, content)
        version_id = next(s.version_id for s in spans if seen in s.observations)
        self._write_observation(seen, version_id)
        self._write_spans(spans)
        changes = self._changes.write(spans)
        return Outcome(
            version_id=version_id, versions_added=self._versions_added, changes=tuple(changes)
        )

    def settle(self) -> int:
        """Bring spans and changes in line with how the versions are read now.

        Returns:
            How many changes were of our own making, and lead nowhere any more.
        """
        spans = cut(self._observations())
        for span in spans:
            span.version_id = min(o.version_id or 0 for o in span.observations)
        self._write_spans(spans)
        superseded = self._changes.join(spans)
        added = self._changes.write(spans)
        assert not added, "a new reading makes no change"
        return superseded

    def rebuild(self) -> tuple[int, ...]:
        """Derive everything anew, after observations came from elsewhere (a folded release).

        Returns:
            Rows of changes that are new.
        """
        spans = cut(self._observations())
        if not spans:
            return ()
        self._assign_versions(spans)
        self._write_spans(spans)
        return tuple(self._changes.write(spans))

    def _observations(self) -> list[Observation]:
        """Load what is known, each with every digest its version has been read as."""
        rows = self._db.query(
            """
            SELECT o.capture_id, o.observed_at, o.version_id, o.lengths, c.via, v.digest,
                   (SELECT json_group_array(d.digest) FROM derivations d
                    WHERE d.version_id = v.id) AS derived, 0 AS continued,
                   CASE o.track WHEN 'feed' THEN c.final_url ELSE '' END AS feed
            FROM observations o
            JOIN versions v ON v.id = o.version_id
            JOIN captures c ON c.id = o.capture_id
            WHERE o.release_id = :release AND o.track = :track
            UNION ALL
            SELECT s.capture_id, s.last_seen_at, s.version_id, '{}', c.via, v.digest,
                   (SELECT json_group_array(d.digest) FROM derivations d
                    WHERE d.version_id = v.id), 1,
                   CASE s.track WHEN 'feed' THEN c.final_url ELSE '' END
            FROM sightings s
            JOIN versions v ON v.id = s.version_id
            JOIN captures c ON c.id = s.capture_id
            WHERE s.release_id = :release AND s.track = :track
            """,
            {"release": self._release_id, "track": str(self._track)},
        )
        return [
            Observation(
                capture_id=row["capture_id"],
                observed_at=row["observed_at"],
                via=row["via"],
                version_id=row["version_id"],
                digests=frozenset([row["digest"], *json.loads(row["derived"])]),
                lengths=json.loads(row["lengths"]),
                feed=row["feed"],
                continued=bool(row["continued"]),
            )
            for row in rows
        ]

    def _assign_versions(self, spans: list[Span], content: Content | None = None) -> None:
        """Give every span a version: the one it had, or a new row for the new content.

        After a split, the earlier part keeps the version and the later gets a copy.
        """
        taken: set[int] = set()
        for span in spans:
            had = {o.version_id for o in span.observations if o.version_id is not None}
            free = sorted(had - taken)
            if free:
                span.version_id = free[0]
            else:
                copied = of_version(self._db, min(had)) if had else content
                assert copied is not None  # only a new observation has no version yet
                copied = copied.with_lengths(span.lengths)
                span.version_id = self._insert_version(copied, span.observations[0].capture_id)
            taken.add(span.version_id)

    def _insert_version(self, content: Content, capture_id: int) -> int:
        previous = self._db.execute("SELECT hash FROM versions ORDER BY id DESC LIMIT 1").fetchone()
        previous_hash = previous[0] if previous else GENESIS
        document = content.document
        row = {
            "release_id": self._release_id,
            "track": str(self._track),
            "digest": content.digest,
            "title": document.title,
            "date": document.date.isoformat() if document.date else None,
            "text": content.text,
            "fields": content.fields,
            "normaliser_version": content.normaliser_version,
            "capture_id": capture_id,
            "recorded_at": to_text(now()),
            "previous_hash": previous_hash,
        }
        row["hash"] = chain_hash(row)
        self._versions_added += 1
        return insert(self._db, "versions", row)

    def _write_observation(self, seen: Observation, version_id: int) -> None:
        insert(
            self._db,
            "observations",
            {
                "capture_id": seen.capture_id,
                "release_id": self._release_id,
                "track": str(self._track),
                "observed_at": seen.observed_at,
                "version_id": version_id,
                "lengths": json.dumps(seen.lengths),
            },
        )
        seen.version_id = version_id

    def _write_spans(self, spans: list[Span]) -> None:
        kept = ", ".join(str(span.version_id) for span in spans)
        self._db.execute(
            f"DELETE FROM spans WHERE release_id = ? AND track = ? AND version_id NOT IN ({kept})",
            [self._release_id, self._track],
        )
        for number, span in enumerate(spans, start=1):
            self._db.execute(
                "INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    span.version_id,
                    self._release_id,
                    str(self._track),
                    number,
                    span.first,
                    span.last,
                    len({o.capture_id for o in span.observations}),
                    span.via,
                ],
            )
            for moved in (o for o in span.observations if o.version_id != span.version_id):
                table = "sightings" if moved.continued else "observations"
                self._db.execute(
                    f"UPDATE {table} SET version_id = ? WHERE capture_id = ?",
                    [span.version_id, moved.capture_id],
                )
