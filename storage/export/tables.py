"""Versions and changes as JSON lines and as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlite_utils import Database

from corrigenda import documents
from corrigenda.fields import forms, plain
from corrigenda.models import Change, Document
from corrigenda.wording import count
from storage.export.files import Folder, Result
from storage.export.held import HeldVersion, all_versions
from storage.file.times import to_text
from storage.queries.changes import changes

_Row = dict[str, Any]
_Write = Callable[[BinaryIO, Iterable[_Row]], int]

#: What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
        log = write(file, (_change(change) for change in _in_order(db)))
    folder.result.items = f"{count(versions, 'version')}, {count(log, 'change')}"
    return folder.result


def _write_lines(file: BinaryIO, rows: Iterable[_Row]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last is how many
        file.write(orjson.dumps(row) + b"\n")
    return number


def _write_csv(file: BinaryIO, rows: Iterable[_Row]) -> int:
    number = 0
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    for number, row in enumerate(rows, start=1):
        if number == 1:
            writer.writerow(row)
        writer.writerow([_cell(value) for value in row.values()])
    text.detach()  # the file is the caller's to close
    return number


def _in_order(db: Database) -> Iterator[Change]:
    yield from sorted(changes(db), key=lambda change: (change.before, change.url, change.id))


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


def _change(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "url": change.url,
        "title": change.title,
        "kind": str(change.kind),
        "significance": str(change.significance),
        "reasons": list(change.reasons),
        "fields": list(change.fields),
        "after": to_text(change.after) if change.after else None,
        "before": to_text(change.before),
        "from_version": change.from_version,
        "to_version": change.to_version,
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "silent": change.silent,
        "revert": change.revert,
        "review": change.review,
        "track": str(change.track),
    }


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(v if isinstance(v, str) else json.dumps(v) for v in value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
