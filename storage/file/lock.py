"""One run at a time on a database.

The lock is the operating system's (``flock``), so it is gone with the process that
held it, however that ended. Who holds it is written into the database, to be told to
whoever waits.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

from corrigenda.errors import AlreadyServed, StoreLocked, StoreReadOnly
from storage.file.connection import open_database, require_folder
from storage.file.times import now


@contextmanager
def run_lock(
    path: Path, purpose: str, *, wait: float, waiting: Callable[[str], None] | None = None
) -> Iterator[Database]:
    """Hold the database for one run; yields it opened for writing.

    Args:
        path: The database file.
        purpose: What the holder is doing, for others: ``ingest of beehive``.
        wait: Seconds to wait for another run to finish.
        waiting: Called once with the holder's description when there is a wait.

    Raises:
        StoreLocked: The other run did not finish in time.
        StoreReadOnly: The folder does not take a lock file.
        StoreError: There is no such folder.
    """
    require_folder(path)  # FileLock would make it
    lock = FileLock(f"{path}.lock")
    try:
        _acquire(lock, path, wait, waiting)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        db = open_database(path, create=True)
        try:
            _sign(db, purpose)
            yield db
        finally:
            db.close()
    finally:
        lock.release()


@contextmanager
def sole(path: Path) -> Iterator[None]:
    """Run the only schedule of a database inside the block.

    Args:
        path: The database file.

    Raises:
        AlreadyServed: Another process does.
        StoreReadOnly: The folder does not take a lock file.
        StoreError: There is no such folder.
    """
    require_folder(path)
    lock = FileLock(f"{path}.schedule.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyServed(path) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        yield
    finally:
        lock.release()


def _unwritable(path: Path, error: OSError) -> StoreReadOnly:
    return StoreReadOnly(
        path, f"its folder cannot be written ({error.strerror}). Choose another --db"
    )


def _acquire(
    lock: FileLock, path: Path, wait: float, waiting: Callable[[str], None] | None
) -> None:
    try:
        lock.acquire(timeout=0)
        return
    except Timeout:
        holder = _holder(path)
    if waiting is not None and wait > 0:
        waiting(holder)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        raise StoreLocked(path, holder) from None


def _sign(db: Database, purpose: str) -> None:
    """Write down who holds the lock."""
    who = f"{purpose} (process {os.getpid()} on {socket.gethostname()}, since {now():%H:%M:%S} UTC)"
    db.execute("INSERT OR REPLACE INTO lock_holder (id, description) VALUES (1, ?)", [who])


def _holder(path: Path) -> str:
    """Return the holder's description, as well as it can be known."""
    try:
        db = open_database(path)
    except Exception:
        return "another run"
    try:
        row = db.execute("SELECT description FROM lock_holder").fetchone()
        return str(row[0]) if row else "another run"
    finally:
        db.close()
