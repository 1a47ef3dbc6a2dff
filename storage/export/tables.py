"""Versions and changes as JSON lines and as CSV."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlite_utils import Database

from corrigenda import documents
from corrigenda.fields import forms, plain
from corrigenda.models import Document
from corrigenda.table import write_csv
from corrigenda.wording import count
from storage.export.files import Folder, Result
from storage.export.held import HeldVersion, all_versions
from storage.file.times import to_text
from storage.queries.log.changes import in_order

_Row = dict[str, Any]
_Write = Callable[[BinaryIO, Iterable[_Row]], int]


#: What is written of a change, in this order: an export of the same store stays the same.
_OF_A_CHANGE = (
    "id url title kind significance reasons fields after before from_version to_version "
    "words_added words_removed silent revert review track"
).split()


def export_jsonl(db: Database, to: Path) -> Result:
    """Write ``versions.jsonl`` and ``changes.jsonl``, an object a line."""
    return _export(db, to, "jsonl", _write_lines)


def export_csv(db: Database, to: Path) -> Result:
    """Write ``versions.csv`` and ``changes.csv`` (RFC 4180, UTF-8, a header row).

    Lists are joined with ``; ``. Text that a spreadsheet would run as a formula gets an
    apostrophe in front, as spreadsheets themselves do.
    """
    return _export(db, to, "csv", _write_csv)


def _export(db: Database, to: Path, ending: str, write: _Write) -> Result:
    folder = Folder(to)
    with folder.stream(f"versions.{ending}") as file:
        versions = write(file, (_version(version) for version in all_versions(db)))
    with folder.stream(f"changes.{ending}") as file:
        rows = ({name: row[name] for name in _OF_A_CHANGE} for row in in_order(db))
        log = write(file, rows)
    folder.result.items = f"{count(versions, 'version')}, {count(log, 'change')}"
    return folder.result


def _write_lines(file: BinaryIO, rows: Iterable[_Row]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last is how many
        file.write(orjson.dumps(row) + b"\n")
    return number


def _write_csv(file: BinaryIO, rows: Iterable[_Row]) -> int:
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    number = write_csv(text, chain([first], rows), list(first))
    text.detach()  # the file is the caller's to close
    return number


def _version(version: HeldVersion) -> dict[str, Any]:
    document = documents.read(version.text)
    return {
        "url": version.url,
        "content_type": version.content_type,
        "status": version.status,
        "version": version.number,
        "first_observed": to_text(version.first_observed),
        "last_observed": to_text(version.last_observed),
        "captures": version.captures,
        "via": version.via,
        **{form.name: plain(document, form) for form in forms(Document) if form.exported},
        "digest": version.digest,
        "hash": version.hash,
    }
