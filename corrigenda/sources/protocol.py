"""What an adapter must tell us about a site, and the values it tells it in.

An adapter knows where things stand on the site: its addresses, and its pages'
structure. It decides nothing: fetching, judging, reading, comparing and storing
are the same for every source. ``_template.py`` is an adapter to start from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bs4 import Tag

from corrigenda.models import Attachment, ContentType, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleParts:
    """The parts of one article, found but not yet interpreted.

    Attributes:
        title: Text of the title element; None when the article has none.
        date_attribute: The machine-readable time, verbatim (``2026-02-16T02:43:54Z``).
        date_displayed: The date as readers see it.
        ministers: Names in page order.
        portfolios: Names in page order.
        attachments: Files in page order, absolute URLs.
        body: The body container; None when the article has none.
        aliases: Canonical URLs the article gives itself.
        node_id: The publisher's number for it.
    """

    title: str | None
    date_attribute: str | None
    date_displayed: str | None
    ministers: tuple[str, ...]
    portfolios: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    body: Tag | None
    aliases: tuple[str, ...] = ()
    node_id: int | None = None


@runtime_checkable
class Source(Protocol):
    """One site we follow.

    Attributes:
        name: Short lower-case name, used on the command line and in the store.
        title: The site's name for people.
        hosts: Every host that is the site; nothing else is ever fetched for it.
        home: Canonical URL of its front page.
        feed_url: Its feed.
        sitemap_url: Its sitemap.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    home: str
    feed_url: str
    sitemap_url: str

    def canonical(self, url: str) -> str:
        """Return the canonical form of one of the site's URLs, relative ones included.

        Raises:
            InvalidURL: It is not a URL.
        """

    def content_type(self, url: str) -> ContentType | None:
        """Return what a canonical URL names, or None when it is not an item we follow."""

    def is_listing(self, url: str) -> bool:
        """Tell whether a canonical URL is the home page or a list of items."""

    def node_id(self, url: str) -> int | None:
        """Return the item number a URL carries (``/node/123``), if it does."""

    def listing_url(self, page: int) -> str:
        """Return the address of a listing page, counted from 0."""

    def find_article(self, html: bytes) -> bytes | None:
        """Cut the article out of a page: the smallest bytes that change only when it does.

        Returns:
            The article's markup, or None when its marks are not there.
        """

    def read_article(self, article: Tag, url: str) -> ArticleParts:
        """Find the parts of an article.

        Args:
            article: A parsed tree holding the article or its main column, or a whole
                page; only what is inside the article may be read.
            url: The page's canonical URL, to resolve links with.
        """

    def read_listing(self, html: bytes, url: str) -> Sequence[Entry]:
        """Return the entries of a listing page, in page order."""
