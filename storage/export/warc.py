"""The captures as a WARC file (ISO 28500:2017, WARC 1.1), for pywb and its like.

Bodies are kept decoded, so the headers that told how they were packed for the way are
left out of the response and kept, as received, in the record of metadata beside it.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from sqlite_utils import Database
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from corrigenda import __version__
from corrigenda.wording import count
from storage.export.files import Folder, Result
from storage.record.payloads import Payloads

_NAME = "corrigenda.warc.gz"
_CRLF = "\r\n"
#: How a body was packed for the way; it is kept unpacked.
_TRANSPORT = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection"})
#: Stable names for the same captures, whenever they are written.
_SPACE = uuid.UUID("7d0b2a52-5d0c-4f0e-9a57-0c6b6f3f9c11")
_REVISIT_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_REVISIT_304 = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def export_warc(db: Database, to: Path) -> Result:
    """Write every capture that has an answer to ``corrigenda.warc.gz``.

    A page is a ``response``, with a ``request`` where it was we who asked, and ``metadata``
    about how it came. The same bytes again, and a 304, are a ``revisit``. A document of an
    archive was never a response: it is a ``resource``.
    """
    folder = Folder(to)
    with folder.stream(_NAME) as out:
        number = write_captures(db, out)
    folder.result.items = count(number, "capture")
    return folder.result


def write_captures(db: Database, out: BinaryIO, only: Sequence[int] | None = None) -> int:
    """Write captures as one WARC file.

    Args:
        db: The store.
        out: Where to.
        only: Rows of ``captures``; all that have an answer when left out.

    Returns:
        How many were written.
    """
    chosen = "" if only is None else f"AND c.id IN ({', '.join('?' * len(only))}) "
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    records = _Records(writer, Payloads(db))
    number = 0
    for row in db.query(
        "SELECT c.*, r.flow FROM captures c JOIN runs r ON r.id = c.run_id "
        f"WHERE (c.payload_sha256 IS NOT NULL OR c.status = 304) {chosen}"
        "ORDER BY c.captured_at, c.id",
        list(only or ()),
    ):
        if number == 0:
            writer.write_record(_warcinfo(writer, row["captured_at"]))
        number += 1
        for record in records.of(row):
            writer.write_record(record)
    return number


class _Records:
    """Makes the records of captures, in the order of time."""

    def __init__(self, writer: WARCWriter, payloads: Payloads) -> None:
        self._writer = writer
        self._payloads = payloads
        self._seen: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._last: dict[str, Mapping[str, Any]] = {}

    def of(self, row: Mapping[str, Any]) -> Iterator[ArcWarcRecord]:
        """Yield a capture's records."""
        url, sha256 = row["final_url"] or row["url"], row["payload_sha256"]
        if row["via"] == "archive" or url.startswith("file:"):
            yield self._resource(row)
            return
        earlier = self._seen.get((url, sha256)) if sha256 else self._last.get(url)
        if earlier is not None:
            yield self._revisit(row, url, earlier)
        elif sha256:
            yield self._response(row, url)
            self._seen[url, sha256] = row
        else:
            return  # a 304 for a page of which no body is held
        if sha256:
            self._last[url] = row
        if row["via"] in ("live", "feed"):
            yield self._request(row, url)
        yield self._metadata(row, url)

    def _response(self, row: Mapping[str, Any], url: str) -> ArcWarcRecord:
        body = self._payloads.get(row["payload_sha256"])
        headers = _headers(row)
        headers.append(("content-length", str(len(body))))
        return self._record(
            row, url, "response", body, StatusAndHeaders(_status(row), headers, "HTTP/1.1")
        )

    def _revisit(
        self, row: Mapping[str, Any], url: str, earlier: Mapping[str, Any]
    ) -> ArcWarcRecord:
        not_modified = row["status"] == 304
        return self._record(
            row,
            url,
            "revisit",
            b"",
            StatusAndHeaders(_status(row), _headers(row), "HTTP/1.1"),
            {
                "WARC-Profile": _REVISIT_304 if not_modified else _REVISIT_SAME,
                "WARC-Refers-To": _id("response", earlier),
                "WARC-Refers-To-Target-URI": url,
                "WARC-Refers-To-Date": _date(earlier),
                "WARC-Payload-Digest": self._digest(earlier),
            },
        )

    def _resource(self, row: Mapping[str, Any]) -> ArcWarcRecord:
        told = json.loads(row["provenance"])
        name = f"urn:corrigenda:archive:{told.get('archive', '')}/{told.get('file', row['url'])}"
        body = self._payloads.get(row["payload_sha256"])
        return self._record(
            row, name.replace(" ", "%20"), "resource", body, None, {"Content-Type": "text/markdown"}
        )

    def _request(self, row: Mapping[str, Any], url: str) -> ArcWarcRecord:
        """Make the request that was answered: what is certain of it, and no more."""
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        lines = StatusAndHeaders(
            f"GET {target} HTTP/1.1", [("Host", parts.netloc)], is_http_request=True
        )
        return self._record(row, url, "request", b"", lines, _beside(row))

    def _metadata(self, row: Mapping[str, Any], url: str) -> ArcWarcRecord:
        fields = {
            "via": row["via"],
            "verdict": row["verdict"],
            "reason": row["reason"],
            "asked-for": row["url"],
            "redirects": " ".join(json.loads(row["redirects"])),
            "fetchTimeMs": str(round(row["elapsed"] * 1000)),
            "run": f"{row['run_id']} ({row['flow']})",
            "headers-received": row["headers"],
            "provenance": row["provenance"],
        }
        text = "".join(
            f"{name}: {' '.join(str(value).split())}{_CRLF}"
            for name, value in fields.items()
            if value
        )
        extra = {"Content-Type": "application/warc-fields", **_beside(row)}
        return self._record(row, url, "metadata", text.encode("utf-8"), None, extra)

    def _record(
        self,
        row: Mapping[str, Any],
        url: str,
        kind: str,
        body: bytes,
        http: StatusAndHeaders | None,
        extra: Mapping[str, str] | None = None,
    ) -> ArcWarcRecord:
        extra = dict(extra or {})
        content_type = extra.pop("Content-Type", "")
        headers = {"WARC-Record-ID": _id(kind, row), "WARC-Date": _date(row), **extra}
        return self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=http,
            warc_content_type=content_type,
            warc_headers_dict=headers,
        )

    def _digest(self, row: Mapping[str, Any]) -> str:
        """Return a payload's digest in the form the writer gives it to a response."""
        digester = Digester("sha1")
        digester.update(self._payloads.get(row["payload_sha256"]))
        return str(digester)


