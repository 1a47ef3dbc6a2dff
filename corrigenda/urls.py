"""The canonical form of a URL, by which releases are known.

RFC 3986 section 6 normalisation and nothing bolder: case of scheme and host,
default ports, dot segments, percent-encoding. Letters are never folded: real
slugs differ by a macron, a curly quote or a no-break space alone, and 26 URLs of
the public archive name two different releases because something folded them.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from corrigenda.errors import InvalidURL

# RFC 3986 section 2.3: the only characters whose escaped and plain forms are equivalent.
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/!$&'()*+,;=:@%"
_QUERY_SAFE = _PATH_SAFE + "?"
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
# An address that is canonical already, as nearly all are: no letter, escape or dot to settle.
_SETTLED = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", re.ASCII
)
_TRACKING = re.compile(r"^(utm_\w+|fbclid|gclid|mc_cid|mc_eid)$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(url: str, *, base: str | None = None) -> str:
    """Return the form of ``url`` under which it is stored and compared.

    Scheme and host in lower case, default port, fragment and user info dropped, dot
    segments resolved, percent-escapes in upper case and only where needed, tracking
    parameters (``utm_*`` and the like) and a trailing slash removed.

    Args:
        url: An absolute URL, or a relative one with ``base``.
        base: What a relative ``url`` is relative to.

    Returns:
        The canonical URL, all ASCII.

    Raises:
        InvalidURL: It is not http(s), has no host, or cannot be parsed.
    """
    if _SETTLED.fullmatch(url):
        return url
    text = url.strip(" \t\r\n\f")  # a slug may really end in U+202F: strip ASCII space only
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        port = parts.port
    except ValueError as error:
        raise InvalidURL(url, str(error)) from None
    if parts.scheme.lower() not in _DEFAULT_PORTS:
        raise InvalidURL(url, "it does not begin with http:// or https://")
    host = _host(parts, url)
    scheme = parts.scheme.lower()
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    path = _resolve_dots(_normalise_escapes(parts.path, _PATH_SAFE))
    query = _drop_tracking(_normalise_escapes(parts.query, _QUERY_SAFE))
    path = path.rstrip("/") or "/"
    return f"{scheme}://{netloc}{path}{'?' + query if query else ''}"


def slug_of(url: str) -> str:
    """Return the last path segment of a canonical URL, still percent-encoded."""
    return urlsplit(url).path.rsplit("/", 1)[-1]


def repost_base(slug: str) -> str | None:
    """Return the slug a re-post was derived from (``x-0`` gives ``x``), or None.

    Drupal appends ``-0``, ``-1`` and so on when a slug is taken, so a bare year
    (``budget-2007``) is not one: only one or two digits count.
    """
    match = re.fullmatch(r"(.+)-\d{1,2}", slug)
    return match.group(1) if match else None


def _host(parts: SplitResult, url: str) -> str:
    """Return the host in ASCII lower case."""
    try:
        host = (parts.hostname or "").rstrip(".")
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise InvalidURL(url, "its host name is not valid") from None
    if not host or any(c.isspace() for c in host):
        raise InvalidURL(url, "it names no host")
    return f"[{host}]" if ":" in host else host


def _normalise_escapes(text: str, safe: str) -> str:
    """Escape what must be, un-escape what may be, and upper-case the rest (RFC 3986, 6.2.2)."""

    def settle(match: re.Match[bytes]) -> bytes:
        byte = int(match.group(1), 16)
        return bytes([byte]) if byte in _UNRESERVED else b"%%%02X" % byte

    # A lone % is data that was never escaped; escape it so that the result is stable.
    data = re.sub(rb"%(?![0-9A-Fa-f]{2})", b"%25", text.encode("utf-8", "surrogatepass"))
    settled = _ESCAPE.sub(settle, data)
    return "".join(chr(b) if chr(b) in safe or b in _UNRESERVED else f"%{b:02X}" for b in settled)


def _resolve_dots(path: str) -> str:
    """Remove ``.`` and ``..`` segments (RFC 3986, 5.2.4) without merging double slashes."""
    out: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del out[-1:]
        elif segment != ".":
            out.append(segment)
    return "/" + "/".join(out)


def _drop_tracking(query: str) -> str:
    """Remove campaign parameters, leaving every other parameter as it stands."""
    kept = [p for p in query.split("&") if p and not _TRACKING.match(p.split("=", 1)[0])]
    return "&".join(kept)
