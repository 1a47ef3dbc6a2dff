"""Verification beside SHA-256 and decompression alone, of the same payloads.

Usage: python -m benchmarks.verify [RELEASES] [ARCHIVE_DIR]

Without an archive: full-size pages, four captures of each. With one: that archive.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from pathlib import Path

import zstandard

from benchmarks.store_of_pages import make
from corrigenda.settings import Settings
from flows.request import Request
from flows.session import open_session
from flows.ways.archive import run
from storage.audit.verify import verify
from storage.file.connection import open_database


def alone(db: Path) -> float:
    """Decompress and hash every payload and hash every version, in one thread; seconds."""
    store = open_database(db)
    start = time.perf_counter()
    made: dict[str | None, zstandard.ZstdDecompressor] = {None: zstandard.ZstdDecompressor()}
    for size, dictionary, data in store.execute("SELECT size, dictionary, data FROM payloads"):
        if dictionary not in made:
            row = store.execute(
                "SELECT data, size FROM payloads WHERE sha256 = ?", [dictionary]
            ).fetchone()
            base = made[None].decompress(row[0], max_output_size=row[1])
            made[dictionary] = zstandard.ZstdDecompressor(
                zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            )
        hashlib.sha256(made[dictionary].decompress(data, max_output_size=size)).hexdigest()
    for (text,) in store.execute("SELECT text FROM versions"):
        hashlib.sha256(text.encode()).hexdigest()
    seconds = time.perf_counter() - start
    store.close()
    return seconds


def main() -> None:
    """Measure and print."""
    releases = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "pages.db"
        if len(sys.argv) > 2:
            with open_session(Settings(db=db), "beehive", "backfill", {}) as session:
                run(Request(archive=Path(sys.argv[2])), session)
        else:
            make(db, releases, 4)
        alone(db)  # the file into the page cache, for both
        before = alone(db)
        start = time.perf_counter()
        report = verify(db)
        took = time.perf_counter() - start
        bare = (before + alone(db)) / 2
        assert report.damages == []
    print(f"{report.payloads:,} payloads, {report.versions:,} versions")
    print(f"SHA-256 and decompression alone {bare:6.2f} s")
    print(f"verify                          {took:6.2f} s: {bare / took:.2f} of it (bound: 0.5)")
    print(f"documents compared with their payloads: {report.documents:,}")


if __name__ == "__main__":
    main()
