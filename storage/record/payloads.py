"""Payloads: every body once, by SHA-256, compressed against a page of its own site.

Pages of one site share nine tenths of their bytes. One whole page of it, used raw as
a zstd dictionary, takes a 350 KB capture to about 4 KB where gzip needs 92 KB, and
reading one back needs that one page and nothing else: no chain of patches. The
dictionary is a payload like any other, so ``verify`` checks it too.

When the site is redesigned the old page stops helping; the page that shows it
becomes the next dictionary. Nothing stored before is touched.
"""

from __future__ import annotations

import hashlib

import zstandard
from sqlite_utils import Database

from corrigenda.errors import StoreError
from storage.file.connection import path_of
from storage.file.times import now, to_text

_LEVEL = 3
#: Bodies below this are stored without a dictionary, and never become one.
_SMALLEST_DICTIONARY = 4_096
#: A dictionary pays while it at least halves what compression alone would leave.
_PAYS = 0.5


class Payloads:
    """The payloads of one database.

    Priming zstd with a dictionary costs more than compressing a page, so primed
    compressors are kept as long as the object lives.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._compressors: dict[str, zstandard.ZstdCompressor] = {}
        self._decompressors: dict[str, zstandard.ZstdDecompressor] = {}

    def put(self, body: bytes, source_id: int, *, template: bool = False) -> str:
        """Store a body unless it is held already, inside the caller's transaction.

        Args:
            body: The decoded body.
            source_id: Whose dictionary to compress with.
            template: The body is a page like the source's others, so it may become
                the next dictionary.

        Returns:
            Its SHA-256 in hex.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        if self._db.execute("SELECT 1 FROM payloads WHERE sha256 = ?", [sha256]).fetchone():
            return sha256
        large = len(body) >= _SMALLEST_DICTIONARY
        dictionary, share = self._newest_dictionary(source_id) if large else (None, 1.0)
        data = self._compressor(dictionary).compress(body)
        outdated = dictionary is None or len(data) > _PAYS * share * len(body)
        if dictionary is not None and template and outdated:
            dictionary, data = None, self._compressor(None).compress(body)
        self._db.execute(
            "INSERT INTO payloads (sha256, size, dictionary, data) VALUES (?, ?, ?, ?)",
            [sha256, len(body), dictionary, data],
        )
        if template and large and outdated:
            self._db.execute(
                "INSERT INTO dictionaries (source_id, payload_sha256, chosen_at) VALUES (?, ?, ?)",
                [source_id, sha256, to_text(now())],
            )
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return a stored body.

        Raises:
            StoreError: It is not held, or does not decompress.
        """
        row = self._db.execute(
            "SELECT size, dictionary, data FROM payloads WHERE sha256 = ?", [sha256]
        ).fetchone()
        if row is None:
            raise StoreError(path_of(self._db), f"no payload {sha256}")
        size, dictionary, data = row
        try:
            body = self._decompressor(dictionary).decompress(data, max_output_size=size)
        except zstandard.ZstdError as error:
            raise StoreError(path_of(self._db), f"payload {sha256} is damaged: {error}") from None
        return bytes(body)

    def _newest_dictionary(self, source_id: int) -> tuple[str | None, float]:
        """Return the newest dictionary's digest and the share it compresses to by itself."""
        row = self._db.execute(
            "SELECT sha256, length(data) * 1.0 / size FROM dictionaries "
            "JOIN payloads ON sha256 = payload_sha256 "
            "WHERE source_id = ? ORDER BY dictionaries.id DESC LIMIT 1",
            [source_id],
        ).fetchone()
        return (row[0], row[1]) if row else (None, 1.0)

    def _compressor(self, dictionary: str | None) -> zstandard.ZstdCompressor:
        key = dictionary or ""
        if key not in self._compressors:
            if dictionary is None:
                self._compressors[key] = zstandard.ZstdCompressor(level=_LEVEL)
            else:
                base = self._raw(dictionary)
                base.precompute_compress(level=_LEVEL)
                self._compressors[key] = zstandard.ZstdCompressor(dict_data=base)
        return self._compressors[key]

    def _decompressor(self, dictionary: str | None) -> zstandard.ZstdDecompressor:
        key = dictionary or ""
        if key not in self._decompressors:
            base = self._raw(dictionary) if dictionary else None
            self._decompressors[key] = zstandard.ZstdDecompressor(dict_data=base)
        return self._decompressors[key]

    def _raw(self, sha256: str) -> zstandard.ZstdCompressionDict:
        """Return a payload as a raw-content dictionary (RFC 8878, section 5)."""
        return zstandard.ZstdCompressionDict(
            self.get(sha256), dict_type=zstandard.DICT_TYPE_RAWCONTENT
        )
