"""Decompressing a body as it arrives, never further than a limit.

A few kilobytes can stand for gigabytes, so each step asks the decoder for no more
output than may still come.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli  # type: ignore[import-untyped]
import zstandard

ACCEPTED = "gzip, br, zstd"
"""What we send as ``Accept-Encoding``."""

# RFC 9659: content coded with zstd needs no larger window.
_ZSTD_WINDOW = 8 * 1024 * 1024
# zstandard cannot limit its output, but a block of 4 bytes gives 128 KiB at most
# (RFC 8878, section 3.1.1.2): fed this many bytes at a time it yields 8 MiB at most.
_ZSTD_STEP = 256


class BodyError(Exception):
    """A body that cannot be had whole.

    Attributes:
        transient: Asking again may help.
        too_large: It goes beyond its limit.
    """

    def __init__(self, problem: str, *, transient: bool = False, too_large: bool = False) -> None:
        self.transient = transient
        self.too_large = too_large
        super().__init__(problem)


class _Coding(Protocol):
    """A decompressor of one stretch of compressed data (a gzip member, a zstd frame)."""

    @property
    def ended(self) -> bool:
        """The stretch is complete."""

    @property
    def rest(self) -> bytes:
        """Input that came after its end."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decompress; stop soon after ``limit`` bytes of output."""


class Decoder:
    """Collects one body, decompressed."""

    def __init__(self, encoding: str, limit: int) -> None:
        """Prepare for a body.

        Args:
            encoding: The ``Content-Encoding`` header; empty for none.
            limit: Most bytes the body may have, compressed or not.

        Raises:
            BodyError: An encoding we did not ask for and cannot read.
        """
        self._name = encoding.strip().lower()
        if self._name not in _CODINGS:
            raise BodyError(f"unknown content encoding {encoding!r}")
        self._coding = _CODINGS[self._name]()
        self._limit = limit
        self._received = 0
        self._body = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the wire.

        Raises:
            BodyError: The body is too large, or not what its encoding says.
        """
        self._received += len(data)
        while data:
            if self._coding.ended:
                # gzip members and zstd frames may follow one another. Anything else
                # after the end, padding too, fails as data of the same coding.
                self._coding = _CODINGS[self._name]()
            self._step(data)
            data = self._coding.rest

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            BodyError: The compressed data stops before its end.
        """
        if self._received and not self._coding.ended:
            raise BodyError(f"truncated {self._name} data", transient=True)
        return bytes(self._body)

    def _step(self, data: bytes) -> None:
        room = self._limit - len(self._body)
        try:
            self._body += self._coding.feed(data, room + 1)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise BodyError(f"not {self._name} data: {error}") from None
        if max(len(self._body), self._received) > self._limit:
            raise BodyError(f"larger than {self._limit} bytes", too_large=True)


class _Plain:
    """No compression: each piece is complete. The connection tells whether all came."""

    ended = True
    rest = b""

    def feed(self, data: bytes, limit: int) -> bytes:
        return data[:limit]


class _Gzip:
    """RFC 1952."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def ended(self) -> bool:
        return self._inflate.eof

    @property
    def rest(self) -> bytes:
        return self._inflate.unused_data

    def feed(self, data: bytes, limit: int) -> bytes:
        return self._inflate.decompress(data, limit)


class _Brotli:
    """RFC 7932. Data after the end is an error to the library."""

    rest = b""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._decompressor.is_finished())

    def feed(self, data: bytes, limit: int) -> bytes:
        return bytes(self._decompressor.process(data, output_buffer_limit=limit))


class _Zstd:
    """RFC 8878."""

    def __init__(self) -> None:
        context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._decompressor = context.decompressobj()
        self.rest = b""

    @property
    def ended(self) -> bool:
        return self._decompressor.eof

    def feed(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        at = 0
        while at < len(data) and len(out) < limit and not self.ended:
            out += self._decompressor.decompress(data[at : at + _ZSTD_STEP])
            at += _ZSTD_STEP
        self.rest = self._decompressor.unused_data + data[at:] if self.ended else b""
        return bytes(out)


_CODINGS: dict[str, Callable[[], _Coding]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "br": _Brotli,
    "zstd": _Zstd,
}
