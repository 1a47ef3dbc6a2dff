"""Two sources in one database, the second with an Atom feed and without ministers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.export import FORMATS
from storage.file.connection import reading
from storage.queries.log.changes import changes
from tests.faults.faultsite import FaultSite
from tests.flows.conftest import Ingest, do_backfill, do_ingest
from tests.review.serving import serve

PAGES = Path(__file__).resolve().parent.parent / "pages" / "example"
HOST = "https://www.example.org"
FERRY = "/2026/02/winter-ferry-timetable"
LIBRARY = "/2026/02/library-hours"


def recorded(name: str) -> bytes:
    return (PAGES / name).read_bytes()


def library() -> bytes:
    """The recorded page with another post in it."""
    text = recorded("release-ferry-timetable.html").decode()
    return text.replace("412", "407").replace("Winter ferry timetable", "Library hours").encode()


@pytest.fixture
def second() -> Iterator[FaultSite]:
    pages = {
        "/feed/atom": recorded("feed.xml"),
        "/news/page/1": recorded("listing-news.html"),
        FERRY: recorded("release-ferry-timetable.html"),
        LIBRARY: library(),
    }
    with FaultSite(pages) as running:
        yield running


def test_both_live_in_one_database(
    ingest: Ingest, second: FaultSite, db: Path, tmp_path: Path
) -> None:
    there = {"source": "example", "db": db, "origin": second.url}
    assert ingest().versions_added > 0
    first = do_ingest(**there)
    assert (first.versions_added, first.issues) == (1, 0)
    brought = do_backfill(**there, listing=1)
    assert brought.verdicts["release"] == 1
    second.pages[FERRY] = second.pages[FERRY].replace(b"$6.20", b"$6.80")
    edited = do_backfill(**there, urls=[HOST + FERRY])
    assert edited.changes == {"revised": 1}

    with reading(db) as database:
        log = [change for change in changes(database) if change.kind == "revised"]
        assert [(change.url, str(change.significance)) for change in log] == [
            (HOST + FERRY, "high")
        ]
        assert database.execute("SELECT count(DISTINCT source_id) FROM releases").fetchone()[0] == 2
        heard = "SELECT title FROM versions WHERE track = 'feed' AND text LIKE '%www.example.org%'"
        assert database.execute(heard).fetchall() == [("Winter ferry timetable published",)]
        FORMATS["jsonl"](database, tmp_path / "out")
    lines = (tmp_path / "out" / "versions.jsonl").read_text("utf-8").splitlines()
    urls = {json.loads(line)["url"] for line in lines}
    assert {HOST + FERRY, HOST + LIBRARY} < urls
    with serve(db) as pages, pages.client() as client:
        assert "Winter ferry timetable" in client.get("/").raise_for_status().text
        page = client.get("/release", params={"url": HOST + FERRY}).raise_for_status().text
        assert "$6.80" in page
    assert set(ingest().verdicts) <= {"unmodified"}, "the first source is as it was"
