"""How much of what a person supplies is taken: nothing here is trusted to be honest.

A few hundred kilobytes can unpack to gigabytes, a header can be one line without an end, and a
file can hold more members than fit into memory. What goes beyond a bound is told in a sentence,
and what came before it is kept. Since no file unpacks to more than so many times its size, the
time it takes is bounded by its size, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from corrigenda.errors import UsageError
from corrigenda.settings import Settings

#: Bytes that the headers of one record, or of one member, may have.
HEADERS = 256_000
#: Bytes that any file may unpack to: a small one may well be a hundred times smaller packed.
_ALWAYS = 50_000_000


@dataclass(slots=True, kw_only=True)
class Bounds:
    """How much one file may still unpack to, and how many members it may still have.

    Attributes:
        path: The file.
        size: Its size in bytes.
        expansion: How many times that it may unpack to.
        members: How many members it may have.
        met: How many were met so far.
    """

    path: Path
    size: int
    expansion: int
    members: int
    met: int = 0
    _unpacked: int = 0

    @classmethod
    def of(cls, path: Path, settings: Settings) -> Bounds:
        """Return the bounds of a file.

        Raises:
            UsageError: It cannot be read.
        """
        try:
            size = path.stat().st_size
        except OSError as error:
            raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from None
        return cls(
            path=path,
            size=size,
            expansion=settings.max_expansion,
            members=settings.max_members,
        )

    def unpack(self, number: int) -> None:
        """Count so many bytes unpacked.

        Raises:
            UsageError: They are too many.
        """
        self._unpacked += number
        if self._unpacked > max(_ALWAYS, self.size * self.expansion):
            raise UsageError(
                f"{self.path}: unpacks to more than {self.expansion} times its size, as no honest "
                "archive does; what came before is kept. If this one is honest, raise "
                "CORRIGENDA_MAX_EXPANSION"
            )

    def meet(self) -> None:
        """Count a member.

        Raises:
            UsageError: It is one too many.
        """
        self.met += 1
        if self.met > self.members:
            raise UsageError(
                f"{self.path}: holds more than {self.members:,} members; what came before is "
                "kept. Split it, or raise CORRIGENDA_MAX_MEMBERS"
            )

    def header_too_long(self) -> UsageError:
        """Return the error to raise for a header without an end."""
        return UsageError(
            f"{self.path}: damaged, or made to do harm: a header of more than {HEADERS:,} bytes. "
            "What came before it is kept"
        )


def read_whole(path: Path, settings: Settings) -> bytes:
    """Read a file that has to be in memory as a whole: a saved page, a list of addresses.

    Raises:
        UsageError: It cannot be read, or is larger than `CORRIGENDA_MAX_FILE`.
    """
    try:
        with path.open("rb") as file:
            return read_stream(file, str(path), settings)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from None


def read_stream(stream: BinaryIO, name: str, settings: Settings) -> bytes:
    """Read a stream as :func:`read_whole` reads a file.

    Args:
        stream: What to read.
        name: What to call it in errors.
        settings: How much it may be.

    Raises:
        UsageError: There is more of it.
    """
    data = stream.read(settings.max_file + 1)
    if len(data) > settings.max_file:
        raise UsageError(
            f"{name}: larger than {settings.max_file:,} bytes. Split it, or raise "
            "CORRIGENDA_MAX_FILE"
        )
    return data
