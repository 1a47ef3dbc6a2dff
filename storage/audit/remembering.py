"""What a verification found is remembered, for `status` to tell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from corrigenda.errors import StoreError
from storage.audit.verify import Report
from storage.file.connection import open_database, reading, transaction
from storage.file.rows import insert
from storage.file.times import now, to_text


def remember(path: Path, report: Report) -> None:
    """Write down what was found, where the file can be written: it may be a copy to be read only.

    Args:
        path: The file that was verified.
        report: What was found.
    """
    row = {"verified_at": to_text(now()), "damages": len(report.damages), "head": report.head}
    with suppress(StoreError):
        with reading(path) as held:
            if not held["verifications"].exists():  # an earlier program's: verify brings none up
                return
        db = open_database(path, create=True)
        try:
            with transaction(db):
                insert(db, "verifications", row)
        finally:
            db.close()
