"""Where requests may go: a source's own hosts, at public addresses.

Pages and feeds name the URLs we fetch and redirects lead us on, so each is checked
twice: its text before anything is asked, and the addresses its host resolves to
when the connection is made. What was checked is what is connected to; a name that
resolves differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urldefrag, urljoin, urlsplit

from corrigenda.errors import FetchRefused, SettingsError
from corrigenda.settings import Settings

_DEFAULT_PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the IP addresses of a host, in the order to try them; raises ``OSError``."""


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for a host's addresses.

    Raises:
        OSError: The name does not resolve.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Decides which URLs and addresses may be contacted, and where they are reached.

    Attributes:
        origin: Scheme and network location that receive all requests
            (``http://127.0.0.1:8080``), or empty for the site itself.
    """

    def __init__(
        self, settings: Settings, hosts: Sequence[str], *, resolve: Resolve = resolve
    ) -> None:
        """Guard a source.

        Args:
            settings: Name the origin that stands in for the hosts, if any.
            hosts: The only hosts that are fetched.
            resolve: How host names become addresses.

        Raises:
            SettingsError: The origin is more or less than scheme, host and port.
        """
        self.origin = _origin(settings.origin) if settings.origin else ""
        self._loopback = settings.on_loopback
        self._hosts = frozenset(hosts)
        self._resolve = resolve

    def check(self, url: str) -> None:
        """Make sure that a URL is one of the source's.

        Raises:
            FetchRefused: Another scheme or host, user info, or an unusual port.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise FetchRefused(url, str(error)) from None
        if parts.scheme not in _DEFAULT_PORTS:
            raise FetchRefused(url, "only http and https are fetched")
        if parts.username is not None or parts.password is not None:
            raise FetchRefused(url, "it carries a user name")
        if parts.hostname not in self._hosts:
            raise FetchRefused(url, f"{parts.hostname} is not a host of this source")
        if port not in (None, _DEFAULT_PORTS[parts.scheme]):
            raise FetchRefused(url, f"port {port} is not a web server's")

    def reach(self, url: str) -> str:
        """Return the URL to really request for a checked one.

        It is put together from the parts that were checked, so that nobody can read
        another host into it.
        """
        parts = urlsplit(url)
        base = self.origin or f"{parts.scheme}://{parts.hostname}"
        return f"{base}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"

    def recall(self, location: str, *, base: str) -> str:
        """Return the source's own URL for what a redirect names.

        Args:
            location: The ``Location`` header: absolute or relative, on the site or on
                the origin that stands in for it.
            base: The URL whose answer carried it.

        Raises:
            FetchRefused: It is not a URL at all.
        """
        try:
            target, _ = urldefrag(urljoin(base, location.strip()))
            parts = urlsplit(target)
        except ValueError as error:
            raise FetchRefused(location, str(error)) from None
        if self.origin and f"{parts.scheme}://{parts.netloc}".lower() == self.origin:
            here = urlsplit(base)
            return parts._replace(scheme=here.scheme, netloc=here.netloc).geturl()
        return target

    def addresses(self, host: str, port: int) -> list[str]:
        """Resolve a host, and allow the result or refuse all of it.

        Raises:
            FetchRefused: Any of its addresses is not public (not loopback, for an
                origin on loopback).
            OSError: It does not resolve.
        """
        found = list(self._resolve(host, port))
        if not found:
            raise OSError(f"{host} has no address")
        for text in found:
            if not self._allows(ip_address(text)):
                kind = "a loopback" if self._loopback else "a public"
                raise FetchRefused(f"//{host}:{port}", f"{text} is not {kind} address")
        return found

    def _allows(self, address: IPv4Address | IPv6Address) -> bool:
        return address.is_loopback if self._loopback else _is_public(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one of the open internet's hosts.

    ``is_global`` excludes private, link-local, shared (carrier-grade NAT) and loopback
    ranges, IPv4-mapped ones included. What it lets pass, and we do not: multicast,
    reserved (among it NAT64, 64:ff9b::/96, which reaches private IPv4), the old
    site-local range and 6to4, which wraps any IPv4 address.
    """
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return isinstance(address, IPv4Address) or not (address.is_site_local or address.sixtofour)


def _origin(text: str) -> str:
    """Return an origin as ``scheme://host[:port]`` in lower case."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("origin", f"{text!r} is not a URL like http://127.0.0.1:8080")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError("origin", f"{text!r} must have scheme, host and port only")
    return f"{parts.scheme}://{parts.netloc}".lower()
