"""Lists as publishers and people write them, the bad items among them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda import sources
from corrigenda.carriers.feeds import read_feed
from corrigenda.carriers.lists import Listed
from corrigenda.carriers.sitemaps import read_sitemap
from corrigenda.errors import FeedError
from corrigenda.reading.feed_item import read_item

SITE = "https://www.beehive.govt.nz"
FEED = f"{SITE}/feed"
BEEHIVE = sources.get("beehive")


def rss(*items: str) -> Listed:
    body = "".join(f"<item>{item}</item>" for item in items)
    return read_feed(f"<rss><channel>{body}</channel></rss>".encode(), FEED, BEEHIVE)


def atom(*entries: str, attributes: str = "") -> Listed:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{body}</feed>'
    return read_feed(feed.encode(), FEED, BEEHIVE)


def link(slug: str) -> str:
    return f"<link>{SITE}/release/{slug}</link>"


def test_an_atom_entry_says_what_an_rss_item_says() -> None:
    as_rss = rss(
        f"<title>A &amp; B</title>{link('one')}<guid>{SITE}/123</guid>"
        "<pubDate>Mon, 16 Feb 2026 12:43:54 +0000</pubDate>"
        "<description>&lt;p&gt;It &lt;b&gt;opens&lt;/b&gt;.&lt;/p&gt;</description>"
    )
    as_atom = atom(
        f'<title>A &amp; B</title><link rel="edit" href="/edit"/><link href="/release/one"/>'
        f"<id>{SITE}/123</id><published>2026-02-17T01:43:54+13:00</published>"
        "<updated>2026-02-18T00:00:00Z</updated>"
        '<content type="html">&lt;p&gt;It &lt;b&gt;opens&lt;/b&gt;.&lt;/p&gt;</content>'
    )
    assert as_atom == as_rss
    assert as_atom.entries[0].node_id == 123
    assert as_atom.entries[0].published_at == datetime(2026, 2, 16, 12, 43, 54, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("<content>one &lt;b&gt; &amp; two</content>", "one &lt;b&gt; & two"),
        ('<content type="html">&lt;p&gt;Hi &lt;i&gt;x&lt;/i&gt;&lt;/p&gt;</content>', "Hi *x*"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hi <i>x</i></p>'
            "<p>more</p></div></content>",
            "Hi *x*\n\nmore",
        ),
        ('<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">a</h:div></content>',
         "a"),
        ("<summary>short</summary>", "short"),
        ('<content type="image/png">iVBORw0</content><summary>a picture</summary>', "a picture"),
        ('<content src="https://other.example/x"/><summary>elsewhere</summary>', "elsewhere"),
    ],
)  # fmt: skip
def test_atoms_texts(content: str, body: str) -> None:
    (entry,) = atom(f'<title>x</title><link href="/release/one"/>{content}').entries
    reading = read_item(entry, BEEHIVE)
    assert reading is not None
    assert reading.document.body == body


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>a &lt; b</title>", "a < b"),
        ('<title type="html">a &lt;em&gt;b&lt;/em&gt; &amp;amp; c</title>', "a b & c"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></div></title>',
         "a b"),
    ],
)  # fmt: skip
def test_atoms_titles(title: str, expected: str) -> None:
    assert atom(f'{title}<link href="/release/one"/>').entries[0].title == expected


def test_atoms_links_are_resolved_and_the_page_is_preferred() -> None:
    pdf = '<link type="application/pdf" href="/release/pdf"/>'
    page = '<link type="text/html" href="two"/>'
    listed = atom(pdf + page, attributes=f'xml:base="{SITE}/release/"')
    assert [entry.url for entry in listed.entries] == [f"{SITE}/release/two"]


BAD_RSS = {
    "a date beyond the calendar": "<pubDate>Mon, 16 Feb 99999999 12:43:54 +0000</pubDate>",
    "a date whose day in UTC is none": "<pubDate>Fri, 31 Dec 9999 23:00:00 -1300</pubDate>",
    "no date at all": "<pubDate>tomorrow</pubDate>",
    "a guid of 6,000 digits": f"<guid>{SITE}/{'9' * 6000}</guid>",
}


@pytest.mark.parametrize("bad", BAD_RSS.values(), ids=BAD_RSS)
def test_a_bad_rss_item_costs_no_other(bad: str) -> None:
    listed = rss(link("good"), link("bad") + bad, link("better"))
    assert [entry.url.rsplit("/", 1)[-1] for entry in listed.entries] == ["good", "bad", "better"]
    ((address, note),) = listed.notes
    assert address == f"{SITE}/release/bad"
    assert note
    assert (listed.entries[1].published_at, listed.entries[1].node_id) == (None, None)


BAD_ATOM = {
    "a date beyond the calendar": "<updated>99999-01-01T00:00:00Z</updated>",
    "a date whose day in UTC is none": "<updated>0001-01-01T00:00:00+13:00</updated>",
    "a date without a zone": "<updated>2026-01-01T00:00:00</updated>",
    "an id of 6,000 digits": f"<id>{SITE}/node/{'9' * 6000}</id>",
    "a text that nests too deep": (
        '<content type="xhtml">' + "<div>" * 20_000 + "x" + "</div>" * 20_000 + "</content>"
    ),
}


@pytest.mark.parametrize("bad", BAD_ATOM.values(), ids=BAD_ATOM)
def test_a_bad_atom_entry_costs_no_other(bad: str) -> None:
    good = '<link href="/release/good"/>'
    listed = atom(good, '<link href="/release/bad"/>' + bad, '<link href="/release/better"/>')
    assert len(listed.entries) == 3
    assert [address for address, _ in listed.notes] == [f"{SITE}/release/bad"]


@pytest.mark.parametrize("entry", ["", '<link href="https://[x/"/>', '<link rel="self" href="/"/>'])
def test_an_entry_without_an_address_is_a_problem(entry: str) -> None:
    listed = atom(entry, '<link href="/release/good"/>')
    assert [entry.url for entry in listed.entries] == [f"{SITE}/release/good"]
    assert len(listed.problems) == 1


def test_a_number_the_store_cannot_hold_is_none() -> None:
    (entry,) = rss(link("one") + f"<guid>{SITE}/{'9' * 19}</guid>").entries
    assert entry.node_id is None


@given(st.text(st.characters(codec="utf-8", exclude_characters="<&"), max_size=60))
def test_no_date_stops_a_feed(text: str) -> None:
    text = "".join(c for c in text if c.isprintable())
    assert len(rss(link("one") + f"<pubDate>{text}</pubDate>").entries) == 1
    assert len(atom(f'<link href="/release/one"/><updated>{text}</updated>').entries) == 1


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (b"<html><body>hello</body></html>", "neither an RSS nor an Atom feed"),
        (b"<!DOCTYPE html><html><br></html>", "an HTML page"),
        (b"<rss><channel>", "not valid XML"),
        (b'<?xml version="1.0" encoding="shift_jis"?><rss/>', "not valid XML"),
        (b'<?xml version="1.0" encoding="none-such"?><rss/>', "not valid XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel/></rss>', "entities"),
    ],
)
def test_what_is_no_feed_says_so(xml: bytes, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        read_feed(xml, FEED, BEEHIVE)


def test_a_sitemap_lists_items_and_sets_the_rest_aside() -> None:
    places = (f"{SITE}/release/one", f"{SITE}/minister/x", "no url")
    locations = "".join(f"<url><loc>{place}</loc></url>" for place in places)
    listed = read_sitemap(f"<urlset>{locations}</urlset>".encode(), FEED, BEEHIVE)
    assert [entry.url for entry in listed.entries] == [f"{SITE}/release/one"]
    assert listed.ignored == (f"{SITE}/minister/x",)
    assert [text for text, _ in listed.problems] == ["no url"]


@pytest.mark.parametrize(
    ("lastmod", "known"),
    [
        ("2026-05-09T10:04:00+12:00", datetime(2026, 5, 8, 22, 4, tzinfo=UTC)),
        ("2026-05-09", datetime(2026, 5, 9, tzinfo=UTC)),
        ("yesterday", None),
        ("99999-01-01", None),
        ("", None),
    ],
)
def test_a_sitemap_tells_when_an_item_was_edited(lastmod: str, known: datetime | None) -> None:
    place = f"<url><loc>{SITE}/release/one</loc><lastmod>{lastmod}</lastmod></url>"
    (found,) = read_sitemap(f"<urlset>{place}</urlset>".encode(), FEED, BEEHIVE).entries
    assert found.modified_at == known
