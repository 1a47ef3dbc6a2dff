"""What is known of releases that helps to choose among them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the newest version of a release says.

    Attributes:
        url: The release.
        date: Its date, if it has one.
        ministers: Its ministers; None where no version is held.
    """

    url: str
    date: date | None
    ministers: tuple[str, ...] | None


def facts(db: Database, url: str) -> Facts | None:
    """Return what is known of a release by one of its URLs, or None."""
    row = db.execute(
        f"{_FACTS} WHERE r.id = coalesce((SELECT id FROM releases WHERE url = :url), "
        "(SELECT release_id FROM aliases WHERE url = :url))",
        {"url": url},
    ).fetchone()
    return _facts(row) if row else None


def all_facts(db: Database, source_id: int) -> list[Facts]:
    """Return what is known of every release of a source, in the order of their URLs."""
    rows = db.execute(f"{_FACTS} WHERE r.source_id = ? ORDER BY r.url", [source_id])
    return [_facts(row) for row in rows]


_FACTS = """
    SELECT r.url, v.date, json_extract(v.fields, '$.ministers'), substr(r.published_at, 1, 10)
    FROM releases r LEFT JOIN versions v ON v.id = (
        SELECT version_id FROM spans
        WHERE release_id = r.id AND track = 'page' ORDER BY number DESC LIMIT 1)
"""


def _facts(row: tuple[str, str | None, str | None, str | None]) -> Facts:
    url, day, ministers, published = row
    try:
        known = date.fromisoformat(day or published or "")
    except ValueError:
        known = None
    return Facts(
        url=url,
        date=known,
        ministers=tuple(json.loads(ministers)) if ministers is not None else None,
    )
