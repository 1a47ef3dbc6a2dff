"""Payloads: every body once, small, and whole again from its dictionary alone."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corrigenda.errors import StoreError
from storage.file.connection import transaction
from storage.record.payloads import Payloads
from storage.record.store import Store
from tests.storage.factory import open_store

_rng = random.Random(0)
WORDS = [_rng.randbytes(6).hex() for _ in range(4000)]


def page(seed: int, theme: int = 0) -> bytes:
    """A page of a site: a theme's chrome, and some words of its own."""
    around = " ".join(random.Random(theme).choices(WORDS, k=3000)) + str(theme)
    return f"<html>{around} {random.Random(seed).randbytes(300).hex()}</html>".encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "p.db")
    yield store
    store.db.close()


def put(store: Store, body: bytes, *, template: bool = True) -> str:
    with transaction(store.db):
        return store.payloads.put(body, store.source_id, template=template)


def size(store: Store, sha256: str) -> int:
    query = "SELECT length(data) FROM payloads WHERE sha256 = ?"
    return int(store.db.execute(query, [sha256]).fetchone()[0])


def dictionaries(store: Store) -> list[str]:
    return [r[0] for r in store.db.execute("SELECT payload_sha256 FROM dictionaries ORDER BY id")]


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    assert put(store, page(1)) == put(store, page(1)) == hashlib.sha256(page(1)).hexdigest()
    assert store.db.execute("SELECT count(*) FROM payloads").fetchone() == (1,)


def test_pages_of_one_site_are_compressed_against_one_of_them(store: Store) -> None:
    first, *others = [put(store, page(seed)) for seed in range(6)]
    assert dictionaries(store) == [first]
    assert all(size(store, other) * 15 < size(store, first) for other in others)


def test_after_a_redesign_the_new_page_is_the_next_dictionary(store: Store) -> None:
    put(store, page(1))
    second = put(store, page(2, theme=1))
    third = put(store, page(3, theme=1))
    assert dictionaries(store)[1:] == [second]
    assert size(store, third) * 15 < size(store, second)
    fresh = Payloads(store.db)
    for seed, theme in ((1, 0), (2, 1), (3, 1)):
        body = page(seed, theme)
        assert fresh.get(hashlib.sha256(body).hexdigest()) == body


def test_reading_one_needs_its_dictionary_and_nothing_else(store: Store) -> None:
    for seed in range(5):
        put(store, page(seed))
    needed = store.db.execute(
        "SELECT count(*) FROM payloads p JOIN payloads d ON d.sha256 = p.dictionary "
        "WHERE d.dictionary IS NOT NULL"
    ).fetchone()
    assert needed == (0,), "a dictionary needs none itself: there is no chain"


def test_a_challenge_never_becomes_the_dictionary(store: Store) -> None:
    put(store, page(1), template=False)
    assert dictionaries(store) == []


def test_what_is_not_held_is_told(store: Store) -> None:
    with pytest.raises(StoreError, match="no payload"):
        store.payloads.get("0" * 64)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=9000), max_size=6), st.booleans())
def test_whatever_goes_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes], template: bool
) -> None:
    store = open_store(tmp_path_factory.mktemp("p") / "p.db")
    digests = [put(store, body, template=template) for body in bodies]
    fresh = Payloads(store.db)
    assert [fresh.get(digest) for digest in digests] == bodies
    store.db.close()


def dictionary_of(store: Store, sha256: str) -> str | None:
    query = "SELECT dictionary FROM payloads WHERE sha256 = ?"
    found: str | None = store.db.execute(query, [sha256]).fetchone()[0]
    return found


def test_the_newest_dictionary_of_the_source_is_used_and_no_other(store: Store) -> None:
    first = put(store, page(1))
    second = put(store, page(2, theme=1))
    assert dictionary_of(store, first) is dictionary_of(store, second) is None
    assert dictionary_of(store, put(store, page(3, theme=1))) == second
    store.db.execute("INSERT INTO sources (name, title, home) VALUES ('x', 'x', 'x')")
    (other,) = store.db.execute("SELECT id FROM sources WHERE name = 'x'").fetchone()
    with transaction(store.db):
        own = store.payloads.put(page(4, theme=1), other, template=True)
        next_one = store.payloads.put(page(5, theme=1), other, template=True)
    assert dictionary_of(store, own) is None
    assert dictionary_of(store, next_one) == own
    assert dictionaries(store) == [first, second, own]


def test_a_dictionary_that_pays_stays_and_what_is_no_page_never_takes_its_place(
    store: Store,
) -> None:
    first = put(store, page(1))
    assert dictionary_of(store, put(store, page(2))) == first
    unlike = put(store, random.Random(9).randbytes(9000), template=False)
    assert dictionary_of(store, unlike) == first
    assert dictionaries(store) == [first]


def test_small_bodies_have_no_dictionary_and_are_none(store: Store) -> None:
    small = random.Random(1).randbytes(4095)
    put(store, small)
    assert dictionaries(store) == []
    least = put(store, small + b"x")
    assert dictionaries(store) == [least]
    assert dictionary_of(store, put(store, small[:-1])) is None
    assert dictionary_of(store, put(store, small + b"y")) == least
