"""What could not be seen is told before what was."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrigenda.models import Verdict
from storage.queries.sight.unseen import Word, unseen_now
from storage.record.store import Store
from tests.storage.factory import URL, at, content, open_store, seen


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three releases that were all seen."""
    store = open_store(tmp_path / "t.db")
    run = store.begin_run("ingest", {})
    for slug in ("one", "two", "three"):
        store.record(run, seen(content(slug, url=f"{URL}-{slug}"), 0, url=f"{URL}-{slug}"))
    return store


def look(store: Store, slug: str, hours: float, verdict: Verdict) -> None:
    store.record(1, seen(None, hours, url=f"{URL}-{slug}", verdict=verdict, body=b"<p>no</p>"))


def told(store: Store, **asked: int) -> list[tuple[str, str]]:
    return [(item.word, item.title) for item in unseen_now(store.db, "", at(99), **asked)]


def test_nothing_is_said_where_all_was_seen(store: Store) -> None:
    assert unseen_now(store.db, "", at(1)) == ()
    assert unseen_now(store.db, "another", at(1)) == ()


def test_the_source_comes_before_its_releases_and_a_block_before_an_absence(store: Store) -> None:
    look(store, "one", 1, Verdict.MISSING)
    look(store, "two", 2, Verdict.CHALLENGE)
    store.set_blocked("an iframe")
    assert told(store) == [
        (Word.BLOCKED, "Beehive.govt.nz"),
        (Word.BLOCKED, "A bridge"),
        (Word.MISSING, "A bridge"),
    ]
    look(store, "one", 3, Verdict.UNMODIFIED)
    assert [word for word, _ in told(store)] == [Word.BLOCKED, Word.BLOCKED]


def test_an_absence_is_told_since_the_first_look_that_met_it(store: Store) -> None:
    for hours in (1.0, 2.0, 3.0):
        look(store, "one", hours, Verdict.MISSING)
    (item,) = unseen_now(store.db, "beehive", at(4))
    assert (item.since, item.url, item.release_id) == (at(1), f"{URL}-one", 1)
    assert "withdrawn only if" in item.text


def test_what_is_too_much_to_name_is_counted(store: Store) -> None:
    for slug in ("one", "two", "three"):
        look(store, slug, 1, Verdict.MISSING)
    assert told(store, most=1)[-1] == (Word.MISSING, "and 2 releases more")
    assert len(told(store, most=3)) == 3


def test_a_schedule_that_died_is_told(store: Store) -> None:
    store.db.execute("UPDATE sources SET overdue_at = '2026-05-02T00:00:00.000000Z'")
    assert unseen_now(store.db, "", at(23)) == ()
    (item,) = unseen_now(store.db, "", at(25))
    assert (item.word, item.since) == (Word.SILENT, at(24))
