"""Folders and tar files of documents, as public archives of releases are handed around.

Members come in an order that is the same each time, so that an import that was stopped
meets them again as before. Nothing is unpacked to disk and no link is followed, so a name
inside a tar file can do no harm, however it is made.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corrigenda.errors import UsageError

#: No document is anywhere near this; a member that is larger is reported, not read.
LARGEST = 20_000_000


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


def members(path: Path) -> Iterator[Member]:
    """Yield the documents (``*.md``) of an archive.

    Args:
        path: A folder, or a tar file, compressed or not.

    Raises:
        UsageError: It is neither, or the tar file is damaged. What was yielded before
            the damage is good.
    """
    return (read(path, name) for name in names(path)) if path.is_dir() else _of_tar(path)


def count(path: Path) -> int:
    """Count the documents of an archive without reading them."""
    if path.is_dir():
        return sum(1 for _ in names(path))
    with _open_tar(path) as tar:
        try:
            return sum(_is_document(member) for member in tar)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise _damaged(path, error) from None


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
    except OSError as error:
        return _unreadable(name, datetime.fromtimestamp(0, UTC), error.strerror or str(error))


def _of_tar(path: Path) -> Iterator[Member]:
    with _open_tar(path) as tar:
        try:
            for info in tar:
                if _is_document(info):
                    yield _extract(tar, info)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise _damaged(path, error) from None


def _extract(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    modified = datetime.fromtimestamp(info.mtime, UTC)
    if info.size > LARGEST:
        return _unreadable(info.name, modified, f"larger than {LARGEST:,} bytes")
    file = tar.extractfile(info)
    return Member(name=info.name, modified=modified, data=file.read() if file else b"")


def _open_tar(path: Path) -> tarfile.TarFile:
    try:
        # A stream: memory stays the same however large the archive is.
        return tarfile.open(path, "r|*")  # the caller closes it
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (tarfile.TarError, EOFError) as error:
        raise UsageError(
            f"{path}: neither a folder nor a tar file of documents ({error})"
        ) from None


def _is_document(info: tarfile.TarInfo) -> bool:
    return info.isreg() and info.name.endswith(".md")


def _unreadable(name: str, modified: datetime, problem: str) -> Member:
    return Member(name=name, modified=modified, data=b"", problem=problem)


def _damaged(path: Path, error: Exception) -> UsageError:
    return UsageError(
        f"{path}: the tar file is damaged ({error or type(error).__name__}). What came before "
        "the damage is imported; fetch the file again and run the same command to go on"
    )
