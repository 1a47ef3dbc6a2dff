"""Which sources a database follows."""

from __future__ import annotations

from pathlib import Path

from storage.file.connection import reading, translate
from storage.file.untouched import traceless


def followed(path: Path) -> list[str]:
    """Return the names of the sources that a database holds something of, if it is there.

    Raises:
        StoreError: The file is no such database.
    """
    if not path.exists():
        return []
    with translate(path), traceless(path), reading(path) as db:
        return [name for (name,) in db.execute("SELECT name FROM sources ORDER BY id")]
