"""One pace for all processes on a database, over real processes and a real site."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from corrigenda.errors import BudgetSpent
from corrigenda.fetch import Client
from corrigenda.models import Capture, Verdict
from corrigenda.settings import Settings
from storage.file.connection import open_database
from storage.file.pace import SqlitePace
from tests.fake_site import HOSTS, url
from tests.faults.faultsite import FaultSite, release_page
from tests.faults.paces import Clock

PAGES = {f"/release/{name}": release_page(name) for name in ("one", "two", "three")}

#: A process that asks for every page, and says how it ended.
_ASKING = """
import sys
from pathlib import Path
from corrigenda.errors import BudgetSpent
from corrigenda.fetch import Client
from corrigenda.settings import Settings
from storage.file.pace import SqlitePace
db, origin, delay, budget, *paths = sys.argv[1:]
settings = Settings(origin=origin, attempts=1, delay=float(delay), budget=int(budget))
with SqlitePace(Path(db), settings.pace_delay, settings.budget) as pace:
    with Client(settings, ("www.example.govt.nz",), pace=pace) as client:
        for path in paths:
            try:
                client.get("https://www.example.govt.nz" + path)
            except BudgetSpent as error:
                print(error)
"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "corrigenda.db"
    open_database(path, create=True).close()
    return path


@pytest.fixture
def site() -> Iterator[FaultSite]:
    with FaultSite(PAGES) as running:
        yield running


