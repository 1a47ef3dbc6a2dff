"""Writing an export's files: safely named, whole or not at all, untouched when the same."""

from __future__ import annotations

import filecmp
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import psutil

from corrigenda.errors import CorrigendaError
from corrigenda.urls import slug_of

#: Bytes a file name may have on common file systems.
_LONGEST = 255
#: A file half written, named for the process that writes it.
_PASSING = re.compile(r"\.(\d{1,9})\.tmp")
_SAFE = re.compile(r"[A-Za-z0-9%_~.!$'()+,;=@&-]+")


@dataclass(slots=True, kw_only=True)
class Result:
    """What an export did.

    Attributes:
        written: Files that are new or changed.
        unchanged: Files that were so already.
        items: What they hold, for people: ``27,313 documents``.
    """

    written: int = 0
    unchanged: int = 0
    items: str = ""


class Folder:
    """A folder being exported to.

    Args:
        root: Made when it is not there.

    Raises:
        CorrigendaError: It cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.result = Result()
        try:
            root.mkdir(parents=True, exist_ok=True)
            self._passing = root / f".{os.getpid()}.tmp"
            self._tidy()
        except OSError as error:
            raise _unwritable(root, error) from None

    def write(self, name: str, data: bytes, modified: datetime | None = None) -> None:
        """Write a file unless it is there with these bytes.

        Args:
            name: Relative path; its folders are made.
            data: The bytes.
            modified: The date the file gets, UTC: when what it says was first observed.

        Raises:
            CorrigendaError: It cannot be written.
        """
        path = self.root / name
        try:
            if _holds(path, data):
                self.result.unchanged += 1
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._passing.write_bytes(data)
                self._passing.replace(path)
                self.result.written += 1
            if modified is not None:
                nanoseconds = int(modified.timestamp()) * 10**9 + modified.microsecond * 1000
                if path.stat().st_mtime_ns != nanoseconds:
                    os.utime(path, ns=(nanoseconds, nanoseconds))
        except OSError as error:
            self._passing.unlink(missing_ok=True)
            raise _unwritable(path, error) from None

    @contextmanager
    def stream(self, name: str) -> Iterator[BinaryIO]:
        """Write a large file piece by piece; it takes its place when it is whole.

        Raises:
            CorrigendaError: It cannot be written.
        """
        path, passing = self.root / name, self._passing
        try:
            with passing.open("wb") as file:
                yield file
            if path.exists() and filecmp.cmp(path, passing, shallow=False):
                self.result.unchanged += 1
            else:
                passing.replace(path)
                self.result.written += 1
        except OSError as error:
            raise _unwritable(path, error) from None
        finally:
            passing.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Remove what exports that were killed have left half written."""
        for left in self.root.glob(".*.tmp"):
            match = _PASSING.fullmatch(left.name)
            if match and not psutil.pid_exists(int(match[1])):
                left.unlink(missing_ok=True)


def document_path(day: date | None, url: str, taken: set[str]) -> str:
    """Return where a document goes: ``YYYY/MM/YYYY-MM-DD-slug.md``.

    Args:
        day: Its date, if it has one.
        url: The URL it names.
        taken: Paths given away already; the one returned is added.
    """
    slug = slug_of(url)
    # A slug is one path segment of a canonical URL: no slash, but it may be long or odd.
    if not _SAFE.fullmatch(slug) or set(slug) <= {"."}:
        slug = hashlib.sha256(url.encode()).hexdigest()[:16]
    folder, stem = "undated", slug
    if day is not None:
        folder, stem = f"{day:%Y}/{day.month:02}".zfill(7), f"{day.isoformat()}-{slug}"
    if len(stem) > _LONGEST - 20:
        stem = f"{stem[: _LONGEST - 40]}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
    path = f"{folder}/{stem}.md"
    number = 2
    while path in taken:
        path = f"{folder}/{stem}--{number}.md"
        number += 1
    taken.add(path)
    return path


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _unwritable(path: Path, error: OSError) -> CorrigendaError:
    return CorrigendaError(
        f"{path}: cannot be written ({error.strerror or error}). Choose another --to"
    )
