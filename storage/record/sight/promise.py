"""By when more ingests should have begun, by the schedule in force."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from storage.file.connection import transaction
from storage.file.times import to_text


def promise(db: Database, source_id: int, due: datetime | None) -> None:
    """Remember by when three more ingests should have begun; None: no schedule is known."""
    with transaction(db):
        db.execute(
            "UPDATE sources SET overdue_at = ? WHERE id = ?",
            [to_text(due) if due else None, source_id],
        )
