"""Versions and changes follow the order of observation, whatever the order of arrival."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corrigenda.models import ReviewVerdict, Via
from storage.queries.contents import Content
from storage.queries.log.changes import ChangeFilter, changes
from storage.queries.releases import find_release, versions
from storage.record import reviews
from storage.record.store import Store
from tests.storage.factory import URL, at, attachment, content, open_store, seen

A, B, C = content("One bridge."), content("Two bridges."), content("Three bridges.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "t.db")
    yield store
    store.db.close()


def record(store: Store, *what: object) -> list[object]:
    run = store.begin_run("ingest", {})
    return [store.record(run, one) for one in what]  # type: ignore[arg-type]


def timeline(store: Store) -> list[tuple[str, object, object, int]]:
    release = find_release(store.db, URL)
    return [
        (v.text, v.first_observed, v.last_observed, v.captures)
        for v in versions(store.db, release.id)
    ]


def revisions(store: Store) -> list[tuple[object, ...]]:
    found = [c for c in changes(store.db) if c.kind == "revised"]
    return sorted(
        (c.from_version, c.to_version, c.after, c.before, c.significance, c.revert) for c in found
    )


def test_the_same_page_again_is_an_observation_and_no_version(store: Store) -> None:
    first, second = record(store, seen(A, 0), seen(A, 5))
    assert (first.versions_added, second.versions_added) == (1, 0)
    assert timeline(store) == [(A.text, at(0), at(5), 2)]
    assert second.changes == ()


def test_a_b_a_is_three_versions_and_two_changes_the_second_a_revert(store: Store) -> None:
    record(store, seen(A, 0), seen(B, 1), seen(A, 2))
    assert [t[0] for t in timeline(store)] == [A.text, B.text, A.text]
    assert [(r[0], r[1], r[5]) for r in revisions(store)] == [(1, 2, False), (2, 3, True)]


def test_a_change_is_dated_by_the_interval_between_observations(store: Store) -> None:
    record(store, seen(A, 0), seen(A, 3), seen(B, 7))
    assert revisions(store)[0][2:4] == (at(3), at(7))


def test_the_first_version_is_published_with_no_beginning_to_its_interval(store: Store) -> None:
    record(store, seen(A, 0))
    (change,) = changes(store.db)
    assert (change.kind, change.after, change.before) == ("published", None, at(0))


def test_an_older_capture_arriving_later_splits_a_version(store: Store) -> None:
    record(store, seen(A, 0), seen(A, 10))
    (late,) = record(store, seen(B, 5, via=Via.WAYBACK))
    assert late.versions_added == 2  # B itself, and A again after it
    assert [t[0] for t in timeline(store)] == [A.text, B.text, A.text]
    assert [(r[0], r[1], r[2], r[3]) for r in revisions(store)] == [
        (1, 2, at(0), at(5)),
        (2, 3, at(5), at(10)),
    ]


def test_an_older_capture_can_become_the_first_version(store: Store) -> None:
    record(store, seen(B, 10))
    record(store, seen(A, 0, via=Via.WAYBACK))
    assert [t[0] for t in timeline(store)] == [A.text, B.text]
    published = [c for c in changes(store.db) if c.kind == "published"]
    assert [(c.to_version, c.before) for c in published] == [(1, at(0))]


def test_a_review_survives_when_the_interval_narrows(store: Store) -> None:
    record(store, seen(A, 0), seen(B, 10))
    (change,) = [c for c in changes(store.db) if c.kind == "revised"]
    reviews.record(store.db, [change.id], ReviewVerdict.MEANINGFUL)
    record(store, seen(A, 6, via=Via.WAYBACK))
    (same,) = [c for c in changes(store.db) if c.kind == "revised"]
    assert (same.id, same.review, same.after) == (change.id, "meaningful", at(6))


def test_a_change_that_was_split_is_superseded_and_keeps_its_review(store: Store) -> None:
    record(store, seen(A, 0), seen(C, 10))
    (change,) = [c for c in changes(store.db) if c.kind == "revised"]
    reviews.record(store.db, [change.id], ReviewVerdict.MEANINGFUL)
    record(store, seen(B, 5, via=Via.WAYBACK))
    assert len(revisions(store)) == 2
    moved = store.db.execute(
        "SELECT superseded_by, (SELECT count(*) FROM reviews WHERE change_id = c.id) "
        "FROM changes c WHERE id = ?",
        [change.id],
    ).fetchone()
    assert moved[1] == 1
    assert moved[0] in [c.id for c in changes(store.db)]


def test_a_replaced_attachment_is_a_version_though_the_text_is_the_same(store: Store) -> None:
    short, long = (content("x", attachments=(attachment(n),)) for n in (100, 250))
    unknown = content("x", attachments=(attachment(None),))
    record(store, seen(short, 0), seen(unknown, 1), seen(long, 2))
    assert len(timeline(store)) == 2
    (change,) = [c for c in changes(store.db) if c.kind == "revised"]
    assert change.fields == ("attachments",)


def test_changes_can_be_asked_for_by_minister(store: Store) -> None:
    record(store, seen(A, 0))
    assert changes(store.db, ChangeFilter(minister="hon a"))
    assert not changes(store.db, ChangeFilter(minister="somebody else"))


Told = tuple[list[tuple[object, ...]], list[tuple[object, ...]], list[tuple[object, ...]]]


def told_in_turn(
    factory: pytest.TempPathFactory, contents: list[Content], random: Random
) -> tuple[Told, Told]:
    """Return what a store tells that got the captures in their order, and one in another."""
    captures = [seen(what, hours) for hours, what in enumerate(contents)]
    shuffled = list(captures)
    random.shuffle(shuffled)
    results: list[Told] = []
    for order in (captures, shuffled):
        store = open_store(factory.mktemp("order") / "t.db")
        record(store, *order)
        found = [c for c in changes(store.db) if c.kind == "revised"]
        said = sorted((c.before, c.fields, c.reasons, c.significance) for c in found)
        results.append((list(timeline(store)), revisions(store), list(said)))
        store.db.close()
    return results[0], results[1]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from([A, B, C]), min_size=1, max_size=6), st.randoms())
def test_the_timeline_is_the_same_for_every_order_of_arrival(
    tmp_path_factory: pytest.TempPathFactory, contents: list[Content], random: Random
) -> None:
    one, other = told_in_turn(tmp_path_factory, contents, random)
    assert one == other
    assert [version[0] for version in one[0]] == [
        what.text for what, _ in itertools.groupby(contents)
    ]


#: Two texts, each with one file of which the length is known or not, and changes.
WITH_FILES = [
    content(text, attachments=(attachment(length),))
    for text in ("One bridge.", "Two bridges.")
    for length in (None, 100, 250)
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(WITH_FILES), min_size=2, max_size=6), st.randoms())
def test_what_changed_is_the_same_whichever_capture_first_told_a_files_length(
    tmp_path_factory: pytest.TempPathFactory, contents: list[Content], random: Random
) -> None:
    one, other = told_in_turn(tmp_path_factory, contents, random)
    assert one == other


def test_a_files_length_learned_later_tells_that_it_was_replaced(store: Store) -> None:
    record(store, seen(WITH_FILES[0], 0), seen(WITH_FILES[5], 10))
    (change,) = [c for c in changes(store.db) if c.kind == "revised"]
    assert "attachments" not in change.fields
    reviews.record(store.db, [change.id], ReviewVerdict.MEANINGFUL)
    (late,) = record(store, seen(WITH_FILES[1], 2, via=Via.WAYBACK))
    (same,) = [c for c in changes(store.db) if c.kind == "revised"]
    assert (late.changes, same.id, same.review) == ((), change.id, "meaningful")
    assert "attachments" in same.fields
    assert any("was 100 bytes and is 250" in reason for reason in same.reasons)
