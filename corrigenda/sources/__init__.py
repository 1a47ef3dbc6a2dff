"""The sources we follow, by name. A new one is one module beside this and one line here.

A package of its own may bring one, too: an entry point in the group ``corrigenda.sources``
that names its adapter's class.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from urllib.parse import urlsplit

from corrigenda import urls
from corrigenda.errors import UnknownSource, UsageError
from corrigenda.sources.beehive import Beehive
from corrigenda.sources.protocol import Source

_SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Follow a source, for as long as this process runs.

    Raises:
        UsageError: It lacks something every source has, or its name or one of its hosts is
            another source's.
    """
    if not isinstance(source, Source):
        raise UsageError(f"{source!r} is no source; corrigenda/sources/_template.py is one")
    for other in _SOURCES.values():
        if other.name == source.name or not set(other.hosts).isdisjoint(source.hosts):
            if type(other) is type(source):
                return
            raise UsageError(f"the source {source.name!r} has the name or a host of {other.name!r}")
    _SOURCES[source.name] = source


register(Beehive())


def every() -> tuple[Source, ...]:
    """Return all sources.

    Raises:
        UsageError: A package brings a source that cannot be loaded.
    """
    _plug_in()
    return tuple(_SOURCES.values())


def get(name: str) -> Source:
    """Return the source of a name.

    Raises:
        UnknownSource: There is none.
    """
    found = _SOURCES.get(name) or {source.name: source for source in every()}.get(name)
    if found is None:
        raise UnknownSource(name, tuple(_SOURCES))
    return found


def of_url(url: str) -> Source:
    """Return the source whose site a URL belongs to.

    Raises:
        InvalidURL: It is not a URL.
        UnknownSource: No source follows that host.
    """
    host = urlsplit(urls.canonical(url)).hostname or ""
    for known in (_SOURCES.values, every):  # what others bring is looked for only when needed
        for source in known():
            if host in source.hosts:
                return source
    raise UnknownSource(host, tuple(_SOURCES))


def canonical(url: str) -> str:
    """Return the form of a URL its source knows it by.

    Raises:
        InvalidURL: It is not a URL.
        UnknownSource: No source follows that host.
    """
    return of_url(url).canonical(url)


@cache
def _plug_in() -> None:
    """Register what other packages bring, once: looking for it reads all that is installed."""
    for point in entry_points(group="corrigenda.sources"):
        try:
            source = point.load()()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            raise UsageError(f"the source {point.name!r} ({point.value}): {said}") from error
        register(source)