def asking(
    db: Path, site: FaultSite, delay: float, budget: int, *paths: str
) -> subprocess.Popen[str]:
    arguments = [str(db), site.url, str(delay), str(budget), *(paths or PAGES)]
    return subprocess.Popen(
        [sys.executable, "-c", _ASKING, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def finished(processes: list[subprocess.Popen[str]]) -> list[str]:
    said = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        said.append(out)
    return said


def pace_of(db: Path, time: Clock, delay: float = 10.0, budget: int = 100) -> SqlitePace:
    return SqlitePace(db, delay, budget, clock=time.clock, sleep=time.sleep)


def acquire(pace: SqlitePace, host: str = "a") -> None:
    with pace.acquire(host):
        pass


def test_three_processes_never_overlap_nor_come_closer_than_the_delay(
    db: Path, site: FaultSite
) -> None:
    site.pause = 0.02
    finished([asking(db, site, 0.1, 100) for _ in range(3)])
    pages = [hit for hit in site.log if hit.path != "/robots.txt"]
    assert len(pages) == 3 * len(PAGES)
    for earlier, later in pairwise(sorted(site.log, key=lambda hit: hit.began)):
        assert later.began - earlier.ended >= 0.1


def test_three_processes_share_the_days_budget(db: Path, site: FaultSite) -> None:
    said = finished([asking(db, site, 0.0, 5) for _ in range(3)])
    assert len(site.log) == 5
    assert sum("the day's 5 requests are used up" in out for out in said) >= 2


def test_a_process_that_is_killed_holds_nobody_up(db: Path, site: FaultSite) -> None:
    site.fault("/release/one", "stall-before-answer")
    stuck = asking(db, site, 0.0, 100, "/release/one")
    deadline = time.monotonic() + 60
    while "/release/one" not in site.paths():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stuck.kill()
    stuck.communicate()
    finished([asking(db, site, 0.0, 100, "/release/two")])
    assert site.paths()[-1] == "/release/two"


def test_the_delay_runs_from_the_end_and_across_objects(db: Path) -> None:
    clock = Clock()
    with pace_of(db, clock) as one, pace_of(db, clock) as other:
        with one.acquire("a"):
            clock.passed += 7.0
        acquire(other)
        acquire(other, "b")
    assert clock.slept == [10.0]


def test_a_failed_request_delays_the_next_as_well(db: Path) -> None:
    clock = Clock()
    with pace_of(db, clock) as pace:
        with pytest.raises(RuntimeError), pace.acquire("a"):
            raise RuntimeError
        clock.passed += 4.0  # time already passed counts
        acquire(pace)
    assert clock.slept == [6.0]


def test_a_wish_to_be_left_alone_outlives_the_run(db: Path) -> None:
    clock = Clock()
    with pace_of(db, clock) as first:
        acquire(first)
        first.postpone("a", 77.0)
        first.postpone("a", 5.0)
    with pace_of(db, clock) as second:
        acquire(second)
    assert clock.slept == [77.0]


def test_a_crawl_delay_outlives_the_run_and_ends_with_the_day(db: Path) -> None:
    clock = Clock()
    with pace_of(db, clock) as first:
        acquire(first)
        first.slow_to("a", 30.0)
    with pace_of(db, clock) as second:
        acquire(second)
        clock.passed += 86_400
        acquire(second)
        acquire(second)
    assert clock.slept == [30.0, 10.0]


def test_a_clock_set_back_makes_nobody_wait_longer_than_the_delay(db: Path) -> None:
    clock = Clock()
    with pace_of(db, clock) as pace:
        acquire(pace)
        clock.passed -= 50_000
        acquire(pace)
    assert clock.slept == [10.0]


def test_the_budget_is_the_days_and_is_refused_at_once(db: Path) -> None:
    clock = Clock()
    with pace_of(db, clock, budget=2) as pace:
        acquire(pace)
        acquire(pace)
        with pytest.raises(BudgetSpent) as spent:
            acquire(pace)
        assert clock.slept == [10.0], "nobody waits to be refused"
        assert spent.value.resets_at == datetime(2026, 11, 21, tzinfo=UTC)
        clock.passed += 12 * 3600
        acquire(pace)
    with pace_of(db, clock, budget=0) as pace, pytest.raises(BudgetSpent):
        acquire(pace)


def test_a_long_wait_is_told(db: Path) -> None:
    clock = Clock()
    told: list[tuple[str, float]] = []
    with SqlitePace(
        db, 1.0, 10, waiting=lambda *what: told.append(what), clock=clock.clock, sleep=clock.sleep
    ) as pace:
        acquire(pace)
        acquire(pace)
        pace.postpone("a", 600.0)
        acquire(pace)
    assert [(host, round(seconds)) for host, seconds in told] == [("a", 600)]


def test_no_transaction_is_open_while_waiting(db: Path) -> None:
    clock = Clock()
    wrote: list[float] = []

    def write_meanwhile(seconds: float) -> None:
        other = open_database(db, create=True)
        other.execute("INSERT INTO sources (name, title, home) VALUES ('x', 'x', 'x')")
        other.close()
        wrote.append(seconds)
        clock.sleep(seconds)

    with SqlitePace(db, 5.0, 10, clock=clock.clock, sleep=write_meanwhile) as pace:
        acquire(pace)
        acquire(pace)
    assert len(wrote) == 1


def test_a_server_that_asks_for_hours_is_left_alone_for_them_by_the_next_run_too(
    db: Path, site: FaultSite
) -> None:
    clock = Clock()
    site.answer("/release/one", lambda reply: reply.send(503, headers=[("Retry-After", "7200")]))

    def ask(path: str) -> object:
        with (
            SqlitePace(db, 0.0, 100) as pace,
            Client(
                Settings(origin=site.url),
                HOSTS,
                pace=pace,
                now=clock.now,
            ) as client,
        ):
            return client.get(url(path))

    ask("/release/one")
    asked = len(site.log)
    refused = ask("/release/two")
    assert (refused.failure, refused.status) == (Verdict.RATE_LIMITED, None)  # type: ignore[attr-defined]
    assert len(site.log) == asked
    clock.passed += 7201
    assert ask("/release/two").status == 200  # type: ignore[attr-defined]


def test_robots_txt_is_asked_for_once_a_day_whatever_process_asks(
    db: Path, site: FaultSite
) -> None:
    clock = Clock()
    site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /release/two\nCrawl-delay: 0.01\n"

    def ask(path: str) -> Capture:
        with (
            SqlitePace(db, 0.0, 100) as pace,
            Client(Settings(origin=site.url), HOSTS, pace=pace, now=clock.now) as client,
        ):
            return client.get(url(path))

    assert ask("/release/one").status == 200
    site.pages["/robots.txt"] = b""
    assert ask("/release/two").failure is Verdict.DISALLOWED, "by what was said before"
    assert site.paths() == ["/robots.txt", "/release/one"]
    clock.passed += 86_400
    assert ask("/release/two").status == 200
    assert site.paths().count("/robots.txt") == 2


def test_a_robots_txt_that_could_not_be_read_is_not_kept(db: Path, site: FaultSite) -> None:
    settings = Settings(origin=site.url, attempts=1)
    for found in (Verdict.DISALLOWED, None):
        with (
            SqlitePace(db, 0.0, 100) as pace,
            Client(settings, HOSTS, pace=pace) as client,
        ):
            if found:
                site.fault("/robots.txt", "challenge-incapsula-200")
            else:
                site.pages["/robots.txt"] = b""
                site.heal()
            assert client.get(url("/release/one")).failure is found


def test_a_blocked_host_stays_closed_for_the_next_run_until_the_time_set_last(db: Path) -> None:
    clock = Clock()
    late, early = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (23, 22))
    with pace_of(db, clock) as first:
        assert first.closed_until("a") is None
        first.close("a", late)
    with pace_of(db, clock) as second:
        assert second.closed_until("a") == late
        assert second.closed_until("b") is None
        second.close("a", early)
    with pace_of(db, clock) as third:
        assert third.closed_until("a") == early, "what is known last, not what is longest"


def test_closing_lets_go_of_the_file_and_a_later_request_opens_it_again(db: Path) -> None:
    def held() -> int:
        opened = [p.resolve() for p in Path("/proc/self/fd").iterdir() if p.is_symlink()]
        return opened.count(db.resolve())

    before = held()
    pace = pace_of(db, Clock())
    with pace:
        assert held() == before, "nothing is opened before the first request"
        acquire(pace)
        assert held() == before + 1
    assert held() == before
    with pace:
        acquire(pace)
        assert held() == before + 1
    assert held() == before
