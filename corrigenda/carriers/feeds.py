"""Lists of releases: RSS feeds, sitemaps, and files of URLs people write.

What comes from outside is parsed without entities or external references
(defusedxml), and what cannot be understood is reported item by item, never guessed
and never fatal to the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from corrigenda.errors import FeedError, InvalidURL, UsageError
from corrigenda.models import Entry
from corrigenda.sources.protocol import Source
from corrigenda.urls import canonical

_Item = TypeVar("_Item")
Rewrite = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a list gave.

    Attributes:
        entries: Usable entries in order, each URL once.
        problems: What could not be used, as (the text, why).
        ignored: Usable URLs that name no item of the source.
    """

    entries: tuple[Entry, ...]
    problems: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


def read_feed(xml: bytes, url: str, source: Source, own: Rewrite = str) -> Listed:
    """Read an RSS 2.0 feed (https://www.rssboard.org/rss-specification).

    Args:
        xml: The feed's bytes.
        url: Where it came from, for errors.
        source: Whose items they are.
        own: Turns a mirror's addresses into the source's own.

    Raises:
        FeedError: It is not well-formed XML, or not RSS.
    """
    root = _parse(xml, url)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise FeedError(url, f"not an RSS feed: its root element is <{root.tag}>")
    return _collect(
        ((own(_text(item, "link") or ""), item) for item in channel.iter("item")),
        source,
        lambda address, item: _feed_entry(address, item, source),
    )


def read_sitemap(xml: bytes, url: str, source: Source, own: Rewrite = str) -> Listed:
    """Read a sitemap (https://www.sitemaps.org/protocol.html); arguments as :func:`read_feed`.

    Raises:
        FeedError: It is not well-formed XML, or not a sitemap.
    """
    root = _parse(xml, url)
    name = root.tag.rsplit("}", 1)[-1]
    if name not in ("urlset", "sitemapindex"):
        raise FeedError(url, f"not a sitemap: its root element is <{name}>")
    locations = (node for node in root.iter() if node.tag.rsplit("}", 1)[-1] == "loc")
    return _collect(
        ((own((node.text or "").strip()), node) for node in locations),
        source,
        lambda address, _node: Entry(url=address, channel="sitemap"),
    )


def read_sitemap_index(xml: bytes, url: str) -> list[str]:
    """Return the sitemaps that a sitemap index names; none when it is no index.

    Raises:
        FeedError: It is not well-formed XML.
    """
    root = _parse(xml, url)
    if root.tag.rsplit("}", 1)[-1] != "sitemapindex":
        return []
    named = (node.findtext("{*}loc") for node in root)
    return list(dict.fromkeys(text.strip() for text in named if text and text.strip()))


def read_url_file(text: str, source: Source) -> Listed:
    """Read a file of URLs: one a line, ``#`` begins a comment, blank lines are skipped.

    A ``#`` inside a URL would begin a fragment, which names no other page, so it is
    safe to cut there.
    """
    lines = (line.split("#", 1)[0].strip(" \t\r\n\ufeff") for line in text.splitlines())
    return _collect(
        ((line, None) for line in lines if line),
        source,
        lambda address, _item: Entry(url=address, channel="file", node_id=source.node_id(address)),
    )


def read_text_file(path: Path) -> str:
    """Read a text file a person named.

    Raises:
        UsageError: It is not there, not readable, or not text.
    """
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a text file in UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _collect(
    items: Iterable[tuple[str, _Item]], source: Source, make: Callable[[str, _Item], Entry]
) -> Listed:
    """Turn raw items into entries, each URL once, setting aside what is unusable."""
    entries: dict[str, Entry] = {}
    problems: list[tuple[str, str]] = []
    ignored: list[str] = []
    for raw, item in items:
        try:
            canonical(raw)  # an adapter resolves relative addresses; a list has none to give
            address = source.canonical(raw)
        except InvalidURL as error:
            problems.append((raw, error.problem))
            continue
        if source.content_type(address) is None:
            ignored.append(address)
        elif address not in entries:
            entries[address] = make(address, item)
    return Listed(entries=tuple(entries.values()), problems=tuple(problems), ignored=tuple(ignored))


def _feed_entry(address: str, item: Element, source: Source) -> Entry:
    guid = _text(item, "guid") or ""
    try:
        node_id = source.node_id(source.canonical(guid)) if guid else None
    except InvalidURL:
        node_id = None  # a guid need not be a URL
    return Entry(
        url=address,
        channel="feed",
        title=_text(item, "title"),
        published_at=_rfc822(_text(item, "pubDate")),
        node_id=node_id,
        body_html=_text(item, "description"),
    )


def _text(item: Element, name: str) -> str | None:
    text = item.findtext(name)
    return text.strip(" \t\r\n") if text is not None else None


def _rfc822(text: str | None) -> datetime | None:
    """Read an RFC 822 date; an unreadable one is left out, for the page tells it too."""
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    # RFC 5322 section 3.3: "-0000" says UTC without a known zone; Python leaves it naive.
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse(xml: bytes, url: str) -> Element:
    """Parse outside XML: no DTD tricks, no entities, no external references."""
    try:
        root: Element = ElementTree.fromstring(xml, forbid_dtd=False)
    except ParseError as error:
        looks_html = xml.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html"))
        what = "an HTML page came instead of a feed" if looks_html else f"not valid XML: {error}"
        raise FeedError(url, what) from None
    except DefusedXmlException as error:
        raise FeedError(url, f"it declares entities, which are never expanded ({error})") from None
    return root
