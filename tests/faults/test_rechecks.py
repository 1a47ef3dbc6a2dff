"""What left the feed is looked at again: when, how often, and at whose word."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corrigenda.due.plan import make_plan
from corrigenda.models import Entry
from storage.file.connection import open_database, transaction
from storage.file.times import from_text, to_text
from storage.queries import plan as plans
from storage.queries.releases import find_release
from storage.record import dating
from tests.faults.conftest import Runner, feed, text_of, url
from tests.faults.faultsite import FaultSite, release_page

#: When what the site publishes is new.
START = datetime(2026, 2, 16, 3, tzinfo=UTC)


class Clock:
    """A time that only the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def watching(runner: Runner, clock: Clock) -> Runner:
    """A store that has just seen the site's three releases, one of them in no feed."""
    runner.settings = replace(runner.settings, recheck_hours=1.0)
    runner.now = clock
    runner.ingest()
    runner.check("elsewhere")
    return runner


def asked(site: FaultSite) -> Counter[str]:
    return Counter(path for path in site.paths() if path.startswith("/release/"))


def edit(site: FaultSite, slug: str) -> None:
    body = text_of(slug).replace("$16,712", "$16,172")
    site.pages[f"/release/{slug}"] = release_page(f"About {slug}", body)


def dates(runner: Runner) -> dict[str, datetime]:
    rows = runner.rows("SELECT url, next_check_at FROM releases WHERE moved_to IS NULL")
    return {address.rsplit("/", 1)[1]: from_text(due) for address, due in rows}


def reasons(runner: Runner, clock: Clock) -> dict[str, str]:
    db = open_database(runner.db)
    plan = plans.in_force(db, 1)
    assert plan is not None
    looks = plans.upcoming(db, 1, plan, clock(), 50)
    db.close()
    return {look.url.rsplit("/", 1)[1]: look.why for look in looks}


