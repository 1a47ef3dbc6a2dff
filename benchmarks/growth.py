"""What looking things up costs in a store of 1,000, of 10,000 and of 55,000 releases.

    python -m benchmarks.growth [--releases 1000 10000 55000] [--stores DIR]

Makes each store first (the largest takes some minutes and 600 MB), and prints milliseconds of
processor time, the median of some, and how many times those of the smallest store they are.
What every run asks for should not grow at all (1.2); what draws all there is does.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlite_utils import Database

from benchmarks.due import milliseconds
from benchmarks.generate import generate
from corrigenda import sources
from storage.file.connection import open_database
from storage.file.times import now
from storage.queries import health
from storage.queries.log import overview
from storage.record.entries import announced
from storage.record.lifecycle import unconfirmed
from storage.record.store import Store

TIMES = 11


def lookups(db: Database) -> None:
    """Do what an ingest does before it asks for the first page: thirty items in the feed."""
    store = Store(db, sources.get("beehive"))
    urls = [row[0] for row in db.execute("SELECT url FROM releases ORDER BY id DESC LIMIT 30")]
    announced(db, store.source_id, urls)
    for url in urls:
        store.known(url)
    unconfirmed(db, store.source_id, now() - timedelta(days=1), 10)


def status(db: Database) -> None:
    """Do what `corrigenda status` does."""
    for source_id, _ in health.sources(db):
        health.health(db, source_id, now())


def whole(db: Database) -> None:
    """Read what the overview draws."""
    overview.totals(db)
    _, newest = overview.extent(db)
    overview.by_day(db, (newest or "2026")[:7])
    overview.by_month(db)


MEASURED: dict[str, Callable[[Database], None]] = {
    "look-ups of an ingest": lookups,
    "status": status,
    "overview": whole,
}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--releases", type=int, nargs="+", default=[1_000, 10_000, 55_000])
    parser.add_argument("--stores", type=Path, help="keep the stores in this folder, to use again")
    chosen = parser.parse_args()
    sizes = chosen.releases
    taken: dict[str, list[float]] = {name: [] for name in MEASURED}
    for releases in sizes:
        with tempfile.TemporaryDirectory(prefix="corrigenda-bench-") as folder:
            path = (chosen.stores or Path(folder)) / f"{releases}.db"
            if not path.exists():
                generate(path, releases=releases, changes=releases // 3)
            db = open_database(path, create=True)
            for name, call in MEASURED.items():
                taken[name].append(milliseconds(lambda db=db, call=call: call(db), TIMES))
            db.close()
    print("| ms | " + " | ".join(f"{size:,}" for size in sizes) + " |")
    print("|---|" + "---:|" * len(sizes))
    for name, row in taken.items():
        cells = (f"{one:.2f} ({one / row[0]:.2f})" for one in row)
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
