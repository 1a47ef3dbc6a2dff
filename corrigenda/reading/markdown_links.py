"""Addresses and titles inside Markdown links, written as the reference converter writes them.

It reads every address with Go's ``net/url`` and writes it out again, which settles
what is percent-encoded; an address Go cannot read is kept, with only the characters
escaped that would end a Markdown link. Nothing is resolved: a relative address stays
relative.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from corrigenda.reading.markdown_escape import SPACE

_URL = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?"
    r"(?://(?P<host>(?!/)[^/?#]*))?"
    r"(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?"
    r"(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(
    r"(?:[^@]*@)?(?:[A-Za-z0-9\-_.~!$&'()*+,;=\[\]<>\"\u0080-\U0010ffff]|%[89A-Fa-f][0-9A-Fa-f]|%25)*"
    r"(?::[0-9]*)?"
)
_PATH_SAFE = "$&+,/:;=@-_.~"
_PATH_VALID = re.compile(r"[A-Za-z0-9\-_.~$&+,/:;=@!'()*\[\]%]*")
_FRAGMENT_SAFE = "$&+,/:;=?@-_.~!()*"
_FRAGMENT_VALID = re.compile(r"[A-Za-z0-9\-_.~$&+,/:;=?@!'()*\[\]%]*")
_ENDS_A_LINK = {ord(c): quote(c, safe="") for c in " ()[]<>"}


def address(raw: str) -> str:
    """Return the address of a link or image as Markdown carries it.

    Args:
        raw: The ``href`` or ``src`` attribute.
    """
    raw = raw.strip(SPACE).replace("\n", "%0A").replace("\t", "%09")
    written = raw if raw == "#" else _reencoded(raw)
    return (raw if written is None else written).translate(_ENDS_A_LINK)


def quoted_title(raw: str) -> str:
    """Return the title part of a link, with the space before it, or the empty string."""
    title = raw.replace("\n", " ")
    if not title:
        return ""
    if '"' not in title:
        return f' "{title}"'
    if "'" not in title:
        return f" '{title}'"
    return ' "' + title.replace('"', '\\"') + '"'


def _reencoded(raw: str) -> str | None:
    """Read an address and write it out again; None where Go's parser refuses it."""
    match = _URL.fullmatch(raw)
    if match is None or _CONTROL.search(raw):
        return None
    scheme, host, path = match["scheme"], match["host"], match["path"]
    if scheme and scheme.lower() == "data":
        return raw
    query, fragment = match["query"], match["fragment"]
    if host is not None and not _HOST.fullmatch(host):
        return None
    written = f"{scheme.lower()}:" if scheme else ""
    if scheme and host is None and not path.startswith("/"):
        written += path  # opaque, as in mailto: and tel:, and never looked into
    elif _BAD_ESCAPE.search(path) or (not scheme and ":" in path.partition("/")[0]):
        return None
    else:
        if host or (host is not None and path):  # `http://` is written `http:`
            written += "//" + quote(host, safe="%!$&'()*+,;=:[]<>\"@-_.~")
        written += _component(path, _PATH_VALID, _PATH_SAFE)
    if query is not None:
        written += "?" + "&".join(_parameter(part) for part in query.split("&"))
    if fragment:
        if _BAD_ESCAPE.search(fragment):
            return None
        written += "#" + _component(fragment, _FRAGMENT_VALID, _FRAGMENT_SAFE)
    return written


def _component(text: str, valid: re.Pattern[str], safe: str) -> str:
    """Keep a path or fragment whose characters are all allowed; else decode and encode it anew."""
    return text if valid.fullmatch(text) else quote_from_bytes(unquote_to_bytes(text), safe=safe)


def _parameter(part: str) -> str:
    """Encode the name and the value of one query parameter, which may lack the value."""
    if _BAD_ESCAPE.search(part):
        return part
    name, equals, value = part.replace("+", " ").partition("=")
    name, value = (quote_from_bytes(unquote_to_bytes(text), safe="~") for text in (name, value))
    return name + equals + value
