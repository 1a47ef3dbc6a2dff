"""What is known of releases that helps to choose among them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from storage.queries.resolve import resolve


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
    """Return what is known of a release by any of its URLs, or None.

    A release that was folded keeps its own URL, and says what the one that stands says.
    """
    row = db.execute(
        f"{_FACTS} WHERE r.id = coalesce((SELECT id FROM releases WHERE url = :url), :found)",
        {"url": url, "found": resolve(db, url)},
    ).fetchone()
    return _facts(row) if row else None


def all_facts(db: Database, source_id: int) -> list[Facts]:
    """Return what is known of every release of a source, in the order of their URLs."""
    rows = db.execute(f"{_FACTS} WHERE r.source_id = ? ORDER BY r.url", [source_id])
    return [_facts(row) for row in rows]


# A feed's text names no ministers: that is unknown, not none.
_FACTS = """
    SELECT r.url, n.date, CASE n.track WHEN 'page' THEN json_extract(n.fields, '$.ministers') END,
           substr(coalesce(t.published_at, r.published_at), 1, 10)
    FROM releases r LEFT JOIN releases t ON t.id = r.moved_to
    LEFT JOIN newest_readings n ON n.release_id = coalesce(r.moved_to, r.id)
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
