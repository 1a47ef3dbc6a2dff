"""Captures that others made: from WARC files, saved pages, the Internet Archive.

Each is judged and read exactly as an answer of the live site would be, and takes the
place in the timeline that its own time gives it. No Prefect here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urljoin

from corrigenda.errors import InvalidURL
from corrigenda.models import REDIRECTS, Capture, Judgement, Verdict
from corrigenda.sources.protocol import Source
from flows.account.progress import reporter
from flows.pipeline import interpret
from flows.session import Session
from storage.record.store import Seen


def judged(session: Session, capture: Capture) -> Seen:
    """Judge a capture somebody else made, and read it where it is a release."""
    redirected = _redirect(capture, session.source)
    if redirected is not None:
        return Seen(capture=capture, judgement=redirected)
    return interpret(capture, session.source, None, node_id=None)


def record(session: Session, seen: Seen, provenance: Mapping[str, object]) -> None:
    """Record a capture somebody else made, and count what came of it.

    Args:
        session: The run.
        seen: The capture, judged.
        provenance: Where it came from.
    """
    tally, url = session.tally, seen.capture.url
    recorded = session.store.record(tally.run, replace(seen, provenance=provenance))
    verdict = seen.judgement.verdict
    tally.add(verdict, recorded)
    if verdict is not Verdict.BROKEN:  # that one a better reading may mend
        tally.bygone[str(verdict)] += 1
    else:
        session.issue(url, seen.judgement.reason)
    if seen.content is not None and recorded.versions_added:
        for note in seen.content.details["notes"]:
            session.issue(url, note)
    reporter().checked(url, verdict, tuple(str(kind) for _, kind in recorded.changes))


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
