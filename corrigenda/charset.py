"""Which encoding a page is written in, and its text: the one place bytes are decoded (pure)."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from corrigenda.models import Capture

_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_META_WITHIN = 1024  # bytes; where HTML requires it to be
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Labels browsers read as windows-1252, its superset in practice (WHATWG Encoding, 4.2).
_WESTERN = frozenset({"iso8859-1", "ascii"})
_MARKUP = bytes(range(0x20, 0x5C)) + bytes(range(0x5D, 0x7E))


def decode(body: bytes, label: str | None = None) -> str:
    """Return a page's text, losing no byte unseen.

    Args:
        body: The page.
        label: The encoding its response declares, as :func:`declared` finds it.

    Returns:
        The text without a byte order mark. Bytes that do not fit its encoding become U+FFFD.
    """
    return body.decode(charset(body, label) or "utf-8", "replace").removeprefix("\ufeff")


def declared(capture: Capture) -> str | None:
    """Return the encoding that a capture's ``Content-Type`` header names, as it names it."""
    named = _HEADER.search(capture.header("content-type") or "")
    return named.group(1) if named else None


def charset(body: bytes, label: str | None = None) -> str | None:
    """Find out the encoding of a page, as browsers do.

    A byte order mark decides; then the header's label, the page's ``<meta>``, valid UTF-8,
    and last a guess by its letters. Labels Python does not know are passed over, and those
    of encodings in which tags could not be found without a byte order mark.

    Returns:
        Python's name for it; None when there is no body or nothing to go by.
    """
    if not body:
        return None
    for mark, marked in _BOMS:
        if body.startswith(mark):
            return marked
    meta = _META.search(body[:_META_WITHIN])
    labels = (label, meta and meta.group(1).decode("ascii"))
    known = (_known(name) for name in labels if name)
    return next((name for name in known if name), None) or _guess(body)


def _known(label: str) -> str | None:
    """Return Python's name for a declared encoding; None when it has none we could use."""
    try:
        if _MARKUP.decode(label, "replace").encode("ascii") != _MARKUP:
            return None
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    return "cp1252" if name in _WESTERN else name


def _guess(body: bytes) -> str | None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(body).best()
        return best.encoding if best else None
    return "utf-8"
