"""Opening the database file, and everything that can be wrong with it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path

from sqlite_utils import Database

from corrigenda.errors import StoreError, StoreLocked, StoreReadOnly, StoreTooNew
from storage.file.migrations import migrations

#: Seconds SQLite itself waits for another connection's transaction.
BUSY_TIMEOUT = 5.0
#: 32 MB of cache (negative: in KiB), and 16 MB of log before it is copied to the file: with
#: 128 MB an import took a sixth longer, because every page of the log was a new one.
_BULK = {"cache_size": -32_768, "wal_autocheckpoint": 2_048}


def open_database(path: Path, *, create: bool = False) -> Database:
    """Open the store, and bring its tables up to date when it may be written.

    Args:
        path: The database file.
        create: Make the file and apply pending migrations. Without it the file is
            opened for reading and never touched.

    Raises:
        StoreReadOnly: The file or folder cannot be written.
        StoreTooNew: It has migrations this program does not know.
        StoreError: It does not exist, or is not such a database.
    """
    if path.is_dir():
        raise StoreError(path, "is a folder; --db names a file")
    if not create and (not path.exists() or not path.stat().st_size):
        raise StoreError(
            path,
            ("holds nothing yet" if path.exists() else "does not exist")
            + ". Run `corrigenda ingest` or `corrigenda backfill` first, "
            "or name another file with --db",
        )
    if create:
        require_folder(path)
    with translate(path):
        db = Database(_connect(path, writable=create))
        _refuse_unknown(db, path)
        if create:
            # For a new file only. A document and its payload take some 3 KB each: pages of
            # 8 KB waste less of it than the usual 4 KB.
            db.execute("PRAGMA page_size = 8192")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")  # survives a power cut, not just a crash
            if migrations.pending(db):
                migrations.apply(db)
        refresh_views(db, lasting=create)
    return db


def open_existing(path: Path) -> Database:
    """Open for writing a store that must be there already: a slip in --db must not make one.

    Raises:
        StoreError: As :func:`open_database` says.
    """
    open_database(path).close()
    return open_database(path, create=True)


def require_folder(path: Path) -> None:
    """Refuse a database in a folder that is not there: a slip in --db must not make one.

    Raises:
        StoreError: There is no such folder.
    """
    if not path.parent.is_dir():
        raise StoreError(path, "its folder does not exist. Create it, or choose another --db")


@contextmanager
def translate(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, naming the file and what to do.

    Raises:
        StoreReadOnly: The file, its folder or the disk does not accept a write.
        StoreLocked: Somebody else holds the file past the busy timeout.
        StoreError: Anything else SQLite reports about the file.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "readonly" in text or "unable to open" in text:
            raise StoreReadOnly(
                path,
                "cannot be written. Check the permissions of the file and its folder, "
                "or choose another --db",
            ) from None
        if "locked" in text or "busy" in text:
            raise StoreLocked(path, "another program") from None
        raise StoreError(path, f"cannot be used: {text}") from None
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise  # ours to fix, not the reader's
        raise StoreError(path, f"is not a Corrigenda database ({error})") from None


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Run a block as one write transaction: all of it, or nothing.

    IMMEDIATE takes the write lock before the first read, so that what was read is
    still true when it is written. Inside another transaction the block is a part of it
    that can fail alone (a savepoint): many releases share one commit that way.

    Raises:
        StoreError: As :func:`translate` says; nothing was written.
    """
    inner = db.conn.in_transaction
    with translate(path_of(db)):
        db.execute("SAVEPOINT part" if inner else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if not inner:
                db.conn.rollback()
            elif db.conn.in_transaction:  # SQLite itself may have undone all of it
                db.execute("ROLLBACK TO part")
                db.execute("RELEASE part")
            raise
        db.execute("RELEASE part" if inner else "COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """Open the store for reading, and close it at the end.

    Raises:
        StoreError: It cannot be opened, or turns out to be damaged while it is read.
    """
    with translate(path):
        db = open_database(path)
        try:
            yield db
        finally:
            db.close()


def settle_log(db: Database) -> None:
    """Bring what is in the log into the file, so that a copy of the file alone is whole.

    SQLite does so when the last connection closes; the review pages may keep one open for
    weeks. A reader in the midst of something keeps its part of the log, until the next time.
    """
    if not db.conn.in_transaction:
        with suppress(sqlite3.OperationalError):
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def path_of(db: Database) -> Path:
    """Return the file a connection has open."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2] or ":memory:")


@contextmanager
def bulk(db: Database) -> Iterator[None]:
    """Suit a connection to writing tens of thousands of rows inside the block.

    Digests fall on random pages of their indexes: with SQLite's usual 2 MB of cache each is
    read and written over and over, which takes longer than all the rest.
    """
    usual = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in _BULK}
    for name, value in _BULK.items():
        db.execute(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        for name, value in usual.items():
            db.execute(f"PRAGMA {name} = {value}")


def _connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={'rwc' if writable else 'ro'}"
    # isolation_level None: transactions begin where the code says so, nowhere else.
    conn = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)
    conn.execute("PRAGMA foreign_keys = ON")
    return conn


def refresh_views(db: Database, *, lasting: bool) -> None:
    """Recreate the views when their file changed, told by a checksum in the header.

    Args:
        db: The database.
        lasting: In the file. Otherwise for this connection alone, so that a store of an
            earlier program is read with the views of this one and never touched.
    """
    script = resources.files("storage.file").joinpath("views.sql").read_text("utf-8")
    checksum = zlib.crc32(script.encode()) & 0x7FFFFFFF  # user_version is a signed 32-bit field
    if db.execute("PRAGMA user_version").fetchone()[0] == checksum:
        return
    if lasting:
        db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {checksum}; COMMIT;")
    else:
        script = script.replace("DROP VIEW IF EXISTS ", "DROP VIEW IF EXISTS temp.")
        db.executescript(script.replace("CREATE VIEW ", "CREATE TEMP VIEW "))


def _refuse_unknown(db: Database, path: Path) -> None:
    """Refuse a file made by a newer program, or by another one altogether."""
    applied = {m.name for m in migrations.applied(db)}
    known = {m.name for m in migrations.pending(Database(memory=True))}
    if unknown := applied - known:
        raise StoreTooNew(path, tuple(sorted(unknown)))
    if not applied and db.table_names():
        raise StoreError(path, "is some other program's database. Choose another --db")
