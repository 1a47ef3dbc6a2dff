"""Sitemaps, and indexes of them (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from datetime import UTC, datetime

from corrigenda.carriers.lists import Listed, Rewrite, collect, local_name, parse_xml
from corrigenda.errors import FeedError
from corrigenda.models import Entry
from corrigenda.sources.protocol import Source


def read_sitemap(xml: bytes, url: str, source: Source, own: Rewrite = str) -> Listed:
    """Read a sitemap.

    Args:
        xml: Its bytes.
        url: Where it came from, for errors.
        source: Whose items it lists.
        own: Turns a mirror's addresses into the source's own.

    Raises:
        FeedError: It is not well-formed XML, or not a sitemap.
    """
    root = parse_xml(xml, url)
    if local_name(root) not in ("urlset", "sitemapindex"):
        raise FeedError(url, f"not a sitemap: its root element is <{local_name(root)}>")
    places = ((node.findtext("{*}loc") or "", node) for node in root)
    return collect(
        ((own(address.strip()), node) for address, node in places if address.strip()),
        source,
        lambda address, node, _notes: Entry(
            url=address, channel="sitemap", modified_at=_moment(node.findtext("{*}lastmod") or "")
        ),
    )


def _moment(text: str) -> datetime | None:
    """Read a W3C date or time (https://www.w3.org/TR/NOTE-datetime); None where it is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def read_sitemap_index(xml: bytes, url: str) -> list[str]:
    """Return the sitemaps that a sitemap index names; none when it is no index.

    Raises:
        FeedError: It is not well-formed XML.
    """
    root = parse_xml(xml, url)
    if local_name(root) != "sitemapindex":
        return []
    named = (node.findtext("{*}loc") for node in root)
    return list(dict.fromkeys(text.strip() for text in named if text and text.strip()))