def _warcinfo(writer: WARCWriter, captured_at: str) -> ArcWarcRecord:
    fields = {
        "software": f"corrigenda/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": "Bodies are decoded; headers as received are in the metadata records.",
    }
    record = writer.create_warcinfo_record(_NAME, fields)
    record.rec_headers.replace_header("WARC-Date", captured_at)
    named = uuid.uuid5(_SPACE, f"warcinfo {captured_at}")
    record.rec_headers.replace_header("WARC-Record-ID", f"<urn:uuid:{named}>")
    return record


def _id(kind: str, row: Mapping[str, Any]) -> str:
    named = uuid.uuid5(_SPACE, f"{kind} {row['url']} {row['captured_at']} {row['payload_sha256']}")
    return f"<urn:uuid:{named}>"


def _beside(row: Mapping[str, Any]) -> dict[str, str]:
    kind = "response" if row["payload_sha256"] else "revisit"
    return {"WARC-Concurrent-To": _id(kind, row)}


def _date(row: Mapping[str, Any]) -> str:
    """Return the capture's time to the microsecond, which WARC 1.1 allows."""
    return str(row["captured_at"])


def _status(row: Mapping[str, Any]) -> str:
    status = row["status"] or 200
    return {200: "200 OK", 304: "304 Not Modified", 404: "404 Not Found"}.get(
        status, f"{status} Status"
    )


def _headers(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    kept = [(n, v) for n, v in json.loads(row["headers"]) if n.lower() not in _TRANSPORT]
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept.append(("content-type", "text/html; charset=utf-8"))
    return kept
