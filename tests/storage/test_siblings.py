"""Re-posts are linked by their addresses, and only where both are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrigenda.models import Entry
from storage.queries.releases import find_release, siblings
from tests.storage.factory import open_store

BASE = "https://www.beehive.govt.nz/release"


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("bridge-opens", {"bridge-opens-0", "bridge-opens-1"}),
        ("bridge-opens-0", {"bridge-opens", "bridge-opens-1"}),
        ("budget-2007", set()),
        ("bridge-opens-again", set()),
        ("visit-2", {"visit"}),
        ("visit", {"visit-2"}),
        ("phase-2-0", {"phase-2"}),
        ("phase-2", {"phase-2-0", "phase"}),
    ],
)
def test_siblings(tmp_path: Path, slug: str, expected: set[str]) -> None:
    store = open_store(tmp_path / "t.db")
    slugs = """bridge-opens bridge-opens-0 bridge-opens-1 bridge-opens-again bridge-opens-2007
        budget-2007 budget visit visit-2 phase phase-2 phase-2-0""".split()
    store.hear(Entry(url=f"{BASE}/{name}", channel="listing") for name in slugs)
    release = find_release(store.db, f"{BASE}/{slug}")
    found = {other.url.rsplit("/", 1)[-1] for other in siblings(store.db, release.url)}
    store.db.close()
    assert found == expected
