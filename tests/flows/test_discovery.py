"""Lists over real HTTP: the feed, listing pages, sitemaps and indexes of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corrigenda.settings import Settings
from flows.finding.discovery import find_in_feed, read_listing, read_sitemap
from flows.session import Session, open_session
from tests.faults.faultsite import FaultSite, page

HOST = "https://www.beehive.govt.nz"


def teaser(slug: str) -> str:
    return (
        '<article class="node node--type-article teaser"><h2 class="teaser__title">'
        f'<a href="/release/{slug}">About {slug}</a></h2></article>'
    )


def listing(*slugs: str) -> bytes:
    return page("Releases", "".join(map(teaser, slugs)))


def urlset(*slugs: str) -> bytes:
    places = "".join(f"<url><loc>{HOST}/release/{slug}</loc></url>" for slug in slugs)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'.encode()


def index(*names: str) -> bytes:
    places = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<sitemapindex xmlns="{space}">{places}</sitemapindex>'.encode()


@pytest.fixture
def site() -> Iterator[FaultSite]:
    pages = {
        "/releases?page=0": listing("a", "b"),
        "/releases?page=1": listing("b", "c"),
        "/releases?page=2": listing(),
        "/sitemap.xml": urlset("a", "b"),
    }
    with FaultSite(pages) as running:
        yield running


@pytest.fixture
def session(site: FaultSite, tmp_path: Path) -> Iterator[Session]:
    settings = Settings(origin=site.url, db=tmp_path / "t.db", attempts=1, backoff=0.0)
    with open_session(settings, "beehive", "backfill", {}) as opened:
        yield opened


def slugs(found: object) -> list[str]:
    return [entry.url.rsplit("/", 1)[-1] for entry in found.entries]  # type: ignore[attr-defined]


def issues(session: Session) -> list[str]:
    return [row[0] for row in session.store.db.execute("SELECT problem FROM issues")]


def test_listing_pages_are_read_until_one_lists_nothing_new(
    session: Session, site: FaultSite
) -> None:
    found = read_listing(session, 50)
    assert slugs(found) == ["a", "b", "c"]
    assert found.trouble == ""
    assert [p for p in site.paths() if "page=" in p] == [f"/releases?page={n}" for n in range(3)]
    assert found.entries[0].title == "About a"


def test_no_more_listing_pages_than_asked_for(session: Session, site: FaultSite) -> None:
    assert slugs(read_listing(session, 1)) == ["a", "b"]
    assert slugs(read_listing(session, 1, start=1)) == ["b", "c"]


def test_reading_ends_when_it_is_enough(session: Session, site: FaultSite) -> None:
    found = read_listing(session, 50, enough=lambda page: page[0].url.endswith("/a"))
    assert slugs(found) == ["a", "b"]


def test_what_was_read_before_a_failure_is_kept_and_the_failure_told(
    session: Session, site: FaultSite
) -> None:
    site.fault("/releases?page=1", "challenge-incapsula-200")
    found = read_listing(session, 50)
    assert slugs(found) == ["a", "b"]
    assert "could not be read" in found.trouble
    assert len(issues(session)) == 1
    assert session.tally.blocked


def test_a_listing_without_releases_is_trouble_not_an_empty_list(
    session: Session, site: FaultSite
) -> None:
    site.pages["/releases?page=0"] = page("Releases", "<p>Nothing matches your search.</p>")
    found = read_listing(session, 5)
    assert "no releases" in found.trouble


def test_a_sitemap(session: Session) -> None:
    assert slugs(read_sitemap(session)) == ["a", "b"]


def test_an_index_of_sitemaps_that_names_itself_and_a_stranger(
    session: Session, site: FaultSite
) -> None:
    site.pages["/sitemap.xml"] = index(
        f"{HOST}/sitemap.xml?page=1",
        f"{HOST}/sitemap.xml",
        "https://elsewhere.example/sitemap.xml",
        f"{HOST}/sitemap.xml?page=2",
    )
    site.pages["/sitemap.xml?page=1"] = urlset("a", "b")
    site.pages["/sitemap.xml?page=2"] = urlset("b", "c")
    found = read_sitemap(session)
    assert slugs(found) == ["a", "b", "c"]
    assert "elsewhere.example" in found.trouble
    assert site.paths().count("/sitemap.xml") == 1


def test_a_sitemap_that_cannot_be_read_is_an_issue_and_the_others_are_read(
    session: Session, site: FaultSite
) -> None:
    site.pages["/sitemap.xml"] = index(f"{HOST}/sitemap.xml?page=1", f"{HOST}/sitemap.xml?page=2")
    site.pages["/sitemap.xml?page=1"] = b"<urlset><url><loc>"
    site.pages["/sitemap.xml?page=2"] = urlset("c")
    found = read_sitemap(session)
    assert slugs(found) == ["c"]
    assert "page=1" in found.trouble
    assert len(issues(session)) == 1


def test_a_feed_is_asked_for_conditionally_and_a_304_is_the_feed_we_hold(
    session: Session, site: FaultSite
) -> None:
    items = f"<item><title>A</title><link>{HOST}/release/a</link></item>"
    site.pages["/rss.xml"] = f"<rss><channel>{items}</channel></rss>".encode()
    first, second = find_in_feed(session), find_in_feed(session)
    assert slugs(first) == slugs(second) == ["a"]
    assert site.log[-1].status == 304
    assert "if-none-match" in site.log[-1].headers


def test_a_feed_that_leads_elsewhere_is_told_and_never_followed(
    session: Session, site: FaultSite
) -> None:
    links = (f"{HOST}/release/a", "http://10.0.0.1/release/b", "https://evil.example/release/c")
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    site.pages["/rss.xml"] = f"<rss><channel>{items}</channel></rss>".encode()
    assert slugs(find_in_feed(session)) == ["a"]
    assert len(issues(session)) == 2
    assert session.tally.failure == ""


@pytest.mark.parametrize("fault", ["challenge-incapsula-200", "server-error-500", "empty-200"])
def test_a_feed_that_cannot_be_read_is_the_runs_failure(
    session: Session, site: FaultSite, fault: str
) -> None:
    site.fault("/rss.xml", fault)
    assert slugs(find_in_feed(session)) == []
    assert "could not be read" in session.tally.failure
    assert session.tally.needs_a_person


def test_a_feed_of_entities_is_never_expanded(session: Session, site: FaultSite) -> None:
    site.pages["/rss.xml"] = (
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b"<rss><channel><item><title>&x;</title></item></channel></rss>"
    )
    find_in_feed(session)
    assert "entities" in session.tally.failure
