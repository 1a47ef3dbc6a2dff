"""Captures and contents made by hand, for tests of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from corrigenda.models import Attachment, Capture, Document, Judgement, Reading, Verdict, Via
from corrigenda.sources import get
from storage.file.connection import open_database
from storage.queries.contents import Content, from_reading
from storage.record.store import Seen, Store

URL = "https://www.beehive.govt.nz/release/a-bridge"
START = datetime(2026, 5, 1, tzinfo=UTC)


def open_store(path: Path) -> Store:
    """A writing store for the first source."""
    return Store(open_database(path, create=True), get("beehive"))


def content(body: str, *, url: str = URL, title: str = "A bridge", **fields: object) -> Content:
    """Content as the normaliser would give it."""
    values = {"date": date(2026, 5, 1), "ministers": ("Hon A",), "portfolios": ("Transport",)}
    document = Document(title=title, url=url, body=body, **(values | fields))  # type: ignore[arg-type]
    return from_reading(Reading(document=document), 1)


def attachment(length: int | None) -> Attachment:
    """The one attachment, with or without a known length."""
    return Attachment(url="https://www.beehive.govt.nz/x.pdf", length=length)


def at(hours: float) -> datetime:
    """A time so many hours after the start."""
    return START + timedelta(hours=hours)


def seen(
    what: Content | None,
    hours: float,
    *,
    url: str = URL,
    via: Via = Via.LIVE,
    verdict: Verdict = Verdict.RELEASE,
    body: bytes | None = None,
    **more: object,
) -> Seen:
    """A capture of a content, or of something that is none."""
    payload = body if body is not None else (what.text.encode() if what else b"")
    capture = Capture(url=url, captured_at=at(hours), via=via, status=200, body=payload)
    judgement = Judgement(verdict=verdict, reason="made by hand")
    return Seen(capture=capture, judgement=judgement, content=what, **more)  # type: ignore[arg-type]
