"""Seals: the head of the chain, stamped by an authority that is not us.

A seal shows that all versions up to it were recorded, in just this form, before a time that
the authority vouches for. Nobody has to trust our clock, or that we rewrote nothing since.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from corrigenda import timestamps
from corrigenda.errors import NotHeld, TimestampError
from storage.file.connection import path_of, transaction
from storage.file.rows import insert
from storage.file.times import to_text
from storage.queries.seals import Seal, head, seals


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What sealing did.

    Attributes:
        seal: The seal of the head.
        new: It was made now; otherwise the head had one.
    """

    seal: Seal
    new: bool


def seal(db: Database, authority: str, *, certificates: str = "", user_agent: str = "") -> Sealed:
    """Get a timestamp for the head of the chain, unless it has one.

    Args:
        db: The store, open for writing.
        authority: Address of the timestamp authority.
        certificates: PEM certificates that vouch for it; empty for the system's.
        user_agent: Who asks.

    Raises:
        NotHeld: There is no version yet.
        TimestampError: The authority gave none that verifies; nothing was recorded.
        StoreError: The store cannot be written.
    """
    found = head(db)
    if found is None:
        raise NotHeld(path_of(db), "holds no version yet: there is nothing to seal")
    version_id, digest = found
    if (held := next((s for s in seals(db) if s.head == digest), None)) is not None:
        return Sealed(seal=held, new=False)
    token = timestamps.stamp(digest, authority, certificates=certificates, user_agent=user_agent)
    row = {
        "version_id": version_id,
        "head": digest,
        "stamped_at": to_text(timestamps.time_of(token)),
        "authority": authority,
        "token": token,
        "certificates": certificates,
    }
    with transaction(db):
        row_id = insert(db, "seals", row)
    made = next(s for s in seals(db) if s.id == row_id)
    return Sealed(seal=made, new=True)


def problems(db: Database) -> Iterator[tuple[int, str]]:
    """Yield each seal's row, and what is wrong with it or an empty string."""
    for held in seals(db):
        row = db.execute("SELECT hash FROM versions WHERE id = ?", [held.version_id]).fetchone()
        if row is None or row[0] != held.head:
            yield held.id, "what it stamped is not in the chain: versions were rewritten since"
            continue
        try:
            yield (
                held.id,
                timestamps.problem_of(held.token, held.head, certificates=held.certificates),
            )
        except TimestampError as error:
            yield held.id, f"it cannot be checked: {error}"
