"""What reading asks of a site: where the parts of its articles stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Protocol

from bs4 import Tag
from bs4.element import NavigableString

from corrigenda.models import Attachment
from corrigenda.verdicts import Site


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
        further_bodies: How many body containers there are beside ``body``.
    """

    title: str | None
    date_attribute: str | None
    date_displayed: str | None = None
    ministers: tuple[str, ...] = ()
    portfolios: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    body: Tag | None
    aliases: tuple[str, ...] = ()
    node_id: int | None = None
    further_bodies: int = 0


_LINE_BREAK = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")


def line(element: Tag) -> str:
    """Return the text of a title or a name, which is one line: a break in it is a space.

    Args:
        element: What holds the text.
    """
    pieces = (
        str(piece) if type(piece) is NavigableString else "\n"
        for piece in element.descendants
        if type(piece) is NavigableString or (isinstance(piece, Tag) and piece.name == "br")
    )
    return _LINE_BREAK.sub(" ", "".join(pieces))


class Reader(Site, Protocol):
    """What is needed of a site to read its articles; every source adapter is one.

    Attributes:
        zone: The zone whose calendar day is a release's date.
        credited: The lists of credits that every release has: one without is noted.
    """

    zone: tzinfo = UTC
    credited: tuple[str, ...] = ()

    def node_id(self, url: str) -> int | None:  # noqa: ARG002 - most sites' URLs carry none
        """Return the item number a URL or a feed's id carries (``/node/123``), if it does."""
        return None

    def read_article(self, article: Tag, url: str) -> ArticleParts:
        """Find the parts of an article.

        Args:
            article: A parsed tree holding the article or its main column, or a whole
                page; only what is inside the article may be read.
            url: The page's canonical URL, to resolve links with.
        """
