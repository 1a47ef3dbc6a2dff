"""What every list of releases gives, and how outside XML is parsed.

What cannot be understood is reported item by item, never guessed and never fatal to the
rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from corrigenda.errors import FeedError, InvalidURL
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
        notes: What was left out of a usable entry, as (its URL, why).
    """

    entries: tuple[Entry, ...]
    problems: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def collect(
    items: Iterable[tuple[str, _Item]],
    source: Source,
    make: Callable[[str, _Item, list[str]], Entry],
) -> Listed:
    """Turn raw items into entries, each URL once, setting aside what is unusable.

    Args:
        items: Each item's address as written, and the item.
        source: Whose items they are.
        make: Makes an entry of a canonical URL and an item; what it had to leave out it
            appends to the list it is given.
    """
    entries: dict[str, Entry] = {}
    problems: list[tuple[str, str]] = []
    ignored: list[str] = []
    notes: list[tuple[str, str]] = []
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
            left_out: list[str] = []
            entries[address] = make(address, item, left_out)
            notes += [(address, why) for why in left_out]
    return Listed(
        entries=tuple(entries.values()),
        problems=tuple(problems),
        ignored=tuple(ignored),
        notes=tuple(notes),
    )


def parse_xml(xml: bytes, url: str) -> Element:
    """Parse outside XML: no DTD tricks, no entities, no external references.

    Args:
        xml: The bytes.
        url: Where they came from, for errors.

    Raises:
        FeedError: It is not well-formed XML, or declares entities.
    """
    try:
        root: Element = ElementTree.fromstring(xml, forbid_dtd=False)
    except ParseError as error:
        looks_html = xml.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html"))
        what = "an HTML page came instead of a feed" if looks_html else f"not valid XML: {error}"
        raise FeedError(url, what) from None
    except DefusedXmlException as error:
        raise FeedError(url, f"it declares entities, which are never expanded ({error})") from None
    except (LookupError, ValueError) as error:  # expat's, of encodings it has not
        raise FeedError(url, f"not valid XML: {error}") from None
    return root


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1]
