"""Pages that people saved in their browsers, where the file tells whose they are and of when.

===========  =================================================================================
SingleFile   an HTML file that begins with a comment: ``url: …`` and ``saved date: …``
browsers     an HTML file with ``<!-- saved from url=(0042)https://… -->``; no time is told
MHTML        RFC 2557; ``Snapshot-Content-Location`` and ``Date`` (Chrome, Edge)
HAR          HTTP Archive 1.2, of a browser's developer tools: every answer it got, each with
             its time
===========  =================================================================================
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import orjson

from corrigenda.carriers.bounds import read_whole
from corrigenda.errors import UsageError
from corrigenda.settings import Settings

#: What the names of such files end in.
ENDINGS = (".html", ".htm", ".mhtml", ".mht", ".har")
#: Comments stand before all else, but for the DOCTYPE and the tag they are in.
_HEAD = 10_000
_SINGLE_FILE = re.compile(
    rb"<!--\s*Page saved with SingleFile\s+url: *(\S+)\s+saved date: *([^\n]{1,100})"
)
_SAVED_FROM = re.compile(rb"<!-- saved from url=\(\d{4,}\)(\S{1,2000}) -->")
#: ECMA-262, Date.prototype.toString, always in English: Wed Mar 04 2026 10:04:11 GMT+1300 (…).
_JS_DATE = re.compile(r"\w{3} (\w{3} \d{2} -?\d+ [\d:]{8}) GMT([+-]\d{4})")
#: What says how a body was sent, while what was saved is decoded.
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """A page somebody saved, or an answer in a HAR file.

    Attributes:
        url: Where it was; empty when the file does not tell.
        captured_at: When it was saved, in UTC; None when the file does not tell.
        body: What was there.
        status: HTTP status; None where the file does not tell.
        headers: Response headers, names in lower case, in order.
    """

    url: str
    captured_at: datetime | None
    body: bytes
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


def files(path: Path) -> list[Path]:
    """Return the saved pages a person means: the one named, or all in the folder named.

    Raises:
        UsageError: There is none.
    """
    if path.is_file():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.name.lower().endswith(ENDINGS))
    if not found:
        problem = "holds no saved page" if path.is_dir() else "cannot be read (it is not there)"
        raise UsageError(f"{path}: {problem} ({', '.join(ENDINGS)})")
    return found


def read(path: Path, settings: Settings) -> list[SavedPage]:
    """Return what a file holds: one page, or the answers of a HAR file.

    Raises:
        UsageError: It cannot be read, is too large, or is not what its name says.
    """
    data = read_whole(path, settings)
    match path.suffix.lower():
        case ".har":
            return list(_of_har(path, data))
        case ".mhtml" | ".mht":
            return [_of_mhtml(path, data)]
        case _:
            return [_of_html(data)]


def _of_html(data: bytes) -> SavedPage:
    head = data[:_HEAD]
    if found := _SINGLE_FILE.search(head):
        at = _js_date(found[2].decode("utf-8", "replace").strip())
        return SavedPage(url=_text(found[1]), captured_at=at, body=data)
    found = _SAVED_FROM.search(head)
    return SavedPage(url=_text(found[1]) if found else "", captured_at=None, body=data)


def _of_mhtml(path: Path, data: bytes) -> SavedPage:
    try:
        message = message_from_bytes(data, policy=policy.default)
        url = str(message["Snapshot-Content-Location"] or "").strip()
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
        own = [part for part in pages if str(part["Content-Location"] or "").strip() == url]
        page = next(iter(own or pages), None)
        body = page.get_payload(decode=True) if page is not None else None
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError, IndexError) as e:
        raise _not_one(path, "MHTML", e) from None
    if not isinstance(page, EmailMessage) or not isinstance(body, bytes):
        raise UsageError(f"{path}: no page is in it; was it saved as MHTML?")
    charset = page.get_content_charset()
    kind = "text/html" + (f"; charset={charset}" if charset else "")
    return SavedPage(
        url=url or str(page["Content-Location"] or "").strip(),
        captured_at=_mail_date(str(message["Date"] or "")),
        body=body,
        headers=(("content-type", kind),),
    )


def _of_har(path: Path, data: bytes) -> Iterator[SavedPage]:
    try:
        entries = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))["log"]["entries"]
        for entry in entries:
            if entry["request"]["method"] == "GET":
                yield _of_entry(entry)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _not_one(path, "HAR", error) from None


def _of_entry(entry: dict[str, Any]) -> SavedPage:
    response = entry["response"]
    content, status = response["content"], response["status"]
    text = content.get("text") or ""
    if content.get("encoding") == "base64":
        body, kind = base64.b64decode(text), content.get("mimeType") or ""
    else:  # text is text by now, whatever its bytes were
        body, kind = text.encode("utf-8", "replace"), "text/html; charset=utf-8"
    headers = [(one["name"].lower(), one["value"]) for one in response["headers"]]
    kept = tuple(h for h in headers if h[0] not in (*_OF_THE_WIRE, "content-type"))
    return SavedPage(
        url=entry["request"]["url"],
        captured_at=_iso_date(entry["startedDateTime"]),
        body=body,
        status=status if isinstance(status, int) and 100 <= status <= 599 else None,
        headers=(*kept, ("content-type", kind)),
    )


def _not_one(path: Path, kind: str, error: Exception) -> UsageError:
    return UsageError(f"{path}: not a {kind} file, or damaged ({str(error)[:200]})")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _js_date(text: str) -> datetime | None:
    if not (found := _JS_DATE.match(text)):
        return _iso_date(text)
    try:
        moment = datetime.strptime(f"{found[1]} {found[2]}", "%b %d %Y %H:%M:%S %z")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso_date(text: str) -> datetime | None:
    """Read a time with its zone; one without could be half a day off."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _mail_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        # RFC 5322, section 3.3: "-0000" is a time in UTC, of a place that is not told.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None
