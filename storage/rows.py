"""Writing one row, and the hash that chains versions together."""

from __future__ import annotations

import hashlib
import json

from sqlite_utils import Database

#: Hash before the first version: sixty-four zeros.
GENESIS = "0" * 64


def chain_hash(row: dict[str, object]) -> str:
    """Return the hash of a version's row, which covers the hash of the one before it.

    Args:
        row: The columns of ``versions`` save ``id`` and ``hash``.
    """
    covered = {k: v for k, v in row.items() if k not in ("id", "hash")}
    data = json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()


def insert(db: Database, table: str, row: dict[str, object]) -> int:
    """Insert one row and return its id; plain SQL, since every column is known."""
    columns = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
    return int(cursor.lastrowid or 0)
