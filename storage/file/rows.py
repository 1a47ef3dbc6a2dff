"""Writing one row, and the hash that chains versions together."""

from __future__ import annotations

import hashlib

import orjson
from sqlite_utils import Database

#: Hash before the first version: sixty-four zeros.
GENESIS = "0" * 64


def chain_hash(row: dict[str, object]) -> str:
    """Return the hash of a version's row, which covers the hash of the one before it.

    Args:
        row: The columns of ``versions``. Left out: ``id`` and ``hash``, and ``text``,
            which ``digest`` covers.
    """
    return hashlib.sha256(chain_bytes(row)).hexdigest()


def chain_bytes(row: dict[str, object]) -> bytes:
    """Return what :func:`chain_hash` hashes, so that others can."""
    covered = {k: v for k, v in row.items() if k not in ("id", "hash", "text")}
    # As json.dumps(sort_keys=True, ensure_ascii=False, separators=(",", ":")) writes it, in
    # a tenth of the time: it is done for every version of an archive.
    return orjson.dumps(covered, option=orjson.OPT_SORT_KEYS)


def insert(db: Database, table: str, row: dict[str, object]) -> int:
    """Insert one row and return its id; plain SQL, since every column is known."""
    columns = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)
    return int(cursor.lastrowid or 0)
