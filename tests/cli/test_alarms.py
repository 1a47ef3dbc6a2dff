"""What `status` alarms on, each made to happen; what runs could not interpret; small options."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from commands.options import parse_time
from corrigenda import __version__
from corrigenda.errors import UsageError
from corrigenda.models import Entry, Judgement, Verdict
from storage.audit.remembering import remember
from storage.audit.verify import Report
from storage.file.connection import open_database
from storage.file.lock import run_lock
from storage.file.times import to_text
from storage.queries.sight.alarms import alarms
from storage.record.sight import feeds
from storage.record.sight.promise import promise
from storage.record.store import Store
from tests.cli.conftest import Corrigenda
from tests.storage.factory import URL, content, open_store, seen

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)  # a Friday
FEED = "https://www.beehive.govt.nz/rss.xml"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A release that a feed announced a moment ago, and nothing amiss."""
    store = open_store(tmp_path / "t.db")
    run = store.begin_run("ingest", {})
    store.hear([Entry(url=URL, channel="feed")])
    store.db.execute("UPDATE entries SET first_seen_at = ?", [to_text(NOW)])
    store.record(run, seen(content("x"), 0))
    store.finish_run(run, "done", entries=1, verdicts={}, versions_added=1, changes={}, issues=0)
    return store


def told(store: Store, *, locked: bool = False, hours: float = 0) -> list[str]:
    later = NOW + timedelta(hours=hours)
    return list(alarms(store.db, store.source_id, later, locked=locked))


def test_nothing_is_said_where_nothing_is_amiss(store: Store) -> None:
    assert told(store) == []


def _unread(store: Store) -> None:
    feeds.know(store.db, 1, [FEED], NOW)
    feeds.read(store.db, 1, FEED, NOW - timedelta(hours=30), [URL], news=True)
    refused = Judgement(verdict=Verdict.CHALLENGE, reason="an iframe")
    feeds.unread(store.db, FEED, NOW - timedelta(hours=29), refused)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda s: promise(s.db, 1, NOW - timedelta(minutes=1)), "although three were due"),
        (lambda s: s.begin_run("ingest", {}), "holds no lock"),
        (_unread, "cannot be read since"),
        (
            lambda s: s.db.execute("UPDATE sources SET absent_since = ?", [to_text(NOW)]),
            "--accept-absences",
        ),
    ],
    ids=["schedule", "killed", "feed", "absences"],
)
def test_what_is_amiss_is_said(store: Store, damage: Callable[[Store], object], said: str) -> None:
    damage(store)
    (sentence,) = told(store)
    assert said in sentence


def test_a_run_that_holds_the_lock_is_no_dead_one(store: Store) -> None:
    store.begin_run("ingest", {})
    assert told(store, locked=True) == []


def test_three_working_days_without_a_release(store: Store) -> None:
    assert told(store, hours=4 * 24) == [], "Saturday, Sunday and two working days"
    assert "for 3 working days" in told(store, hours=5 * 24)[0]


def test_a_verification_that_found_damage_is_remembered_until_one_finds_none(
    store: Store, tmp_path: Path
) -> None:
    report = Report()
    report.damages = [object()]  # type: ignore[list-item]
    remember(tmp_path / "t.db", report)
    assert "found 1 damage" in told(store)[0]
    remember(tmp_path / "t.db", Report())
    assert told(store) == []


def test_before_a_first_success_all_is_not_well(corrigenda: Corrigenda, tmp_path: Path) -> None:
    open_store(tmp_path / "new.db").db.close()
    result = corrigenda("status", "--db", tmp_path / "new.db")
    assert result.returncode == 1
    assert "no page of it was ever seen" in result.stdout


def test_metrics_are_openmetrics(corrigenda: Corrigenda, store: Store, tmp_path: Path) -> None:
    store.set_blocked("an iframe")
    result = corrigenda("status", "--db", tmp_path / "t.db", "--metrics")
    found = {
        family.name: {tuple(s.labels.values()): s.value for s in family.samples}
        for family in text_string_to_metric_families(result.stdout)
    }
    assert found["corrigenda_needs"][("beehive",)] >= 1
    assert found["corrigenda_blocked_since_timestamp_seconds"][("beehive",)] > 1.7e9
    assert found["corrigenda_releases"][("beehive", "held")] == 1


