"""Captures: what the store is given of one, gives of its release, and looks up again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from corrigenda.models import (
    Capture,
    ChangeKind,
    ContentType,
    Document,
    Judgement,
    Track,
    Via,
)
from storage.file.times import from_text, to_text
from storage.queries.contents import Content
from storage.queries.resolve import WITH_FOLDED, find
from storage.record.payloads import Payloads


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of a release before it is fetched again.

    Attributes:
        release_id: Its row.
        url: Its own URL, be it known by others too.
        node_id: The publisher's number, where it is known.
        etag: Validator of the last good live page.
        last_modified: Likewise.
        article_sha256: Hash of the last good live page's article.
        last_checked_at: When a live check last ended, whatever came of it.
        next_check_at: When the next is due; None where no plan has dated it.
        last_verdict: What came of it; empty before the first.
        content: What that article said; None when none was ever read.
        said: What any page, or else the feed, showed of it last; None when nothing did.
    """

    release_id: int
    url: str = ""
    node_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    article_sha256: str | None = None
    last_checked_at: datetime | None = None
    next_check_at: datetime | None = None
    last_verdict: str = ""
    content: Content | None = None
    said: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A capture with its verdict and, where it is a release, its content.

    Attributes:
        capture: What was fetched.
        judgement: What it turned out to be.
        content: What it says: for ``release``, and for ``unmodified`` what it still says.
        track: Which timeline it belongs to.
        node_id: The publisher's number, where the capture tells it.
        content_type: What kind of item it is.
        moved_to: The address the release was found to have now.
        own: The page is an item of its own, though its address was another release's.
        aliases: Other URLs the page gives itself.
        article_sha256: Hash of the article's bytes.
        published_at: The publisher's claim, verbatim.
        provenance: Anything else about where it came from.
        held: An absence that counts only once its run has looked at the whole.
    """

    capture: Capture
    judgement: Judgement
    content: Content | None = None
    track: Track = Track.PAGE
    node_id: int | None = None
    content_type: ContentType = ContentType.RELEASE
    moved_to: str | None = None
    own: bool = False
    aliases: tuple[str, ...] = ()
    article_sha256: str | None = None
    published_at: str | None = None
    provenance: Mapping[str, Any] | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recording a capture added.

    Attributes:
        release_id: The release.
        capture_id: The capture's row.
        versions_added: New versions.
        changes: New changes, as (row, kind).
        absorbed: Rows of the feed's changes that a new one shows too.
    """

    release_id: int
    capture_id: int
    versions_added: int = 0
    changes: tuple[tuple[int, ChangeKind], ...] = ()
    absorbed: tuple[int, ...] = ()


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


def last_list(db: Database, payloads: Payloads, url: str) -> Capture | None:
    """Return the last capture of a list that could be read, with its body, or None."""
    row = db.execute(
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
        body=payloads.get(sha256),
    )
