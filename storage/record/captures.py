"""Looking up captures that are held."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from corrigenda.models import Capture, Via
from storage.file.times import from_text, to_text
from storage.queries.resolve import WITH_FOLDED, find
from storage.record.payloads import Payloads


def is_held(db: Database, url: str, captured_at: datetime) -> bool:
    """Tell whether a capture of a URL at just that time is held, however it came.

    A capture exported and brought back, or one that two archives share, is one capture.
    """
    return _first(db, "1", url, captured_at) is not None


def payload_of(db: Database, url: str, captured_at: datetime) -> str | None:
    """Return the digest of what a URL was captured as at a time, or None."""
    row = _first(db, "payload_sha256", url, captured_at)
    return str(row[0]) if row and row[0] else None


def _first(
    db: Database, column: str, url: str, captured_at: datetime
) -> tuple[str | None, ...] | None:
    """Look up by release, which is indexed, and those folded into it, then by URL."""
    row: tuple[str | None, ...] | None = db.execute(
        f"SELECT {column} FROM captures WHERE url = :url AND captured_at = :at "
        f"AND release_id IN ({WITH_FOLDED}) LIMIT 1",
        {"url": url, "at": to_text(captured_at), "id": find(db, None, url)},
    ).fetchone()
    return row


def list_payload(db: Database, url: str, runs: Sequence[int]) -> str | None:
    """Return the digest of what a list was read as by one of some runs, or None."""
    marks = ", ".join("?" * len(runs))
    row = db.execute(
        f"SELECT payload_sha256 FROM captures WHERE run_id IN ({marks}) AND url = ? "
        "AND release_id IS NULL AND verdict = 'release' ORDER BY id DESC LIMIT 1",
        [*runs, url],
    ).fetchone()
    return str(row[0]) if row and row[0] else None


def load(db: Database, payloads: Payloads, capture_id: int) -> Capture:
    """Return a capture as it was, its body included.

    Raises:
        StoreError: Its payload is damaged, or not held.
    """
    url, via, at, status, final_url, redirects, headers, sha256, elapsed = db.execute(
        "SELECT url, via, captured_at, status, final_url, redirects, headers, payload_sha256, "
        "elapsed FROM captures WHERE id = ?",
        [capture_id],
    ).fetchone()
    return Capture(
        url=url,
        captured_at=from_text(at),
        via=Via(via),
        final_url=final_url,
        status=status,
        headers=tuple((name, value) for name, value in json.loads(headers)),
        redirects=tuple(json.loads(redirects)),
        body=payloads.get(sha256) if sha256 else b"",
        elapsed=elapsed,
    )
