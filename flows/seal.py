"""The flow that seals the chain daily, where an authority is chosen."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from corrigenda.settings import Settings
from corrigenda.timestamps import read_certificates
from storage.audit.seal import seal as seal_head
from storage.file.connection import open_existing


@flow(name="seal", persist_result=False)
def seal(*, db: Path | None = None) -> str:
    """Have the head of the chain stamped by the authority that CORRIGENDA_TSA names.

    Args:
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.

    Returns:
        What was done, in a sentence.

    Raises:
        TimestampError: The authority gave no timestamp that verifies.
    """
    settings = Settings.from_env()
    if not settings.tsa:
        return "No timestamp authority is chosen (CORRIGENDA_TSA): nothing was sealed."
    trusted = read_certificates(Path(settings.tsa_ca)) if settings.tsa_ca else ""
    store = open_existing(db or settings.db)
    try:
        done = seal_head(store, settings.tsa, certificates=trusted, user_agent=settings.user_agent)
    finally:
        store.close()
    verb = "Sealed" if done.new else "Sealed already"
    return f"{verb}: {done.seal.head}, stamped {done.seal.stamped_at} by {done.seal.authority}."
