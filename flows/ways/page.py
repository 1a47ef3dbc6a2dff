"""Pages that people saved in their browsers. No Prefect here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from corrigenda.carriers import saved_pages
from corrigenda.carriers.saved_pages import SavedPage
from corrigenda.errors import InvalidURL, UsageError
from corrigenda.models import Capture, Via
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.request import Request
from flows.session import Session
from flows.ways.captured import judged, record
from flows.ways.offers import Offer, Offers, take
from storage.record.captures import is_held

#: Pages to a commit.
_TOGETHER = 25


def run(request: Request, session: Session) -> None:
    """Record every page of a release; a file that cannot be used is an issue."""
    take(session, offers(request, session), _TOGETHER)


def offers(request: Request, session: Session) -> Offers:
    """Yield the pages that are releases', and tell at the end what was passed over."""
    assert request.page is not None
    ignored = 0
    for path in saved_pages.files(request.page):
        try:
            pages = saved_pages.read(path, session.settings)
        except UsageError as error:
            session.issue(f"file:{path.name}", str(error))
            session.tally.stopped = str(error)
            continue
        for page in pages:
            stated = _as_stated(page, request)
            url = _release(stated, session)
            if url and stated.captured_at is not None:
                yield _offer(path, url, stated, request, session)
            elif url or not page.url:
                session.issue(url or f"file:{path.name}", _lacking(path, stated))
                session.tally.stopped = _lacking(path, stated)
            else:
                ignored += 1
    if ignored:
        reporter().say(f"{count(ignored, 'page')} of no release passed over.")


def _as_stated(page: SavedPage, request: Request) -> SavedPage:
    """Return a page with what a person says of it before what it says itself."""
    return replace(
        page,
        url=request.page_url or page.url,
        captured_at=request.page_at or page.captured_at,
    )


def _release(page: SavedPage, session: Session) -> str:
    """Return the address of the release a page is a capture of, or nothing."""
    try:
        url = session.source.canonical(page.url)
    except InvalidURL:
        return ""
    return url if session.source.content_type(url) is not None else ""


def _lacking(path: Path, page: SavedPage) -> str:
    what = "when it was saved" if page.url else "where it was saved from"
    option = "--at" if page.url else "--url and --at"
    return f"{path.name} does not tell {what}. Bring it by itself, with --page and {option}"


def _offer(path: Path, url: str, page: SavedPage, request: Request, session: Session) -> Offer:
    assert page.captured_at is not None
    provenance = {"file": path.name, "dated": "as stated" if request.page_at else "by the file"}
    if request.given_by:
        provenance["given_by"] = request.given_by
    capture = Capture(
        url=url,
        captured_at=page.captured_at,
        via=Via.FILE,
        status=page.status,
        headers=page.headers,
        body=page.body,
    )
    return Offer(
        record=lambda: record(session, judged(session, capture), provenance),
        held=is_held(session.store.db, url, capture.captured_at),
    )
