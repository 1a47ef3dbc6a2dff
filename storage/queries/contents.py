"""What a version says, in the shape the timeline works with."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlite_utils import Database

from corrigenda import documents
from corrigenda.fields import forms, plain
from corrigenda.models import Attachment, Document, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One reading, ready to be written as a version.

    Attributes:
        document: The document, attachment lengths included.
        text: The document as written.
        digest: Hex SHA-256 of ``text``.
        details: What the document does not write down: times as found, the rule that
            gave the date, quality notes.
        normaliser_version: Which normaliser read it.
    """

    document: Document
    text: str
    digest: str
    details: dict[str, Any]
    normaliser_version: int

    @property
    def lengths(self) -> dict[str, int]:
        """Attachment lengths that are known, by URL."""
        return {a.url: a.length for a in self.document.attachments if a.length is not None}

    @property
    def fields(self) -> str:
        """The fields as the ``versions.fields`` column holds them (JSON)."""
        document = self.document
        lists = {form.name: plain(document, form) for form in forms(Document) if form.many}
        files = [{"url": a.url, "length": a.length} for a in document.attachments]
        values = {**lists, "attachments": files, **self.details}
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()

    def with_lengths(self, lengths: dict[str, int]) -> Content:
        """Return the same content with other attachment lengths."""
        attachments = tuple(
            Attachment(url=a.url, length=lengths.get(a.url)) for a in self.document.attachments
        )
        return replace(self, document=replace(self.document, attachments=attachments))


def from_reading(reading: Reading, normaliser_version: int) -> Content:
    """Return the content of a reading."""
    text = documents.write(reading.document)
    return Content(
        document=reading.document,
        text=text,
        digest=documents.digest(text),
        details={
            "date_attribute": reading.date_attribute,
            "date_displayed": reading.date_displayed,
            "date_rule": reading.date_rule,
            "notes": reading.notes,
        },
        normaliser_version=normaliser_version,
    )


def of_version(db: Database, version_id: int) -> Content:
    """Return a version's content as the newest normaliser reads it.

    A derivation is the same version read again by later code, so comparisons use it:
    otherwise our own improvement would show as the publisher's edit.
    """
    row = db.execute(f"SELECT {_READ} FROM readings WHERE version_id = ?", [version_id]).fetchone()
    return _content(*row)


def newest(db: Database, release_id: int) -> Content | None:
    """Return what a release said last, on its page if that was ever seen; None if never held."""
    row = db.execute(
        f"SELECT {_READ} FROM newest_readings WHERE release_id = ?", [release_id]
    ).fetchone()
    return _content(*row) if row else None


_READ = "text, digest, fields, normaliser_version"


def _content(text: str, digest: str, fields: str, normaliser_version: int) -> Content:
    details = json.loads(fields)
    lengths = {a["url"]: a["length"] for a in details.pop("attachments")}
    for form in forms(Document):
        details.pop(form.name, None)
    content = Content(
        document=documents.read(text),
        text=text,
        digest=digest,
        details=details,
        normaliser_version=normaliser_version,
    )
    return content.with_lengths(lengths)
