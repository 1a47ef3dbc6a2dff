"""Withdrawn, restored, moved: what captures say, in whatever order they arrive."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.models import Capture, ChangeKind, Entry, Judgement, ReviewVerdict, Verdict, Via
from storage.file.times import to_text
from storage.queries.log.changes import ChangeFilter, changes
from storage.queries.releases import find_release, versions
from storage.queries.resolve import find
from storage.record import reviews
from storage.record.lifecycle import Sighting, Sign, derive, unconfirmed
from storage.record.store import Recorded, Seen, Store
from tests.storage.factory import URL, at, content, open_store, seen

A, B = content("One bridge."), content("Two bridges.")
NEW = "https://www.beehive.govt.nz/release/a-better-bridge"
OTHER = "https://www.beehive.govt.nz/release/something-else"
LIFE = (ChangeKind.WITHDRAWN, ChangeKind.RESTORED, ChangeKind.MOVED)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "t.db")
    yield store
    store.db.close()


def gone(hours: float, *, via: Via = Via.LIVE, url: str = URL) -> Seen:
    return seen(None, hours, via=via, verdict=Verdict.MISSING, body=b"<p>Not found</p>", url=url)


def led(hours: float, target: str = NEW, *, same: bool = True, url: str = URL) -> Seen:
    capture = Capture(url=url, captured_at=at(hours), status=200, final_url=target, body=b"x")
    judgement = Judgement(verdict=Verdict.MOVED, reason="redirected", target=target)
    return Seen(capture=capture, judgement=judgement, moved_to=target if same else None)


def at_new(hours: float, body: str = "One bridge.") -> Seen:
    return seen(content(body, url=NEW), hours, url=NEW)


def record(store: Store, *what: Seen) -> list[Recorded]:
    run = store.begin_run("ingest", {})
    return [store.record(run, one) for one in what]


def events(store: Store, url: str = URL) -> list[tuple[object, ...]]:
    release = find_release(store.db, url)
    found = changes(store.db, ChangeFilter(release=release.id))
    return sorted((c.before, c.kind, c.after, c.significance) for c in found if c.kind in LIFE)


def status(store: Store, url: str = URL) -> str:
    return find_release(store.db, url).status


class TestWithdrawn:
    def test_two_absences_a_day_apart(self, store: Store) -> None:
        recorded = record(store, seen(A, 0), seen(A, 5), gone(10), gone(34))
        assert events(store) == [(at(10), "withdrawn", at(5), "high")]
        assert status(store) == "withdrawn"
        assert [kind for r in recorded for _, kind in r.changes] == ["published", "withdrawn"]
        (change,) = [c for c in changes(store.db) if c.kind == "withdrawn"]
        assert (change.from_version, change.to_version) == (1, None)
        assert "not there 2 times" in change.reasons[0]

    @pytest.mark.parametrize(
        "captures",
        [
            [gone(10)],
            [gone(10), gone(33.9)],
            [gone(10), gone(11), gone(12), gone(33)],
            [gone(10), seen(A, 20), gone(34)],
            [gone(10), seen(A, 30, verdict=Verdict.UNMODIFIED, body=b""), gone(35), gone(40)],
            [gone(10)]
            + [
                seen(None, 20 + n, verdict=verdict, body=b"")
                for n, verdict in enumerate(
                    v for v in Verdict if v not in ("release", "unmodified", "missing", "moved")
                )
            ],
        ],
        ids=["once", "a minute early", "thrice in a day", "there between", "304", "failures"],
    )
    def test_less_than_that_is_none(self, store: Store, captures: list[Seen]) -> None:
        record(store, seen(A, 0), *captures)
        assert events(store) == []
        assert status(store) == "live"

    def test_failures_between_two_absences_count_for_nothing(self, store: Store) -> None:
        trouble = seen(None, 20, verdict=Verdict.CHALLENGE, body=b"x")
        record(store, seen(A, 0), gone(10), trouble, gone(34))
        assert events(store) == [(at(10), "withdrawn", at(0), "high")]

    def test_it_is_told_once(self, store: Store) -> None:
        record(store, seen(A, 0), *(gone(10 + 24 * n) for n in range(4)))
        assert len(events(store)) == 1

    def test_what_was_never_seen_cannot_be_withdrawn(self, store: Store) -> None:
        record(store, gone(0), gone(30))
        assert events(store) == []
        assert status(store) == "heard"

    def test_how_many_and_how_far_apart_is_a_setting(self, tmp_path: Path) -> None:
        strict = open_store(tmp_path / "strict.db")
        strict._absences, strict._hours = 3, 48.0
        record(strict, seen(A, 0), gone(1), gone(49))
        assert events(strict) == []
        record(strict, gone(50))
        assert [e[1] for e in events(strict)] == ["withdrawn"]

    def test_a_list_that_leaves_a_release_out_is_no_evidence(self, store: Store) -> None:
        record(store, seen(A, 0))
        for hours in range(0, 200, 10):
            store.hear([Entry(url=OTHER, channel="listing", published_at=at(hours))])
        assert status(store) == "live"
        assert events(store) == []

    def test_an_absence_is_looked_at_again_after_a_day(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), seen(A, 0, url=OTHER))
        assert unconfirmed(store.db, store.source_id, at(9), 10) == []
        assert unconfirmed(store.db, store.source_id, at(10), 10) == [URL]
        record(store, gone(34))
        assert unconfirmed(store.db, store.source_id, at(99), 10) == []


class TestRestored:
    def test_the_page_is_there_again(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), gone(34), seen(A, 40))
        assert events(store) == [
            (at(10), "withdrawn", at(0), "high"),
            (at(40), "restored", at(34), "medium"),
        ]
        assert status(store) == "live"
        assert len(versions(store.db, find_release(store.db, URL).id)) == 1

    def test_restored_with_another_text_is_revised_too(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), gone(34), seen(B, 40))
        kinds = sorted(c.kind for c in changes(store.db))
        assert kinds == ["published", "restored", "revised", "withdrawn"]

    def test_withdrawn_restored_and_withdrawn(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), gone(34), seen(A, 40), gone(50), gone(80))
        assert [e[1] for e in events(store)] == ["withdrawn", "restored", "withdrawn"]


class TestOrder:
    def test_a_good_page_imported_later_undoes_a_withdrawal(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), gone(34))
        (change,) = [c for c in changes(store.db) if c.kind == "withdrawn"]
        reviews.record(store.db, [change.id], ReviewVerdict.MEANINGFUL)
        record(store, seen(A, 20, via=Via.WAYBACK))
        assert events(store) == []
        assert status(store) == "live"
        assert store.db.execute("SELECT count(*) FROM reviews").fetchone() == (1,)

    def test_an_interval_narrows_and_the_review_stays(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), gone(34))
        (change,) = [c for c in changes(store.db) if c.kind == "withdrawn"]
        reviews.record(store.db, [change.id], ReviewVerdict.MEANINGFUL)
        record(store, seen(A, 8, via=Via.WAYBACK), gone(9, via=Via.WAYBACK))
        (same,) = [c for c in changes(store.db) if c.kind == "withdrawn"]
        assert (same.id, same.after, same.before) == (change.id, at(8), at(9))
        assert same.review == "meaningful"

    def test_what_one_capture_brings_to_light_is_told_in_the_order_it_happened(
        self, store: Store
    ) -> None:
        *_, last = record(store, seen(A, 0), gone(10), seen(A, 60), gone(70), gone(40))
        assert [kind for _, kind in last.changes] == ["withdrawn", "restored"]
        first, second = (number for number, _ in last.changes)
        assert first < second
        (late,) = record(store, gone(100))
        assert [kind for _, kind in late.changes] == ["withdrawn"]
        told = [(at(10), "withdrawn"), (at(60), "restored"), (at(70), "withdrawn")]
        assert [event[:2] for event in events(store)] == told

    def test_of_two_captures_at_one_moment_the_one_recorded_first_is_first(
        self, store: Store
    ) -> None:
        record(store, seen(A, 0), gone(10), gone(34), seen(A, 34))
        assert [event[1] for event in events(store)] == ["withdrawn", "restored"]

    def test_each_of_two_withdrawals_keeps_its_own_review(self, store: Store) -> None:
        record(store, seen(A, 0), gone(10), gone(40), seen(A, 50), gone(60), gone(90))
        first, second = sorted((c.before, c.id) for c in changes(store.db) if c.kind == "withdrawn")
        reviews.record(store.db, [second[1]], ReviewVerdict.MEANINGFUL)
        record(store, gone(5, via=Via.WAYBACK), gone(55, via=Via.WAYBACK))
        found = sorted(
            (c.before, c.id, c.review) for c in changes(store.db) if c.kind == "withdrawn"
        )
        assert found == [(at(5), first[1], None), (at(55), second[1], "meaningful")]

    @pytest.mark.parametrize("seed", range(6))
    def test_any_order_of_arrival_gives_the_same_life(self, tmp_path: Path, seed: int) -> None:
        captures = [seen(A, 0), gone(10), gone(40), seen(A, 50), led(60), at_new(61)]
        captures += [gone(70, url=NEW), gone(100, url=NEW)]
        shuffled = list(captures)
        random.Random(seed).shuffle(shuffled)
        store = open_store(tmp_path / "t.db")
        record(store, *shuffled)
        found = [(e[0], e[1]) for e in events(store, NEW)]
        assert found == [
            (at(10), "withdrawn"),
            (at(50), "restored"),
            (at(60), "moved"),
            (at(70), "withdrawn"),
        ]
        assert status(store, NEW) == status(store, URL) == "withdrawn"
        store.db.close()

    @given(
        st.lists(st.tuples(st.integers(1, 60), st.sampled_from(list(Sign)[:2])), max_size=12),
    )
    def test_withdrawn_and_restored_alternate_and_need_what_they_say(
        self, steps: list[tuple[int, Sign]]
    ) -> None:
        times = itertools.accumulate(hours for hours, _ in steps)
        told = [
            Sighting(at=to_text(at(time)), sign=sign, url=URL if sign is Sign.THERE else "")
            for time, (_, sign) in zip(times, steps, strict=True)
        ]
        life = derive(told, addresses=frozenset({URL}), absences=2, hours=24.0)
        kinds = [event.kind for event in life.events]
        assert kinds == [LIFE[n % 2] for n in range(len(kinds))]
        assert (life.status == "withdrawn") == (len(kinds) % 2 == 1)
        for event in life.events:
            assert event.after < event.before
            between = [s for s in told if event.after < s.at < event.before]
            assert between == []


class TestMoved:
    def test_a_redirect_to_the_same_release(self, store: Store) -> None:
        record(store, seen(A, 0), led(10), at_new(10.1))
        assert events(store) == [(at(10), "moved", at(0), "low")]
        for url in (URL, NEW):
            release = find_release(store.db, url)
            assert (release.url, release.status) == (NEW, "live")
        assert len(versions(store.db, release.id)) == 2, "the document names its address"
        assert sorted(c.kind for c in changes(store.db)) == ["moved", "published"]

    def test_an_edit_on_the_way_is_shown_as_well(self, store: Store) -> None:
        record(store, seen(A, 0), led(10), at_new(10.1, "Two bridges."))
        assert sorted(c.kind for c in changes(store.db)) == ["moved", "published", "revised"]

    def test_a_redirect_seen_again_is_no_other_move(self, store: Store) -> None:
        record(store, seen(A, 0), led(10), at_new(10.1), led(20), at_new(20.1), led(30))
        assert len(events(store, NEW)) == 1

    def test_there_and_back_is_two_moves(self, store: Store) -> None:
        record(store, seen(A, 0), led(10), at_new(10.1))
        record(store, led(20, URL, url=NEW), seen(A, 20.1))
        assert [(e[0], e[1]) for e in events(store)] == [(at(10), "moved"), (at(20), "moved")]
        assert find_release(store.db, NEW).url == URL

    def test_a_redirect_to_another_release_moves_nothing(self, store: Store) -> None:
        other = content("Quite another matter.", url=OTHER, title="Another")
        record(store, seen(A, 0), seen(other, 1, url=OTHER))
        record(store, led(10, OTHER, same=False))
        assert events(store) == []
        assert find_release(store.db, URL).url == URL
        assert status(store) == "live"

    def test_a_release_heard_of_at_the_new_address_is_folded(self, store: Store) -> None:
        record(store, seen(A, 0))
        store.hear([Entry(url=NEW, channel="listing")])
        record(store, led(10), at_new(10.1))
        assert find_release(store.db, NEW).id == find_release(store.db, URL).id
        assert [e[1] for e in events(store, NEW)] == ["moved"]
        rows = store.db.execute("SELECT count(*) FROM releases WHERE moved_to IS NULL").fetchone()
        assert rows == (1,)

    def test_two_that_were_held_apart_become_one_history(self, store: Store) -> None:
        record(store, seen(A, 0), at_new(5))
        assert find_release(store.db, NEW).id != find_release(store.db, URL).id
        record(store, led(10))
        release = find_release(store.db, URL)
        assert release == find_release(store.db, NEW)
        assert [v.first_observed for v in versions(store.db, release.id)] == [at(0), at(5)]
        kinds = [c.kind for c in changes(store.db)]
        assert kinds.count("published") == 1
        assert kinds.count("moved") == 1

    def test_the_old_address_with_an_item_of_its_own_parts_from_it(self, store: Store) -> None:
        store.hear([Entry(url=URL, channel="file")])
        record(store, led(1), at_new(1.1))
        assert find_release(store.db, URL).url == NEW
        own = replace(seen(content("All new.", title="New"), 5), own=True)
        record(store, own)
        assert find_release(store.db, URL).url == URL
        assert find_release(store.db, URL).id != find_release(store.db, NEW).id
        assert len(versions(store.db, find_release(store.db, NEW).id)) == 1


class TestFolding:
    def test_by_number(self, store: Store) -> None:
        store.hear([Entry(url=URL, channel="file"), Entry(url=NEW, channel="feed", node_id=7)])
        record(store, replace(seen(A, 0), node_id=7))
        assert find_release(store.db, URL).id == find_release(store.db, NEW).id
        assert find(store.db, store.source_id, OTHER, 7) is not None

    def test_a_list_that_names_both_by_number(self, store: Store) -> None:
        store.hear([Entry(url=URL, channel="listing"), Entry(url=NEW, channel="listing")])
        store.hear([Entry(url=URL, channel="feed", node_id=7)])
        store.hear([Entry(url=NEW, channel="file", node_id=7)])
        assert find_release(store.db, URL).id == find_release(store.db, NEW).id
        (entries,) = store.db.execute("SELECT count(DISTINCT release_id) FROM entries").fetchone()
        assert entries == 1

    def test_by_the_address_a_page_gives_itself(self, store: Store) -> None:
        store.hear([Entry(url=NEW, channel="listing")])
        record(store, replace(seen(A, 0), aliases=(NEW,)))
        release = find_release(store.db, NEW)
        assert release.url == URL
        assert release.id == find_release(store.db, URL).id

    def test_a_share_link_to_a_release_that_is_held_folds_nothing(self, store: Store) -> None:
        record(store, at_new(0), replace(seen(B, 1), aliases=(NEW,)))
        assert find_release(store.db, NEW).id != find_release(store.db, URL).id

    def test_by_a_redirect_from_a_number(self, store: Store) -> None:
        node = "https://www.beehive.govt.nz/node/7"
        store.hear([Entry(url=node, channel="file", node_id=7)])
        record(store, led(0, url=node), at_new(0.1))
        release = find_release(store.db, node)
        assert release.url == NEW
        assert [c.kind for c in changes(store.db)] == ["published"]

    def test_captures_are_never_changed(self, store: Store) -> None:
        record(store, seen(A, 0), at_new(5))
        before = list(store.db.query("SELECT * FROM captures"))
        record(store, led(10))
        assert list(store.db.query("SELECT * FROM captures"))[:2] == before