def test_accepted_absences_are_withdrawn(
    corrigenda: Corrigenda, store: Store, tmp_path: Path
) -> None:
    for hours in (1, 30):
        store.record(1, seen(None, hours, verdict=Verdict.MISSING, body=b"no", held=True))
    store.db.execute("UPDATE held_absences SET state = 'held'")
    store.db.execute("UPDATE sources SET absent_since = ?", [to_text(NOW)])
    result = corrigenda("status", "--db", tmp_path / "t.db", "--accept-absences")
    assert "1 release taken for gone, 1 of them called withdrawn now" in result.stdout
    assert "--accept-absences" not in result.stdout
    log = corrigenda("changes", "--db", tmp_path / "t.db", "--kind", "withdrawn", "--json")
    assert len(json.loads(log.stdout)) == 1


class TestIssues:
    @pytest.fixture
    def db(self, store: Store, tmp_path: Path) -> Path:
        store.record_issue(1, URL, "its date cannot be read")
        second = store.begin_run("ingest", {})
        store.record_issue(second, URL, "its date cannot be read")
        store.record_issue(second, f"{URL}-two", "no date")
        return tmp_path / "t.db"

    def test_each_problem_once(self, corrigenda: Corrigenda, db: Path) -> None:
        told = corrigenda("issues", "--db", db).stdout
        assert told.count("its date cannot be read") == 1
        assert "2 times since run 1" in told

    def test_of_one_run_as_json(self, corrigenda: Corrigenda, db: Path) -> None:
        (issue,) = json.loads(corrigenda("issues", "--db", db, "--run", "1", "--json").stdout)
        assert (issue["url"], issue["run"], issue["times"]) == (URL, 1, 1)

    def test_a_run_that_is_not(self, corrigenda: Corrigenda, db: Path) -> None:
        result = corrigenda("issues", "--db", db, "--run", "9")
        assert (result.returncode, "no run 9" in result.stderr) == (1, True)

    def test_what_is_left_out_is_counted(self, corrigenda: Corrigenda, db: Path) -> None:
        assert "and 1 issue more" in corrigenda("issues", "--db", db, "--limit", "1").stdout


class TestSmall:
    def test_version_and_module(self) -> None:
        asked = [sys.executable, "-m", "corrigenda", "--version"]
        told = subprocess.run(asked, capture_output=True, text=True, check=True)
        assert told.stdout == f"corrigenda {__version__}\n"

    def test_an_empty_file_is_a_new_database(self, corrigenda: Corrigenda, tmp_path: Path) -> None:
        path = tmp_path / "empty.db"
        path.touch()
        result = corrigenda("changes", "--db", path)
        assert result.returncode == 1
        assert "holds nothing yet. Run `corrigenda ingest`" in result.stderr
        with run_lock(path, "a test", wait=0):
            pass
        assert open_database(path).table_names()

    @pytest.mark.parametrize(
        ("text", "hours"),
        [("2 days ago", 48), ("3d", 72), ("1 week ago", 168), ("12h", 12), ("90 minutes", 1.5)],
    )
    def test_so_long_ago(self, text: str, hours: float) -> None:
        gone = datetime.now(UTC) - parse_time(text)
        assert abs(gone - timedelta(hours=hours)) < timedelta(minutes=1)

    def test_yesterday_begins_at_midnight(self) -> None:
        found = parse_time("Yesterday")
        assert found.time() == datetime.min.time()
        assert timedelta(days=1) <= datetime.now(UTC) - found < timedelta(days=2, minutes=1)

    @pytest.mark.parametrize("text", ["tomorrow", "ago", "5", "2 fortnights ago", ""])
    def test_what_is_no_time(self, text: str) -> None:
        with pytest.raises(UsageError, match="yesterday"):
            parse_time(text)
