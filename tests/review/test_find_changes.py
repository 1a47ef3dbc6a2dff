"""Searching the changes: by words gone or come, in quotations or out; every search is a feed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import feedparser
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.queries.log.words import changed_words
from tests.review.serving import Served, serve
from tests.storage.factory import content, open_store, seen

FIRST = "The levy will not rise.\n\n“We will fund every hospital ward,” Ms Tautahi says."
TEXTS = (
    FIRST,
    FIRST.replace("every hospital ward", "most hospital wards"),
    FIRST.replace("The levy will not rise.", "The levy on freight will rise."),
)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Served]:
    """Two releases: one lost words of a quotation, the other words outside of any."""
    path = tmp_path / "c.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for name, text in (("quote", TEXTS[1]), ("prose", TEXTS[2])):
        url = f"https://www.beehive.govt.nz/release/{name}"
        for hours, body in ((24, FIRST), (48, text)):
            store.record(run, seen(content(body, url=url, title=name), hours, url=url))
    store.db.close()
    with serve(path) as served:
        yield served


def titles(client: httpx.Client, **asked: str) -> list[str]:
    answer = client.get("/changes.csv", params=asked)
    assert answer.status_code == 200, answer.text
    found = [row["title"] for row in csv.DictReader(io.StringIO(answer.text))]
    page = client.get("/changes", params=asked)
    assert f"{len(found)} change" in page.text, "the page counts what the table lists"
    return sorted(found)


def test_words_are_found_where_they_went_and_nowhere_else(pages: Served) -> None:
    with closing(pages.client()) as client:
        assert titles(client, removed="every hospital ward") == ["quote"]
        assert titles(client, removed='"every"', quoted="yes") == ["quote"]
        assert titles(client, added="most") == ["quote"]
        assert titles(client, removed="not") == ["prose"]
        assert titles(client, removed='"every hospital ward"', quoted="yes") == ["quote"]
        assert titles(client, removed="not", quoted="yes") == []
        assert titles(client, removed="most") == []
        assert titles(client, removed="levy") == [], "it stands in both texts"
        assert titles(client, removed="not", added="freight") == ["prose"]
        assert titles(client) == ["prose", "quote"]


def test_what_came_since_is_found_and_what_was_divided_is_not(pages: Served) -> None:
    with closing(pages.client()) as client:
        assert titles(client, added="freight") == ["prose"]
        store = open_store(pages.db)
        url = "https://www.beehive.govt.nz/release/prose"
        store.record(store.begin_run("ingest", {}), seen(content("Gone.", url=url), 72, url=url))
        between = FIRST.replace("rise", "rise on freight")
        run = store.begin_run("backfill", {})
        store.record(run, seen(content(between, url=url, title="prose"), 36, url=url))
        store.db.close()
        found = client.get("/changes.csv", params={"removed": "freight"}).text.splitlines()
        assert len(found) == 1 + 2, "it moved, and then went"
        assert titles(client, added="freight") == ["A bridge", "A bridge"]


@pytest.mark.parametrize(
    "wrong",
    ["colour=red", "silent=perhaps", "kind=lost", "since=yesterday", "page=0", "order=mood"],
)
def test_an_unknown_filter_is_an_error_in_words(pages: Served, wrong: str) -> None:
    name, value = wrong.split("=")
    with closing(pages.client()) as client:
        for address in ("/changes", "/changes.atom", "/changes.json", "/changes.csv"):
            answer = client.get(f"{address}?{wrong}")
            assert answer.status_code == 400
            assert name in answer.text
            assert value in answer.text or "no filter" in answer.text


def test_a_search_is_a_feed_and_a_table(pages: Served) -> None:
    with closing(pages.client()) as client:
        found = feedparser.parse(client.get("/changes.atom?removed=every&quoted=yes").content)
        assert "removed: every, in a quotation" in found.feed.title
        assert [entry.title.split("] ")[-1].split(":")[0] for entry in found.entries] == ["quote"]
        items = client.get("/changes.json?removed=every").json()["items"]
        assert len(items) == 1
        (row,) = csv.DictReader(io.StringIO(client.get("/changes.csv?removed=every").text))
    assert row["after"].endswith("Z")
    assert row["before"] > row["after"]
    assert (row["from_version"], row["to_version"]) == ("1", "2")
    assert len(row["from_digest"]) == len(row["to_digest"]) == 64
    assert row["from_digest"] != row["to_digest"]


def test_a_quotation_that_is_not_closed_ends_with_its_paragraph() -> None:
    old = "“One says a word.\n\nAnother word."
    _, _, removed_quoted, _ = changed_words(old, old.replace("a word", "nothing"))
    assert "a word" in removed_quoted
    _, _, removed_quoted, _ = changed_words(old, old.replace("Another word.", "Another."))
    assert removed_quoted == ""


@given(st.lists(st.sampled_from(["port", "road", "“tax", "levy”", "fund."]), max_size=20))
def test_the_same_text_has_lost_nothing(words: list[str]) -> None:
    text = " ".join(words)
    assert changed_words(text, text) == ("", "", "", "")
