"""Payload bytes and time per capture, beside gzip, on 350 KB pages of one site.

Usage: python -m benchmarks.payloads

The pages are the replica's, with chrome around them as a real site's theme repeats it, and
tokens no other response has: synthetic, so an optimist's figure. 40 releases, each
captured four times: once, and three times again unedited.
"""

from __future__ import annotations

import gzip
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from commands.demo.items import Item, own_items
from commands.demo.pages import article_page
from storage.file.connection import open_database, transaction
from storage.record.payloads import Payloads

_RELEASES, _CAPTURES, _BYTES = 40, 4, 350_000
_WORDS = "minister bridge clinic release funding region council people work year plan".split()


def chrome(size: int) -> str:
    """Return a theme's worth of menus, scripts and styles: varied, and the same on each page."""
    rng = random.Random(7)
    parts: list[str] = []
    length = 0
    while length < size:
        name = f"{rng.choice(_WORDS)}-{rng.randbytes(rng.randint(2, 12)).hex()}"
        part = (
            f'<li class="menu__{name}"><a href="/{rng.choice(_WORDS)}/{name}?v={rng.random()}">'
            f"{' '.join(rng.choices(_WORDS, k=6))}</a></li>\n"
        )
        parts.append(part)
        length += len(part)
    return "".join(parts)


def page(item: Item, around: str) -> bytes:
    """Return one response of about 350 KB, unlike every other."""
    return article_page(item, own_items()[:3]).replace("</nav>", f"{around}</nav>").encode()


def items() -> list[Item]:
    """Return releases of some 500 words each."""
    rng, like = random.Random(3), own_items()[0]
    return [
        replace(
            like,
            node=5000 + number,
            slug=f"release-{number}",
            title=" ".join(rng.choices(_WORDS, k=7)),
            body="".join(f"<p>{' '.join(rng.choices(_WORDS, k=60))} ${n}.</p>" for n in range(9)),
        )
        for number in range(_RELEASES)
    ]


def main() -> None:
    """Measure and print."""
    around, raw, gzipped, seconds, pages = chrome(_BYTES), 0, 0, 0.0, 0
    zipping = 0.0
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "payloads.db", create=True)
        db.execute("INSERT INTO sources (id, name, title, home) VALUES (1, 's', 's', 's')")
        payloads = Payloads(db)
        kept: list[tuple[str, bytes]] = []
        for _ in range(_CAPTURES):
            for item in items():
                body = page(item, around)
                raw, pages = raw + len(body), pages + 1
                start = time.perf_counter()
                with transaction(db):
                    kept.append((payloads.put(body, 1, template=True), body))
                seconds += time.perf_counter() - start
                start = time.perf_counter()
                gzipped += len(gzip.compress(body, 6, mtime=0))
                zipping += time.perf_counter() - start
        start = time.perf_counter()
        assert all(payloads.get(sha256) == body for sha256, body in kept)
        reading = time.perf_counter() - start
        stored, dictionaries = db.execute(
            "SELECT sum(length(data)), sum(dictionary IS NULL) FROM payloads"
        ).fetchone()
        # Compression alone, without the hash and the rows.
        compressor = payloads._compressor(
            db.execute("SELECT payload_sha256 FROM dictionaries").fetchone()[0]
        )
        start = time.perf_counter()
        for _, body in kept:
            compressor.compress(body)
        compressing = time.perf_counter() - start
    print(f"{pages} captures of {raw / pages / 1000:.0f} KB, {dictionaries} kept as dictionary")
    print(f"a capture: {stored / pages / 1000:.1f} KB; gzip {gzipped / pages / 1000:.1f} KB")
    print(f"1/{raw / stored:.0f} of raw        (bound: 1/60)")
    print(f"1/{gzipped / stored:.0f} of gzip       (bound: 1/15)")
    print(f"{compressing / pages * 1000:.2f} ms to compress (bound: 1)")
    print(f"{zipping / pages * 1000:.2f} ms for gzip to compress")
    print(f"{seconds / pages * 1000:.2f} ms to hash, compress and store in a transaction each")
    print(f"{reading / pages * 1000:.2f} ms to read back")


if __name__ == "__main__":
    main()
