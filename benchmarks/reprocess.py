"""Reading kept payloads again: two processes beside one.

Usage: python -m benchmarks.reprocess [RELEASES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.store_of_pages import make
from storage.bulk.rereading import reread_all


def rate(db: Path, captures: int, processes: int) -> float:
    """Return captures read a second."""
    start = time.perf_counter()
    done = sum(
        not r.problem
        for r in reread_all(db, "beehive", range(1, captures + 1), processes=processes)
    )
    assert done == captures
    return captures / (time.perf_counter() - start)


def main() -> None:
    """Measure and print."""
    captures = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "pages.db"
        make(db, captures, 1)
        rate(db, min(captures, 100), 1)  # the file into the page cache
        one, two = rate(db, captures, 1), rate(db, captures, 2)
        one = max(one, rate(db, captures, 1))
    print(f"{captures} captures of 350 KB")
    print(f"one process   {one:6.0f} a second")
    print(f"two processes {two:6.0f} a second: {two / one:.2f} times (bound: 1.7)")


if __name__ == "__main__":
    main()
