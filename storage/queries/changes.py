"""The change log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from corrigenda.models import Change, ChangeKind, Significance, Track
from storage.file.times import from_text, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes to list; everything left out does not filter.

    Attributes:
        since: Noticed at or after this.
        until: Noticed before this.
        kind: Only this kind.
        min_significance: At least this significant.
        minister: A minister of the release, by part of the name.
        status: ``open`` (no review yet, not suppressed), ``reviewed``, ``suppressed``, or a
            review verdict.
        release_id: Only this release.
        limit: At most so many.
    """

    since: datetime | None = None
    until: datetime | None = None
    kind: ChangeKind | None = None
    min_significance: Significance | None = None
    minister: str | None = None
    status: str | None = None
    release_id: int | None = None
    limit: int | None = None


def changes(db: Database, chosen: ChangeFilter | None = None) -> list[Change]:
    """Return changes, the most significant first and the newest first among equals."""
    where, values = _conditions(chosen or ChangeFilter())
    limit = f" LIMIT {chosen.limit}" if chosen and chosen.limit is not None else ""
    rows = db.query(
        f"SELECT * FROM change_log WHERE {where} ORDER BY rank DESC, before DESC, id DESC{limit}",
        values,
    )
    return [_change(row) for row in rows]


def changes_of_run(db: Database, run_id: int) -> list[Change]:
    """Return the changes a run found, the most significant first."""
    rows = db.query(
        "SELECT * FROM change_log WHERE run_id = ? ORDER BY rank DESC, before DESC, id DESC",
        [run_id],
    )
    return [_change(row) for row in rows]


def changes_by_id(db: Database, ids: Sequence[int]) -> list[Change]:
    """Return some changes, in the order they were recorded."""
    found: list[Change] = []
    for start in range(0, len(ids), 500):  # SQLite takes so many values in one statement
        some = list(ids[start : start + 500])
        marks = ", ".join("?" * len(some))
        rows = db.query(f"SELECT * FROM change_log WHERE id IN ({marks}) ORDER BY id", some)
        found += [_change(row) for row in rows]
    return found


def _conditions(chosen: ChangeFilter) -> tuple[str, dict[str, Any]]:
    """Return the WHERE clause of a filter and its values."""
    parts: dict[str, Any] = {}
    if chosen.since:
        parts["before >= :since"] = ("since", to_text(chosen.since))
    if chosen.until:
        parts["before < :until"] = ("until", to_text(chosen.until))
    if chosen.kind:
        parts["kind = :kind"] = ("kind", str(chosen.kind))
    if chosen.min_significance:
        parts["rank >= :rank"] = ("rank", chosen.min_significance.rank)
    if chosen.release_id is not None:
        parts["release_id = :release"] = ("release", chosen.release_id)
    if chosen.status == "open":
        parts["review IS NULL AND suppressed_by IS NULL"] = ("", None)
    elif chosen.status == "suppressed":
        parts["suppressed_by IS NOT NULL"] = ("", None)
    elif chosen.status == "reviewed":
        parts["review IS NOT NULL"] = ("", None)
    elif chosen.status:
        parts["review = :status"] = ("status", chosen.status)
    if chosen.minister:
        parts[
            "EXISTS (SELECT 1 FROM versions v, json_each(v.fields, '$.ministers') m "
            "WHERE v.release_id = change_log.release_id AND instr(lower(m.value), :minister))"
        ] = ("minister", chosen.minister.lower())
    return " AND ".join(parts) or "1", dict(parts.values())


def _change(row: Mapping[str, Any]) -> Change:
    return Change(
        id=row["id"],
        url=row["url"],
        title=row["title"],
        kind=ChangeKind(row["kind"]),
        significance=Significance(row["significance"]),
        reasons=tuple(json.loads(row["reasons"])),
        fields=tuple(json.loads(row["fields"])),
        after=from_text(row["after"]) if row["after"] else None,
        before=from_text(row["before"]),
        from_version=row["from_version"],
        to_version=row["to_version"],
        silent=bool(row["silent"]),
        revert=bool(row["revert"]),
        review=row["review"],
        words_added=row["words_added"],
        words_removed=row["words_removed"],
        track=Track(row["track"]),
    )
