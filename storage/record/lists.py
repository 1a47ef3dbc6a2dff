"""Feeds, listings and sitemaps as they were last read."""

from __future__ import annotations

import json

from corrigenda.models import Capture
from storage.file.times import from_text
from storage.record.store import Store


def last_list(store: Store, url: str) -> Capture | None:
    """Return the last capture of a list that could be read, with its body, or None."""
    row = store.db.execute(
        "SELECT captured_at, status, headers, payload_sha256 FROM captures "
        "WHERE release_id IS NULL AND url = ? AND verdict = 'release' "
        "AND payload_sha256 IS NOT NULL ORDER BY captured_at DESC, id DESC LIMIT 1",
        [url],
    ).fetchone()
    if row is None:
        return None
    captured_at, status, headers, sha256 = row
    return Capture(
        url=url,
        captured_at=from_text(captured_at),
        status=status,
        headers=tuple((name, value) for name, value in json.loads(headers)),
        body=store.payloads.get(sha256),
    )
