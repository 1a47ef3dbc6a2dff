"""The adapter for www.beehive.govt.nz: its addresses, and where things stand on its pages."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrigenda import sources
from corrigenda.errors import InvalidURL, UnknownSource
from corrigenda.models import Attachment, ContentType
from corrigenda.reading.html5 import parse
from corrigenda.sources.beehive import Beehive
from corrigenda.sources.protocol import Source
from tests.pages.noisy import ARTICLE, as_article, noisy_page, teaser

PAGES = Path(__file__).parent / "beehive"
SITE = "https://www.beehive.govt.nz"
beehive = Beehive()


def page(name: str) -> str:
    return (PAGES / f"{name}.html").read_text("utf-8")


def test_it_is_a_source_and_registered():
    assert isinstance(beehive, Source)
    assert sources.get("beehive").name == "beehive"
    assert sources.of_url("http://beehive.govt.nz/release/x").name == "beehive"
    assert sources.canonical("http://beehive.govt.nz/release/x/") == f"{SITE}/release/x"


def test_an_unknown_source_names_those_there_are():
    with pytest.raises(UnknownSource, match="beehive"):
        sources.get("hive")
    with pytest.raises(UnknownSource):
        sources.of_url("https://www.example.com/release/x")
    with pytest.raises(InvalidURL):
        sources.of_url("release/x")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://www.beehive.govt.nz/release/x", f"{SITE}/release/x"),
        ("https://beehive.govt.nz/release/x/", f"{SITE}/release/x"),
        ("/release/x?utm_source=mail", f"{SITE}/release/x"),
        ("speech/y", f"{SITE}/speech/y"),
        ("/node/123", f"{SITE}/node/123"),
        ("HTTP://BEEHIVE.govt.nz", f"{SITE}/"),
        ("/release/m\u0101ori\u202f", f"{SITE}/release/m%C4%81ori%E2%80%AF"),
        ("http://example.com/release/x", "http://example.com/release/x"),
    ],
)
def test_canonical(given, expected):
    assert beehive.canonical(given) == expected
    assert beehive.canonical(expected) == expected


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/release/x", ContentType.RELEASE),
        ("/speech/x", ContentType.SPEECH),
        ("/feature/x", ContentType.FEATURE),
        ("/node/12", ContentType.RELEASE),
        ("/node/x", None),
        ("/release", None),
        ("/releases", None),
        ("/minister/hon-ada-moana", None),
        ("/", None),
    ],
)
def test_content_type(path, kind):
    assert beehive.content_type(SITE + path) is kind


def test_other_hosts_have_no_items_and_no_listings():
    assert beehive.content_type("https://www.example.com/release/x") is None
    assert not beehive.is_listing("https://www.example.com/")


@pytest.mark.parametrize(
    "path", ["/", "/releases", "/releases?page=3", "/speeches", "/features", "/search?f=x"]
)
def test_listings(path):
    assert beehive.is_listing(beehive.canonical(path))


@pytest.mark.parametrize("path", ["/release/x", "/node/1", "/rss.xml"])
def test_not_listings(path):
    assert not beehive.is_listing(beehive.canonical(path))


def test_node_id_is_in_the_path_alone():
    assert beehive.node_id(f"{SITE}/node/123") == 123
    assert beehive.node_id(f"{SITE}/release/node/123") is None


def test_listing_pages_count_from_zero():
    assert beehive.listing_url(2) == f"{SITE}/releases?page=2"


def test_the_same_article_is_cut_from_any_noise():
    article = page("release-linked-and-archived").strip()
    digests = {
        hashlib.sha256(found.encode()).hexdigest()
        for token in ("a1", "b2", "c3")
        if (found := beehive.find_article(noisy_page(article, token)))
    }
    assert digests == {hashlib.sha256(article.encode()).hexdigest()}


def test_the_cut_ends_at_its_own_end_tag():
    inner = f"{ARTICLE}<p>text</p>{teaser('inside')}<!-- </article> --><p>more</p></article>"
    assert beehive.find_article(noisy_page(inner)) == inner


def test_attribute_order_case_and_quotes_do_not_matter():
    for tag in (
        "<ARTICLE role=article CLASS='ds-three-col node--type-article'>",
        "<article\nclass=node--type-article>",
        '<article title="a > b" class="node--type-article">',
    ):
        article = f"{tag}<h1>x</h1></article>"
        assert beehive.find_article(f"<body>{article}</body>") == article


def test_a_page_whose_tags_hide_the_article_is_parsed():
    article = beehive.find_article(page("release-oddly-written-tags"))
    assert article is not None
    assert "Slips cleared" in article
    assert "Chrome" not in article


def test_a_nested_article_left_open_is_still_found():
    html = f"<html><body>{ARTICLE}<h1>x</h1><article class='teaser'></article></body></html>"
    found = beehive.find_article(html)
    assert found is not None
    assert "<h1>x</h1>" in found


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>words</p>",
        f"<html><body>{teaser('one')}{teaser('two')}</body></html>",
        f"<html><body><!-- {ARTICLE}</article> --></body></html>",
        f"<html><body><script>'{ARTICLE}</article>'</script></body></html>",
        '<html><article class="node--type-articles"></article></html>',
        '<html><article-list class="node--type-article"></article-list></html>',
        '<html><h1 class="article__title">x</h1><div class="field--name-body"></div></html>',
        f'{ARTICLE}<h1 class="article__title">x</h1><div class="field--name-body"><p>trunc',
    ],
)
def test_no_article(html):
    assert beehive.find_article(html) is None


def test_a_listing_is_no_article():
    assert beehive.find_article(page("listing-releases")) is None


def test_a_main_column_alone_is_all_article():
    html = page("release-main-column-only")
    assert beehive.find_article(html) == html


def test_parts():
    parts = beehive.read_article(parse(page("release-linked-and-archived")), f"{SITE}/release/x")
    assert [name.strip() for name in parts.ministers] == ["Hon Ada Moana", "Bo Whenua"]
    assert [name.strip() for name in parts.portfolios] == ["Bridges", "Streams: Ngā Awa"]
    assert parts.attachments == (
        Attachment(url=f"{SITE}/sites/default/files/2026-02/Bridge%20plan.pdf", length=477135),
        Attachment(url=f"{SITE}/sites/default/files/qa.doc"),
    )
    assert parts.aliases == (
        f"{SITE}/release/kea-stream-bridge-opens",
        f"{SITE}/release/kea-stream-bridge-%E2%80%98opens%E2%80%99",
    )
    assert parts.node_id == 131072
    assert parts.date_attribute == "2026-02-16T12:43:54Z"
    assert parts.date_displayed == "17 February 2026"


def test_a_whole_page_may_be_read_too():
    fragment = page("release-main-column-only")
    url = f"{SITE}/release/moth-eradicated"
    whole = beehive.read_article(parse(noisy_page(fragment)), url)
    alone = beehive.read_article(parse(as_article(fragment)), url)
    assert (whole.title, whole.ministers, whole.portfolios, whole.aliases) == (
        alone.title,
        alone.ministers,
        alone.portfolios,
        (),
    )
    assert whole.title is not None
    assert whole.title.strip() == "Moth eradicated"
    assert whole.attachments == ()


def test_an_empty_article_has_no_parts():
    parts = beehive.read_article(parse(f"{ARTICLE}</article>"), f"{SITE}/release/x")
    assert (parts.title, parts.body, parts.date_attribute) == (None, None, None)
    assert parts.ministers == parts.portfolios == parts.attachments == ()


def test_listing_entries():
    entries = beehive.read_listing(page("listing-releases").encode(), f"{SITE}/releases")
    assert [(entry.url, entry.title, entry.node_id) for entry in entries] == [
        (f"{SITE}/release/kea-stream-bridge-opens", "Kea Stream bridge opens", None),
        (f"{SITE}/speech/moths", "Moths, a speech", 77),
        (f"{SITE}/node/4711", "An item without a name", 4711),
    ]
    assert {entry.channel for entry in entries} == {"listing"}
    assert entries[0].published_at == datetime(2026, 2, 16, 12, 43, 54, tzinfo=UTC)
    assert entries[1].published_at is None


def test_a_whole_page_without_its_article_tag_is_read_from_the_main_column() -> None:
    column = (
        '<div class="ds-three-col__main"><h1 class="article__title">A bridge</h1>'
        '<div class="field--name-body"><p>It stands.</p></div></div>'
    )
    page = "<html><body><nav><h1>Menu</h1></nav>%s<footer></footer></body></html>"
    assert beehive.find_article(page % column) == column
    assert beehive.find_article(page % '<div class="ds-three-col__main"></div>') is None


def test_a_feeds_guid_is_an_item_number() -> None:
    assert beehive.node_id("https://www.beehive.govt.nz/123") == 123
    assert beehive.content_type("https://www.beehive.govt.nz/123") is None
