"""A page that a person saved. No Prefect here."""

from __future__ import annotations

from corrigenda.errors import UsageError
from corrigenda.models import Capture, Via
from flows.request import Request
from flows.session import Session
from flows.ways.captured import judged, record
from flows.ways.offers import Offer, Offers, take
from storage.record.captures import is_held


def run(request: Request, session: Session) -> None:
    """Record the page."""
    take(session, offers(request, session), 1)


def offers(request: Request, session: Session) -> Offers:
    """Yield the one there is.

    Raises:
        UsageError: The file cannot be read.
    """
    assert request.page is not None
    assert request.page_at is not None
    try:
        body = request.page.read_bytes()
    except OSError as error:
        raise UsageError(f"{request.page}: cannot be read ({error.strerror})") from None
    url = session.source.canonical(request.page_url)
    provenance = {"file": request.page.name, "dated": "as stated"}
    if request.given_by:
        provenance["given_by"] = request.given_by
    capture = Capture(url=url, captured_at=request.page_at, via=Via.FILE, body=body)
    yield Offer(
        record=lambda: record(session, judged(session, capture), provenance),
        held=is_held(session.store.db, url, capture.captured_at),
    )
