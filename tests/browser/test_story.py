"""The story of the issue, in Chromium: read the figure, leave a verdict, take it back."""

from __future__ import annotations

import pytest

from storage.file.connection import open_database
from tests.browser.conftest import Browser
from tests.review.serving import Served

pytestmark = pytest.mark.browser


def titles(page: object) -> list[str]:
    return page.locator(".queue .item h2 a").all_inner_texts()  # type: ignore[attr-defined]


def follow(page: object, link: object) -> None:
    """Click what leads to another page, and wait for it: to count what is not there yet is 0."""
    with page.expect_navigation(wait_until="load"):  # type: ignore[attr-defined]
        link.click()  # type: ignore[attr-defined]


def visit(page: object, base: str, link: object) -> None:
    """Go to a change's own page; a click would open it in the queue."""
    page.goto(base + link.get_attribute("href"))  # type: ignore[attr-defined]


def test_open_the_queue_filter_read_the_figure_mark_it_and_undo(
    browser: Browser, served: Served
) -> None:
    page = browser.open()
    page.goto(served.url + served.sign_in)
    assert page.locator(".reviewer").inner_text() == "Mere"
    everything = titles(page)
    follow(page, page.get_by_role("link", name="high").first)
    narrowed = titles(page)
    assert len(narrowed) == 5 < len(everything)
    assert page.locator(".item .sig-high").count() == 5

    visit(page, served.url, page.locator(".queue .item h2 a").first)
    hero = page.locator(".hero")
    assert hero.locator("del").inner_text() == "$16,172"
    assert hero.locator("ins").inner_text() == "$16,712"
    assert hero.inner_text().startswith("The Government will spend"), "in its sentence"
    assert hero.bounding_box()["y"] < 300, "the figure stands first"
    assert page.locator(".inline-diff").bounding_box()["y"] < 600, "the words are in sight"
    assert "between 15 May 01:47 and 16 May 2026 10:40 UTC" in page.content()
    assert page.locator(".inline-diff ins").first.inner_text() == "$16,712"

    follow(page, page.get_by_role("button", name="Meaningful"))
    assert "Marked Harbour bridge upgrade funded as meaningful" in page.inner_text(".flash")
    assert "significance=high" in page.url, "back in the queue as it was filtered"
    assert titles(page) == narrowed[1:]

    follow(page, page.get_by_role("button", name="Undo"))
    assert "is withdrawn" in page.inner_text(".flash")
    assert titles(page) == narrowed
    rows = open_database(served.db).execute("SELECT verdict, reviewer FROM reviews").fetchall()
    assert rows == [("meaningful", "Mere"), ("withdrawn", "Mere")]


def test_the_keyboard_alone_is_enough(browser: Browser, served: Served) -> None:
    page = browser.open()
    page.goto(served.url + served.sign_in)
    before = titles(page)
    for key in "jjk":
        page.keyboard.press(key)
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == before[0]
    page.keyboard.press("Enter")
    page.wait_for_selector(".is-open .opened")
    assert page.evaluate(focused) == before[0], "opened in place, focus where it was"
    page.keyboard.press("j")
    page.wait_for_selector(".item:nth-child(2) .opened")
    assert page.locator(".opened").count() == 1
    page.keyboard.press("2")
    page.wait_for_selector(".item:nth-child(3) .opened")
    assert "cosmetic" in page.inner_text(".flash")
    assert page.evaluate(focused) == before[2], "the next item is open under the hand"
    page.keyboard.press("n")
    page.keyboard.type("1j, says a note")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.locator("#flash", has_text="follow up").wait_for()
    page.keyboard.press("u")
    page.locator("#flash", has_text="withdrawn").wait_for()
    assert page.evaluate(focused) == before[2]
    rows = open_database(served.db).execute("SELECT verdict, note FROM reviews").fetchall()
    assert rows[:2] == [("cosmetic", ""), ("follow up", "1j, says a note")]
    page.keyboard.press("k")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("/")
    page.locator("#q:focus").wait_for()
    page.keyboard.type("j1")
    assert page.input_value("#q") == "j1", "keys are text in a field"


def test_several_are_selected_and_judged_at_once(browser: Browser, served: Served) -> None:
    page = browser.open()
    page.goto(served.url + served.sign_in)
    before = titles(page)
    for key in "jxjjx3":
        page.keyboard.press(key)
    page.locator("#flash", has_text="false alarm").wait_for()
    assert page.locator(".item:visible h2 a bdi").all_inner_texts()[0] == before[1]
    rows = (
        open_database(served.db)
        .execute("SELECT count(*), count(DISTINCT batch) FROM reviews")
        .fetchone()
    )
    assert rows[0] >= 2
    assert rows[1] == 1
    page.keyboard.press("u")
    page.locator("#flash", has_text="withdrawn").wait_for()
    assert page.locator(".item:visible").count() == len(before)


