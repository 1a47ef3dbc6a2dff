"""Captures that others made: from WARC files, saved pages, the Internet Archive.

Each is judged and read exactly as an answer of the live site would be, and takes the
place in the timeline that its own time gives it. No Prefect here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from corrigenda.errors import InvalidURL, UsageError
from corrigenda.models import REDIRECTS, Capture, Judgement, Verdict, Via
from corrigenda.sources.protocol import Source
from flows.account.progress import reporter
from flows.pipeline import interpret
from flows.session import Session
from flows.ways.selection import Selection
from storage.queries.readings import facts
from storage.record.captures import is_held
from storage.record.store import Seen


def bring(
    session: Session,
    capture: Capture,
    provenance: Mapping[str, object],
    chosen: Selection | None = None,
) -> bool:
    """Record a capture somebody else made, and count it as one entry.

    Args:
        session: The run.
        capture: The capture.
        provenance: Where it came from.
        chosen: Which releases are wanted; all when left out.

    Returns:
        Whether it was wanted. What was not is no entry.
    """
    tally = session.tally
    held = is_held(session.store.db, capture.url, capture.captured_at)
    seen = None if held else _judged(session, capture)
    if chosen is not None and not _is_wanted(session, capture.url, seen, chosen):
        return False
    tally.entries += 1
    if seen is None:
        tally.verdicts["held"] += 1
        reporter().advanced(1)
        return True
    recorded = session.store.record(tally.run, replace(seen, provenance=provenance))
    verdict = seen.judgement.verdict
    tally.add(verdict, recorded)
    if verdict is not Verdict.BROKEN:  # that one a better reading may mend
        tally.bygone[str(verdict)] += 1
    else:
        session.issue(capture.url, seen.judgement.reason)
    if seen.content is not None and recorded.versions_added:
        for note in seen.content.details["notes"]:
            session.issue(capture.url, note)
    kinds = tuple(str(kind) for _, kind in recorded.changes)
    reporter().checked(capture.url, verdict, kinds)
    return True


def _judged(session: Session, capture: Capture) -> Seen:
    redirected = _redirect(capture, session.source)
    if redirected is not None:
        return Seen(capture=capture, judgement=redirected)
    return interpret(capture, session.source, None, node_id=None)


def _is_wanted(session: Session, url: str, seen: Seen | None, chosen: Selection) -> bool:
    """Tell by what a capture says, or else by what is known, whether its release is wanted."""
    if seen is not None and seen.content is not None:
        document = seen.content.document
        return chosen.wants(document.date, document.ministers)
    known = facts(session.store.db, url)
    return chosen.wants(known.date if known else None, known.ministers if known else None)


def _redirect(capture: Capture, source: Source) -> Judgement | None:
    """Judge a redirect on its own: here nobody has followed it."""
    location = capture.header("location")
    if capture.status not in REDIRECTS or not location:
        return None
    try:
        target = source.canonical(urljoin(capture.url, location))
    except InvalidURL:
        return None
    if source.content_type(target) is not None:
        return Judgement(verdict=Verdict.MOVED, reason=f"redirected to {target}", target=target)
    if source.is_listing(target):
        return Judgement(verdict=Verdict.MISSING, reason=f"redirected to a listing: {target}")
    return None


def bring_page(
    session: Session, path: Path, url: str, captured_at: datetime, given_by: str
) -> None:
    """Record a page that a person saved.

    Raises:
        UsageError: The file cannot be read, or the URL is no release of the source.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    address = session.source.canonical(url)
    if session.source.content_type(address) is None:
        raise UsageError(f"{url} is no release of {session.source.title}; give the page's own")
    provenance = {"file": path.name, "dated": "as stated"}
    if given_by:
        provenance["given_by"] = given_by
    capture = Capture(url=address, captured_at=captured_at, via=Via.FILE, body=body)
    bring(session, capture, provenance)
