"""The change log: rows as values, and as those who read them elsewhere get them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from corrigenda.models import Change, ChangeKind, Significance, Track
from storage.file.times import from_text, to_text
from storage.queries.log.filters import RANK, SOURCE, ChangeFilter

_TOGETHER = 500  # SQLite takes so many values in one statement
_COLUMNS = (
    "id release_id url title source kind significance reasons fields after before from_version "
    "to_version from_version_id to_version_id silent revert review words_added words_removed "
    "track group_key run_id detected_at superseded_by same_as"
).split()
_NUMBERS = ("silent", "revert")

#: The keys of :func:`as_row`, in their order: first what was promised first.
COLUMNS = (
    "id url title kind significance reasons fields after before from_version to_version silent "
    "revert review words_added words_removed track source ministers portfolios detected_at"
).split()


def changes(
    db: Database, chosen: ChangeFilter | None = None, *, latest: bool = False
) -> list[Change]:
    """Return the changes that a filter chooses.

    Args:
        db: The database.
        chosen: The filter; all when left out.
        latest: Those noticed last come first, not the most significant.
    """
    where, values = (chosen or ChangeFilter()).where()
    order = "c.id DESC" if latest else f"{RANK} DESC, c.before DESC, c.id DESC"
    rows = db.execute(
        f"SELECT c.id FROM {SOURCE} WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset",
        values,
    )
    return changes_by_id(db, [row[0] for row in rows])


def changes_by_id(db: Database, ids: Sequence[int]) -> list[Change]:
    """Return some changes in the order given, also those that do not stand any more."""
    found: dict[int, Change] = {}
    columns = ", ".join(_COLUMNS)
    for start in range(0, len(ids), _TOGETHER):
        some = list(ids[start : start + _TOGETHER])
        marks = ", ".join("?" * len(some))
        rows = list(db.query(f"SELECT {columns} FROM change_rows WHERE id IN ({marks})", some))
        named = terms(db, {row["release_id"] for row in rows})
        found |= {row["id"]: _change(row, named) for row in rows}
    return [found[i] for i in ids if i in found]


def terms(db: Database, releases: Iterable[int]) -> dict[tuple[int, str], tuple[str, ...]]:
    """Return ministers and portfolios of some releases, by release and kind."""
    ids = list(releases)
    marks = ", ".join("?" * len(ids))
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for release_id, kind, name in db.execute(
        f"SELECT release_id, kind, name FROM release_terms WHERE release_id IN ({marks})", ids
    ):
        found[release_id, kind] = (*found.get((release_id, kind), ()), name)
    return found


def as_row(change: Change) -> dict[str, Any]:
    """Return a change as JSON and tables tell it; times as the store writes them.

    Versions are numbered by page; a text only the feed told has no number there.
    """
    row: dict[str, Any] = {name: getattr(change, name) for name in COLUMNS}
    for name in ("reasons", "fields", "ministers", "portfolios"):
        row[name] = list(row[name])
    for name in ("after", "before", "detected_at"):
        row[name] = to_text(row[name]) if row[name] else None
    for name in ("kind", "significance", "track"):
        row[name] = str(row[name])
    if change.track is Track.FEED:
        row |= {"from_version": None, "to_version": None}
    return row


def in_order(db: Database) -> Iterator[dict[str, Any]]:
    """Yield every change as a row, by the time it happened, versions numbered by track."""
    for change in sorted(changes(db), key=lambda c: (c.before, c.url, c.id)):
        numbers = {"from_version": change.from_version, "to_version": change.to_version}
        yield as_row(change) | numbers


def _change(row: Mapping[str, Any], named: Mapping[tuple[int, str], tuple[str, ...]]) -> Change:
    release = row["release_id"]
    values = {
        **row,
        "kind": ChangeKind(row["kind"]),
        "significance": Significance(row["significance"]),
        "track": Track(row["track"]),
        "reasons": tuple(json.loads(row["reasons"])),
        "fields": tuple(json.loads(row["fields"])),
        "after": from_text(row["after"]) if row["after"] else None,
        "before": from_text(row["before"]),
        "detected_at": from_text(row["detected_at"]),
        "ministers": named.get((release, "minister"), ()),
        "portfolios": named.get((release, "portfolio"), ()),
    }
    return Change(**values | {name: bool(row[name]) for name in _NUMBERS})
