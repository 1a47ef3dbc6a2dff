"""What an adapter must tell us about a site, and the values it tells it in.

An adapter knows where things stand on the site: its addresses, and its pages'
structure. It decides nothing: fetching, judging, reading, comparing and storing
are the same for every source. ``_template.py`` is an adapter to start from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from corrigenda.models import Entry
from corrigenda.reading.parts import Reader


@runtime_checkable
class Source(Reader, Protocol):
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

    def listing_url(self, page: int) -> str:
        """Return the address of a listing page, counted from 0."""

    def read_listing(self, html: bytes, url: str) -> Sequence[Entry]:
        """Return the entries of a listing page, in page order."""
