"""``make battery``: each row's edits on real documents, and how many get the wanted rank.

``python -m benchmarks.ranking.battery [--seed N] [--documents N] [--row NAME] [--misses N]``
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter

from benchmarks.ranking.corpus import sample
from benchmarks.ranking.edits import ROWS, Row
from corrigenda.compare import compare
from corrigenda.models import Document


def main() -> int:
    """Print each row's rate; exit status 1 where one is under its bound."""
    options = _options()
    documents = sample(options.seed)
    started, failed = time.perf_counter(), 0
    for row in ROWS:
        if options.row and options.row not in row.name:
            continue
        ranks, misses = run(row, documents, options.documents, options.seed)
        total, right = ranks.total(), sum(ranks[r] for r in row.wanted)
        rate = right / max(total, 1)
        failed += rate < row.share
        counted = ", ".join(f"{name} {count}" for name, count in ranks.most_common())
        mark = "  " if rate >= row.share else "! "
        print(f"{mark}{row.name:34} {100 * rate:6.1f} % of {total:4}  ({counted})", flush=True)
        for miss in misses[: options.misses]:
            print(f"      {miss}")
    print(f"{failed} rows under their bound; {time.perf_counter() - started:.0f} s")
    return 1 if failed else 0


def run(
    row: Row, documents: list[Document], count: int, seed: int
) -> tuple[Counter[str], list[str]]:
    """Edit so many documents and compare; return the ranks, and what was ranked otherwise."""
    rng = random.Random(f"{seed} {row.name}")
    ranks: Counter[str] = Counter()
    misses: list[str] = []
    for document in documents:
        edited = row.make(document, rng)
        if edited is None or edited == document:
            continue
        found = compare(document, edited)
        ranks[str(found.significance)] += 1
        if found.significance not in row.wanted:
            misses.append(f"{found.significance}: {found.reasons[:2]}")
        if ranks.total() == count:
            break
    return ranks, misses


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--row", default="")
    parser.add_argument("--misses", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
