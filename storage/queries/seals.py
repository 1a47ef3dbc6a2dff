"""Trusted timestamps of the chain, and the way from a version to one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from storage.file.rows import chain_bytes

_COLUMNS = "id, version_id, head, stamped_at, authority, token, certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A timestamp that an authority signed (RFC 3161).

    Attributes:
        id: Its row.
        version_id: The newest version then.
        head: That version's hash: what was stamped.
        stamped_at: When, by the authority's clock, as the store writes times.
        authority: The authority's address.
        token: Its answer, a DER ``TimeStampResp``.
        certificates: PEM certificates that vouch for the authority; empty for the system's.
    """

    id: int
    version_id: int
    head: str
    stamped_at: str
    authority: str
    token: bytes
    certificates: str


def seals(db: Database) -> list[Seal]:
    """Return every seal, the oldest first; none where the tables are of before there were any."""
    if not db["seals"].exists():
        return []
    return [Seal(**row) for row in db.query(f"SELECT {_COLUMNS} FROM seals ORDER BY id")]


def first_over(db: Database, version_id: int) -> Seal | None:
    """Return the earliest seal that vouches for a version; None while there is none."""
    return next((seal for seal in seals(db) if seal.version_id >= version_id), None)


def path(db: Database, first: int, last: int) -> Iterator[bytes]:
    """Yield what was hashed for each version from one to another.

    The SHA-256 of each is the ``previous_hash`` that the next one names; that of the last
    is the head that a seal stamps.

    Args:
        db: The database.
        first: Row of the version the path begins with.
        last: Row it ends with.
    """
    for row in db.query(
        "SELECT * FROM versions WHERE id BETWEEN ? AND ? ORDER BY id", [first, last]
    ):
        yield chain_bytes(row)


def head(db: Database) -> tuple[int, str] | None:
    """Return row and hash of the newest version; None in an empty store."""
    row = db.execute("SELECT id, hash FROM versions ORDER BY id DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else None