def test_an_edit_on_a_page_that_left_the_feed_is_found(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    edit(faults, "elsewhere")
    clock.at += timedelta(hours=12)
    tally = watching.recheck()
    assert tally.changes == {"revised": 1}
    assert "edited once" in reasons(watching, clock)["elsewhere"]


def test_what_is_not_due_is_not_asked_for(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    faults.log.clear()
    clock.at += timedelta(minutes=5)
    assert watching.recheck().entries == 0
    assert asked(faults) == {}
    assert watching.recheck(2).entries == 2, "unless so many are wished for"


def test_every_release_is_seen_in_the_longest_pause_and_none_for_asking_s_sake(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    clock.at += timedelta(days=400)
    faults.log.clear()
    gaps, last = timedelta(), clock()
    for _ in range(60):
        clock.at += timedelta(days=5)
        watching.recheck(longest_pause=50.0)
        if asked(faults)["/release/elsewhere"]:
            gaps, last = max(gaps, clock() - last), clock()
            faults.log.clear()
    gaps = max(gaps, clock() - last)
    assert timedelta(days=20) < gaps <= timedelta(days=55), "once in fifty days, on a day of ours"


def test_an_edited_release_is_looked_at_more_often(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    edit(faults, "elsewhere")
    clock.at += timedelta(days=40)
    watching.recheck(3)
    due = dates(watching)
    assert due["elsewhere"] - clock() < (due["one"] - clock()) / 2


def test_a_pinned_release_is_looked_at_daily_until_it_is_unpinned(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    clock.at += timedelta(days=1000)
    watching.recheck(3)
    db = open_database(watching.db, create=True)
    release = find_release(db, url("elsewhere"))
    dating.pin(db, release.id, clock(), wanted=True)
    faults.log.clear()
    for _ in range(10):
        clock.at += timedelta(days=1)
        watching.recheck()
    assert asked(faults) == {"/release/elsewhere": 10}
    assert "pinned" in reasons(watching, clock)["elsewhere"]
    dating.pin(db, release.id, clock(), wanted=False)
    clock.at += timedelta(days=5)
    faults.log.clear()
    watching.recheck()
    assert asked(faults) == {}


def test_what_the_feed_tells_anew_is_due_at_once(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    clock.at += timedelta(minutes=50)
    faults.pages["/rss.xml"] = feed("one", "two", two=text_of("two").replace("712", "172"))
    faults.log.clear()
    watching.ingest()  # within the least pause: the page is left to the next turn
    assert asked(faults) == {}
    assert "the feed's text changed" in reasons(watching, clock)["two"]
    clock.at += timedelta(minutes=5)
    watching.recheck()
    assert asked(faults)["/release/two"] == 1
    assert "the feed" not in reasons(watching, clock)["two"]


def test_an_edit_that_the_sitemap_claims_is_due_at_once(watching: Runner, clock: Clock) -> None:
    edited = {name: clock() + timedelta(hours=hours) for name, hours in (("one", 1), ("two", -1))}
    with watching.session() as session:
        session.hear(
            Entry(url=url(name), channel="sitemap", modified_at=at) for name, at in edited.items()
        )
    clock.at += timedelta(hours=2)
    why = reasons(watching, clock)
    assert "the sitemap says it was edited" in why["one"]
    assert "the sitemap" not in why["two"]
    assert dates(watching)["one"] <= clock()


def test_a_page_that_fails_is_asked_for_ever_less_often(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    faults.fault("/release/elsewhere", "server-error-500")
    waits = []
    for _ in range(12):
        clock.at = max(clock(), dates(watching)["elsewhere"])
        watching.recheck(3)
        waits.append(dates(watching)["elsewhere"] - clock())
    assert min(waits) >= timedelta(hours=1)
    assert waits == sorted(waits)
    assert "told nothing" in reasons(watching, clock)["elsewhere"]


def test_an_absence_is_confirmed_a_day_later(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    del faults.pages["/release/elsewhere"]
    clock.at += timedelta(days=2)
    watching.recheck(3)
    assert dates(watching)["elsewhere"] == clock() + timedelta(hours=24)
    clock.at += timedelta(hours=24)
    assert watching.recheck().changes == {"withdrawn": 1}
    assert dates(watching)["elsewhere"] == clock() + timedelta(hours=24)


def test_a_run_looks_at_no_more_than_its_number(faults: FaultSite, watching: Runner) -> None:
    faults.log.clear()
    assert watching.recheck(2).entries == 2
    assert sum(asked(faults).values()) == 2


def test_the_share_of_the_day_so_far_is_not_exceeded(
    faults: FaultSite, watching: Runner, clock: Clock
) -> None:
    clock.at += timedelta(days=700)
    clock.at = clock.at.replace(hour=5, minute=0)
    # A quarter of the day is over at six: two of the eight requests for pages.
    faults.log.clear()
    with transaction(db := open_database(watching.db, create=True)):
        db.execute("DELETE FROM hosts")
    tally = watching.recheck(budget=8, feed_share=0.0)
    assert tally.entries == 2


def test_pages_never_get_what_is_kept_for_feeds(faults: FaultSite, watching: Runner) -> None:
    with transaction(db := open_database(watching.db, create=True)):
        db.execute("DELETE FROM hosts")
    tally = watching.recheck(3, budget=4, feed_share=0.75)
    assert "kept for its feeds" in tally.stopped
    faults.log.clear()
    watching.ingest(budget=4, feed_share=0.75)
    assert "/rss.xml" in faults.paths()
    assert not asked(faults)


def test_every_release_is_dated_after_a_run_and_young_ones_for_the_same_day(
    watching: Runner, clock: Clock
) -> None:
    due = dates(watching)
    assert set(due) == {"one", "two", "elsewhere"}
    assert all(clock() < at <= clock() + timedelta(days=1) for at in due.values())


def test_what_an_older_program_left_undated_is_spread_over_its_pauses(
    watching: Runner, clock: Clock
) -> None:
    with transaction(db := open_database(watching.db, create=True)):
        db.execute("UPDATE releases SET next_check_at = NULL, check_rung = NULL")
        db.execute("DELETE FROM plans")
    clock.at += timedelta(days=1500)
    watching.ingest(recheck_hours=10_000.0)
    due = sorted(dates(watching).values())
    assert due[0] > clock()
    assert due[-1] - due[0] > timedelta(days=20)


class TestPlan:
    def test_it_stays_in_force_while_nothing_moves(self, watching: Runner, clock: Clock) -> None:
        made = watching.rows("SELECT made_at FROM plans")
        clock.at += timedelta(days=2)
        watching.recheck()
        assert watching.rows("SELECT made_at FROM plans") == made
        ((reviewed,),) = watching.rows("SELECT reviewed_at FROM plans")
        assert from_text(reviewed) == clock()

    def test_a_shorter_pause_brings_every_date_nearer(self, watching: Runner, clock: Clock) -> None:
        clock.at += timedelta(days=900)
        watching.recheck(3)
        before = dates(watching)
        watching.recheck(1, longest_pause=20.0)
        after = dates(watching)
        assert sum(after[name] < before[name] for name in after) == 3
        assert all(at <= clock() + timedelta(days=21) for at in after.values())

    def test_a_budget_that_does_not_reach_is_said(self, watching: Runner) -> None:
        db = open_database(watching.db, create=True)
        assert plans.too_small(db, "beehive") == ""
        assert plans.too_small(db, "nobody") == ""
        watching.recheck(1, budget=1, longest_pause=1.0)
        assert "too small for the plan" in plans.too_small(db, "beehive")
        assert "CORRIGENDA_BUDGET" in plans.too_small(db, "beehive")

    def test_it_learns_from_the_timelines(
        self, faults: FaultSite, watching: Runner, clock: Clock
    ) -> None:
        clock.at += timedelta(days=10)
        edit(faults, "elsewhere")
        watching.recheck(3)
        clock.at += timedelta(days=10)
        watching.recheck(3)
        db = open_database(watching.db)
        found = plans.evidence(db, 1)
        assert len(found.revised) == 1
        assert found.days == pytest.approx(60, rel=0.01)
        assert sum(found.quiet_edited) == pytest.approx(10, rel=0.01)

    def test_the_census_counts_by_age_and_kind(self, watching: Runner, clock: Clock) -> None:
        db = open_database(watching.db)
        counts, new = plans.census(db, 1, clock())
        assert sum(counts.values()) == 3
        assert {age for age, _ in counts} == {0}
        assert new == pytest.approx(3 / 28)
        later, none = plans.census(db, 1, clock() + timedelta(days=90))
        assert ({age for age, _ in later}, none) == ({3}, 0)


@pytest.mark.parametrize("releases", [1_000, 55_000])
def test_what_is_due_is_read_from_the_beginning_of_an_index(tmp_path: Path, releases: int) -> None:
    db = open_database(tmp_path / "many.db", create=True)
    fill(db, releases)
    told = db.execute(
        f"EXPLAIN QUERY PLAN {plans.FIRST_OF_A_RUNG}", [1, 5, to_text(START), 10]
    ).fetchall()
    steps = [row[3] for row in told]
    assert any("USING INDEX idx_releases_due (source_id=? AND check_rung=?" in s for s in steps)
    assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step]
    # Counted work, the same however many there are.
    assert steps_of(db, 10) < 20_000


def fill(db, releases: int) -> None:  # type: ignore[no-untyped-def]
    """Put releases of 25 years into a store, one a source could have."""
    plan = make_plan({}, 231, plans.Hazard(by_age=(0.1,) * 5, edited=1.0), 400)
    with transaction(db):
        db.execute("INSERT INTO sources (name, title, home) VALUES ('beehive', 'B', 'h')")
        db.conn.executemany(
            "INSERT INTO releases (source_id, url, first_heard_at, next_check_at, check_rung) "
            "VALUES (1, ?, ?, ?, ?)",
            (
                (
                    url(str(number)),
                    to_text(START - timedelta(days=number / releases * 9000)),
                    to_text(START + timedelta(days=number * 0.618 % 400 - 1)),
                    14 if number > 200 else number % 8,
                )
                for number in range(releases)
            ),
        )
    assert plan.pause == 400


def steps_of(db, number: int) -> int:  # type: ignore[no-untyped-def]
    """Return the instructions SQLite takes to pick what is due, in hundreds."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    plan = make_plan({}, 231, plans.Hazard(by_age=(0.1,) * 5, edited=1.0), 400)
    db.conn.set_progress_handler(count, 1)
    plans.upcoming(db, 1, plan, START, number, until=START)
    db.conn.set_progress_handler(None, 1)
    return counted
