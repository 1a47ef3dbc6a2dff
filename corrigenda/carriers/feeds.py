"""Feeds: RSS 2.0 (https://www.rssboard.org/rss-specification) and Atom (RFC 4287)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from corrigenda.carriers.lists import Listed, Rewrite, collect, local_name, parse_xml
from corrigenda.errors import FeedError, InvalidURL
from corrigenda.models import Entry
from corrigenda.reading.html5 import parse
from corrigenda.sources.protocol import Source

_ATOM = "{http://www.w3.org/2005/Atom}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
#: A date outside would make all later ones look old.
_YEARS = range(1900, 2200)
_LONGEST_ID = 2_000  # characters; what is longer names nothing
_SPACE = " \t\r\n"
# More digits than the store's integers hold (SQLite: 64 bits).
_TOO_LONG = re.compile(r"[0-9]{19,}\Z")


def read_feed(xml: bytes, url: str, source: Source, own: Rewrite = str) -> Listed:
    """Read a feed, RSS or Atom.

    Args:
        xml: The feed's bytes.
        url: Where it came from: for errors, and to resolve Atom's relative links with.
        source: Whose items they are.
        own: Turns a mirror's addresses into the source's own.

    Raises:
        FeedError: It is not well-formed XML, or no feed.
    """
    root = parse_xml(xml, url)
    if root.tag == f"{_ATOM}feed":
        links = ((own(link), entry) for link, entry in _atom_entries(root, url))
        return collect(links, source, partial(_of_atom, source))
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        problem = f"neither an RSS nor an Atom feed: its root element is <{local_name(root)}>"
        raise FeedError(url, problem)
    items = ((own(_text(item, "link") or ""), item) for item in channel.iter("item"))
    return collect(items, source, partial(_of_rss, source))


def _of_rss(source: Source, address: str, item: Element, notes: list[str]) -> Entry:
    return Entry(
        url=address,
        channel="feed",
        title=_text(item, "title"),
        published_at=_moment(_text(item, "pubDate"), _rfc822, notes),
        node_id=_number(_text(item, "guid"), source, notes),
        body_html=_text(item, _CONTENT) or _text(item, "description"),
    )


def _of_atom(source: Source, address: str, entry: Element, notes: list[str]) -> Entry:
    title = _markup(entry.find(f"{_ATOM}title"), notes)
    body = _markup(entry.find(f"{_ATOM}content"), notes)
    published = _text(entry, f"{_ATOM}published") or _text(entry, f"{_ATOM}updated")
    return Entry(
        url=address,
        channel="feed",
        title=None if title is None else parse(title).get_text().strip(_SPACE),
        published_at=_moment(published, _rfc3339, notes),
        node_id=_number(_text(entry, f"{_ATOM}id"), source, notes),
        body_html=body or _markup(entry.find(f"{_ATOM}summary"), notes),
    )


def _atom_entries(feed: Element, url: str) -> Iterator[tuple[str, Element]]:
    """Yield each entry with its address: the first link to the item itself as a page.

    Without one the address is empty. ``xml:base`` counts wherever it stands (section 2).
    """
    base = _joined(url, feed.get(_BASE, ""))
    for entry in feed.iter(f"{_ATOM}entry"):
        within = _joined(base, entry.get(_BASE, ""))
        links = [
            link
            for link in entry.findall(f"{_ATOM}link")
            if link.get("rel", "alternate") == "alternate" and link.get("href")
        ]
        # Stable: a link to HTML, or to a type not said, goes before the others.
        links.sort(key=lambda link: "html" not in link.get("type", "html"))
        for link in links[:1]:
            within = _joined(within, link.get(_BASE, ""))
            yield _joined(within, link.get("href", "").strip(_SPACE)), entry
        if not links:
            yield "", entry


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # "[" where a host would be: no URL, which is said of this entry alone
        return address


def _markup(element: Element | None, notes: list[str]) -> str | None:
    """Return an Atom text construct as HTML (section 3.1); None for none, and for other media."""
    if element is None or element.get("src"):
        return None
    kind = element.get("type", "text").lower()
    if kind == "xhtml":
        try:
            for node in element.iter():
                node.tag = local_name(node)
            parts = (ElementTree.tostring(div, "unicode", method="html") for div in element)
            return "".join(parts).strip(_SPACE)
        except RecursionError:
            notes.append("its text nests too deep to be read")
            return None
    text = (element.text or "").strip(_SPACE)
    if kind in ("html", "text/html"):
        return text
    return html.escape(text, quote=False) if kind in ("text", "text/plain") else None


def _number(identity: str | None, source: Source, notes: list[str]) -> int | None:
    """Return the item number that a guid or id tells, if it does: it need not be a URL."""
    if identity and len(identity) > _LONGEST_ID:
        notes.append(f"its id of {len(identity):,} characters was left out")
        return None
    try:
        number = source.node_id(source.canonical(identity)) if identity else None
    except InvalidURL:
        return None
    if number is None and identity and (digits := _TOO_LONG.search(identity)):
        notes.append(f"its number of {len(digits.group())} digits was left out")
    return number


def _moment(text: str | None, read: Callable[[str], datetime], notes: list[str]) -> datetime | None:
    """Read a date; one that cannot be read is left out, for the page tells it too."""
    try:
        moment = read(text).astimezone(UTC) if text else None
        if moment and moment.year not in _YEARS:
            raise ValueError("beyond the calendar of any publisher")
        return moment
    except (ValueError, OverflowError, IndexError):
        notes.append(f"its date cannot be read: {(text or '')[:80]!r}")
        return None


def _rfc822(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    # RFC 5322 section 3.3: "-0000" says UTC without a known zone; Python leaves it naive.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rfc3339(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def _text(item: Element, name: str) -> str | None:
    text = item.findtext(name)
    return text.strip(_SPACE) if text is not None else None
