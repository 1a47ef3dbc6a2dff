"""Whole copies of a database, also while a run writes (https://sqlite.org/backup.html).

A copy of the file alone lacks what is still in the log beside it. SQLite's own copying takes
what was committed when it began, and a copy takes its place only once it has been checked.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from corrigenda.errors import StoreError, StoreLocked, StoreReadOnly, UsageError
from storage.file.connection import open_database, require_folder, translate

#: Called with a copy before it is used; raises when it is not good.
Check = Callable[[Path], None]
#: Called with the pages copied and all there are.
Progress = Callable[[int, int], None]

_PAGES = 2_000
#: What SQLite keeps beside a file.
_BESIDE = ("-wal", "-shm", "-journal")


def back_up(path: Path, to: Path, check: Check, progress: Progress, *, force: bool) -> None:
    """Copy a database as it is now; others may go on writing.

    Args:
        path: The database.
        to: The copy.
        check: Called with the copy before it takes its place.
        progress: Told how far it is.
        force: Replace a file that is there.

    Raises:
        UsageError: There is a file already, or it is the database itself.
        StoreError: One of them cannot be read or written.
    """
    _refuse_same(path, to)
    require_folder(to)
    if to.exists() and not force:
        raise UsageError(f"{to}: is there already, and is not overwritten without --force")
    part = _part(to)
    try:
        _copy(path, part, progress)
        check(part)
        _into_place(part, to, force=force)
    finally:
        _clear(part)


def restore(
    copy: Path, path: Path, check: Check, progress: Progress, *, force: bool
) -> Path | None:
    """Make a copy the database again.

    Args:
        copy: What :func:`back_up` made. It is only read.
        path: The database.
        check: Called with what is to be the database, before it is.
        progress: Told how far it is.
        force: Put aside a database that is there.

    Returns:
        Where the database that was there is now; None when there was none.

    Raises:
        UsageError: There is a database, or it is the copy itself.
        StoreLocked: A run is writing to it.
        StoreError: One of them cannot be read or written.
    """
    _refuse_same(copy, path)
    require_folder(path)
    if path.exists() and not force:
        raise UsageError(
            f"{path}: is there already. Name another with --db, or put it aside with --force"
        )
    lock, part = FileLock(f"{path}.lock"), _part(path)
    try:
        with lock.acquire(timeout=0):
            _copy(copy, part, progress)
            check(part)
            aside = _put_aside(path) if path.exists() else None
            _into_place(part, path, force=False)
            return aside
    except Timeout:
        raise StoreLocked(path, "another run") from None
    finally:
        _clear(part)


def _copy(path: Path, part: Path, progress: Progress) -> None:
    with translate(path), closing(open_database(path)) as source:
        # One reading for all of it: a write meanwhile would make it begin again.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master")
        with translate(part), closing(sqlite3.connect(part)) as copy:
            source.conn.backup(
                copy, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total)
            )
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, and nothing beside it


def _into_place(part: Path, to: Path, *, force: bool) -> None:
    try:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if force:
            part.replace(to)
            return
        try:
            to.hardlink_to(part)  # unlike renaming, it fails where there is a file by now
        except FileExistsError:
            raise UsageError(f"{to}: was made by somebody else meanwhile") from None
        except OSError:  # a file system without links
            part.replace(to)
    except OSError as error:
        raise StoreReadOnly(to, f"cannot be written ({error.strerror})") from None


def _put_aside(path: Path) -> Path:
    """Rename a database, and what is beside it; returns where it is now."""
    aside = next(
        name
        for number in range(1, 10_000)
        if not (name := path.with_name(f"{path.name}.before-{number}")).exists()
    )
    for ending in ("", *_BESIDE):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def _part(to: Path) -> Path:
    return to.with_name(f".{to.name}.{os.getpid()}.part")


def _clear(part: Path) -> None:
    for ending in ("", *_BESIDE):
        part.with_name(part.name + ending).unlink(missing_ok=True)


def _refuse_same(path: Path, to: Path) -> None:
    if path.resolve() == to.resolve():
        raise UsageError(f"{to}: is the database itself; name another file")
    if to.is_dir():
        raise StoreError(to, "is a folder; name a file")
