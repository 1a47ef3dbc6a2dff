"""The import of an archive beside reading, parsing and hashing the same files.

Usage: python -m benchmarks.import_archive ARCHIVE_DIR [DB_FOLDER]
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import yaml

from corrigenda.settings import Settings
from flows.request import Request
from flows.session import open_session
from flows.ways.archive import run
from storage.file.connection import open_database
from storage.queries.search_index import catch_up


def baseline(root: Path) -> tuple[float, int]:
    """Read, parse the YAML of and hash every file, storing nothing; returns seconds, files."""
    start, files = time.perf_counter(), 0
    for path in sorted(root.rglob("*.md")):
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        with suppress(yaml.YAMLError):
            yaml.load(data.split(b"---\n", 2)[1], Loader=yaml.CSafeLoader)
        files += 1
    return time.perf_counter() - start, files


def imported(root: Path, db: Path) -> float:
    """Import the archive; returns seconds."""
    start = time.perf_counter()
    with open_session(Settings(db=db), "beehive", "backfill", {}) as session:
        run(Request(archive=root), session)
    return time.perf_counter() - start


def indexed(path: Path) -> float:
    """Build the search index, as whoever searches first does; returns seconds."""
    with closing(open_database(path, create=True)) as db:
        start = time.perf_counter()
        catch_up(db)
        return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    root = Path(sys.argv[1])
    baseline(root)  # the files into the page cache, for both
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        db = Path(folder) / "corrigenda.db"
        read, files = baseline(root)
        first = imported(root, db)
        index = indexed(db)
        again = imported(root, db)
        read = (read + baseline(root)[0]) / 2
        size = db.stat().st_size
    kilobytes = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    )
    print(f"{files:,} documents; read, parsed and hashed in {read:.2f} s")
    print(f"import        {first:6.2f} s  {first / read:5.2f} times that   (bound: 3)")
    print(f"search index  {index:6.2f} s  {index / read:5.2f} times that, when first needed")
    print(f"second import {again:6.2f} s  {again / read:5.2f} times that")
    print(f"memory, the helper's included: {kilobytes / 1024:.0f} MB   (bound: 400)")
    print(f"database: {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