def test_without_a_script_several_are_judged_by_a_form(browser: Browser, served: Served) -> None:
    page = browser.open(script=False)
    page.goto(served.url + served.sign_in)
    count = len(titles(page))
    for number in (0, 1):
        page.locator(".pick").nth(number).check()
    follow(page, page.locator("#quick-mark").get_by_role("button", name="Cosmetic"))
    assert "as cosmetic" in page.inner_text(".flash")
    assert len(titles(page)) == count - 2
    follow(page, page.get_by_role("button", name="Undo"))
    assert len(titles(page)) == count


def test_a_group_is_one_item_and_is_reviewed_once(browser: Browser, served: Served) -> None:
    page = browser.open()
    page.goto(served.url + served.sign_in)
    item = page.locator(".item", has_text="6 changes on 6 releases, one edit")
    assert item.count() == 1
    count = len(titles(page))
    visit(page, served.url, item.locator("h2 a"))
    assert "5 more open changes" in page.inner_text(".change-side")
    follow(page, page.get_by_role("button", name="Cosmetic"))
    assert "Marked 6 changes as cosmetic" in page.inner_text(".flash")
    assert len(titles(page)) == count - 1
    follow(page, page.get_by_role("button", name="Undo"))
    assert len(titles(page)) == count


def test_a_false_alarm_becomes_a_rule_that_says_what_it_hides_and_is_lifted(
    browser: Browser, served: Served
) -> None:
    page = browser.open()
    page.goto(served.url + served.sign_in)
    count = len(titles(page))
    visit(page, served.url, page.locator(".item", has_text="one edit").locator("h2 a"))
    assert "hides 6 now" in page.inner_text("#suppress")
    page.fill("#suppress input[name=note]", "a new surname")
    follow(page, page.get_by_role("button", name="Make a rule"))
    assert "Hides 6 changes" in page.inner_text(".rules")
    page.goto(served.url)
    assert len(titles(page)) == count - 1
    page.goto(served.url + "/rules")
    follow(page, page.get_by_role("button", name="Lift"))
    assert "Hid 6 changes" in page.inner_text(".rules")
    page.goto(served.url)
    assert len(titles(page)) == count


def test_a_releases_timeline_is_drawn_and_any_two_versions_compared(
    browser: Browser, reading: Served
) -> None:
    page = browser.open()
    page.goto(reading.url)
    visit(page, reading.url, page.locator(".item h2 a", has_text="Harbour bridge").first)
    follow(page, page.locator("h1 a"))
    assert page.locator("svg rect[class^=m-]").count() == 4, "four versions"
    assert page.locator(".versions tbody tr").count() == 4
    page.select_option("select[name=from]", "1")
    page.select_option("select[name=to]", "4")
    follow(page, page.get_by_role("button", name="Compare"))
    compared = page.inner_text(".comparison")
    assert "1 October 2026" in compared
    assert "$16,172" not in compared, "the figure went and came back in between"
    follow(page, page.get_by_role("link", name="Side by side"))
    page.wait_for_selector(".side-row del")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download version 2").click()
    text = download.value.path().read_text("utf-8")
    assert text.startswith('---\ntitle: "Harbour bridge upgrade funded"\n')
    assert "$16,172 million" in text


def test_moved_paragraphs_are_shown_as_moved(browser: Browser, reading: Served) -> None:
    page = browser.open()
    page.goto(reading.url)
    visit(page, reading.url, page.locator(".item h2 a", has_text="Coastal fund"))
    assert "Moved from paragraph" in page.inner_text(".inline-diff")


def test_search_finds_words_that_were_removed_since(browser: Browser, reading: Served) -> None:
    page = browser.open()
    page.goto(reading.url + "/search")
    page.fill("#q", '"will not rise"')
    page.keyboard.press("Enter")
    page.wait_for_selector(".hits li")
    assert page.locator(".hits h2").all_inner_texts() == ["Decision on the freight levy"]
    assert "no longer says so" in page.inner_text(".hits")
    assert page.locator("mark").first.inner_text().lower() == "will"
    page.fill("#q", "whetu")  # as typed without the macron
    page.keyboard.press("Enter")
    page.locator(".hits li").nth(1).wait_for()
    assert page.locator(".hits li").count() == 2


def test_the_public_reads_and_sees_no_buttons_and_no_telephone_numbers(
    browser: Browser, reading: Served
) -> None:
    page = browser.open(width=390, height=844)
    for path in (
        "/",
        "/change/20",
        "/release/4",
        "/release/14?from=1&to=4",
        "/overview",
        "/search?q=field",
    ):
        page.goto(reading.url + path)
        assert page.locator("form[method=post]").count() == 0
        assert "555 0" not in page.content()
        overflow = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(overflow), f"{path} is wider than a phone"
