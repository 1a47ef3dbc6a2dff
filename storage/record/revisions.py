"""The changes that follow from a track's spans.

A change whose two sides are still the same text stays the same row and keeps its reviews;
one that was split is superseded by the change that now ends where it ended.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

from corrigenda.models import ChangeKind, Significance, Track
from storage.file.rows import insert
from storage.file.times import now, to_text
from storage.queries.contents import of_version
from storage.record.ranking import judged, standing
from storage.record.spans import Span, before, is_revert


class ChangeLog:
    """The changes of one track of one release, inside the caller's transaction.

    Args:
        db: The database.
        release_id: The release.
        track: What its page said, or what the feed said of it.
        run_id: The run that new changes are recorded by.
    """

    def __init__(self, db: Database, release_id: int, track: Track, run_id: int) -> None:
        self._db = db
        self._release_id = release_id
        self._track = track
        self._run_id = run_id

    def write(self, spans: list[Span]) -> list[int]:
        """Make the changes match the spans.

        Args:
            spans: All of the track, in order, each with its version.

        Returns:
            The rows that are new.
        """
        held = {
            row["to_version_id"]: row
            for row in self._db.query(
                "SELECT * FROM changes WHERE release_id = ? AND track = ? "
                "AND kind = 'revised' AND superseded_by IS NULL",
                [self._release_id, self._track],
            )
        }
        added = self._publish()
        for index, new in enumerate(spans):
            old = before(spans, index)
            if old is None:
                continue
            row = held.get(new.version_id)
            if row is not None and self._same_text(row["from_version_id"], old.version_id):
                self._update(row["id"], old, new, is_revert(spans, index))
                if "attachments" in json.loads(row["fields"]) or old.lengths.keys() & new.lengths:
                    # A capture that came later may know a file's length, or have parted a
                    # span from the one that knew it.
                    self._set(row["id"], self._findings(old, new))
                continue
            change_id = self._insert_revision(old, new, is_revert(spans, index))
            added.append(change_id)
            if row is not None:
                self._db.execute(
                    "UPDATE changes SET superseded_by = ? WHERE id = ?", [change_id, row["id"]]
                )
        return added

    def join(self, spans: list[Span]) -> int:
        """Supersede changes inside what is one span now by the change that leads to it.

        Returns:
            How many: they were of our own making.
        """
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

    def _same_text(self, one: int, other: int) -> bool:
        if one == other:
            return True
        row = self._db.execute(
            "SELECT a.digest = b.digest AND a.fields = b.fields FROM versions a, versions b "
            "WHERE a.id = ? AND b.id = ?",
            [one, other],
        ).fetchone()
        return bool(row[0])

    def _update(self, change_id: int, old: Span, new: Span, revert: int) -> None:
        self._set(
            change_id,
            {
                "from_version_id": old.version_id,
                "after": old.last,
                "before": new.first,
                "revert": revert,
            },
        )

    def _set(self, change_id: int, values: dict[str, object]) -> None:
        columns = ", ".join(f"{name} = :{name}" for name in values)
        self._db.execute(
            f"UPDATE changes SET {columns} WHERE id = :id", {**values, "id": change_id}
        )

    def _insert_revision(self, old: Span, new: Span, revert: int) -> int:
        return insert(
            self._db,
            "changes",
            {
                **self._change_row(ChangeKind.REVISED, new.version_id, new.first),
                "from_version_id": old.version_id,
                "after": old.last,
                "revert": revert,
                **self._findings(old, new),
            },
        )

    def _findings(self, old: Span, new: Span) -> dict[str, object]:
        """Compare what two spans say.

        With the lengths all captures of a span told, whichever of them came first.
        """
        before = of_version(self._db, old.version_id).with_lengths(old.lengths)
        after = of_version(self._db, new.version_id).with_lengths(new.lengths)
        return judged(before, after, standing(self._db))

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
