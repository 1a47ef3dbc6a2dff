"""An adapter to start from: copy it, rename it, and fill in what the comments ask.

Then register it in ``__init__.py``, and record a few of the site's pages (invented text in
its real structure) under ``tests/pages/NAME/``: an adapter without a recorded page is not one.
``Source`` says what may be left out, and what is then taken for granted.
It says where things stand and decides nothing; trimming, dates and notes are the
normaliser's. What is not there is None or empty, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from bs4 import Tag

from corrigenda.models import Attachment, ContentType, Entry
from corrigenda.reading.cutting import Cutter
from corrigenda.reading.html5 import parse
from corrigenda.reading.parts import ArticleParts, line
from corrigenda.sources.protocol import Source
from corrigenda.urls import canonical

HOST = "www.example.govt.nz"
# The smallest part of a page that changes only when the release does: not the whole page,
# which carries fresh tokens in every response, and nothing around the article.
_ARTICLES = Cutter(named="release")


class Template(Source):
    """The adapter for www.example.govt.nz."""

    name = "example"  # on the command line and in the store, for ever
    title = "Example"
    hosts: tuple[str, ...] = (HOST,)  # nothing else is ever fetched for this source
    home = f"https://{HOST}/"
    feeds: tuple[str, ...] = (f"https://{HOST}/rss.xml",)  # RSS or Atom
    sitemap_url = f"https://{HOST}/sitemap.xml"
    credited: tuple[str, ...] = ("ministers", "portfolios")  # a release without is noted

    def canonical(self, url: str) -> str:
        """Return the canonical form; add the site's own rules, such as one host of two."""
        return canonical(url, base=self.home)

    def content_type(self, url: str) -> ContentType | None:
        """Return what a URL names: by its path, for no page has been asked for yet."""
        is_release = urlsplit(url).path.startswith("/release/")
        return ContentType.RELEASE if is_release else None

    def is_listing(self, url: str) -> bool:
        """Tell whether a URL is a list: a release that redirects to one is missing."""
        return urlsplit(url).path in ("/", "/releases")

    def listing_url(self, page: int) -> str:
        """Return the address of a listing page, counted from 0."""
        return f"{self.home}releases?page={page}"

    def find_article(self, page: str) -> str | None:
        """Cut the article out; None for challenges, error pages and listings."""
        return _ARTICLES.cut(page)

    def read_article(self, article: Tag, url: str) -> ArticleParts:
        """Find the parts, inside the article only: chrome repeats ministers and dates."""
        title = article.select_one("h1")
        time = article.select_one("time[datetime]")
        return ArticleParts(
            title=None if title is None else line(title),
            date_attribute=None if time is None else str(time["datetime"]),
            date_displayed=None if time is None else time.get_text(),
            ministers=tuple(line(tag) for tag in article.select(".minister")),
            portfolios=tuple(line(tag) for tag in article.select(".portfolio")),
            attachments=tuple(
                Attachment(url=urljoin(url, str(link["href"])))
                for link in article.select(".file a[href]")
            ),
            body=article.select_one(".body"),
        )

    def read_listing(self, html: bytes, url: str) -> Sequence[Entry]:
        """Return the entries of a listing page; links to other things are left out."""
        links = parse(html.decode("utf-8", "replace")).select("article.teaser h2 a[href]")
        entries = (
            Entry(
                url=self.canonical(urljoin(url, str(link["href"]))),
                channel="listing",
                title=line(link).strip(),
            )
            for link in links
        )
        return [entry for entry in entries if self.content_type(entry.url)]
