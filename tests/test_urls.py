"""Canonical URLs: by example and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.errors import InvalidURL
from corrigenda.urls import canonical, repost_base, slug_of


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://WWW.Beehive.govt.nz:443/release/x/", "https://www.beehive.govt.nz/release/x"),
        ("https://h/release/a%e2%80%99b", "https://h/release/a%E2%80%99b"),
        ("https://h/release/a’b", "https://h/release/a%E2%80%99b"),
        ("https://h/%7Ex/./y/../z", "https://h/~x/z"),
        ("https://h/a%2Fb", "https://h/a%2Fb"),
        ("https://h/a//b", "https://h/a//b"),
        ("https://h/x?utm_source=a&page=2&fbclid=z#top", "https://h/x?page=2"),
        ("https://h", "https://h/"),
        ("https://h/100%", "https://h/100%25"),
        # Real: a slug that ends in a narrow no-break space.
        ("https://h/release/x\u202f", "https://h/release/x%E2%80%AF"),
    ],
)
def test_canonical_form(url: str, expected: str) -> None:
    assert canonical(url) == expected


def test_letters_are_never_folded() -> None:
    assert canonical("https://h/Māori") != canonical("https://h/Maori")
    assert canonical("https://h/A") != canonical("https://h/a")


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://h/x", "javascript:alert(1)", "https://", "http://[::1", "https://h:99999/"],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidURL):
        canonical(url)


@given(st.text(), st.text())
def test_canonical_is_idempotent_and_ascii(path: str, query: str) -> None:
    try:
        once = canonical(f"https://h/{path}?{query}")
    except InvalidURL:
        return
    assert once.isascii()
    assert canonical(once) == once


def test_reposts_are_told_from_years() -> None:
    assert repost_base("a-bridge-0") == "a-bridge"
    assert repost_base("budget-2007") is None
    assert slug_of("https://h/release/a-bridge-0") == "a-bridge-0"
