"""Runs over a site that blocks, edits, withdraws and moves: what is told, and what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from corrigenda.models import Entry, Verdict
from flows.pipeline import check
from tests.faults.conftest import (
    HOST,
    PUBLISHED,
    Runner,
    entry,
    feed,
    number_of,
    pages,
    text_of,
    url,
)
from tests.faults.faultsite import FAULTS, FaultSite, page, release_page

BLOCK = "challenge-incapsula-200"


class Clock:
    """A time that only the test moves."""

    def __init__(self) -> None:
        self.hours = 0.0

    def __call__(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=self.hours)


def edited(slug: str, to: str = "$16,172") -> str:
    return text_of(slug).replace("$16,712", to)


def asked_pages(site: FaultSite) -> list[str]:
    return [path for path in site.paths() if path.startswith("/release/")]


def blocked_since(runner: Runner) -> str | None:
    return runner.rows("SELECT blocked_since FROM sources")[0][0]


class TestBreaker:
    def test_a_blocked_source_is_probed_with_one_page(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        holding.check("one", "two", "elsewhere")
        faults.log.clear()
        faults.fault("/release/", BLOCK)
        first = holding.check("one", "two", "elsewhere", "one")
        assert first.verdicts == {"challenge": 3}
        assert "3 challenges in a row" in first.stopped
        since = blocked_since(holding)
        assert since is not None
        faults.log.clear()
        second = holding.check("one", "two", "elsewhere")
        assert second.verdicts == {"challenge": 1}
        assert len(asked_pages(faults)) == 1
        assert "Still blocked since" in second.stopped
        assert (second.blocked, second.outcome, second.needs_a_person) == (True, "blocked", True)
        assert blocked_since(holding) == since, "since the first challenge, not the latest"

    def test_a_probe_that_is_answered_opens_the_source(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        faults.fault("/release/", BLOCK)
        holding.check("one")
        faults.heal()
        tally = holding.check("one", "two", "elsewhere")
        assert tally.verdicts == {"unmodified": 3}
        assert (tally.blocked, tally.needs_a_person) == (False, False)
        assert blocked_since(holding) is None

    def test_an_ingest_with_nothing_due_probes_all_the_same(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        faults.fault("/release/", BLOCK)
        holding.check("one")
        faults.log.clear()
        tally = holding.ingest(recheck_hours=5.0)
        assert asked_pages(faults) == ["/release/one"]
        assert (tally.blocked, tally.needs_a_person) == (True, True)

    def test_one_page_behind_a_challenge_does_not_stop_the_others(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        faults.fault("/release/one", BLOCK)
        tally = holding.check("one", "two", "elsewhere")
        assert tally.verdicts == {"challenge": 1, "unmodified": 2}
        assert tally.blocked
        assert blocked_since(holding) is None

    def test_one_page_behind_a_challenge_never_closes_the_source(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        faults.fault("/release/one", BLOCK)
        holding.check("one")
        assert blocked_since(holding) is not None
        tally = holding.check("one", "two", "elsewhere")
        assert tally.verdicts == {"challenge": 1, "unmodified": 2}

    def test_an_absence_is_no_proof_that_the_block_is_over(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        faults.fault("/release/", BLOCK)
        holding.check("one")
        faults.fault("/release/two", "not-found-404")
        tally = holding.check("one", "two", "elsewhere")
        assert tally.verdicts == {"missing": 1, "challenge": 1}

    def test_a_server_that_asks_for_a_day_ends_this_run_and_the_next(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        faults.fault("/release/one", "rate-limited-for-a-day")
        first = holding.check("one", "two")
        assert first.verdicts == {"rate_limited": 1}
        asked = len(faults.log)
        second = holding.check("two", "elsewhere")
        assert len(faults.log) == asked, "nothing is asked, robots.txt neither"
        assert second.needs_a_person
        assert second.verdicts.total() == 1

    def test_the_budget_ends_a_run_and_says_when_to_go_on(
        self, faults: FaultSite, holding: Runner
    ) -> None:
        tally = holding.check("one", "two", "elsewhere", budget=3)
        assert tally.verdicts == {"unmodified": 2}
        assert "used up" in tally.stopped
        assert tally.unchecked == 1
        assert tally.needs_a_person
        assert len(faults.log) == 3
        assert holding.ingest(budget=3).needs_a_person
        assert len(faults.log) == 3, "the budget is the day's, not the run's"


class TestWitness:
    def test_an_edit_is_seen_while_the_pages_are_blocked(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.now = clock = Clock()
        runner.ingest()
        for _ in range(3):
            clock.hours += 1
            runner.ingest()
        clock.hours += 1
        faults.fault("/release/", BLOCK)
        faults.pages["/rss.xml"] = feed("one", "two", one=edited("one"))
        tally = runner.ingest()
        assert tally.blocked
        assert tally.changes == {"revised": 1}
        (change,) = [c for c in runner.changes() if c["kind"] == "revised"]
        assert change["track"] == "feed"
        assert change["significance"] == "high"
        assert "16,172" in change["reasons"][0]
        assert change["after"].startswith("2026-03-01T03:00"), "the last poll with the old text"
        assert change["before"].startswith("2026-03-01T04:00")

    def test_polls_of_the_same_texts_add_no_rows(self, faults: FaultSite, runner: Runner) -> None:
        runner.ingest()
        tables = ("captures", "versions", "observations", "sightings", "payloads")

        def rows() -> list[int]:
            return [runner.rows(f"SELECT count(*) FROM {t} WHERE 1")[0][0] for t in tables]

        def told() -> list[tuple[object, ...]]:
            return runner.rows(
                "SELECT release_id, captures, last_observed FROM spans WHERE track = 'feed'"
            )

        runner.ingest(recheck_hours=9.0)
        before, seen = rows(), told()
        runner.ingest(recheck_hours=9.0)
        after = rows()
        assert after[0] == before[0] + 1, "the poll itself"
        assert after[1:] == before[1:]
        assert all(new[2] > old[2] for old, new in zip(seen, told(), strict=True))  # type: ignore[operator]

    def test_an_edit_that_the_page_shows_too_is_told_once(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        faults.pages["/rss.xml"] = feed("one", "two", one=edited("one"))
        faults.pages["/release/one"] = release_page("About one", edited("one"))
        tally = runner.ingest()
        assert tally.changes == {"revised": 1}
        assert tally.versions_added == 1
        (change,) = [c for c in runner.changes() if c["kind"] == "revised"]
        assert change["track"] == "page"
        tracks = runner.rows("SELECT track, count(*) FROM spans GROUP BY 1 ORDER BY 1")
        assert tracks == [("feed", 3), ("page", 3)], "both timelines remain"

    def test_an_edit_told_by_the_feed_is_the_pages_when_the_block_is_over(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        faults.pages["/rss.xml"] = feed("one", "two", one=edited("one"))
        faults.fault("/release/", BLOCK)
        assert runner.ingest().changes == {"revised": 1}
        faults.heal()
        faults.pages["/release/one"] = release_page("About one", edited("one"))
        tally = runner.ingest()
        assert tally.changes == {"revised": 1}
        (change,) = [c for c in runner.changes() if c["kind"] == "revised"]
        assert change["track"] == "page"

    def test_another_edit_than_the_pages_stays_in_the_log(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        """The feed showed a figure that was put right before the page was seen again."""
        runner.ingest()
        faults.fault("/release/", BLOCK)
        faults.pages["/rss.xml"] = feed("one", "two", one=edited("one"))
        runner.ingest()
        faults.heal()
        faults.pages["/rss.xml"] = feed("one", "two", one=edited("one", "$99,999"))
        faults.pages["/release/one"] = release_page("About one", edited("one", "$99,999"))
        runner.ingest()
        told = [(c["track"], c["reasons"][0]) for c in runner.changes() if c["kind"] == "revised"]
        assert ("page", 'figure: "$16,712" became "$99,999"') in told
        assert ("feed", 'figure: "$16,712" became "$16,172"') in told

    def test_a_release_only_the_feed_tells_is_published_once(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        faults.fault("/release/one", BLOCK)
        tally = runner.ingest()
        assert tally.changes == {"published": 2}
        assert tally.versions_added == 1, "versions are the pages'"
        faults.heal()
        again = runner.ingest()
        assert again.changes == {}
        assert again.versions_added == 1
        assert [c["kind"] for c in runner.changes()] == ["published", "published"]
        assert {c["track"] for c in runner.changes()} == {"page"}

    def test_an_edit_of_tokens_alone_is_no_new_version(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        spaced = text_of("one").replace("<p>", "<p  class='x'>")
        faults.pages["/rss.xml"] = feed("one", "two", one=spaced)
        assert runner.ingest().changes == {}
        assert len(runner.rows("SELECT 1 FROM versions WHERE track = 'feed'")) == 2

    def test_numbers_that_the_feed_muddles_mix_no_histories(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        before = runner.state()
        right = feed("one", "two")
        one, two = (str(number_of(slug)).encode() for slug in ("one", "two"))
        for muddled in (
            right.replace(one, two),
            right.replace(one, b"#").replace(two, one).replace(b"#", two),
        ):
            faults.pages["/rss.xml"] = muddled
            for _ in range(2):
                runner.ingest()
                assert runner.state() == before


class TestGap:
    def listing(self, *slugs: str, when: datetime) -> bytes:
        teasers = "".join(
            f'<article class="teaser"><time datetime="{when:%Y-%m-%dT%H:%M:%SZ}"></time>'
            f'<h2><a href="/release/{slug}">About {slug}</a></h2></article>'
            for slug in slugs
        )
        return page("Releases", teasers)

    def test_the_listing_is_read_back_to_what_was_known(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        later = PUBLISHED + timedelta(days=9)
        faults.pages |= pages("five", "six", "seven")
        faults.pages["/rss.xml"] = feed("seven", when=later)
        faults.pages["/releases?page=0"] = self.listing("seven", "six", when=later)
        faults.pages["/releases?page=1"] = self.listing("five", "one", when=PUBLISHED)
        faults.pages["/releases?page=2"] = self.listing("two", when=PUBLISHED)
        tally = runner.ingest()
        assert "/releases?page=1" in faults.paths()
        assert "/releases?page=2" not in faults.paths()
        held = {row[0] for row in runner.state()["versions"]}
        assert {url("five"), url("six"), url("seven")} <= held
        assert tally.changes["published"] == 3
        problems = [row[0] for row in runner.rows("SELECT problem FROM issues")]
        assert any("does not reach back" in problem for problem in problems)
        assert runner.rows("SELECT gap_after FROM sources") == [(None,)]

    def test_a_gap_that_could_not_be_filled_is_remembered(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        later = PUBLISHED + timedelta(days=9)
        faults.pages |= pages("six", "seven")
        faults.pages["/rss.xml"] = feed("seven", when=later)
        faults.fault("/releases?", "server-error-500")
        assert runner.ingest().issues == 3
        assert runner.rows("SELECT gap_after FROM sources") != [(None,)]
        faults.heal()
        faults.pages["/releases?page=0"] = self.listing("seven", "six", when=later)
        faults.pages["/releases?page=1"] = self.listing("one", when=PUBLISHED)
        runner.ingest()
        assert url("six") in {row[0] for row in runner.state()["versions"]}
        assert runner.rows("SELECT gap_after FROM sources") == [(None,)]

    def test_no_gap_no_listing(self, faults: FaultSite, runner: Runner) -> None:
        runner.ingest()
        faults.pages |= pages("new")
        faults.pages["/rss.xml"] = feed("new", "one", "two")
        runner.ingest()
        assert not [path for path in faults.paths() if path.startswith("/releases?")]


class TestLives:
    def test_withdrawn_and_restored_through_ingests(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.now = clock = Clock()
        runner.ingest()
        faults.pages["/rss.xml"] = feed("two")
        clock.hours = 1
        with runner.session() as session:
            faults.fault("/release/one", "gone-410")
            check(session, entry("one"))
        clock.hours = 20
        assert runner.ingest().changes == {}
        clock.hours = 26
        tally = runner.ingest()
        assert tally.changes == {"withdrawn": 1}, "an absence is looked at again by itself"
        (change,) = [c for c in runner.changes() if c["kind"] == "withdrawn"]
        assert (change["after"][:13], change["before"][:13]) == ("2026-03-01T00", "2026-03-01T01")
        faults.heal()
        clock.hours = 30
        assert runner.check("one").changes == {"restored": 1}

    def test_a_move_announced_by_the_feed_under_the_same_number(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.ingest()
        faults.pages["/release/one-renamed"] = faults.pages.pop("/release/one")
        renamed = feed("one", "two").replace(b"/release/one<", b"/release/one-renamed<")
        faults.pages["/rss.xml"] = renamed
        tally = runner.ingest()
        assert tally.changes == {"moved": 1}
        assert tally.verdicts["missing"] == 0
        statuses = dict(runner.state()["statuses"])
        assert statuses[url("one-renamed")] == "live"
        assert url("one") not in statuses
        assert runner.rows("SELECT url, kind FROM aliases") == [(url("one"), "moved")]
        assert runner.ingest().changes == {}

    def test_a_move_by_redirect_keeps_one_history(self, faults: FaultSite, runner: Runner) -> None:
        runner.check("one")
        faults.pages["/release/one-renamed"] = faults.pages["/release/one"]
        faults.redirect("/release/one", "/release/one-renamed")
        tally = runner.check("one")
        assert tally.verdicts == {"moved": 1, "release": 1}
        assert tally.changes == {"moved": 1}
        again = runner.check("one", "one-renamed")
        assert again.changes == {}
        assert [row[:3] for row in runner.state()["versions"]] == [
            (url("one-renamed"), "page", 1),
            (url("one-renamed"), "page", 2),
        ]

    def test_a_release_only_the_feed_told_is_not_taken_for_where_its_page_leads(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        runner.check("elsewhere")
        faults.redirect("/release/one", "/release/elsewhere")
        runner.ingest()
        statuses = dict(runner.state()["statuses"])
        assert statuses == {url(slug): "live" for slug in ("one", "two", "elsewhere")}
        assert {c["kind"] for c in runner.changes()} == {"published"}
        faults.heal()
        assert runner.ingest().versions_added == 1

    def test_a_number_is_folded_into_the_release_it_leads_to(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        faults.redirect(f"/node/{number_of('one')}", "/release/one")
        with runner.session() as session:
            numbered = Entry(
                url=f"{HOST}/node/{number_of('one')}", channel="file", node_id=number_of("one")
            )
            session.store.hear([numbered])
            assert check(session, numbered) is Verdict.MOVED
        assert [c["kind"] for c in runner.changes()] == ["published"]
        assert runner.ingest().verdicts == {"unmodified": 1, "release": 1}
        live = runner.rows("SELECT url FROM releases WHERE moved_to IS NULL ORDER BY 1")
        assert live == [(url("one"),), (url("two"),)]

    def test_another_address_of_a_release_is_no_edit(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        shared = f'<a class="social__link" href="https://t.example/?url={url("one-shared")}"></a>'
        whole = release_page("About one", text_of("one"))
        faults.pages["/release/one"] = whole.replace(b"<h1", shared.encode() + b"<h1")
        faults.pages["/release/one-shared"] = faults.pages["/release/one"]
        runner.check("one")
        tally = runner.check("one-shared")
        assert (tally.changes, tally.versions_added) == ({}, 0)
        assert runner.rows("SELECT count(*) FROM releases") == [(1,)]


class TestWhatTheSiteSees:
    def test_its_log(self, faults: FaultSite, runner: Runner) -> None:
        """One request at a time, spaced, within the budget, allowed, conditional."""
        delay = 0.03
        faults.pages["/robots.txt"] = b"User-agent: *\nDisallow: /release/two\n"
        faults.fault("/release/elsewhere", "server-error-500")
        for _ in range(3):
            runner.ingest(delay=delay, budget=16)
            runner.check("one", "two", "elsewhere", delay=delay, budget=16)
        assert len(faults.log) == 16, "none after the budget"
        assert "/release/two" not in faults.paths(), "none disallowed"
        for earlier, later in pairwise(sorted(faults.log, key=lambda hit: hit.began)):
            assert later.began - earlier.ended >= delay
        offered: set[str] = set()
        for hit in faults.log:
            if hit.path in offered:
                assert hit.headers.get("if-none-match"), hit.path
                assert hit.headers.get("if-modified-since"), hit.path
                assert hit.status == 304
            elif hit.status == 200 and hit.path != "/robots.txt":
                offered.add(hit.path)
        assert offered == {"/rss.xml", "/release/one"}
        assert faults.paths().count("/release/one") >= 3


@pytest.mark.parametrize("seed", [20261120])
def test_two_hundred_runs_over_a_failing_site_end_where_a_sound_site_does(
    faults: FaultSite, runner: Runner, tmp_path: Path, seed: int
) -> None:
    """30 % of all answers fail, each by a fault drawn at random, feed and robots.txt too."""
    print(f"seed {seed}")
    truths = (Verdict.MOVED, Verdict.RELEASE)
    names = [
        fault.name
        for fault in FAULTS.values()
        # A server that asks to be left alone until 2199 is, for a year: no clean run follows.
        if fault.verdict not in truths and fault.name != "rate-limited-until-a-date"
    ]
    sound = Runner(replace(runner.settings, db=tmp_path / "sound.db"))
    runner.now = sound.now = clock = Clock()
    usual = {"attempts": 1, "max_body": 1_000_000, "read_timeout": 0.1, "total_timeout": 0.2}
    failed = told = 0
    for number in range(200):
        clock.hours = 3.0 * number
        if number == 100:
            faults.heal()
            faults.pages |= pages("new")
            faults.pages["/rss.xml"] = feed("new", "one", "two")
        if number in (0, 100):
            sound.ingest()
            sound.check("elsewhere")
        faults.at_random(0.3, seed=seed + number, names=names)
        if number % 4 == 3:
            tally = runner.check("one", "elsewhere", budget=100_000, **usual)
        else:
            tally = runner.ingest(budget=100_000, **usual)
        failed += tally.needs_a_person
        told += tally.told > 0
    print(f"{failed} of 200 runs needed a person; the feed was read in {told} of 150")
    assert failed > 40, "the site did fail"
    assert told > 40, "and did not always"
    faults.heal()
    clock.hours += 48
    clean = runner.ingest(budget=100_000)
    runner.check("elsewhere", budget=100_000)
    sound.ingest()
    sound.check("elsewhere")
    assert not clean.needs_a_person
    ours, theirs = runner.state(), sound.state()
    assert ours["versions"] == theirs["versions"]
    assert ours["statuses"] == theirs["statuses"]
    assert {c[2] for c in ours["changes"]} <= {"published", "withdrawn", "restored"}
