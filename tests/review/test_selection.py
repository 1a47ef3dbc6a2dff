"""Filters read from addresses people mangle, and written back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.pages.search import snippet
from review.parts.links import archive_link, safe_url
from storage.file.connection import open_database
from storage.queries.log.changes import changes
from storage.queries.log.facets import facets
from storage.queries.log.filters import (
    IN_ADDRESSES,
    KINDS,
    QUEUE,
    SIGNIFICANCES,
    STATUSES,
    ChangeFilter,
)
from storage.queries.log.queue import items
from storage.queries.search import match_expression
from tests.browser.sample import sample

FILTERS = st.builds(
    partial(replace, QUEUE),
    status=st.sampled_from(STATUSES),
    significance=st.sampled_from(["", *SIGNIFICANCES]),
    min_significance=st.sampled_from(["", *SIGNIFICANCES]),
    kind=st.sampled_from(["", *KINDS]),
    minister=st.text(max_size=20),
    portfolio=st.text(max_size=20),
    source=st.text(max_size=20),
    words=st.text(max_size=20).filter(lambda text: not text or match_expression(text)),
    since=st.dates().map(str) | st.just(""),
    until=st.dates().map(str) | st.just(""),
    noticed_since=st.dates().map(str) | st.just(""),
    noticed_until=st.dates().map(str) | st.just(""),
    silent=st.sampled_from([None, True, False]),
    reverted=st.sampled_from([None, True, False]),
    release=st.none() | st.integers(0, 10**9),
)


@given(FILTERS.filter(lambda s: "9999" not in repr(s)))
def test_a_filter_survives_its_query_string(chosen: ChangeFilter) -> None:
    query = dict(parse_qsl(chosen.query().lstrip("?"), keep_blank_values=True, errors="replace"))
    assert ChangeFilter.read(query) == chosen
    assert ChangeFilter.read(chosen.kept) == chosen


@given(st.dictionaries(st.sampled_from([*IN_ADDRESSES, "page"]), st.text(max_size=12)))
def test_nonsense_in_an_address_is_left_out_and_runs_as_sql(query: dict[str, str]) -> None:
    db = open_database(sample())
    changes(db, ChangeFilter.read(query))
    db.close()


@given(FILTERS)
def test_every_filter_runs_as_sql(chosen: ChangeFilter) -> None:
    db = open_database(sample())
    everything = {change.id for change in changes(db)}
    assert {change.id for change in changes(db, chosen)} <= everything
    facets(db, chosen)
    items(db, chosen)
    db.close()


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_valid_search(text: str) -> None:
    db = open_database(sample())
    if expression := match_expression(text):
        sql = "SELECT count(*) FROM versions_fts WHERE versions_fts MATCH ?"
        db.execute(sql, [expression]).fetchone()
    db.close()


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("levy rise", '"levy" "rise"'),
        ('"will not" rise', '"will not" "rise"'),
        ("transp*", '"transp"*'),
        ("a OR b NOT c", '"a" "OR" "b" "NOT" "c"'),
        ('"', ""),
        ("$16,172", '"16 172"'),
        ("", ""),
    ],
)
def test_what_a_person_types_becomes(typed: str, expression: str) -> None:
    assert match_expression(typed) == expression


def test_a_snippet_shows_the_words_as_written() -> None:
    pieces = snippet("Kia ora. The Māori Crown agreed.", ["maori"])
    assert ("Māori", True) in pieces


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://www.beehive.govt.nz/x", "https://www.beehive.govt.nz/x"),
        ("javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//host/x", ""),
        ("/relative", ""),
        ("http://[bad", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url: str, link: str) -> None:
    assert safe_url(url) == link
    assert bool(archive_link(url)) == bool(link)
