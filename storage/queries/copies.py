"""Documents and payloads by what they are (their digests), not by where they stand.

A version's number may change when an older capture comes in; its digest cannot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from corrigenda.compare import masking
from corrigenda.urls import slug_of

_EXTENSIONS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/rss+xml": "xml",
    "application/atom+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/markdown": "md",
    "application/json": "json",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A document as a reader gets it.

    Attributes:
        digest: SHA-256 of the document as recorded: its address.
        sha256: SHA-256 of ``data``: another where press contacts are withheld.
        data: The bytes.
        name: A file name that says what it is.
    """

    digest: str
    sha256: str
    data: bytes
    name: str

    @property
    def withheld(self) -> bool:
        """Something was left out: this is not the document as recorded."""
        return self.digest != self.sha256


def copy_of(url: str, digest: str, text: str, *, masked: bool) -> Copy:
    """Return a document for the reader at hand.

    Args:
        url: The release's.
        digest: Of the document as recorded.
        text: The document as recorded.
        masked: Without the details of press contacts.
    """
    data = masking.document(text, masked=masked).encode("utf-8", "surrogatepass")
    sha256 = hashlib.sha256(data).hexdigest()
    return Copy(digest=digest, sha256=sha256, data=data, name=f"{stem(url)}-{sha256[:12]}.md")


def document(db: Database, digest: str, *, masked: bool) -> Copy | None:
    """Return the document with a digest, a later reading's among them; None if there is none."""
    row = db.execute(
        "SELECT r.url, v.text FROM versions v JOIN releases r ON r.id = v.release_id "
        "WHERE v.digest = :digest UNION ALL SELECT r.url, d.text FROM derivations d "
        "JOIN versions v ON v.id = d.version_id JOIN releases r ON r.id = v.release_id "
        "WHERE d.digest = :digest LIMIT 1",
        {"digest": digest},
    ).fetchone()
    return copy_of(row[0], digest, row[1], masked=masked) if row else None


def payload_name(capture: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return a payload's file name: the release, its digest, and an ending of its type.

    Args:
        capture: Columns of ``captures``.
        headers: Its response headers, names in lower case.
    """
    media = media_type(capture, headers)
    ending = _EXTENSIONS.get(media, "bin")
    return f"{stem(capture['url'])}-{capture['payload_sha256'][:12]}.{ending}"


def media_type(capture: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the type of a payload, as the publisher told it or as the way it came says."""
    told = headers.get("content-type", "").split(";")[0].strip().lower()
    return told or {"archive": "text/markdown", "feed": "application/xml"}.get(
        capture["via"], "text/html"
    )


def stem(url: str) -> str:
    """Return a file name's beginning that says what it is and cannot leave its folder."""
    kept = "".join(c for c in slug_of(url) if c.isascii() and (c.isalnum() or c == "-"))
    return kept[:80].strip("-") or "release"
