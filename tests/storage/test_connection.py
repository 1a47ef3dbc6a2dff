"""What can be wrong with a database file is told in a sentence, and nothing is lost."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corrigenda.errors import StoreError, StoreLocked, StoreReadOnly, StoreTooNew
from storage.file import connection
from storage.file.connection import open_database, reading
from storage.file.lock import run_lock
from tests.storage.factory import content, open_store, seen


@contextmanager
def powerless() -> Iterator[None]:
    """Be somebody who may not write everywhere, also when the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder anybody can read and only we can write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_an_unwritable_folder(readable_folder: Path) -> None:
    with powerless(), pytest.raises(StoreReadOnly, match="cannot be written"):
        open_database(readable_folder / "x.db", create=True)
    with powerless(), pytest.raises(StoreReadOnly, match="cannot be written"):
        run_lock(readable_folder / "x.db", "a test", wait=0).__enter__()


def test_a_read_only_file_can_be_read_and_not_written(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        path = Path(name) / "x.db"
        store = open_store(path)
        store.record(store.begin_run("ingest", {}), seen(content("One."), 0))
        store.db.execute("PRAGMA journal_mode = DELETE")  # a read-only WAL needs its side files
        store.db.close()
        path.chmod(0o444)
        with powerless():
            with reading(path) as db:
                assert db.execute("SELECT count(*) FROM versions").fetchone() == (1,)
            with pytest.raises(StoreReadOnly, match="permissions"):
                open_database(path, create=True)


def test_a_locked_database_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 0.1)
    store = open_store(tmp_path / "x.db")
    run = store.begin_run("ingest", {})
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="in use by"):
        store.record(run, seen(content("One."), 0))
    other.execute("ROLLBACK")
    assert store.record(run, seen(content("One."), 0)).versions_added == 1


def test_a_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    db = open_database(path, create=True)
    db.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('corrigenda', 'zeppelin', '2031-01-01')"
    )
    db.close()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(StoreTooNew, match="zeppelin") as caught:
            open_database(path, create=create)
        assert caught.value.unknown == ("zeppelin",)
    assert path.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="some other program"):
        open_database(path, create=True)


def test_damage_found_while_reading_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for hours in range(50):
        store.record(run, seen(content(f"Number {hours}. " * 200), hours))
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.db.close()
    data = bytearray(path.read_bytes())
    data[8192:-4096] = b"\xff" * (len(data) - 8192 - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError), reading(path) as db:
        db.execute("SELECT sum(length(text)) FROM versions").fetchall()


@pytest.mark.parametrize("table", ["captures", "payloads", "versions", "reviews"])
def test_what_is_recorded_is_never_changed(tmp_path: Path, table: str) -> None:
    store = open_store(tmp_path / "x.db")
    store.record(store.begin_run("ingest", {}), seen(content("One."), 0))
    store.db.execute(
        "INSERT INTO reviews (change_id, verdict, reviewed_at) VALUES (1, 'meaningful', 'now')"
    )
    column = store.db.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            store.db.execute(statement)
