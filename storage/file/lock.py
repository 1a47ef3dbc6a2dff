"""One run at a time on a database.

The lock is the operating system's (``flock``), so it is gone with the process that
held it, however that ended. Who holds it is written into the database, to be told to
whoever waits. A second lock is held by whoever is next: a long run sees by it that somebody
waits, and gives way.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from sqlite_utils import Database

from corrigenda.errors import AlreadyServed, StoreLocked, StoreReadOnly
from storage.file.connection import open_database, require_folder, settle_log
from storage.file.times import now


@dataclass(slots=True, kw_only=True)
class Turn:
    """The right to write a database, held by one run.

    Attributes:
        path: The database file.
        purpose: What the run is doing, for others.
        db: The database, opened for writing.
    """

    path: Path
    purpose: str
    db: Database
    _lock: FileLock
    _queue: FileLock

    def give_way(self, waiting: Callable[[str], None] | None = None) -> bool:
        """Let a run that waits go first, and go on when it has ended or given way itself.

        Who waits is first in the queue; whoever gives way joins it. So two runs that give
        way take turns, and none waits for longer than another takes between two such calls.

        Args:
            waiting: Called with the other run's description when there is one.

        Returns:
            Whether another run had its turn: what was read of the store may be out of date.
        """
        with suppress(Timeout):
            self._queue.acquire(timeout=0)
            self._queue.release()
            return False
        self._lock.release()
        with self._queue:  # free as soon as the one that waits has its turn
            if waiting is not None:
                waiting(_holder(self.path))
            self._lock.acquire()
        _sign(self.db, self.purpose)
        return True


@contextmanager
def run_lock(
    path: Path, purpose: str, *, wait: float, waiting: Callable[[str], None] | None = None
) -> Iterator[Turn]:
    """Hold the database for one run; yields its turn, with the database opened for writing.

    Args:
        path: The database file.
        purpose: What the holder is doing, for others: ``ingest of beehive``.
        wait: Seconds to wait for another run to finish, or to give way.
        waiting: Called once with the holder's description when there is a wait.

    Raises:
        StoreLocked: The other run did neither in time.
        StoreReadOnly: The folder does not take a lock file.
        StoreError: There is no such folder.
    """
    require_folder(path)  # FileLock would make it
    lock, queue = FileLock(f"{path}.lock"), FileLock(f"{path}.next.lock")
    try:
        _acquire(lock, queue, path, wait, waiting)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        db = open_database(path, create=True)
        try:
            _sign(db, purpose)
            queue.release()  # it is known now whose turn it is
            yield Turn(path=path, purpose=purpose, db=db, _lock=lock, _queue=queue)
        finally:
            settle_log(db)
            db.close()
    finally:
        queue.release()
        lock.release()


def is_held(path: Path) -> bool:
    """Tell whether a run holds the database just now."""
    if not Path(f"{path}.lock").exists():
        return False
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a folder that only the run's own user may write
        return True
    lock.release()
    return False


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
    lock: FileLock,
    queue: FileLock,
    path: Path,
    wait: float,
    waiting: Callable[[str], None] | None,
) -> None:
    """Take the lock; where another run holds it, as the next in the queue, which is kept."""
    try:
        lock.acquire(timeout=0)
        return
    except Timeout:
        holder = _holder(path)
    if waiting is not None and wait > 0:
        waiting(holder)
    began = time.monotonic()
    try:
        queue.acquire(timeout=wait)
        lock.acquire(timeout=max(0.0, wait - (time.monotonic() - began)))
    except Timeout:
        queue.release()
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
