"""The feed's own texts, recorded as captures on a timeline of their own. No Prefect here.

They notice an edit also while the pages are blocked. A text that is as it was adds no
capture: the poll only moves on until when it was seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from corrigenda.models import Capture, Entry, Judgement, Track, Verdict, Via
from corrigenda.reading.feed_item import read_item
from corrigenda.reading.normalise import NORMALISER_VERSION
from flows.session import Session
from storage.file.connection import transaction
from storage.queries.contents import from_reading
from storage.record.feed_track import Told, still_tells, told
from storage.record.store import Seen

_AN_ITEM = Judgement(verdict=Verdict.RELEASE, reason="an item of the feed")


def observe_feed(session: Session, entries: Sequence[Entry], feed: str, at: datetime) -> int:
    """Record what a feed's items say, each of them a release announced before.

    Args:
        session: The run.
        entries: The feed's entries.
        feed: Its address. Another feed may cut or escape the same text otherwise.
        at: When the feed was fetched.

    Returns:
        How many texts were new.
    """
    news = 0
    unchanged: list[Told] = []
    for entry in entries:
        known = session.store.known(entry.url)
        before = told(session.store.db, known.release_id, feed) if known else None
        seen = _read(session, entry, feed, at, before)
        if seen is not None:
            news += 1
            session.tally.note(session.store.record(session.tally.run, seen))
        elif before is not None and before.last_seen_at < at:
            unchanged.append(before)
    with transaction(session.store.db):
        for before in unchanged:
            still_tells(session.store.db, before, at)
    return news


def _read(
    session: Session, entry: Entry, feed: str, at: datetime, before: Told | None
) -> Seen | None:
    """Read an item; None when it has no text, or says what it said before."""
    body = (entry.body_html or "").encode()
    claims = _claims(entry)
    sha256 = hashlib.sha256(body).hexdigest()
    # The same words in a newer reading of ours would be no edit of the publisher's.
    if before and before.payload_sha256 == sha256 and before.provenance == claims:
        return None
    reading = read_item(entry, session.source)
    if reading is None:
        return None
    content = from_reading(reading, NORMALISER_VERSION)
    if before and content.digest in before.digests:
        return None
    capture = Capture(
        url=entry.url,
        captured_at=at,
        via=Via.FEED,
        final_url=feed,
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
        body=body,
    )
    return Seen(
        capture=capture,
        judgement=_AN_ITEM,
        content=content,
        track=Track.FEED,
        node_id=entry.node_id,
        content_type=reading.content_type,
        provenance=claims,
    )


def _claims(entry: Entry) -> dict[str, Any]:
    """Return what an item says besides its text: what its document is read from again."""
    return {
        "title": entry.title,
        "published_at": entry.published_at.isoformat() if entry.published_at else None,
        "node_id": entry.node_id,
        "link": entry.url,
    }
