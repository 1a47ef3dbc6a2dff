"""Searching a store into which an archive was imported."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from storage.file.connection import open_database
from storage.queries import search_index
from tests.imports.conftest import archive_of, bring_archive, document
from tests.review.serving import Served, serve

BRIDGES = [document(number) for number in range(12)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return archive_of(tmp_path / "archive", *BRIDGES)


def hits(pages: Served, words: str) -> int:
    """Return how many releases a search says it found."""
    with pages.client() as client:
        text = client.get("/search", params={"q": words}).raise_for_status().text
    found = re.search(r'role="status">(\d+) release', text)
    return int(found[1]) if found else 0


def test_what_is_imported_while_the_pages_are_served_is_found(
    served: Served, archive: Path
) -> None:
    bring_archive(served.db, archive)
    assert hits(served, "monday") == 12
    db = open_database(served.db)
    done, last = search_index.behind(db.conn)
    assert done == last


def test_what_was_imported_before_is_indexed_when_the_pages_open(db: Path, archive: Path) -> None:
    bring_archive(db, archive)
    with serve(db):
        store = open_database(db)
        done, last = search_index.behind(store.conn)
        assert done == last > 12


def test_a_search_that_cannot_see_everything_says_so(served: Served, archive: Path) -> None:
    bring_archive(served.db, archive)
    writer = sqlite3.connect(served.db, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with served.client() as client:
        text = client.get("/search", params={"q": "monday"}).raise_for_status().text
    assert "12 versions imported last are not searched yet" in text
    writer.execute("ROLLBACK")
    assert hits(served, "monday") == 12
