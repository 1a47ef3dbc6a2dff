"""Pages of an invented release, and WARC files that hold them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from commands.demo.items import Item, own_items
from commands.demo.pages import article_page, challenge_page

ITEMS = own_items()
BRIDGE = next(item for item in ITEMS if item.slug == "harbour-bridge-upgrade-funded")
#: Wordings of the bridge's release, in the order the publisher gave it.
WORDINGS = [
    replace(BRIDGE, body=f"<p>The bridge costs ${cost} million.</p>") for cost in (5, 6, 7, 8)
]


def page(item: Item) -> bytes:
    """A whole page, with tokens no other response has."""
    return article_page(item, ITEMS[:3]).encode()


def day(number: int, hour: int = 9) -> datetime:
    return datetime(2019, 3, number, hour, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One response in a WARC file."""

    url: str
    at: datetime
    body: bytes
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    revisit: bool = False


def write_warc(path: Path, responses: Iterable[Stored]) -> Path:
    """Write a WARC file as a crawler would."""
    first: dict[bytes, Stored] = {}
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a test"}))
        for stored in responses:
            http = StatusAndHeaders(stored.status, list(stored.headers), protocol="HTTP/1.1")
            date = {"WARC-Date": stored.at.isoformat().replace("+00:00", "Z")}
            if stored.revisit:
                earlier = first[stored.body]
                digester = Digester("sha1")
                digester.update(earlier.body)
                record = writer.create_revisit_record(
                    stored.url,
                    str(digester),
                    earlier.url,
                    earlier.at.isoformat().replace("+00:00", "Z"),
                    http_headers=http,
                    warc_headers_dict=date,
                )
            else:
                first.setdefault(stored.body, stored)
                record = writer.create_warc_record(
                    stored.url,
                    "response",
                    payload=io.BytesIO(stored.body),
                    length=len(stored.body),
                    http_headers=http,
                    warc_headers_dict=date,
                )
            writer.write_record(record)
    return path


def challenge() -> bytes:
    """A challenge that repeats the asker's address."""
    return challenge_page().replace("127.0.0.1", "203.0.113.77").encode()
