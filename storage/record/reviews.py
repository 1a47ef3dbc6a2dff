"""What people decide about changes: verdicts, their withdrawal, suppression rules.

Everything here appends. Undoing a verdict appends one that withdraws it; lifting a rule
appends that it was lifted. What stands now follows (``standing_reviews``,
``suppressed_changes``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from corrigenda.errors import NotHeld
from corrigenda.models import ReviewVerdict
from storage.file.connection import path_of, transaction
from storage.file.rows import insert
from storage.file.times import from_text, now, to_text

#: What the row of a withdrawal has for a verdict.
WITHDRAWN = "withdrawn"


class Scope(StrEnum):
    """What a suppression rule hides."""

    EDIT = "edit"
    RELEASE = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A rule that hides changes from the queue.

    Attributes:
        id: Its row.
        change_id: The false alarm it was made from.
        scope: ``edit``: the same edit on any release. ``release``: edits of the same
            kinds on the same release.
        note: Why.
        reviewer: Who made it.
        made_at: When.
        hides: How many changes it matches.
        title: The title of the release the false alarm was about.
        lifted_at: When it was lifted; None while it holds.
        lifted_by: Who lifted it.
    """

    id: int
    change_id: int
    scope: Scope
    note: str
    reviewer: str
    made_at: datetime
    hides: int
    title: str
    lifted_at: datetime | None = None
    lifted_by: str = ""


def record(
    db: Database,
    change_ids: Sequence[int],
    verdict: ReviewVerdict,
    *,
    note: str = "",
    reviewer: str = "",
    at: datetime | None = None,
) -> str:
    """Append a person's verdict on one change or several, all or none; earlier ones stay.

    Returns:
        The batch, by which :func:`withdraw` undoes them together.

    Raises:
        NotHeld: There is no such change.
    """
    batch = uuid.uuid4().hex
    with transaction(db):
        for change_id in change_ids:
            _require(db, "changes", change_id, "`corrigenda changes` lists them")
            insert(
                db,
                "reviews",
                {
                    "change_id": change_id,
                    "verdict": str(verdict),
                    "note": note,
                    "reviewer": reviewer,
                    "reviewed_at": to_text(at or now()),
                    "batch": batch,
                },
            )
    return batch


def withdraw(
    db: Database, *, batch: str = "", change_id: int | None = None, reviewer: str = ""
) -> list[int]:
    """Undo verdicts by appending their withdrawal: a batch, or what stands on a change.

    Returns:
        The changes whose verdict was withdrawn.

    Raises:
        NotHeld: Nothing stands that could be withdrawn.
    """
    where, value = ("r.batch = ?", batch) if batch else ("s.change_id = ?", str(change_id))
    with transaction(db):
        standing = db.execute(
            "SELECT r.id, r.change_id, r.batch FROM standing_reviews s "
            f"JOIN reviews r ON r.id = s.review_id WHERE {where}",
            [value],
        ).fetchall()
        if not standing:
            raise NotHeld(path_of(db), "has no verdict there to withdraw")
        for review_id, of_change, of_batch in standing:
            insert(
                db,
                "reviews",
                {
                    "change_id": of_change,
                    "verdict": WITHDRAWN,
                    "reviewer": reviewer,
                    "reviewed_at": to_text(now()),
                    "withdraws": review_id,
                    "batch": of_batch,
                },
            )
    return [row[1] for row in standing]


def group_of(db: Database, change_id: int) -> list[int]:
    """Return a change and the open changes that are the same edit elsewhere.

    Raises:
        NotHeld: There is no such change.
    """
    _require(db, "changes", change_id, "`corrigenda changes` lists them")
    rows = db.execute(
        "SELECT c.id FROM standing_changes c "
        "LEFT JOIN standing_reviews s ON s.change_id = c.id WHERE s.review_id IS NULL "
        "AND c.group_key = (SELECT group_key FROM changes WHERE id = ?)",
        [change_id],
    )
    return sorted({change_id, *(row[0] for row in rows)})


