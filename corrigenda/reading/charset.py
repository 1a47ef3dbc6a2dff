"""Which encoding a page is written in (pure)."""

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


def charset(capture: Capture) -> str | None:
    """Find out the encoding of a capture's body, as browsers do.

    A byte order mark decides; then the ``Content-Type`` header, the page's ``<meta>``,
    valid UTF-8, and last a guess by its letters. Labels Python does not know are
    passed over.

    Returns:
        Python's name for it; None when there is no body or nothing to go by.
    """
    body = capture.body
    if not body:
        return None
    for mark, marked in _BOMS:
        if body.startswith(mark):
            return marked
    header = _HEADER.search(capture.header("content-type") or "")
    meta = _META.search(body[:_META_WITHIN])
    labels = (header and header.group(1), meta and meta.group(1).decode("ascii"))
    declared = (_known(label) for label in labels if label)
    return next((name for name in declared if name), None) or _guess(body)


def _known(label: str) -> str | None:
    """Return Python's name for a declared encoding; None when it has none."""
    try:
        b"text".decode(label, "replace")  # unlike lookup, refuses rot13 and the like
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
