"""What there is to export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from storage.file.times import from_text

_VERSIONS = """
    SELECT s.release_id, r.url, r.content_type, r.status, s.number, s.first_observed,
        s.last_observed, s.captures, s.via, v.id, v.title, n.date, n.text,
        n.digest, n.fields, v.hash
    FROM {} n
    JOIN spans s ON s.version_id = n.version_id
    JOIN versions v ON v.id = n.version_id
    JOIN releases r ON r.id = s.release_id
    WHERE s.track = 'page'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldVersion:
    """A version of a release, as its newest reading says.

    Attributes:
        release_id: The release.
        url: Its canonical URL.
        content_type: What kind of item it is.
        status: Whether it is live, withdrawn, moved.
        number: Place in the timeline, from 1.
        first_observed: When it was first seen.
        last_observed: When it was last seen.
        captures: How many captures showed it.
        via: The ways they came.
        version_id: Its row.
        title: Its title.
        date: Its date.
        text: The document.
        digest: Of that text.
        fields: Ministers, portfolios, attachments and what else was read.
        hash: Its link of the chain.
    """

    release_id: int
    url: str
    content_type: str
    status: str
    number: int
    first_observed: datetime
    last_observed: datetime
    captures: int
    via: str
    version_id: int
    title: str
    date: date | None
    text: str
    digest: str
    fields: dict[str, Any]
    hash: str

    @property
    def named_url(self) -> str:
        """The URL the document itself names, which for a few is another's, too."""
        return self.url.split("#", 1)[0]


def latest_versions(db: Database) -> Iterator[HeldVersion]:
    """Yield the last version of each release, in the order of their URLs."""
    return _held(db, f"{_VERSIONS.format('newest_readings')} ORDER BY r.url")


def all_versions(db: Database) -> Iterator[HeldVersion]:
    """Yield every version, release by release, in the order of their timelines."""
    return _held(db, f"{_VERSIONS.format('readings')} ORDER BY r.url, s.number")


def _held(db: Database, query: str) -> Iterator[HeldVersion]:
    for row in db.query(query):
        yield HeldVersion(
            release_id=row["release_id"],
            url=row["url"],
            content_type=row["content_type"],
            status=row["status"],
            number=row["number"],
            first_observed=from_text(row["first_observed"]),
            last_observed=from_text(row["last_observed"]),
            captures=row["captures"],
            via=row["via"],
            version_id=row["id"],
            title=row["title"],
            date=date.fromisoformat(row["date"]) if row["date"] else None,
            text=row["text"],
            digest=row["digest"],
            fields=json.loads(row["fields"]),
            hash=row["hash"],
        )