def suppress(
    db: Database, change_id: int, scope: Scope, *, note: str = "", reviewer: str = ""
) -> int:
    """Append a rule that hides changes like one that was a false alarm.

    Raises:
        NotHeld: There is no such change, or it is of a kind no rule can match.
    """
    with transaction(db):
        _require(db, "changes", change_id, "`corrigenda changes` lists them")
        key, release_id, kinds, kind = db.execute(
            "SELECT group_key, release_id, kinds, kind FROM changes WHERE id = ?", [change_id]
        ).fetchone()
        if kind != "revised" or (scope is Scope.EDIT and key is None):
            raise NotHeld(
                path_of(db), f"change {change_id} is {kind}: only a revision can be suppressed"
            )
        by_edit = scope is Scope.EDIT
        return insert(
            db,
            "suppressions",
            {
                "change_id": change_id,
                "scope": str(scope),
                "group_key": key if by_edit else None,
                "release_id": None if by_edit else release_id,
                "kinds": None if by_edit else kinds,
                "note": note,
                "reviewer": reviewer,
                "made_at": to_text(now()),
            },
        )


def lift(db: Database, suppression_id: int, *, reviewer: str = "") -> None:
    """Append that a rule no longer holds; what it hid shows again.

    Raises:
        NotHeld: There is no such rule.
    """
    with transaction(db):
        _require(db, "suppressions", suppression_id, "`corrigenda suppressions` lists them")
        db.execute(
            "INSERT OR IGNORE INTO suppression_lifts VALUES (?, ?, ?)",
            [suppression_id, reviewer, to_text(now())],
        )


def would_hide(db: Database, change_id: int) -> dict[Scope, int]:
    """Return how many changes a rule made from a change would hide, by scope."""
    row = db.execute(
        """
        SELECT
            (SELECT count(*) FROM standing_changes o WHERE o.group_key = c.group_key),
            (SELECT count(*) FROM standing_changes o WHERE o.release_id = c.release_id
                AND o.kinds = c.kinds AND o.kind = 'revised')
        FROM changes c WHERE c.id = ?
        """,
        [change_id],
    ).fetchone()
    return {Scope.EDIT: row[0], Scope.RELEASE: row[1]} if row else {}


def suppressions(db: Database) -> list[Suppression]:
    """Return all rules, those that hold first, the newest first."""
    rows = db.execute(
        """
        SELECT s.id, s.change_id, s.scope, s.note, s.reviewer, s.made_at, r.title,
               l.lifted_at, coalesce(l.reviewer, ''),
               CASE s.scope WHEN 'edit' THEN
                    (SELECT count(*) FROM standing_changes o WHERE o.group_key = s.group_key)
               ELSE
                    (SELECT count(*) FROM standing_changes o WHERE o.release_id = s.release_id
                        AND o.kinds = s.kinds AND o.kind = 'revised')
               END
        FROM suppressions s
        JOIN changes c ON c.id = s.change_id
        JOIN releases r ON r.id = c.release_id
        LEFT JOIN suppression_lifts l ON l.suppression_id = s.id
        ORDER BY l.lifted_at IS NOT NULL, s.id DESC
        """
    )
    return [
        Suppression(
            id=row[0],
            change_id=row[1],
            scope=Scope(row[2]),
            note=row[3],
            reviewer=row[4],
            made_at=from_text(row[5]),
            title=row[6],
            lifted_at=from_text(row[7]) if row[7] else None,
            lifted_by=row[8],
            hides=row[9],
        )
        for row in rows
    ]


def _require(db: Database, table: str, row_id: int, hint: str) -> None:
    if not db.execute(f"SELECT 1 FROM {table} WHERE id = ?", [row_id]).fetchone():
        noun = "suppression rule" if table == "suppressions" else "change"
        raise NotHeld(path_of(db), f"no {noun} {row_id}; {hint}")
