"""Writing an archive's documents: many first versions in one transaction.

Nearly every document of an archive is the first that is known of its release, and then
nothing has to be looked up: the rows of a whole batch are made in memory and written table
by table. What meets something known goes the general way (:meth:`Store.record`), one
release at a time. That both ways leave the same rows is tested by property.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from corrigenda.models import ChangeKind, Significance, Track, Verdict, Via
from corrigenda.reading.normalise import NORMALISER_VERSION
from storage.bulk.prepared import Prepared
from storage.file.connection import transaction
from storage.file.rows import GENESIS, chain_hash
from storage.file.times import now, to_text
from storage.record.store import Store

REASON = "a document of an archive"

_TABLES = {
    "releases": (
        "id source_id url content_type title published_at status first_heard_at",
        "INSERT",
    ),
    "payloads": ("sha256 size data", "INSERT OR IGNORE"),
    "captures": (
        "id release_id run_id url via captured_at verdict reason payload_sha256 provenance",
        "INSERT",
    ),
    "versions": (
        "id release_id track digest title date text fields normaliser_version capture_id "
        "recorded_at previous_hash hash",
        "INSERT",
    ),
    "observations": ("capture_id release_id track observed_at version_id", "INSERT"),
    "spans": (
        "version_id release_id track number first_observed last_observed captures via",
        "INSERT",
    ),
    "changes": (
        "id release_id track kind to_version_id before significance reasons run_id detected_at",
        "INSERT",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A document on its way into the store.

    Attributes:
        document: The document.
        url: The release it goes to.
        captured_at: When the archive saw it.
        provenance: Where it came from.
    """

    document: Prepared
    url: str
    captured_at: datetime
    provenance: dict[str, str]


class Baseline:
    """Writes first versions, inside the store's run lock.

    Args:
        store: The store.
        run_id: The run they are recorded by.
    """

    def __init__(self, store: Store, run_id: int) -> None:
        self._store = store
        self._run_id = run_id
        names = store.db.execute("SELECT url FROM releases UNION ALL SELECT url FROM aliases")
        self._known = {row[0] for row in names}

    def knows(self, url: str) -> bool:
        """Tell whether a release has this URL, or had it."""
        return url in self._known

    def add(self, arrivals: Sequence[Arrival]) -> list[int]:
        """Record first versions of releases not known before, each URL once.

        Returns:
            The rows of the changes: one ``published`` each.
        """
        if not arrivals:
            return []
        with transaction(self._store.db):
            rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in _TABLES}
            for arrival, made in zip(arrivals, self._rows(arrivals), strict=True):
                self._known.add(arrival.url)
                for name, row in made.items():
                    rows[name].append(row)
            for name, (columns, verb) in _TABLES.items():
                listed = columns.split()
                self._store.db.conn.executemany(
                    f"{verb} INTO {name} ({', '.join(listed)}) "
                    f"VALUES ({', '.join('?' * len(listed))})",
                    rows[name],
                )
        return [int(str(row[0])) for row in rows["changes"]]

    def _rows(self, arrivals: Sequence[Arrival]) -> Iterator[dict[str, tuple[object, ...]]]:
        """Make the rows of each arrival, numbering them on from what is there."""
        release, capture, version, change = (
            self._last(name) for name in ("releases", "captures", "versions", "changes")
        )
        found = self._store.db.execute(
            "SELECT hash FROM versions ORDER BY id DESC LIMIT 1"
        ).fetchone()
        previous = str(found[0]) if found else GENESIS
        moment = to_text(now())
        reasons = json.dumps(["first version held"])
        page, via = str(Track.PAGE), str(Via.ARCHIVE)
        for step, arrival in enumerate(arrivals, start=1):
            document, seen = arrival.document, to_text(arrival.captured_at)
            ids = release + step, capture + step, version + step, change + step
            written: dict[str, object] = {
                "release_id": ids[0],
                "track": page,
                "digest": document.digest,
                "title": document.title,
                "date": document.date,
                "text": document.text,
                "fields": document.fields,
                "normaliser_version": NORMALISER_VERSION,
                "capture_id": ids[1],
                "recorded_at": moment,
                "previous_hash": previous,
            }
            previous = chain_hash(written)
            yield {
                "releases": (
                    *(ids[0], self._store.source_id, arrival.url, document.content_type),
                    *(document.title, document.date, "live", moment),
                ),
                "payloads": (document.sha256, document.size, document.packed),
                "captures": (
                    *(ids[1], ids[0], self._run_id, arrival.url, via, seen),
                    *(str(Verdict.RELEASE), REASON, document.sha256),
                    orjson.dumps(arrival.provenance).decode(),
                ),
                "versions": (ids[2], *written.values(), previous),
                "observations": (ids[1], ids[0], page, seen, ids[2]),
                "spans": (ids[2], ids[0], page, 1, seen, seen, 1, via),
                "changes": (
                    *(ids[3], ids[0], page, str(ChangeKind.PUBLISHED), ids[2], seen),
                    *(str(Significance.NONE), reasons, self._run_id, moment),
                ),
            }

    def _last(self, table: str) -> int:
        row = self._store.db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
        return int(row[0])
