"""A newsroom's morning on real releases: what vanished, what was changed, twenty verdicts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.file.connection import open_database
from tests.browser import corpus_store
from tests.browser.conftest import Browser
from tests.review.serving import Served, serve

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not corpus_store.CORPUS.exists(), reason="the reference data is not here (../shared/corpus)"
    ),
]

PAGES = (
    "/",
    "/gone",
    "/overview",
    "/trends",
    "/trends/changes?significance=high",
    "/minister/Phil%20Goff",
    "/portfolio/Health",
    "/month/2008-05",
    "/digest/2008-05",
    "/feeds",
    "/data",
    "/data/sql?q=silent-edits",
    "/search?q=health",
)
_FOCUSED = "document.activeElement.closest('.item')?.dataset.change ?? ''"


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Served]:
    """The store of real revisions, served; a copy, for verdicts are left on it."""
    path = tmp_path / "corrigenda.db"
    shutil.copy(corpus_store.corpus_store(with_archive=False), path)
    with serve(path) as served:
        yield served


def test_a_release_that_vanished_is_found_and_never_called_live(
    browser: Browser, corpus: Served
) -> None:
    page = browser.open()
    page.goto(corpus.url)
    first = page.locator("main section, main .queue-head").first
    assert "Gone or blocked now" in first.inner_text()
    page.get_by_role("link", name="Gone or blocked now").click()
    page.wait_for_url("**/gone")
    vanished = page.locator(".absence", has=page.locator(".word-withdrawn"))
    assert "NZ Seeks ban" in vanished.inner_text()
    missing = page.locator(".absence", has=page.locator(".word-missing")).first
    missing.locator("a").click()
    page.wait_for_url("**/release/*")
    assert page.locator(".release-head .word").inner_text() == "MISSING"
    assert "live" not in page.locator(".release-head .item-top").inner_text().lower()


def test_twenty_changes_are_opened_read_and_judged_in_25_keystrokes(
    browser: Browser, corpus: Served
) -> None:
    page = browser.open()
    page.goto(corpus.url + corpus.sign_in)
    pressed = 0
    for key in ("j", "Enter"):
        page.keyboard.press(key)
        pressed += 1
    for number in range(20):
        row = page.evaluate(_FOCUSED)
        assert row, f"focus was lost before the {number + 1}st"
        page.locator(f'.opened[data-opened="{row}"]').wait_for()
        assert page.locator(".opened").inner_text().strip(), "there is something to read"
        page.keyboard.press("1234"[number % 4])
        pressed += 1
        page.locator(f'.item[data-change="{row}"]').wait_for(state="hidden")
    assert page.evaluate(_FOCUSED), "the next is under the hand"
    assert pressed <= 25
    judged = open_database(corpus.db).execute("SELECT count(DISTINCT batch), count(*) FROM reviews")
    batches, changes = judged.fetchone()
    assert batches == 20
    assert changes >= 20


def test_the_first_item_is_within_six_tabs_and_seven_are_in_sight(
    browser: Browser, corpus: Served
) -> None:
    page = browser.open(width=1280, height=900)
    page.goto(corpus.url + corpus.sign_in)
    tabs = 0
    while not page.evaluate(_FOCUSED):
        page.keyboard.press("Tab")
        tabs += 1
        assert tabs <= 6
    boxes = [item.bounding_box() for item in page.locator(".item").all()[:7]]
    assert boxes[-1]["y"] + boxes[-1]["height"] <= 900


def test_the_difference_begins_in_the_first_screen_without_markdown(
    browser: Browser, corpus: Served
) -> None:
    page = browser.open(width=1280, height=800)
    db = open_database(corpus.db)
    revised = [
        row[0]
        for row in db.execute(
            "SELECT id FROM changes WHERE kind = 'revised' AND words_removed > 0 "
            "ORDER BY id LIMIT 40"
        )
    ]
    for change in revised:
        page.goto(f"{corpus.url}/change/{change}")
        top = page.locator("#words").bounding_box()["y"]
        assert top < 640, f"change {change} begins its words at {top}"
        text = page.locator("[aria-labelledby=words]").inner_text()
        assert "](" not in text, f"change {change} shows Markdown"
        assert "**" not in text, f"change {change} shows Markdown"


def test_times_are_the_readers_own(browser: Browser, corpus: Served) -> None:
    page = browser.open(zone="Pacific/Auckland")
    page.goto(f"{corpus.url}/change/12")
    interval = page.locator(".meta .interval").first
    assert "UTC" not in interval.inner_text()
    assert "UTC" in interval.get_attribute("title")
    plain = browser.open(script=False)
    plain.goto(f"{corpus.url}/change/12")
    told = plain.locator(".meta .interval").first
    assert told.inner_text() == told.get_attribute("title")
    plain.goto(f"{corpus.url}/change/12?tz=Pacific/Auckland")
    assert plain.locator(".meta .interval").first.inner_text().endswith(("NZST", "NZDT"))
    plain.goto(f"{corpus.url}/change/12?tz=Nowhere/At_all")
    assert "no time zone Nowhere/At_all" in plain.inner_text(".zones")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_at_320_pixels(
    browser: Browser, corpus: Served, path: str
) -> None:
    page = browser.open(width=320, height=700)
    page.goto(corpus.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_print_is_black_on_white_with_links_spelt_out(browser: Browser, corpus: Served) -> None:
    page = browser.open(scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{corpus.url}/change/12")
    shown = "getComputedStyle(document.body)"
    assert page.evaluate(f"{shown}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"{shown}.color") == "rgb(0, 0, 0)"
    behind = "getComputedStyle(document.querySelector('h1 a'), '::after').content"
    assert "/release/" in page.evaluate(behind)
    assert not page.locator(".change-side").is_visible()
