"""Hashing every payload again, on all cores.

Decompression and SHA-256 let go of Python's lock, so threads do.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import zstandard
from sqlite_utils import Database

_BATCH = 64
_Row = tuple[str, int, str | None, bytes]


def payload_damage(db: Database) -> Iterator[tuple[str, str]]:
    """Yield each payload's SHA-256, and what is wrong with it or an empty string."""
    checker = _Checker(db)
    rows = db.execute("SELECT sha256, size, dictionary, data FROM payloads ORDER BY rowid")
    batches = iter(lambda: list(islice(rows, _BATCH)), [])
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[list[tuple[str, str]]]] = deque()
        for batch in batches:
            checker.prepare(batch)
            waiting.append(pool.submit(checker.check, batch))
            if len(waiting) > 2 * threads:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


class _Checker:
    """Checks payloads in any thread; the database is read in one."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._dictionaries: dict[str, bytes | None] = {}
        self._local = threading.local()

    def prepare(self, batch: list[_Row]) -> None:
        """Load the dictionaries a batch needs. A dictionary needs none itself."""
        plain = zstandard.ZstdDecompressor()
        for wanted in {row[2] for row in batch if row[2]} - self._dictionaries.keys():
            row = self._db.execute(
                "SELECT data, size FROM payloads WHERE sha256 = ? AND dictionary IS NULL", [wanted]
            ).fetchone()
            try:
                body = plain.decompress(row[0], max_output_size=row[1]) if row else None
            except zstandard.ZstdError:
                body = None
            self._dictionaries[str(wanted)] = body

    def check(self, batch: list[_Row]) -> list[tuple[str, str]]:
        """Check a batch."""
        return [(row[0], self._problem(row)) for row in batch]

    def _problem(self, row: _Row) -> str:
        sha256, size, dictionary, data = row
        decompressor = self._decompressor(dictionary)
        if decompressor is None:
            return f"its dictionary {dictionary} is missing or damaged"
        try:
            body = decompressor.decompress(data, max_output_size=size)
        except zstandard.ZstdError as error:
            return f"it does not decompress ({error})"
        if len(body) != size:
            return f"it has {len(body):,} bytes, not {size:,}"
        if hashlib.sha256(body).hexdigest() != sha256:
            return "its bytes do not have its SHA-256"
        return ""

    def _decompressor(self, dictionary: str | None) -> zstandard.ZstdDecompressor | None:
        """Return this thread's decompressor for a dictionary; they cannot be shared."""
        made: dict[str, zstandard.ZstdDecompressor] = self._local.__dict__.setdefault("made", {})
        key = dictionary or ""
        if key not in made:
            if dictionary is None:
                made[key] = zstandard.ZstdDecompressor()
            else:
                body = self._dictionaries.get(dictionary)
                if body is None:
                    return None
                base = zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
                made[key] = zstandard.ZstdDecompressor(dict_data=base)
        return made[key]
