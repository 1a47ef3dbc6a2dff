"""Every feed is an eye: what each tells, and what becomes of those that do not answer."""

from __future__ import annotations

import pytest

from corrigenda.sources import get
from tests.faults.conftest import Runner, feed, pages, text_of, url
from tests.faults.faultsite import FaultSite
from tests.faults.test_runs import BLOCK, Clock, edited

FEED = "/releases/feed"


@pytest.fixture
def eyes(faults: FaultSite, runner: Runner) -> Runner:
    """Two feeds that tell of one release, and a clock."""
    runner.now = Clock()
    faults.pages["/rss.xml"] = feed("one")
    faults.pages[FEED] = feed("one")
    return runner


def later(runner: Runner, hours: float) -> None:
    runner.now.hours += hours  # type: ignore[union-attr]


def asked(site: FaultSite, path: str) -> int:
    return site.paths().count(path)


def revised(runner: Runner) -> list[str]:
    return [c["reasons"][0] for c in runner.changes() if c["kind"] == "revised"]


def test_a_release_that_left_one_feed_is_watched_in_another(
    faults: FaultSite, eyes: Runner
) -> None:
    eyes.ingest()
    faults.fault("/release/", BLOCK)
    faults.pages |= {"/rss.xml": feed("two"), FEED: feed("one", one=edited("one"))}
    later(eyes, 25)
    assert eyes.ingest().changes["revised"] == 1
    assert revised(eyes) == ['figure: "$16,712" became "$16,172"']


def test_an_edit_told_by_two_feeds_is_one_change(faults: FaultSite, eyes: Runner) -> None:
    eyes.ingest()
    faults.fault("/release/", BLOCK)
    for path in ("/rss.xml", FEED):
        later(eyes, 25)
        faults.pages[path] = feed("one", one=edited("one"))
        eyes.ingest()
    assert len(revised(eyes)) == 1


def test_feeds_that_cut_one_text_differently_make_no_change(
    faults: FaultSite, eyes: Runner
) -> None:
    cut = text_of("one")[:60] + " …</p>"
    faults.pages[FEED] = feed("one", one=cut)
    faults.fault("/release/", BLOCK)
    for _ in range(3):
        eyes.ingest()
        later(eyes, 25)
    assert revised(eyes) == []
    faults.pages["/rss.xml"] = feed("one", one=edited("one"))
    eyes.ingest()
    assert len(revised(eyes)) == 1, "and an edit is told all the same"


@pytest.mark.parametrize("how", ["not-found-404", BLOCK])
def test_a_feed_that_does_not_answer_is_noted_once_and_tried_daily(
    faults: FaultSite, eyes: Runner, how: str
) -> None:
    faults.fault(FEED, how)
    first = eyes.ingest()
    assert not first.blocked, "a feed of its own is no sign that the source is blocked"
    for _ in range(23):
        later(eyes, 1)
        assert eyes.ingest().issues == 0
    assert asked(faults, FEED) == 1
    later(eyes, 2)
    assert eyes.ingest().issues == 0
    assert asked(faults, FEED) == 2
    told = eyes.rows(f"SELECT unread_since, read_at FROM feeds WHERE url LIKE '%{FEED}'")
    assert told == [("2026-03-01T00:00:00.000000Z", None)]


def test_a_quiet_feed_is_read_ever_more_rarely_but_daily(faults: FaultSite, eyes: Runner) -> None:
    for _ in range(96):
        eyes.ingest(recheck_hours=999.0)
        later(eyes, 0.5)
    assert asked(faults, "/rss.xml") == 96
    assert 5 <= asked(faults, FEED) <= 8


def test_the_other_feeds_have_a_share_of_the_budget_and_no_more(
    faults: FaultSite, eyes: Runner
) -> None:
    links = "".join(f'<a href="/taxonomy/term/{n}">T</a>' for n in range(40))
    faults.pages |= pages("one")
    faults.pages["/release/one"] += links.encode()
    for _ in range(20):
        eyes.ingest(recheck_hours=999.0, budget=80)
        later(eyes, 0.2)
    others = [path for path in faults.paths() if path.endswith("/feed")]
    assert len(others) == 10, "an eighth of the day's requests"


def test_feeds_of_ministers_are_learnt_from_pages(faults: FaultSite, eyes: Runner) -> None:
    faults.pages["/release/one"] += b'<a href="/taxonomy/term/6651">Hon Alice Brook</a>'
    faults.pages["/taxonomy/term/6651/feed"] = feed("two", "elsewhere")
    eyes.ingest()
    later(eyes, 1)
    tally = eyes.ingest()
    assert asked(faults, "/taxonomy/term/6651/feed") == 1
    assert tally.changes == {"published": 2}, "told by the feed alone"
    told = eyes.rows("SELECT learnt_from FROM feeds WHERE url LIKE '%6651/feed'")
    assert told == [(url("one"),)]


def test_the_main_feed_fails_and_the_others_still_see(faults: FaultSite, eyes: Runner) -> None:
    eyes.ingest()
    later(eyes, 25)
    faults.fault("/rss.xml", "server-error-500")
    faults.pages[FEED] = feed("one", one=edited("one"))
    tally = eyes.ingest()
    assert tally.outcome == "failed", "not all was seen, and it is said"
    assert tally.changes["revised"] == 1


def test_what_a_page_links_to() -> None:
    page = (
        b'<a href="/taxonomy/term/12"> <a href="https://www.beehive.govt.nz/taxonomy/term/13/feed">'
        b'<a href="/taxonomy/term/12?x=1"> <a href="https://evil.example/taxonomy/term/14">'
        b'<a href="/taxonomy/term/99999999999999">'
    )
    assert get("beehive").feeds_in(page) == [
        "https://www.beehive.govt.nz/taxonomy/term/12/feed",
        "https://www.beehive.govt.nz/taxonomy/term/13/feed",
    ]
