"""Whatever address a person or a list gives leads to the release that stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corrigenda.models import Capture, Entry, Judgement, Verdict
from storage.bulk.imports import held_documents
from storage.queries.contents import newest
from storage.queries.readings import all_facts, facts
from storage.queries.releases import find_release
from storage.queries.resolve import find, resolve
from storage.record.captures import is_held, payload_of
from storage.record.store import Seen, Store
from tests.review.serving import serve
from tests.storage.factory import URL, at, content, open_store, seen

NEW = f"{URL}-renamed"
NODE = "https://www.beehive.govt.nz/node/7"
A = content("One bridge.")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "t.db")
    yield store
    store.db.close()


@pytest.fixture
def folded(store: Store) -> Store:
    """One release, heard of at two addresses; the old one's row gave way."""
    run = store.begin_run("ingest", {})
    store.record(run, seen(A, 0))
    store.hear([Entry(url=NEW, channel="listing")])
    moved = Judgement(verdict=Verdict.MOVED, reason="redirected", target=NEW)
    capture = Capture(url=URL, captured_at=at(10), status=200, final_url=NEW, body=b"x")
    store.record(run, Seen(capture=capture, judgement=moved, moved_to=NEW))
    store.record(run, seen(content("One bridge.", url=NEW), 10.1, url=NEW))
    (row,) = store.db.execute("SELECT moved_to FROM releases WHERE url = ?", [URL]).fetchone()
    assert row is not None, "this is about a row that gave way"
    return store


def test_a_filter_by_date_knows_a_folded_release_by_its_old_address(folded: Store) -> None:
    """`backfill --since` asked, and heard nothing."""
    known = facts(folded.db, URL)
    assert known is not None
    assert (known.url, known.date, known.ministers) == (URL, date(2026, 5, 1), ("Hon A",))
    told = {fact.url: fact.date for fact in all_facts(folded.db, folded.source_id)}
    assert told == {URL: date(2026, 5, 1), NEW: date(2026, 5, 1)}


def test_the_pages_lead_from_any_address_to_the_release_that_stands(
    folded: Store, tmp_path: Path
) -> None:
    stands = find_release(folded.db, NEW).id
    (gave_way,) = folded.db.execute("SELECT id FROM releases WHERE url = ?", [URL]).fetchone()
    with serve(tmp_path / "t.db") as pages, pages.client() as client:
        for path in (f"/release?url={URL}", f"/release?url={NEW}", f"/release/{gave_way}"):
            answer = client.get(path)
            assert (answer.status_code, answer.url.path) == (200, f"/release/{stands}"), path
            assert "One bridge." in answer.text
        assert client.get("/release?url=nonsense").status_code == 404
        assert client.get(f"/release?url={URL}-unknown").status_code == 404


def test_an_archive_is_not_brought_again_to_a_folded_release(folded: Store) -> None:
    held = held_documents(folded.db)
    assert held.says(URL, A.digest)
    assert held.says(URL, A.digest, at(0))
    assert not held.says(URL, A.digest, at(1))


def test_a_capture_of_a_folded_release_is_found_by_its_other_address(store: Store) -> None:
    store.hear([Entry(url=NODE, channel="feed", node_id=7)])
    store.hear([Entry(url=NEW, channel="feed", node_id=7)])
    run = store.begin_run("ingest", {})
    store.record(run, seen(None, 1, url=NEW, verdict=Verdict.MISSING, body=b"gone"))
    store.record(run, seen(A, 2))
    store.record(run, replace(seen(A, 3), node_id=7))
    assert find_release(store.db, NEW).url == URL
    assert is_held(store.db, NEW, at(1))
    assert payload_of(store.db, NEW, at(1)) is not None
    assert not is_held(store.db, NEW, at(2))


def test_a_number_is_an_address(store: Store) -> None:
    store.record(store.begin_run("ingest", {}), replace(seen(A, 0), node_id=7))
    release = find_release(store.db, URL)
    assert resolve(store.db, NODE) == release.id
    assert resolve(store.db, "http://beehive.govt.nz/7?utm_source=x") == release.id
    assert find(store.db, None, NODE) is None, "recording takes no address for a number"


def test_what_is_behind_the_hash_is_a_document_of_an_archive_or_a_place(store: Store) -> None:
    run = store.begin_run("backfill", {})
    second = f"{URL}#second"
    store.record(run, seen(A, 0))
    store.record(run, seen(content("Two bridges.", url=second), 0, url=second))
    assert resolve(store.db, second) != resolve(store.db, URL)
    assert resolve(store.db, f"{URL}#photographs") == resolve(store.db, URL)
    assert find(store.db, None, f"{URL}#photographs") is None


def test_the_newest_reading_is_the_pages_and_the_newest_normalisers(folded: Store) -> None:
    release = find_release(folded.db, URL)
    (version,) = folded.db.execute(
        "SELECT version_id FROM spans WHERE release_id = ? ORDER BY number DESC", [release.id]
    ).fetchone()
    later = content("One bridge, read better.", url=NEW, date=None, ministers=("Hon B",))
    folded.db.execute(
        "INSERT INTO derivations (version_id, digest, text, fields, normaliser_version, "
        "recorded_at) VALUES (?, ?, ?, ?, 99, '2026-06-01T00:00:00.000000Z')",
        [version, later.digest, later.text, later.fields],
    )
    found = newest(folded.db, release.id)
    assert found is not None
    assert found.document.body == "One bridge, read better."
    known = facts(folded.db, URL)
    assert known is not None
    assert known.ministers == ("Hon B",)
    dated = content("date: 1999-01-01", url=NEW, date=date(2026, 5, 2))
    folded.db.execute(
        "INSERT INTO derivations (version_id, digest, text, fields, normaliser_version, "
        "recorded_at) VALUES (?, ?, ?, ?, 100, '2026-06-02T00:00:00.000000Z')",
        [version, dated.digest, dated.text, dated.fields],
    )
    known = facts(folded.db, URL)
    assert known is not None
    assert known.date == date(2026, 5, 2)
