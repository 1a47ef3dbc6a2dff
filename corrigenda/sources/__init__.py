"""The sources we follow, by name. A new one is one module beside this and one line here."""

from __future__ import annotations

from urllib.parse import urlsplit

from corrigenda import urls
from corrigenda.errors import UnknownSource
from corrigenda.sources.beehive import Beehive
from corrigenda.sources.protocol import Source

SOURCES: dict[str, Source] = {source.name: source for source in (Beehive(),)}


def get(name: str) -> Source:
    """Return the source of a name.

    Raises:
        UnknownSource: There is none.
    """
    try:
        return SOURCES[name]
    except KeyError:
        raise UnknownSource(name, tuple(SOURCES)) from None


def of_url(url: str) -> Source:
    """Return the source whose site a URL belongs to.

    Raises:
        InvalidURL: It is not a URL.
        UnknownSource: No source follows that host.
    """
    host = urlsplit(urls.canonical(url)).hostname or ""
    for source in SOURCES.values():
        if host in source.hosts:
            return source
    raise UnknownSource(host, tuple(SOURCES))


def canonical(url: str) -> str:
    """Return the form of a URL its source knows it by.

    Raises:
        InvalidURL: It is not a URL.
        UnknownSource: No source follows that host.
    """
    return of_url(url).canonical(url)
