"""What people decide about changes. Everything here appends."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from corrigenda.errors import NotHeld
from corrigenda.models import ReviewVerdict
from storage.connection import path_of, transaction
from storage.rows import insert
from storage.times import now, to_text


def add_review(
    db: Database,
    change_id: int,
    verdict: ReviewVerdict,
    *,
    note: str = "",
    reviewer: str = "",
    at: datetime | None = None,
) -> int:
    """Append a person's verdict on a change; earlier ones stay.

    Raises:
        NotHeld: There is no such change.
    """
    with transaction(db):
        if not db.execute("SELECT 1 FROM changes WHERE id = ?", [change_id]).fetchone():
            raise NotHeld(path_of(db), f"no change {change_id}; `corrigenda changes` lists them")
        return insert(
            db,
            "reviews",
            {
                "change_id": change_id,
                "verdict": str(verdict),
                "note": note,
                "reviewer": reviewer,
                "reviewed_at": to_text(at or now()),
            },
        )
