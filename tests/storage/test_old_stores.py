"""A store that an earlier program wrote is read, brought up to date, and exports the same."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import shutil
import subprocess
from pathlib import Path

import pytest

from review.exports import FEEDS
from storage.audit.verify import verify
from storage.export import FORMATS
from storage.file.connection import open_database
from storage.file.migrations import migrations
from storage.queries.log.changes import changes

STORES = Path(__file__).with_name("stores")
PAGES = "https://changes.example.org"

pytestmark = [
    pytest.mark.parametrize("day", [path.stem for path in STORES.glob("*.sha256")]),
    pytest.mark.skipif(not shutil.which("git"), reason="git is not installed"),
]


@pytest.fixture
def db(day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the store; a WARC names the program's number, which is no matter here."""
    monkeypatch.setattr("storage.export.warc.__version__", "0.1.0")
    path = tmp_path / "corrigenda.db"
    path.write_bytes(lzma.decompress((STORES / f"{day}.db.xz").read_bytes()))
    return path


def told_then(day: str) -> dict[str, str]:
    """What the program of that day exported: digests by name."""
    lines = (STORES / f"{day}.sha256").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def exported(path: Path, to: Path) -> dict[str, str]:
    """What the program of today exports, likewise."""
    db = open_database(path)
    for form, write in FORMATS.items():
        write(db, to / form)
    for form, write_feed in FEEDS.items():
        write_feed(db, to / form, pages=PAGES)
    db.close()
    asked = ["git", "-C", str(to / "git"), "rev-parse", "main"]
    head = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    shutil.rmtree(to / "git")
    files = {str(p.relative_to(to)): digest(p) for p in to.rglob("*") if p.is_file()}
    return files | {"git/HEAD": head}


def digest(path: Path) -> str:
    data = path.read_bytes()
    return hashlib.sha256(gzip.decompress(data) if path.suffix == ".gz" else data).hexdigest()


def test_it_is_brought_up_to_date_is_sound_and_exports_the_same(
    day: str, db: Path, tmp_path: Path
) -> None:
    writable = open_database(db, create=True)
    assert not migrations.pending(writable)
    writable.close()
    assert verify(db, every_document=True).damages == []
    assert exported(db, tmp_path / "out") == told_then(day)


def test_it_is_read_without_being_touched(day: str, db: Path, tmp_path: Path) -> None:
    db.chmod(0o444)
    before = db.read_bytes()
    assert exported(db, tmp_path / "out") == told_then(day)
    store = open_database(db)
    assert len(changes(store)) > 10
    store.close()
    assert db.read_bytes() == before
