"""Archives made by hand, and a session that asks nobody."""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from corrigenda import documents
from corrigenda.models import Attachment, Document
from corrigenda.settings import Settings
from flows.account.tally import Tally
from flows.request import Request
from flows.session import Session, open_session
from flows.ways import archive as archives
from storage.file.connection import open_database

HOST = "https://www.beehive.govt.nz"
MADE = datetime(2026, 2, 28, tzinfo=UTC)

# What no two runs share: row numbers follow from these, or from the order of the archive.
_OF_THE_MOMENT = {
    "releases": "first_heard_at next_check_at",
    "captures": "run_id",
    "versions": "recorded_at previous_hash hash",
    "changes": "run_id detected_at",
    "issues": "run_id noticed_at",
}


def document(number: int, **fields: object) -> Document:
    """An invented document, unlike every other."""
    values: dict[str, object] = {
        "title": f"Bridge number {number} opens",
        "date": date(2008, 1 + number % 12, 1 + number % 28),
        "url": f"{HOST}/release/bridge-number-{number}-opens",
        "ministers": ("Hon Āwhina Moss",) if number % 3 else ("Rt Hon P. Q. Reed", "Hon B"),
        "portfolios": ("Transport",),
        "body": f"Bridge {number} cost ${number * 7},000.\n\nIt opens on Monday."
        * (1 + number % 4),
    }
    if number % 5 == 0:
        values["attachments"] = (Attachment(url=f"{HOST}/files/{number}.pdf"),)
    return Document(**values | fields)  # type: ignore[arg-type]


def name_of(made: Document) -> str:
    """Where the public archive would keep it."""
    day = made.date or date(1, 1, 1)
    return f"{day.year:04}/{day.month:02}/{day.isoformat()}-{made.url.rsplit('/', 1)[-1]}.md"


def write_archive(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, all of one date."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.utime(path, (MADE.timestamp(), MADE.timestamp()))
    return root


def archive_of(root: Path, *made: Document) -> Path:
    """Write documents as the public archive would."""
    return write_archive(root, {name_of(d): documents.write(d) for d in made})


def tar_of(root: Path, to: Path) -> Path:
    with tarfile.open(to, "w:xz") as tar:
        tar.add(root, arcname="releases")
    return to


@contextmanager
def session_of(db: Path) -> Iterator[Session]:
    with open_session(Settings(db=db), "beehive", "backfill", {}) as session:
        yield session


def bring_archive(db: Path, path: Path, **options: object) -> Tally:
    """Import an archive; returns the account."""
    with session_of(db) as session:
        archives.run(Request(archive=path, **options), session)  # type: ignore[arg-type]
        return session.tally


def content_of_store(db: Path) -> dict[str, list[dict[str, object]]]:
    """Everything in a database but what no two runs share."""
    store = open_database(db)
    found: dict[str, list[dict[str, object]]] = {}
    for table in (
        *("releases", "aliases", "captures", "payloads", "versions", "derivations"),
        *("observations", "spans", "changes", "reviews", "issues"),
    ):
        hidden = {*_OF_THE_MOMENT.get(table, "").split(), "data", "dictionary"}
        rows = [{k: v for k, v in row.items() if k not in hidden} for row in store[table].rows]
        for row in rows:
            if "provenance" in row:
                row["provenance"] = json.loads(str(row["provenance"]))
        found[table] = sorted(rows, key=str) if table == "payloads" else rows
    store.close()
    return found


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "corrigenda.db"


@pytest.fixture
def archive(tmp_path: Path) -> Callable[..., Path]:
    """Make an archive of documents in a folder of its own."""
    return lambda *made, name="archive": archive_of(tmp_path / name, *made)
