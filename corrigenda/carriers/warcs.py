"""Reading WARC files (ISO 28500:2017, WARC 1.1; 1.0 and ARC likewise) as captures.

Of all a crawl stores, responses and revisits are what a page said at a time. A file that
is damaged half-way gives what came before the damage, and then says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from corrigenda.errors import UsageError

_NAMES = (".warc", ".warc.gz", ".arc", ".arc.gz")


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
    found = sorted(p for p in path.rglob("*") if p.name.lower().endswith(_NAMES))
    if not found:
        problem = "holds no WARC file" if path.is_dir() else "is not there"
        raise UsageError(f"{path}: {problem} ({', '.join(_NAMES)})")
    return found


def records(path: Path, largest: int) -> Iterator[WarcRecord]:
    """Yield the HTTP responses and revisits of a WARC file.

    Args:
        path: The file, compressed or not.
        largest: Bytes a decoded body may have.

    Raises:
        UsageError: It is no WARC file, or damaged. What was yielded before is good.
    """
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, arc2warc=True):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type in ("response", "revisit") and url.startswith("http"):
                    yield _record(record, url, largest)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ArchiveLoadFailed, EOFError, ValueError) as error:
        raise UsageError(
            f"{path}: no WARC file, or damaged ({error}). What came before the damage is kept"
        ) from None


def _record(record: ArcWarcRecord, url: str, largest: int) -> WarcRecord:
    headers = record.rec_headers
    revisit = record.rec_type == "revisit"
    body = b"" if revisit else record.content_stream().read(largest + 1)
    problem = ""
    if truncated := headers.get_header("WARC-Truncated"):
        problem = f"truncated by the crawler ({truncated})"
    elif len(body) > largest:
        problem, body = f"larger than {largest:,} bytes", b""
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


def _status(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _moment(text: str | None) -> datetime | None:
    """Read a WARC-Date: W3C date and time, in UTC, down to nanoseconds."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
