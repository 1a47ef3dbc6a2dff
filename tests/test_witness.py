"""What a feed's item says, and when two documents are one item."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from corrigenda.compare.sameness import same_item
from corrigenda.models import Document, Entry
from corrigenda.reading.feed_item import read_item
from corrigenda.sources import get

URL = "https://www.beehive.govt.nz/release/a-bridge"
WORDS = " ".join(f"word{n}" for n in range(50))


def entry(**values: object) -> Entry:
    usual = {"url": URL, "channel": "feed", "title": "A bridge", "body_html": "<p>It opens.</p>"}
    return Entry(**(usual | values))  # type: ignore[arg-type]


def document(title: str, body: str) -> Document:
    return Document(title=title, date=None, url=URL, body=body)


def test_an_item_is_read_as_pages_are() -> None:
    body = "<p>It <strong>opens</strong>.</p><ul><li>Soon</li></ul>"
    reading = read_item(entry(body_html=body, node_id=7), get("beehive"))
    assert reading is not None
    assert reading.document.body == "It **opens**.\n\n- Soon"
    assert reading.document.ministers == ()
    assert reading.node_id == 7


def test_its_date_is_the_utc_day_of_its_time() -> None:
    auckland = timezone(timedelta(hours=13))
    morning = datetime(2026, 2, 16, 8, 0, tzinfo=auckland)
    reading = read_item(entry(published_at=morning), get("beehive"))
    assert reading is not None
    assert reading.document.date == date(2026, 2, 15)
    assert read_item(entry(published_at=None), get("beehive")).document.date is None  # type: ignore[union-attr]
    noon = datetime(2026, 2, 16, 12, 0, tzinfo=UTC)
    assert read_item(entry(published_at=noon), get("beehive")).document.date == noon.date()  # type: ignore[union-attr]


@pytest.mark.parametrize("body", [None, "", "  \n"])
def test_an_item_without_text_says_nothing(body: str | None) -> None:
    assert read_item(entry(body_html=body), get("beehive")) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (document("A bridge", "x"), document("A  Bridge", "wholly rewritten"), True),
        (document("A bridge", WORDS), document("A new bridge", WORDS + " and more"), True),
        (document("A bridge", WORDS), document("A school", WORDS.upper()), True),
        (document("A bridge", WORDS), document("A school", "other words"), False),
        (document("", ""), document("", ""), False),
        (document("", WORDS), document("", WORDS), True),
        (document("A bridge", ""), document("A school", ""), False),
    ],
)
def test_same_item(one: Document, other: Document, same: bool) -> None:
    assert same_item(one, other) is same_item(other, one) is same
