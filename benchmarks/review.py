"""How fast the pages answer on a large store, over real HTTP on loopback.

    python -m benchmarks.review [--db FILE] [--requests 200]

Makes the store first unless FILE exists (some minutes, about 600 MB), serves it with
``corrigenda review`` in a process of its own, asks for varied addresses one after the other,
signed in and not, and prints percentiles. Exits with 1 when a page misses its target.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx

from benchmarks.generate import generate

#: Milliseconds at the 95th percentile.
TARGETS = {
    "queue": 150,
    "change": 150,
    "opened": 150,
    "release": 150,
    "search": 150,
    "trends": 150,
    "minister": 150,
    "month": 150,
    "feed": 200,
    "gone": 200,
}


def main() -> int:
    """Run the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--db", type=Path, help="use this store, making it if need be")
    parser.add_argument("--requests", type=int, default=200, help="of each page")
    parser.add_argument("--releases", type=int, default=55_000)
    parser.add_argument("--changes", type=int, default=20_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="corrigenda-bench-") as scratch:
        db = chosen.db or Path(scratch) / "large.db"
        if not db.exists():
            began = time.perf_counter()
            generate(db, releases=chosen.releases, changes=chosen.changes)
            print(f"made {db} in {time.perf_counter() - began:.0f} s")
        size = db.stat().st_size / 1e6
        releases, changes = _counts(db)
        print(f"{releases:,} releases, {changes:,} changes besides publications, {size:.0f} MB")
        with serving(db) as (base, link):
            return report(base, link, db, chosen.requests)


def report(base: str, link: str, db: Path, requests: int) -> int:
    """Measure every page and print a table; returns 1 when a target is missed."""
    failed = 0
    generator = random.Random(7)
    print(f"{'page':<10}{'as':<10}{'p50':>8}{'p95':>8}{'max':>8}   target, ms")
    for who in ("public", "reviewer"):
        with httpx.Client(base_url=base, follow_redirects=True) as client:
            if who == "reviewer":
                client.get(link).raise_for_status()
            for page, target in TARGETS.items():
                times = sorted(_measure(client, _addresses(page, db, generator, requests)))
                p95 = times[int(0.95 * len(times)) - 1]
                print(
                    f"{page:<10}{who:<10}{statistics.median(times):8.1f}{p95:8.1f}"
                    f"{times[-1]:8.1f}   {target}{'' if p95 <= target else '  MISSED'}"
                )
                failed |= p95 > target
    return int(failed)


def _measure(client: httpx.Client, addresses: list[str]) -> Iterator[float]:
    for address in addresses:
        began = time.perf_counter()
        client.get(address).raise_for_status()
        yield (time.perf_counter() - began) * 1000


def _addresses(page: str, db: Path, generator: random.Random, count: int) -> list[str]:
    """Return varied addresses of one page; hardly any twice."""
    conn = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        match page:
            case "queue":
                return [_queue(conn, generator) for _ in range(count)]
            case "search":
                words = _vocabulary(conn)
                return [
                    f"/search?{urlencode({'q': _query(words, generator)})}" for _ in range(count)
                ]
            case "trends":
                return ["/trends"] * count
            case "gone":
                return ["/gone.atom"] * count
            case "month":
                return [
                    f"/month/{generator.randint(1996, 2025)}-{generator.randint(1, 12):02}"
                    for _ in range(count)
                ]
            case "minister" | "feed":
                names = conn.execute(
                    "SELECT DISTINCT name FROM release_terms WHERE kind = 'minister' "
                    "ORDER BY random() LIMIT ?",
                    [count],
                )
                if page == "feed":
                    return [f"/changes.atom?{urlencode({'minister': row[0]})}" for row in names]
                return [f"/minister/{quote(row[0])}" for row in names]
            case "change" | "opened":
                sql = "SELECT id FROM changes WHERE kind = 'revised' ORDER BY random() LIMIT ?"
            case _:
                sql = "SELECT release_id FROM changes ORDER BY random() LIMIT ?"
        ids = [row[0] for row in conn.execute(sql, [count])]
        return [f"/change/{i}/opened" if page == "opened" else f"/{page}/{i}" for i in ids]
    finally:
        conn.close()


def _queue(conn: sqlite3.Connection, generator: random.Random) -> str:
    """Return the queue under some filters, as people narrow it."""
    chosen: dict[str, str] = {}
    if generator.random() < 0.5:
        kind = generator.choice(("minister", "portfolio"))
        row = conn.execute(
            "SELECT name FROM release_terms WHERE kind = ? ORDER BY random() LIMIT 1", [kind]
        ).fetchone()
        chosen[kind] = row[0]
    if generator.random() < 0.3:
        chosen["significance"] = generator.choice(("high", "medium", "low", "none"))
    if generator.random() < 0.3:
        chosen["status"] = generator.choice(("reviewed", "cosmetic", "all"))
    if generator.random() < 0.2:
        chosen["kind"] = generator.choice(("published", "revised", "withdrawn"))
    if generator.random() < 0.3:
        chosen["since"] = f"{generator.randint(1996, 2025)}-0{generator.randint(1, 9)}-15"
    if generator.random() < 0.3:
        chosen["page"] = str(generator.randint(1, 9))
    return f"/?{urlencode(chosen)}"


def _vocabulary(conn: sqlite3.Connection) -> list[str]:
    """Return words of some bodies, common ones as often as they occur."""
    rows = conn.execute("SELECT text FROM versions ORDER BY random() LIMIT 200")
    return [word for (text,) in rows for word in re.findall(r"[a-z]{2,}", text)]


def _query(words: list[str], generator: random.Random) -> str:
    return " ".join(generator.choices(words, k=generator.choice((1, 1, 2, 3))))


def _counts(db: Path) -> tuple[int, int]:
    conn = sqlite3.connect(db)
    try:
        row = conn.execute(
            "SELECT (SELECT count(*) FROM releases), "
            "(SELECT count(*) FROM changes WHERE kind <> 'published')"
        ).fetchone()
        return int(row[0]), int(row[1])
    finally:
        conn.close()


@contextmanager
def serving(db: Path) -> Iterator[tuple[str, str]]:
    """Serve a database with ``corrigenda review``; yields its address and a sign-in path."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from commands import main; main()", "review"),
            *("--db", str(db), "--port", "0", "--reviewer", "bench"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(2)]
        base = lines[0].split(": ", 1)[1].strip().rstrip("/")
        link = "/sign-in" + lines[1].split("/sign-in", 1)[1].strip()
        _wait(base)
        yield base, link
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(base: str) -> None:
    for _ in range(200):
        try:
            httpx.get(base)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{base} does not answer")


if __name__ == "__main__":
    sys.exit(main())
