"""What earlier imports brought, so that nothing is brought twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from storage.file.times import to_text
from storage.queries.resolve import find


@dataclass(slots=True, kw_only=True)
class Held:
    """The archive documents that the store has, and those met since.

    Attributes:
        db: The store.
        payloads: (URL, SHA-256) of each document.
        moments: (URL, SHA-256, captured at) of each.
        stems: Name of the first file that claimed a URL.
        digests: (URL, digest of the text) of those met since.
        observed: (URL, digest of the text, captured at) of those met since.
    """

    db: Database
    payloads: set[tuple[str, str]] = field(default_factory=set)
    moments: set[tuple[str, str, str]] = field(default_factory=set)
    stems: dict[str, str] = field(default_factory=dict)
    digests: set[tuple[str, str]] = field(default_factory=set)
    observed: set[tuple[str, str, str]] = field(default_factory=set)

    def has(self, url: str, sha256: str, captured_at: datetime | None = None) -> bool:
        """Tell whether a document is held; where a time is stated, as captured then.

        A file's own date is no such statement: unpacking an archive again changes it.
        """
        if captured_at is not None:
            return (url, sha256, to_text(captured_at)) in self.moments
        return (url, sha256) in self.payloads

    def says(self, url: str, digest: str, moment: datetime | None = None) -> bool:
        """Tell whether a release is known to say just this, at just that time if one is given."""
        if moment is None:
            return (url, digest) in self.digests or _observed(self.db, url, digest, None)
        at = to_text(moment)
        return (url, digest, at) in self.observed or _observed(self.db, url, digest, at)

    def add(self, url: str, sha256: str, stem: str, captured_at: str, digest: str = "") -> None:
        """Take note of one more."""
        self.payloads.add((url, sha256))
        self.moments.add((url, sha256, captured_at))
        self.stems.setdefault(url, stem)
        if digest:
            self.digests.add((url, digest))
            self.observed.add((url, digest, captured_at))


def held_documents(db: Database) -> Held:
    """Load what archives have brought so far."""
    held = Held(db=db)
    rows = db.execute(
        "SELECT url, payload_sha256, captured_at, json_extract(provenance, '$.file') "
        "FROM captures WHERE via = 'archive' ORDER BY id"
    )
    for url, sha256, captured_at, name in rows:
        stem = (name or "").rsplit("/", 1)[-1].removesuffix(".md")
        held.add(url, sha256 or "", stem, captured_at)
    return held


def _observed(db: Database, url: str, digest: str, at: str | None) -> bool:
    row = db.execute(
        "SELECT 1 FROM observations o JOIN versions v ON v.id = o.version_id "
        "WHERE v.digest = :digest AND o.observed_at = coalesce(:at, o.observed_at) "
        "AND o.release_id = :release",
        {"release": find(db, None, url), "at": at, "digest": digest},
    ).fetchone()
    return row is not None
