"""Copies are whole, also while somebody writes, and nothing is overwritten by the way."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from storage.audit.verify import verify
from storage.file.connection import open_database
from storage.file.lock import run_lock
from tests.cli.conftest import Corrigenda, corrigenda
from tests.storage.factory import content, open_store, seen

__all__ = ["corrigenda"]

SITE = "https://www.beehive.govt.nz/release/"


def fill(path: Path, first: int, number: int) -> None:
    store = open_store(path)
    for one in range(first, first + number):
        url = f"{SITE}release-{one}"
        what = content(f"It costs ${one}.", url=url, title=f"Release {one}")
        store.record(store.begin_run("ingest", {}), seen(what, one % 90, url=url))
    store.db.close()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "corrigenda.db"
    fill(path, 0, 20)
    return path


def held(path: Path) -> int:
    store = open_database(path)
    try:
        return int(store.execute("SELECT count(*) FROM versions").fetchone()[0])
    finally:
        store.close()


def test_a_backup_while_a_run_writes_is_whole(
    corrigenda: Corrigenda, db: Path, tmp_path: Path
) -> None:
    copy, stop = tmp_path / "copy.db", threading.Event()

    def write() -> None:
        first = 100
        while not stop.is_set():
            fill(db, first, 5)
            first += 5

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = corrigenda("backup", copy, "--db", db)
    finally:
        stop.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    assert "Nothing is damaged." in done.stdout
    report = verify(copy, every_document=True)
    assert report.damages == []
    assert held(db) > report.versions >= 20
    assert report.head in done.stdout
    assert verify(db, expect_head=report.head).damages == []
    beside = [p.name for p in tmp_path.iterdir() if p.name.startswith(("copy", ".copy"))]
    assert beside == ["copy.db"], "one file, and nothing left beside it"


def test_nothing_is_overwritten_silently(corrigenda: Corrigenda, db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    done = corrigenda("backup", copy, "--db", db)
    assert (done.returncode, copy.read_text()) == (2, "precious")
    assert "is not overwritten without --force" in done.stderr
    assert corrigenda("backup", db, "--db", db, "--force").returncode == 2
    assert corrigenda("backup", copy, "--db", db, "--force").returncode == 0
    fill(db, 50, 5)
    done = corrigenda("restore", copy, "--db", db)
    assert (done.returncode, held(db)) == (2, 25)
    done = corrigenda("restore", copy, "--db", db, "--force")
    assert (done.returncode, held(db), held(Path(f"{db}.before-1"))) == (0, 20, 25), done.stderr
    assert "corrigenda.db.before-1" in done.stdout
    assert corrigenda("restore", copy, "--db", tmp_path / "new.db").returncode == 0
    assert verify(tmp_path / "new.db").damages == []


def test_a_damaged_copy_is_never_used(corrigenda: Corrigenda, db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert corrigenda("backup", copy, "--db", db).returncode == 0
    tampered = sqlite3.connect(copy)
    for (name,) in tampered.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        tampered.execute(f"DROP TRIGGER {name}")
    tampered.execute("UPDATE versions SET text = text || ' more' WHERE id = 3")
    tampered.commit()
    tampered.close()
    done = corrigenda("restore", copy, "--db", db, "--force")
    assert done.returncode == 1
    assert "the copy is damaged" in done.stderr
    assert verify(db).damages == []
    done = corrigenda("backup", tmp_path / "second.db", "--db", copy)
    assert done.returncode == 1
    assert not (tmp_path / "second.db").exists()
    (tmp_path / "text.db").write_text("no database " * 100)
    for wrong in (tmp_path / "text.db", tmp_path / "nowhere.db", tmp_path):
        done = corrigenda("restore", wrong, "--db", tmp_path / "new.db")
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "new.db").exists()


def test_a_run_that_writes_is_not_restored_over(
    corrigenda: Corrigenda, db: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert corrigenda("backup", copy, "--db", db).returncode == 0
    with run_lock(db, "a test", wait=0):
        done = corrigenda("restore", copy, "--db", db, "--force")
    assert done.returncode == 1
    assert "in use by" in done.stderr


def test_a_file_copied_after_a_run_is_whole(db: Path, tmp_path: Path) -> None:
    """Also while the review pages have it open, for which SQLite keeps the log."""
    pages = open_database(db)
    pages.execute("SELECT count(*) FROM versions").fetchone()
    with run_lock(db, "a test", wait=0):
        fill(db, 50, 30)
    shutil.copy(db, tmp_path / "plain.db")
    assert held(tmp_path / "plain.db") == 50
    assert verify(tmp_path / "plain.db").damages == []
    pages.close()
