"""A release's versions and changes, in the order they were observed.

The ground truth is ``observations``: this capture showed this content at that time.
Observations arrive in any order (an Internet Archive capture from 2009 may come after
today's page), so the timeline is derived from all of them each time one is added:

    observations, by time        A   A   B   A
    spans (runs of one content)  [1----] [2] [3]      three versions
    changes, between spans             1>2 2>3         two, the second a revert

Adding an observation can extend, split or begin a span; it never joins two, so a
version once recorded keeps its meaning. Only a new reading of what is kept can do that
(:meth:`Timeline.settle`): then it was our normaliser that told the two apart. A change
whose two sides are still the same text stays the same row and keeps its reviews; one that
was split is superseded by the change that now ends where it ended.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from corrigenda.compare import compare
from corrigenda.grouping import group_key
from corrigenda.models import ChangeKind, Significance, Track
from storage.contents import Content, of_version
from storage.rows import GENESIS, chain_hash, insert
from storage.spans import Observation, Span, cut, is_revert
from storage.times import now, to_text


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
        self._run_id = run_id
        self._versions_added = 0

    def observe(
        self, capture_id: int, observed_at: datetime, via: str, content: Content
    ) -> Outcome:
        """Add an observation and bring versions, spans and changes up to date."""
        seen = Observation(
            capture_id=capture_id,
            observed_at=to_text(observed_at),
            via=via,
            version_id=None,
            digests=frozenset({content.digest}),
            lengths=content.lengths,
        )
        spans = cut([*self._observations(), seen])
        self._assign_versions(spans, content)
        version_id = next(s.version_id for s in spans if seen in s.observations)
        self._write_observation(seen, version_id)
        self._write_spans(spans)
        changes = self._write_changes(spans)
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
        superseded = self._drop_stale(spans)
        added = self._write_changes(spans)
        assert not added, "a new reading makes no change"
        return superseded

    def _drop_stale(self, spans: list[Span]) -> int:
        """Supersede changes inside what is one span now by the change that leads to it."""
        kept = {span.version_id for span in spans}
        joined = {
            version: span.version_id
            for span in spans
            for version in self._versions_of(span)
            if version not in kept
        }
        dropped = 0
        for row in list(
            self._db.query(
                "SELECT id, from_version_id, to_version_id FROM changes WHERE release_id = ? "
                "AND track = ? AND superseded_by IS NULL AND kind = 'revised'",
                [self._release_id, self._track],
            )
        ):
            if row["to_version_id"] in joined:
                self._supersede(row["id"], joined[row["to_version_id"]])
                dropped += 1
            elif row["from_version_id"] in joined:
                self._db.execute(
                    "UPDATE changes SET from_version_id = ? WHERE id = ?",
                    [joined[row["from_version_id"]], row["id"]],
                )
        return dropped

    def _versions_of(self, span: Span) -> list[int]:
        """Return the versions whose captures a span holds, however they are counted now."""
        marks = ", ".join("?" * len(span.observations))
        rows = self._db.execute(
            f"SELECT id FROM versions WHERE capture_id IN ({marks}) AND track = ?",
            [*(o.capture_id for o in span.observations), str(self._track)],
        )
        return [row[0] for row in rows]

    def _supersede(self, change_id: int, version_id: int) -> None:
        """Let a change give way to the one that leads to a version."""
        self._db.execute(
            "UPDATE changes SET superseded_by = ("
            "SELECT id FROM changes WHERE to_version_id = ? AND superseded_by IS NULL "
            "AND id <> ? ORDER BY id LIMIT 1) WHERE id = ?",
            [version_id, change_id, change_id],
        )

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
        return tuple(self._write_changes(spans))

    def _observations(self) -> list[Observation]:
        """Load what is known, each with every digest its version has been read as."""
        rows = self._db.query(
            """
            SELECT o.capture_id, o.observed_at, o.version_id, o.lengths, c.via, v.digest,
                   (SELECT json_group_array(d.digest) FROM derivations d
                    WHERE d.version_id = v.id) AS derived, 0 AS continued
            FROM observations o
            JOIN versions v ON v.id = o.version_id
            JOIN captures c ON c.id = o.capture_id
            WHERE o.release_id = :release AND o.track = :track
            UNION ALL
            SELECT s.capture_id, s.last_seen_at, s.version_id, '{}', c.via, v.digest,
                   (SELECT json_group_array(d.digest) FROM derivations d
                    WHERE d.version_id = v.id), 1
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

    def _write_changes(self, spans: list[Span]) -> list[int]:
        """Make the revisions match the spans; return the rows that are new."""
        held = {
            row["to_version_id"]: row
            for row in self._db.query(
                "SELECT * FROM changes WHERE release_id = ? AND track = ? "
                "AND kind = 'revised' AND superseded_by IS NULL",
                [self._release_id, self._track],
            )
        }
        added = self._publish()
        for index in range(1, len(spans)):
            old, new = spans[index - 1], spans[index]
            row = held.get(new.version_id)
            if row is not None and self._same_text(row["from_version_id"], old.version_id):
                self._db.execute(
                    "UPDATE changes SET from_version_id = ?, after = ?, before = ?, revert = ? "
                    "WHERE id = ?",
                    [old.version_id, old.last, new.first, is_revert(spans, index), row["id"]],
                )
                continue
            change_id = self._insert_revision(spans, index)
            added.append(change_id)
            if row is not None:
                self._db.execute(
                    "UPDATE changes SET superseded_by = ? WHERE id = ?", [change_id, row["id"]]
                )
        return added

    def _same_text(self, one: int, other: int) -> bool:
        if one == other:
            return True
        row = self._db.execute(
            "SELECT a.digest = b.digest AND a.fields = b.fields FROM versions a, versions b "
            "WHERE a.id = ? AND b.id = ?",
            [one, other],
        ).fetchone()
        return bool(row[0])

    def _insert_revision(self, spans: list[Span], index: int) -> int:
        old, new = spans[index - 1], spans[index]
        # The lengths all captures of a span told, whichever of them came first.
        before = of_version(self._db, old.version_id).with_lengths(old.lengths)
        after = of_version(self._db, new.version_id).with_lengths(new.lengths)
        found = compare(before.document, after.document)
        return insert(
            self._db,
            "changes",
            {
                **self._change_row(ChangeKind.REVISED, new.version_id, new.first),
                "from_version_id": old.version_id,
                "after": old.last,
                "significance": str(found.significance),
                "reasons": json.dumps(found.reasons, ensure_ascii=False),
                "fields": json.dumps(found.fields),
                "kinds": json.dumps(found.kinds),
                "words_added": found.words_added,
                "words_removed": found.words_removed,
                "silent": int("body" in found.fields and "date" not in found.fields),
                "revert": is_revert(spans, index),
                "group_key": group_key(before.document, after.document, found),
            },
        )

    def _publish(self) -> list[int]:
        """Keep the one ``published`` change of the release at its earliest sight.

        A page outranks a feed as the version it leads to; the time is the earliest of both.
        """
        spans = self._db.query(
            "SELECT version_id, track, first_observed FROM spans WHERE release_id = ? "
            "ORDER BY track = 'page' DESC, number LIMIT 1",
            [self._release_id],
        )
        first = next(iter(spans))
        seen = self._db.execute(
            "SELECT min(first_observed) FROM spans WHERE release_id = ?", [self._release_id]
        ).fetchone()[0]
        row = self._db.execute(
            "SELECT id FROM changes WHERE release_id = ? AND kind = 'published' "
            "AND superseded_by IS NULL",
            [self._release_id],
        ).fetchone()
        if row is None:
            return [
                insert(
                    self._db,
                    "changes",
                    {
                        **self._change_row(ChangeKind.PUBLISHED, first["version_id"], seen),
                        "track": first["track"],
                        "significance": str(Significance.NONE),
                        "reasons": json.dumps(["first version held"]),
                    },
                )
            ]
        self._db.execute(
            "UPDATE changes SET to_version_id = ?, track = ?, before = ? WHERE id = ?",
            [first["version_id"], first["track"], seen, row[0]],
        )
        return []

    def _change_row(self, kind: ChangeKind, to_version: int, before: str) -> dict[str, object]:
        return {
            "release_id": self._release_id,
            "track": str(self._track),
            "kind": str(kind),
            "to_version_id": to_version,
            "before": before,
            "run_id": self._run_id,
            "detected_at": to_text(now()),
        }
