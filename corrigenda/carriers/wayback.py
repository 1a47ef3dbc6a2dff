"""The Internet Archive's Wayback Machine: its index, and how it replays a capture (pure).

The index is the CDX server (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server);
``id_`` behind a timestamp asks for the capture's own bytes, without the Archive's toolbar
and rewritten links. A pywb collection (https://pywb.readthedocs.io) speaks the same in a
slightly other form, which is read too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from corrigenda.errors import FeedError, SettingsError

HOST = "web.archive.org"
_REPLAY = re.compile(r"/(\d{14})id_/(https?://?.+)", re.DOTALL)
_PREFIX = "x-archive-orig-"
#: Headers that the replaying server adds to those of the capture.
_REPLAYED = frozenset({"memento-datetime", "link", "content-location", "transfer-encoding"})
_PAGES = ("text/html", "application/xhtml+xml", "warc/revisit", "unk", "-", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One line of the index.

    Attributes:
        timestamp: Fourteen digits, UTC.
        url: The address as captured.
        status: HTTP status as text; ``-`` for a revisit.
        mime: Its content type.
        digest: Of its payload, as the Archive computes it.
    """

    timestamp: str
    url: str
    status: str
    mime: str
    digest: str

    @property
    def captured_at(self) -> datetime:
        """The timestamp as a moment."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    @property
    def is_page(self) -> bool:
        """Tell whether it may be the page: redirects and errors say nothing it said."""
        return self.status in ("200", "-", "") and self.mime.split(";")[0] in _PAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an archive is asked.

    Attributes:
        origin: What receives the requests for web.archive.org; empty for the Archive itself.
        index: Path of its index.
        replay: Path of its replay.
    """

    origin: str = ""
    index: str = "/cdx/search/cdx"
    replay: str = "/web"

    def index_url(self, url: str) -> str:
        """Return the address of the index of a URL's captures."""
        return f"https://{HOST}{self.index}?url={quote(url, safe='')}&output=json"

    def replay_url(self, snapshot: Snapshot) -> str:
        """Return the address of a capture's own bytes."""
        return f"https://{HOST}{self.replay}/{snapshot.timestamp}id_/{snapshot.url}"


def address(origin: str) -> Address:
    """Read where an archive is asked.

    Args:
        origin: Empty for the Internet Archive; ``http://host:port`` for a mirror of it;
            ``http://host:port/collection`` for a pywb collection.

    Raises:
        SettingsError: It is not such an address.
    """
    if not origin:
        return Address()
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        problem = f"{origin!r} is not an address like http://127.0.0.1:8080/collection"
        raise SettingsError("wayback_origin", problem)
    base, collection = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if not collection:
        return Address(origin=base)
    return Address(origin=base, index=f"{collection}/cdx", replay=collection)


def read_index(data: bytes, url: str) -> list[Snapshot]:
    """Read an index: rows under a row of names (the Archive), or an object a line (pywb).

    Returns:
        The captures in the order of their time.

    Raises:
        FeedError: It is neither.
    """
    try:
        text = data.decode("utf-8").strip()
        if text.startswith("["):
            rows = json.loads(text)
            lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] if rows else []
        else:
            lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        found = [_snapshot(line) for line in lines]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FeedError(
            url, f"not an index of captures ({error or type(error).__name__})"
        ) from None
    return sorted(found, key=lambda s: s.timestamp)


def _snapshot(line: dict[str, str]) -> Snapshot:
    timestamp = line["timestamp"]
    datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Snapshot(
        timestamp=timestamp,
        url=line.get("original") or line["url"],
        status=line.get("statuscode") or line.get("status") or "",
        mime=line.get("mimetype") or line.get("mime") or "",
        digest=line.get("digest") or "",
    )


def replayed(url: str) -> tuple[str, str] | None:
    """Return the timestamp and original address that a replay's address names, or None."""
    match = _REPLAY.search(url)
    return (match.group(1), match.group(2)) if match else None


def original_headers(headers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the captured response's own headers among those of its replay."""
    kept = [(n.removeprefix(_PREFIX), v) for n, v in headers if n.startswith(_PREFIX)]
    return tuple(kept or [(n, v) for n, v in headers if n not in _REPLAYED])


def is_memento(headers: Sequence[tuple[str, str]]) -> bool:
    """Tell a replayed capture from the archive's own pages (RFC 7089, section 2.1.1)."""
    return any(n == "memento-datetime" or n.startswith(_PREFIX) for n, _ in headers)


def save_url(url: str) -> str:
    """Return the address that asks the Archive to capture a page now."""
    return f"https://{HOST}/save/{url}"


def kept_at(final_url: str, location: str, url: str) -> str:
    """Return the capture that an answer to :func:`save_url` names; empty for none.

    Args:
        final_url: Where redirects led.
        location: The ``Content-Location`` header.
        url: The page that was to be kept.
    """
    for told in (final_url, location):
        path = urlsplit(told).path
        if re.match(r"/web/\d{14}[a-z_]*/", path) and urlsplit(url).path in told:
            return f"https://{HOST}{told[told.index('/web/') :]}"
    return ""
