"""Verdicts and rules append; what stands follows from what was appended."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from corrigenda.errors import NotHeld
from corrigenda.models import ReviewVerdict
from storage.queries.log.changes import ChangeFilter, changes
from storage.record import reviews
from storage.record.reviews import Scope
from storage.record.store import Store
from tests.storage.factory import content, open_store, seen

MEANINGFUL, COSMETIC = ReviewVerdict.MEANINGFUL, ReviewVerdict.COSMETIC


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three releases edited alike, one of them edited once more."""
    store = open_store(tmp_path / "c.db")
    run = store.begin_run("ingest", {})
    for n in range(3):
        url = f"https://www.beehive.govt.nz/release/r-{n}"
        for hour, minister in ((0, "Hon Old"), (1, "Hon New")):
            text = content(f"Body {n}.", url=url, ministers=(minister,))
            store.record(run, seen(text, hour, url=url))
    last = content("Body 2, now.", url=url, ministers=("Hon New",))
    store.record(run, seen(last, 2, url=url))
    return store


def revised(store: Store, **chosen: object) -> list[int]:
    found = changes(store.db, ChangeFilter(**chosen))  # type: ignore[arg-type]
    return sorted(c.id for c in found if c.kind == "revised")


def standing(store: Store) -> dict[int, str]:
    return {c.id: c.review for c in changes(store.db) if c.review}


def test_the_same_edit_is_a_group_and_is_decided_and_undone_together(store: Store) -> None:
    first = revised(store)[0]
    group = reviews.group_of(store.db, first)
    assert len(group) == 3
    batch = reviews.record(store.db, group, COSMETIC, reviewer="Mere")
    assert standing(store) == dict.fromkeys(group, "cosmetic")
    assert sorted(reviews.withdraw(store.db, batch=batch, reviewer="Ana")) == group
    assert standing(store) == {}
    rows = store.db.execute("SELECT verdict, reviewer FROM reviews ORDER BY id").fetchall()
    assert rows == [("cosmetic", "Mere")] * 3 + [("withdrawn", "Ana")] * 3


def test_undoing_the_second_verdict_leaves_the_first_standing(store: Store) -> None:
    first = revised(store)[0]
    reviews.record(store.db, [first], MEANINGFUL)
    reviews.record(store.db, [first], COSMETIC)
    assert standing(store) == {first: "cosmetic"}
    reviews.withdraw(store.db, change_id=first)
    assert standing(store) == {first: "meaningful"}
    reviews.withdraw(store.db, change_id=first)
    assert standing(store) == {}
    with pytest.raises(NotHeld, match="no verdict"):
        reviews.withdraw(store.db, change_id=first)


def test_a_group_holds_only_what_is_open_besides_the_change_itself(store: Store) -> None:
    first, second, *_ = revised(store)
    reviews.record(store.db, [second], MEANINGFUL)
    assert second not in reviews.group_of(store.db, first)
    assert second in reviews.group_of(store.db, second)


def test_all_of_a_batch_or_none(store: Store) -> None:
    first = revised(store)[0]
    with pytest.raises(NotHeld, match="no change 999"):
        reviews.record(store.db, [first, 999], MEANINGFUL)
    assert standing(store) == {}


def test_a_rule_hides_what_it_says_and_lifting_shows_it_again(store: Store) -> None:
    everything = revised(store)
    hides = reviews.would_hide(store.db, everything[0])
    assert hides == {Scope.EDIT: 3, Scope.RELEASE: 1}
    rule = reviews.suppress(store.db, everything[0], Scope.EDIT, note="term ended")
    (told,) = reviews.suppressions(store.db)
    assert (told.hides, told.note, told.lifted_at) == (3, "term ended", None)
    assert len(revised(store, status="open")) == len(everything) - 3
    assert len(revised(store, status="suppressed")) == 3
    assert revised(store) == everything, "the log itself hides nothing"
    reviews.lift(store.db, rule, reviewer="Mere")
    reviews.lift(store.db, rule)  # twice changes nothing
    assert revised(store, status="open") == everything
    (told,) = reviews.suppressions(store.db)
    assert told.lifted_by == "Mere"


def test_a_rule_matches_changes_that_come_later(store: Store) -> None:
    reviews.suppress(store.db, revised(store)[0], Scope.EDIT)
    url = "https://www.beehive.govt.nz/release/late"
    run = store.begin_run("ingest", {})
    for hour, minister in ((5, "Hon Old"), (6, "Hon New")):
        text = content("Late.", url=url, ministers=(minister,))
        store.record(run, seen(text, hour, url=url))
    assert reviews.suppressions(store.db)[0].hides == 4


def test_only_a_revision_becomes_a_rule(store: Store) -> None:
    published = next(c.id for c in changes(store.db) if c.kind == "published")
    with pytest.raises(NotHeld, match="only a revision"):
        reviews.suppress(store.db, published, Scope.EDIT)


@pytest.mark.parametrize("table", ["reviews", "suppressions", "suppression_lifts"])
def test_what_was_decided_is_never_changed(store: Store, table: str) -> None:
    first = revised(store)[0]
    reviews.record(store.db, [first], MEANINGFUL)
    reviews.lift(store.db, reviews.suppress(store.db, first, Scope.EDIT))
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET reviewer = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            store.db.execute(statement)


def test_search_follows_what_is_recorded(store: Store) -> None:
    sql = "SELECT count(*) FROM versions_fts WHERE versions_fts MATCH ?"
    assert store.db.execute(sql, ['"now"']).fetchone()[0] == 1
    assert store.db.execute(sql, ["ministers"]).fetchone()[0] == 0, "front matter is no text"
    store.db.execute("INSERT INTO versions_fts(versions_fts, rank) VALUES ('integrity-check', 1)")


def test_terms_follow_what_is_recorded(store: Store) -> None:
    rows = store.db.execute(
        "SELECT name, count(*) FROM release_terms WHERE kind = 'minister' GROUP BY name"
    )
    assert dict(rows.fetchall()) == {"Hon Old": 3, "Hon New": 3}
