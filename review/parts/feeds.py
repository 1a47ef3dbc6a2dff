"""Changes for feed readers and spreadsheets: Atom (RFC 4287), JSON Feed 1.1, CSV (RFC 4180).

Pure: lines in, text out. Ids are derived from the release's address and the change's row,
so an entry keeps its id whatever else changes, and two installations never share one.
"""

from __future__ import annotations

import csv as csv_module
import io
import json
import re
import uuid
from collections.abc import Sequence
from html import escape
from xml.etree import ElementTree as ET

from corrigenda.wording import count
from review.parts.line import Line
from review.parts.selection import Selection
from review.parts.words import Headline

_ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 section 2.2: all other characters cannot stand in a document, however escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = (
    "id url title kind significance reason more_reasons when detected_at ministers portfolios "
    "silent revert review"
).split()


def entry_id(line: Line) -> str:
    """Return the lasting id of a change's entry, a URN (RFC 4122)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{line.url}#corrigenda-change-{line.id}").urn


def title_of(chosen: Selection) -> str:
    """Return a feed's title, saying what it is filtered by."""
    about = [
        f"{chosen.significance} significance" if chosen.significance else "",
        chosen.kind,
        chosen.minister,
        chosen.portfolio,
        chosen.status if chosen.status not in ("all", "open") else "",
    ]
    named = ", ".join(text for text in about if text)
    return "Corrigenda: what changed" + (f" ({named})" if named else "")


def atom(lines: Sequence[Line], *, base: str, address: str, title: str) -> str:
    """Return an Atom feed.

    Args:
        lines: The changes, the newest first, press contacts masked.
        base: Address of the pages, without a slash at its end; entries link there.
        address: The feed's own address.
        title: Its title.
    """
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_tag("feed"))
    _child(feed, "id", uuid.uuid5(uuid.NAMESPACE_URL, address).urn)
    _child(feed, "title", title)
    _child(feed, "updated", lines[0].detected if lines else "1970-01-01T00:00:00Z")
    ET.SubElement(feed, _tag("link"), rel="self", href=_clean(address), type="application/atom+xml")
    ET.SubElement(feed, _tag("link"), rel="alternate", href=f"{base}/", type="text/html")
    author = ET.SubElement(feed, _tag("author"))
    _child(author, "name", "Corrigenda")
    _child(feed, "generator", "Corrigenda")
    for line in lines:
        feed.append(_entry(line, base))
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def json_feed(lines: Sequence[Line], *, base: str, address: str, title: str) -> str:
    """Return a JSON Feed (jsonfeed.org, version 1.1); arguments as for :func:`atom`."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": f"{base}/",
            "feed_url": address,
            "description": "What a publisher changed after publication, and how much it matters.",
            "language": "en",
            "items": [_item(line, base) for line in lines],
        },
        ensure_ascii=False,
        indent=1,
    )


def csv(lines: Sequence[Line]) -> str:
    """Return a table with a head row.

    A cell that a spreadsheet would run as a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv_module.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        row = (
            line.id,
            line.url,
            line.title,
            line.kind,
            line.significance,
            sentence(line.headline),
            "; ".join(line.reasons),
            line.when,
            line.detected,
            "; ".join(line.ministers),
            "; ".join(line.portfolios),
            int(line.silent),
            int(line.revert),
            line.review,
        )
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def sentence(head: Headline) -> str:
    """Return a headline in words again."""
    if head.text:
        return head.text
    if head.old and head.new:
        return f"{head.label}: “{head.old}” became “{head.new}”"
    if head.old:
        verb = "" if head.label == "removed" else " removed"
        return f"{head.label}: “{head.old}”{verb}"
    if head.new:
        verb = "" if head.label == "added" else " added"
        return f"{head.label}: “{head.new}”{verb}"
    return ""


def _entry(line: Line, base: str) -> ET.Element:
    entry = ET.Element(_tag("entry"))
    _child(entry, "id", entry_id(line))
    _child(entry, "title", _headline_of(line))
    _child(entry, "updated", line.detected)
    _child(entry, "published", line.detected)
    page = f"{base}/change/{line.id}"
    ET.SubElement(entry, _tag("link"), rel="alternate", href=page, type="text/html")
    ET.SubElement(entry, _tag("link"), rel="related", href=_clean(line.url))
    for scheme, terms in (("minister", line.ministers), ("portfolio", line.portfolios)):
        for term in terms:
            ET.SubElement(
                entry, _tag("category"), term=_clean(term), scheme=f"urn:corrigenda:{scheme}"
            )
    significance = ET.SubElement(entry, _tag("category"), term=line.significance)
    significance.set("scheme", "urn:corrigenda:significance")
    content = _child(entry, "content", _html(line))
    content.set("type", "html")
    return entry


def _item(line: Line, base: str) -> dict[str, object]:
    return {
        "id": entry_id(line),
        "url": f"{base}/change/{line.id}",
        "external_url": line.url,
        "title": _headline_of(line),
        "content_html": _html(line),
        "content_text": "\n".join([sentence(line.headline), *line.reasons, line.when]),
        "date_published": line.detected,
        "tags": [line.significance, line.kind, *line.ministers, *line.portfolios],
        "_corrigenda": {
            "change": line.id,
            "kind": line.kind,
            "significance": line.significance,
            "when": line.when,
            "ministers": line.ministers,
            "portfolios": line.portfolios,
            "silent": line.silent,
            "revert": line.revert,
        },
    }


def _headline_of(line: Line) -> str:
    mark = f"[{line.significance}] " if line.significance != "none" else ""
    return f"{mark}{line.title or line.url}: {line.kind}"


def _html(line: Line) -> str:
    """Return an entry's content; every word of the publisher's is escaped."""
    head = line.headline
    if head.text:
        first = escape(_clean(head.text))
    else:
        first = f"{escape(head.label)}: "
        first += f"<del>{escape(_clean(head.old))}</del> " if head.old else ""
        first += f"<ins>{escape(_clean(head.new))}</ins>" if head.new else ""
    parts = [f"<p><strong>{first}</strong></p>"]
    if line.reasons:
        reasons = "".join(f"<li>{escape(_clean(text))}</li>" for text in line.reasons[:20])
        parts.append(f"<ul>{reasons}</ul>")
        if len(line.reasons) > 20:
            parts.append(f"<p>and {count(len(line.reasons) - 20, 'more reason')}</p>")
    silent = ", silently" if line.silent else ""
    parts.append(f"<p>{line.kind.capitalize()}{silent} {escape(line.when)}.</p>")
    return "".join(parts)


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _child(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name))
    child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    """Replace what cannot stand in XML."""
    return _NOT_XML.sub("\ufffd", text)


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
