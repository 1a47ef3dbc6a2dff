"""www.example.org: an invented office whose site is a WordPress with an Atom feed.

A test of the design: a second source is this file, its registration and its pages. The
site names no ministers and no portfolios; its days are those of its own zone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta, timezone, tzinfo
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4 import Tag

from corrigenda.errors import InvalidURL
from corrigenda.models import Attachment, ContentType, Entry
from corrigenda.reading.cutting import Cutter
from corrigenda.reading.html5 import parse
from corrigenda.reading.parts import ArticleParts
from corrigenda.sources.protocol import Source
from corrigenda.urls import canonical

HOST = "www.example.org"
_ARTICLES = Cutter(named="type-post", teaser="wp-block-post")
_POST = re.compile(r"/[0-9]{4}/[0-9]{2}/[^/]+")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Example(Source):
    """The adapter for www.example.org."""

    name = "example"
    title = "Office of Examples"
    hosts: tuple[str, ...] = (HOST,)
    home = f"https://{HOST}/"
    feeds: tuple[str, ...] = (f"https://{HOST}/feed/atom",)
    sitemap_url = f"https://{HOST}/wp-sitemap.xml"
    zone: tzinfo = timezone(timedelta(hours=-5), "UTC-5")

    def canonical(self, url: str) -> str:
        """Return the canonical form."""
        return canonical(url, base=self.home)

    def content_type(self, url: str) -> ContentType | None:
        """Return what a URL names: a post at ``/2026/02/slug``, or one by its number."""
        parts = urlsplit(url)
        is_post = _POST.fullmatch(parts.path) or self.node_id(url) is not None
        return ContentType.RELEASE if parts.netloc == HOST and is_post else None

    def is_listing(self, url: str) -> bool:
        """Tell whether a URL is the front page or a page of news."""
        parts = urlsplit(url)
        return parts.netloc == HOST and (url == self.home or parts.path.startswith("/news"))

    def node_id(self, url: str) -> int | None:
        """Return the number in ``/?p=123``, the form of the feed's ids."""
        number = parse_qs(urlsplit(url).query).get("p", [""])[0]
        return int(number) if _NUMBER.fullmatch(number) else None

    def listing_url(self, page: int) -> str:
        """Return the address of a page of news, which the site counts from 1."""
        return f"{self.home}news/page/{page + 1}"

    def find_article(self, page: str) -> str | None:
        """Cut the post out of a page."""
        return _ARTICLES.cut(page)

    def read_article(self, article: Tag, url: str) -> ArticleParts:
        """Find the parts of a post."""
        root = _ARTICLES.find(article) or article
        title, time = root.select_one("h1.entry-title"), root.select_one("time.published[datetime]")
        number = str(root.get("id", "")).removeprefix("post-")
        return ArticleParts(
            title=None if title is None else title.get_text(),
            date_attribute=None if time is None else str(time["datetime"]),
            date_displayed=None if time is None else time.get_text(),
            attachments=tuple(
                Attachment(url=urljoin(url, str(link["href"])))
                for link in root.select(".wp-block-file a[href]:not([download])")
            ),
            body=root.select_one("div.entry-content"),
            node_id=int(number) if _NUMBER.fullmatch(number) else None,
        )

    def read_listing(self, html: bytes, url: str) -> Sequence[Entry]:
        """Return the entries of a page of news."""
        links = parse(html.decode("utf-8", "replace")).select(".wp-block-post h2 a[href]")
        found = []
        for link in links:
            with suppress(InvalidURL):
                address = self.canonical(urljoin(url, str(link["href"])))
                if self.content_type(address):
                    entry = Entry(url=address, channel="listing", title=link.get_text().strip())
                    found.append(entry)
        return found
