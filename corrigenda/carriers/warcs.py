"""Reading WARC files (ISO 28500:2017, WARC 1.1; 1.0 and ARC likewise) as captures.

A WACZ file (https://specs.webrecorder.net/wacz/1.1.1/) is a zip file with WARC files in it. Of
all a crawl stores, responses and revisits are what a page said at a time. A file that
is damaged half-way gives what came before the damage, and then says so.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException

from corrigenda.carriers import wacz
from corrigenda.carriers.bounds import HEADERS, Bounds
from corrigenda.errors import UsageError
from corrigenda.fetch.decoding import BodyError, Decoder
from corrigenda.settings import Settings

#: What the names of such files end in.
ENDINGS = (".warc", ".warc.gz", ".arc", ".arc.gz", wacz.NAME)
_STEP = 65_536
_DAMAGE = (
    *(ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """A response, or a revisit that names an earlier one.

    Attributes:
        id: The record's identifier.
        url: Its target, as written.
        captured_at: Its date, UTC; None when it has none that can be read.
        status: HTTP status; None when the record does not tell.
        headers: Response headers, names in lower case, in order.
        body: The decoded body; empty for a revisit.
        digest: The payload's digest, as written.
        revisit: It repeats an earlier response.
        refers_to: Target and date of that response, where told.
        problem: Why the body cannot be used; empty when it can.
    """

    id: str
    url: str
    captured_at: datetime | None
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest: str
    revisit: bool
    refers_to: tuple[str, datetime | None] | None
    problem: str = ""


def files(path: Path) -> list[Path]:
    """Return the WARC files a person means: the one named, or all in the folder named.

    Raises:
        UsageError: There is none.
    """
    if path.is_file():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.name.lower().endswith(ENDINGS))
    if not found:
        problem = "holds no WARC file" if path.is_dir() else "is not there"
        raise UsageError(f"{path}: {problem} ({', '.join(ENDINGS)})")
    return found


def records(path: Path, settings: Settings) -> Iterator[WarcRecord]:
    """Yield the HTTP responses and revisits of a WARC file, or of those in a WACZ file.

    Args:
        path: The file, compressed or not.
        settings: How much it may hold, and bytes a decoded body may have.

    Raises:
        UsageError: It is no such file, damaged, or holds too much. What was yielded before is
            good.
    """
    bounds = Bounds.of(path, settings)
    try:
        if wacz.is_one(path):
            with closing(wacz.crawls(path, bounds)) as crawls:
                for crawl in crawls:
                    yield from _of_stream(crawl, bounds, settings.max_body)
        else:
            with path.open("rb") as stream:
                yield from _of_stream(stream, bounds, settings.max_body)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from None
    except _DAMAGE as error:
        raise UsageError(
            f"{path}: no WARC file, or damaged ({str(error)[:200]}). What came before the damage "
            "is kept"
        ) from None


def _of_stream(stream: IO[bytes], bounds: Bounds, largest: int) -> Iterator[WarcRecord]:
    found = ArchiveIterator(stream, arc2warc=True)
    found.reader = reader = _Bounded(stream, bounds)
    for record in found:
        bounds.meet()
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        if record.rec_type in ("response", "revisit") and url.startswith("http"):
            yield _record(record, url, largest)
        reader.in_headers = 0


class _Bounded(DecompressingBufferedReader):  # type: ignore[misc]
    """What warcio reads a file by, with an end to all that it would read without one.

    Attributes:
        in_headers: Bytes of headers read since the last record.
    """

    def __init__(self, stream: IO[bytes], bounds: Bounds) -> None:
        super().__init__(stream)
        self.in_headers = 0
        self._bounds = bounds

    def _decompress(self, data: bytes) -> bytes:
        unpacked: bytes = super()._decompress(data)
        self._bounds.unpack(len(unpacked))
        return unpacked

    def readline(self, length: int | None = None) -> bytes:
        """Read a line, of a header or of what a chunk begins with."""
        if length is None or length > HEADERS:
            length = HEADERS - self.in_headers + 1
        line: bytes = super().readline(length)
        self.in_headers += len(line)
        if self.in_headers > HEADERS:
            raise self._bounds.header_too_long()
        return line

    def read(self, length: int | None = None) -> bytes:
        """Read of a body: the headers are over."""
        self.in_headers = 0
        data: bytes = super().read(length)
        return data


def _record(record: ArcWarcRecord, url: str, largest: int) -> WarcRecord:
    headers = record.rec_headers
    revisit = record.rec_type == "revisit"
    body, problem = (b"", "") if revisit else _body(record, largest)
    if truncated := headers.get_header("WARC-Truncated"):
        problem = f"truncated by the crawler ({truncated})"
    target = headers.get_header("WARC-Refers-To-Target-URI")
    http = record.http_headers
    return WarcRecord(
        id=headers.get_header("WARC-Record-ID") or "",
        url=url,
        captured_at=_moment(headers.get_header("WARC-Date")),
        status=_status(http.get_statuscode()) if http else None,
        headers=tuple((k.lower(), v) for k, v in http.headers) if http else (),
        body=body,
        digest=headers.get_header("WARC-Payload-Digest") or "",
        revisit=revisit,
        refers_to=(target, _moment(headers.get_header("WARC-Refers-To-Date"))) if target else None,
        problem=problem,
    )


def _body(record: ArcWarcRecord, largest: int) -> tuple[bytes, str]:
    """Return a record's body, decoded, and what is wrong with it.

    Some crawlers store a body decoded and leave the headers as they were: what does not decode
    is taken as it is.
    """
    http, stream = record.http_headers, record.raw_stream
    told = (http.get_header("content-encoding") or "" if http else "").strip().lower()
    if http and (http.get_header("transfer-encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    stored = stream.read(largest + 1)
    if len(stored) > largest:
        return b"", f"larger than {largest:,} bytes"
    try:
        decoder = Decoder(told, largest)
        for start in range(0, len(stored), _STEP):
            decoder.feed(stored[start : start + _STEP])
        return decoder.finish(), ""
    except BodyError as error:
        if error.too_large:
            return b"", f"larger than {largest:,} bytes"
        return stored, ""


def _status(text: str | None) -> int | None:
    """Read a status; what has not three digits is none (RFC 9110, section 15)."""
    return int(text) if text and len(text) == 3 and text.isascii() and text.isdigit() else None


def _moment(text: str | None) -> datetime | None:
    """Read a WARC-Date: W3C date and time, in UTC, down to nanoseconds."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the first day of the calendar has no yesterday
        return None
