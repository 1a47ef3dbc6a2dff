"""What earlier imports brought, so that nothing is brought twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from storage.file.times import to_text


@dataclass(slots=True, kw_only=True)
class Held:
    """The archive documents the store has.

    Attributes:
        payloads: (URL, SHA-256) of each.
        moments: (URL, SHA-256, captured at) of each.
        stems: Name of the first file that claimed a URL.
    """

    payloads: set[tuple[str, str]] = field(default_factory=set)
    moments: set[tuple[str, str, str]] = field(default_factory=set)
    stems: dict[str, str] = field(default_factory=dict)

    def has(self, url: str, sha256: str, captured_at: datetime | None = None) -> bool:
        """Tell whether a document is held; where a time is stated, as captured then.

        A file's own date is no such statement: unpacking an archive again changes it.
        """
        if captured_at is not None:
            return (url, sha256, to_text(captured_at)) in self.moments
        return (url, sha256) in self.payloads

    def stem(self, url: str) -> str | None:
        """Return the name of the first file that claimed a URL."""
        return self.stems.get(url)

    def add(self, url: str, sha256: str, stem: str, captured_at: str = "") -> None:
        """Take note of one more."""
        self.payloads.add((url, sha256))
        if captured_at:
            self.moments.add((url, sha256, captured_at))
        self.stems.setdefault(url, stem)


def held_documents(db: Database) -> Held:
    """Load what archives have brought so far."""
    held = Held()
    rows = db.execute(
        "SELECT url, payload_sha256, captured_at, json_extract(provenance, '$.file') "
        "FROM captures WHERE via = 'archive' ORDER BY id"
    )
    for url, sha256, captured_at, name in rows:
        stem = (name or "").rsplit("/", 1)[-1].removesuffix(".md")
        held.add(url, sha256 or "", stem, captured_at)
    return held


def says(db: Database, url: str, digest: str, moment: datetime | None = None) -> bool:
    """Tell whether a release was observed to say just this, at just that time if one is given."""
    row = db.execute(
        """
        SELECT 1 FROM observations o
        JOIN versions v ON v.id = o.version_id
        WHERE v.digest = :digest AND o.observed_at = coalesce(:at, o.observed_at)
        AND o.release_id = coalesce(
            (SELECT id FROM releases WHERE url = :url),
            (SELECT release_id FROM aliases WHERE url = :url))
        """,
        {"url": url, "at": to_text(moment) if moment else None, "digest": digest},
    ).fetchone()
    return row is not None
