"""When most is missing at once, it is we who see nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.file.connection import open_database
from storage.record.sight.absences import Patience, accept
from tests.faults.conftest import PUBLISHED, Runner, feed, pages
from tests.faults.faultsite import FaultSite
from tests.faults.test_runs import Clock

SLUGS = tuple(f"n{number}" for number in range(8))


@pytest.fixture
def held(faults: FaultSite, runner: Runner) -> Runner:
    """Eight releases were seen, and left the feed since."""
    runner.now = Clock()
    faults.pages |= pages(*SLUGS)
    runner.check(*SLUGS)
    return runner


def later(runner: Runner, hours: float) -> None:
    runner.now.hours += hours  # type: ignore[union-attr]


def absent_since(runner: Runner) -> str | None:
    return runner.rows("SELECT absent_since FROM sources")[0][0]


@pytest.mark.parametrize("how", ["not-found-404", "soft-404", "redirect-home"])
def test_mass_absence_withdraws_nothing_and_the_run_has_seen_nothing(
    faults: FaultSite, held: Runner, how: str
) -> None:
    faults.fault("/release/n", how)
    for _ in range(3):
        later(held, 25)
        tally = held.check(*SLUGS)
        assert tally.changes == {}
        assert (tally.outcome, tally.needs_a_person) == ("failed", True)
        assert "8 of 8 pages" in tally.failure
    assert absent_since(held) == "2026-03-02T01:00:00.000000Z"
    assert {status for _, status in held.state()["statuses"]} == {"live"}


def test_what_comes_back_ends_it_and_what_does_not_starts_anew(
    faults: FaultSite, held: Runner
) -> None:
    faults.fault("/release/n", "not-found-404")
    for _ in range(2):
        later(held, 25)
        held.check(*SLUGS)
    faults.heal()
    faults.fault("/release/n0", "gone-410")
    later(held, 25)
    assert held.check(*SLUGS).changes == {}, "two looks of the outage are no evidence"
    assert absent_since(held) is None
    later(held, 25)
    assert held.check(*SLUGS).changes == {"withdrawn": 1}
    (change,) = [c for c in held.changes() if c["kind"] == "withdrawn"]
    assert change["before"].startswith("2026-03-04T03")


def test_a_few_that_are_gone_are_withdrawn_as_ever(faults: FaultSite, held: Runner) -> None:
    faults.fault("/release/n0", "gone-410")
    changes = []
    for _ in range(2):
        later(held, 25)
        changes.append(held.check(*SLUGS).changes)
    assert changes == [{}, {"withdrawn": 1}]


def test_absences_of_several_small_runs_add_up(faults: FaultSite, held: Runner) -> None:
    faults.fault("/release/n", "not-found-404")
    for _ in range(3):
        later(held, 20)
        for slug in SLUGS:
            later(held, 0.5)
            held.check(slug)
    kinds = {c["kind"] for c in held.changes()}
    assert "withdrawn" not in kinds
    assert absent_since(held) is not None


def test_a_persons_word_lets_withdrawals_through(faults: FaultSite, held: Runner) -> None:
    faults.fault("/release/n", "not-found-404")
    for _ in range(2):
        later(held, 25)
        held.check(*SLUGS[:7])
    later(held, 1)
    faults.fault("/release/n7", "gone-410")
    held.check("n7")
    db = open_database(held.db, create=True)
    now = held.now()  # type: ignore[misc]
    gone, changes = accept(db, 1, 1, now, Patience(2, 24.0))
    db.close()
    assert (gone, len(changes)) == (8, 7), "the eighth was missed once only"
    assert absent_since(held) is None
    later(held, 25)
    assert held.check(*SLUGS).changes == {"withdrawn": 1}, "what is accepted is no doubt any more"


class TestFeed:
    """Feed and pages: a release is gone when both say so, and not while one lists it."""

    def feed(self, *slugs: str) -> bytes:
        """Each a day older than the one before."""
        order = [*SLUGS, "old"]
        items = [feed(s, when=PUBLISHED - timedelta(days=order.index(s))) for s in slugs]
        inner = b"".join(item.split(b"<channel>")[1].split(b"</channel>")[0] for item in items)
        return b'<rss version="2.0"><channel>' + inner + b"</channel></rss>"

    @pytest.fixture
    def listed(self, faults: FaultSite, runner: Runner) -> Runner:
        runner.now = Clock()
        faults.pages |= pages(*SLUGS, "old")
        faults.pages["/rss.xml"] = self.feed(*SLUGS, "old")
        runner.ingest()
        return runner

    def test_what_a_feed_still_lists_is_not_gone(self, faults: FaultSite, listed: Runner) -> None:
        faults.fault("/release/n0", "gone-410")
        for _ in range(4):
            later(listed, 25)
            assert listed.ingest().changes == {}
        told = listed.rows("SELECT state, count(*) FROM held_absences GROUP BY 1")
        assert told == [("held", 4)]

    def test_feed_and_pages_agree(self, faults: FaultSite, listed: Runner) -> None:
        """Eight of nine vanish from both at once."""
        faults.fault("/release/n", "not-found-404")
        faults.pages["/rss.xml"] = self.feed("old")
        later(listed, 25)
        assert listed.check(*SLUGS).changes == {}
        later(listed, 1)
        listed.ingest()
        for _ in range(2):
            later(listed, 25)
            tally = listed.ingest()
        assert tally.outcome == "done"
        withdrawn = [c for c in listed.changes() if c["kind"] == "withdrawn"]
        assert len(withdrawn) == 8

    def test_what_newer_items_pushed_out_of_the_feed_does_not_agree(
        self, faults: FaultSite, listed: Runner
    ) -> None:
        faults.fault("/release/n", "not-found-404")
        faults.fault("/release/old", "not-found-404")
        faults.pages |= pages("new")
        faults.pages["/rss.xml"] = feed("new", when=PUBLISHED + timedelta(days=9))
        for _ in range(3):
            later(listed, 25)
            listed.ingest()
        assert not [c for c in listed.changes() if c["kind"] == "withdrawn"]
