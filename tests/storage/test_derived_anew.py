"""What is derived is derived again alike: after a fold, and after another reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corrigenda.models import Track
from storage.audit.derivations import record_readings
from storage.bulk.rereading import Reread
from storage.file.connection import transaction
from storage.file.times import to_text
from storage.queries.contents import Content
from storage.record.store import Store
from storage.record.timeline import Timeline
from tests.storage.factory import at, content, open_store, seen

A, B, C, D = (content(f"{number} bridges.") for number in ("One", "Two", "Three", "Four"))
OTHER = "https://www.beehive.govt.nz/release/something-else"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "t.db")
    yield store
    store.db.close()


def record(store: Store, *what: Content) -> list[int]:
    """Record contents, an hour apart; return the run, then the versions in order."""
    run = store.begin_run("ingest", {})
    for hours, one in enumerate(what):
        store.record(run, seen(one, hours))
    rows = store.db.execute("SELECT version_id FROM spans ORDER BY number")
    return [run, *(row[0] for row in rows)]


def spans(store: Store) -> list[tuple[object, ...]]:
    return list(store.db.execute("SELECT * FROM spans ORDER BY release_id, number"))


def log(store: Store) -> list[tuple[object, ...]]:
    return list(
        store.db.execute(
            "SELECT from_version_id, to_version_id, kind, after, before FROM changes "
            "WHERE superseded_by IS NULL ORDER BY before, kind"
        )
    )


class TestRebuild:
    def test_what_was_derived_is_derived_again(self, store: Store) -> None:
        run, *_ = record(store, A, B, A)
        before = spans(store), log(store)
        with transaction(store.db):
            store.db.execute("DELETE FROM spans")
            store.db.execute("DELETE FROM changes WHERE kind = 'revised'")
            added = Timeline(store.db, 1, Track.PAGE, run).rebuild()
        assert (spans(store), log(store)) == before
        assert len(added) == 2

    def test_where_all_stands_nothing_is_added(self, store: Store) -> None:
        run, *_ = record(store, A, B)
        before = spans(store), log(store)
        with transaction(store.db):
            assert Timeline(store.db, 1, Track.PAGE, run).rebuild() == ()
        assert (spans(store), log(store)) == before

    def test_a_track_without_observations_stays_empty(self, store: Store) -> None:
        run, *_ = record(store, A)
        with transaction(store.db):
            assert Timeline(store.db, 1, Track.FEED, run).rebuild() == ()
        assert len(spans(store)) == 1


def read_as(store: Store, run: int, version: int, what: Content) -> int:
    """Read a version's capture as another content; return how many changes that undid."""
    (capture,) = store.db.execute(
        "SELECT capture_id FROM versions WHERE id = ?", [version]
    ).fetchone()
    reading = Reread(capture, what.digest, what.text, what.fields)
    return record_readings(store.db, run, [reading]).artefacts


class TestJoining:
    """Two versions turn out to be one text: the change between them was of our making."""

    def test_the_next_change_begins_where_the_joined_text_does(self, store: Store) -> None:
        run, a, b, c = record(store, A, B, C)
        assert read_as(store, run, b, A) == 1
        assert log(store) == [
            (None, a, "published", None, text(0)),
            (a, c, "revised", text(1), text(2)),
        ]

    def test_a_change_gives_way_to_the_one_that_leads_to_the_text(self, store: Store) -> None:
        run, d, a, b, c = record(store, D, A, B, C)
        first, second, third = revisions(store)
        assert read_as(store, run, b, A) == 1
        given = dict(store.db.execute("SELECT id, superseded_by FROM changes"))
        assert (given[first], given[second], given[third]) == (None, first, None)
        assert log(store)[1:] == [
            (d, a, "revised", text(0), text(1)),
            (a, c, "revised", text(2), text(3)),
        ]

    def test_three_joined_into_one_undo_two(self, store: Store) -> None:
        run, a, b, c = record(store, A, B, C)
        assert read_as(store, run, b, A) == 1
        assert read_as(store, run, c, A) == 1
        assert log(store) == [(None, a, "published", None, text(0))]
        assert [row[0] for row in spans(store)] == [a]

    def test_another_reading_that_joins_nothing_undoes_nothing(self, store: Store) -> None:
        run, _, b, _ = record(store, A, B, C)
        before = spans(store), log(store)
        assert read_as(store, run, b, D) == 0
        assert (spans(store), log(store)) == before

    def test_other_releases_stay_as_they_are(self, store: Store) -> None:
        run, _, b, _ = record(store, A, B, C)
        for hours, body in enumerate(("One bridge.", "Two bridges.")):
            store.record(run, seen(content(body, url=OTHER), hours, url=OTHER))
        of_other = "SELECT * FROM changes WHERE release_id = 2"
        before = list(store.db.execute(of_other))
        assert len(before) == 2
        read_as(store, run, b, A)
        assert list(store.db.execute(of_other)) == before


def text(hours: int) -> str:
    return to_text(at(hours))


def revisions(store: Store) -> list[int]:
    rows = store.db.execute("SELECT id FROM changes WHERE kind = 'revised' ORDER BY before")
    return [row[0] for row in rows]
