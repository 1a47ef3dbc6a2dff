"""Folders and tar files of documents, as public archives of releases are handed around.

Members come in an order that is the same each time, so that an import that was stopped
meets them again as before. Nothing is unpacked to disk and no link is followed, so a name
inside a tar file can do no harm, however it is made.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import sys
import tarfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from corrigenda.carriers.bounds import HEADERS, Bounds
from corrigenda.errors import UsageError
from corrigenda.settings import Settings

#: No document is anywhere near this; a member that is larger is reported, not read.
LARGEST = 2_000_000
_EPOCH = datetime.fromtimestamp(0, UTC)
#: What each compressed file begins with, and what reads it.
_CODECS: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
)
#: What ``tarfile`` and those raise for what they cannot read; nested headers recurse.
_DAMAGE = (tarfile.TarError, EOFError, ValueError, RecursionError, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive.

    Attributes:
        name: Its path inside the archive, with ``/``.
        modified: The date the archive gives it, in UTC.
        data: Its bytes; empty when there is a problem.
        problem: Why it could not be read; empty when it could.
    """

    name: str
    modified: datetime
    data: bytes
    problem: str = ""

    @property
    def stem(self) -> str:
        """Its name without folders and ending: date and slug."""
        return self.name.rsplit("/", 1)[-1].removesuffix(".md")


def members(path: Path, settings: Settings) -> Iterator[Member]:
    """Yield the documents (``*.md``) of an archive.

    Args:
        path: A folder, or a tar file, compressed or not.
        settings: How much it may hold.

    Raises:
        UsageError: It is neither, the tar file is damaged, or it holds too much. What was
            yielded before is good.
    """
    return (read(path, name) for name in names(path)) if path.is_dir() else _of_tar(path, settings)


def count(path: Path, settings: Settings) -> int:
    """Count the documents of an archive without reading them.

    Raises:
        UsageError: As :func:`members` says.
    """
    if path.is_dir():
        return sum(1 for _ in names(path))
    return sum(1 for _ in _infos(path, settings))


def names(root: Path) -> Iterator[str]:
    """Yield the relative paths of a folder's documents, in the order of their names."""
    for folder, folders, files in os.walk(root):
        folders.sort()
        prefix = Path(folder).relative_to(root).as_posix()
        for name in sorted(files):
            if name.endswith(".md"):
                yield name if prefix == "." else f"{prefix}/{name}"


def read(root: Path, name: str) -> Member:
    """Read one document of a folder; what prevents it is told in ``problem``."""
    path = f"{root}/{name}"
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib costs a third of reading it
            status = os.fstat(file.fileno())
            modified = datetime.fromtimestamp(status.st_mtime, UTC)
            if status.st_size > LARGEST:
                return _unreadable(name, modified, f"larger than {LARGEST:,} bytes")
            return Member(name=name, modified=modified, data=file.read())
    except (ValueError, OverflowError):
        return _unreadable(name, _EPOCH, "its time is beyond the calendar")
    except OSError as error:
        return _unreadable(name, _EPOCH, error.strerror or str(error))


def _of_tar(path: Path, settings: Settings) -> Iterator[Member]:
    for tar, info in _infos(path, settings):
        yield _extract(tar, info)


def _extract(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    # What is no UTF-8 comes as lone surrogates, which no database takes.
    name = info.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        modified = datetime.fromtimestamp(info.mtime, UTC)
    except (ValueError, OverflowError, OSError):
        return _unreadable(name, _EPOCH, f"its date is none: {info.mtime} seconds after 1970")
    if info.size > LARGEST:
        return _unreadable(name, modified, f"larger than {LARGEST:,} bytes")
    file = tar.extractfile(info)
    return Member(name=name, modified=modified, data=file.read() if file else b"")


def _infos(
    path: Path, settings: Settings
) -> Generator[tuple[tarfile.TarFile, tarfile.TarInfo], None, None]:
    """Yield the documents of a tar file, which may be read before the next is asked for."""
    bounds = Bounds.of(path, settings)
    try:
        with (
            closing(_Unpacked(bounds)) as stream,
            # A stream: memory stays the same however large the archive is.
            tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as tar,
        ):
            while info := _next(tar, stream):
                bounds.meet()
                if _is_document(info):
                    yield tar, info
    except (OSError, *_DAMAGE) as error:  # bz2 and gzip call damage an OSError, without a number
        if isinstance(error, OSError) and error.errno:
            raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
        if not bounds.met:
            raise UsageError(
                f"{path}: neither a folder nor a tar file of documents ({error})"
            ) from None
        raise _damaged(path, error) from None


def _next(tar: tarfile.TarFile, stream: _Unpacked) -> tarfile.TarInfo | None:
    """Return the next member, whose header is not let grow without end."""
    stream.limit = tar.offset + HEADERS
    info = tar.next()
    stream.limit = sys.maxsize
    tar.members.clear()  # type: ignore[attr-defined]  # tarfile keeps them all
    return info


class _Unpacked:
    """The bytes of a tar file, decompressed; reading them is bounded.

    Attributes:
        limit: Offset that is not read beyond: a long name, a sparse file's map and the like
            are read whole by ``tarfile``, whatever size they claim.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._file = bounds.path.open("rb")
        begin = self._file.read(6)
        self._file.seek(0)
        codec = next((open_ for magic, open_ in _CODECS if begin.startswith(magic)), None)
        self._stream: IO[bytes] = codec(self._file) if codec else self._file
        self._read = 0
        self.limit = HEADERS

    def read(self, number: int) -> bytes:
        """Return the next bytes.

        Raises:
            UsageError: They are more than the file may hold.
        """
        data = self._stream.read(number)
        self._read += len(data)
        self._bounds.unpack(len(data))
        if self._read > self.limit + tarfile.RECORDSIZE:  # tarfile reads ahead that far
            raise self._bounds.header_too_long()
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_document(info: tarfile.TarInfo) -> bool:
    return info.isreg() and info.name.endswith(".md")


def _unreadable(name: str, modified: datetime, problem: str) -> Member:
    return Member(name=name, modified=modified, data=b"", problem=problem)


def _damaged(path: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{path}: the tar file is damaged ({error or type(error).__name__}). What came before "
        "the damage is imported; fetch the file again and run the same command to go on"
    )
