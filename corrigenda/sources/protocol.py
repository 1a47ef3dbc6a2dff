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
    """One site we follow. An adapter derives from it, and gives what has no default.

    Attributes:
        name: Short lower-case name, used on the command line and in the store.
        title: The site's name for people.
        hosts: Every host that is the site; nothing else is ever fetched for it.
        home: Canonical URL of its front page.
        feeds: Its feeds, RSS or Atom, the one that tells most first.
        sitemap_url: Its sitemap; empty when it has none.
    """

    name: str
    title: str
    hosts: tuple[str, ...]
    home: str
    feeds: tuple[str, ...]
    sitemap_url: str = ""

    @property
    def feed_url(self) -> str:
        """The feed that tells most; empty when there is none."""
        return self.feeds[0] if self.feeds else ""

    def feeds_in(self, page: bytes) -> Sequence[str]:  # noqa: ARG002 - it has no others
        """Return the addresses of further feeds of the site that a page links to."""
        return ()

    def listing_url(self, page: int) -> str:  # noqa: ARG002 - it has no listing
        """Return the address of a listing page, counted from 0; empty when there are none."""
        return ""

    def read_listing(self, html: bytes, url: str) -> Sequence[Entry]:  # noqa: ARG002
        """Return the entries of a listing page, in page order."""
        return ()
