"""A database to look at and not to touch, for what is only tried."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from storage.file.connection import open_database, translate
from storage.file.migrations import migrations


@contextmanager
def untouched(path: Path, passing: Path) -> Iterator[Database]:
    """Yield a database that may be read as if it were the one at a path, now or once it is made.

    It is that file itself, opened for reading, if it is there and its tables are up to date;
    else a passing one, made for the occasion. Requests are to be spaced out in that one: it
    knows what the hosts asked for, and what is left of the day.

    Args:
        path: The file, which need not be there.
        passing: A file to make and to throw away.

    Raises:
        StoreError: It is no such database.
    """
    if not path.exists():
        with closing(open_database(passing, create=True)) as empty:
            yield empty
        return
    with translate(path), traceless(path), closing(open_database(path)) as db:
        if _is_behind(db):
            with closing(Database(str(passing))) as copy:
                db.conn.backup(copy.conn)
            with closing(open_database(passing, create=True)) as brought_up:
                yield brought_up
            return
        with closing(open_database(passing, create=True)) as hosts:
            columns = ", ".join(f":{name}" for name in db["hosts"].columns_dict)
            rows = db.query("SELECT * FROM hosts")
            hosts.conn.executemany(f"INSERT INTO hosts VALUES ({columns})", rows)
        yield db


@contextmanager
def traceless(path: Path) -> Iterator[None]:
    """Take away the log that even reading makes beside a file, unless there was one.

    A connection that may not write leaves it behind (https://sqlite.org/wal.html, read-only
    databases); the last that may write takes it along, and has nothing to copy from it.
    """
    if path.with_name(f"{path.name}-wal").exists():
        yield
        return
    uri = f"{path.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as last:
        last.execute("PRAGMA query_only = ON")
        last.execute("SELECT count(*) FROM sqlite_master")
        yield


def _is_behind(db: Database) -> bool:
    applied = {migration.name for migration in migrations.applied(db)}
    return any(m.name not in applied for m in migrations.pending(Database(memory=True)))
