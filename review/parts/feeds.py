"""Changes for feed readers and spreadsheets: Atom (RFC 4287), JSON Feed 1.1, CSV (RFC 4180).

Ids are derived from the release's address and the change's row,
so an entry keeps its id whatever else changes, and two installations never share one.
"""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from html import escape
from xml.etree import ElementTree as ET

from sqlite_utils import Database

from corrigenda.models import Change
from corrigenda.table import write_csv
from corrigenda.wording import count, interval
from review.parts.words import Headline, headlines, shown
from storage.file.times import to_text
from storage.queries.log.changes import COLUMNS as CHANGE_COLUMNS
from storage.queries.log.changes import as_row, changes
from storage.queries.log.filters import ChangeFilter
from storage.queries.sight.gone import Absence

_ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 section 2.2: all other characters cannot stand in a document, however escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: What a feed's item tells to programs: a feed of the same changes stays the same.
_TOLD = "change kind significance when ministers portfolios silent revert".split()
COLUMNS = [*CHANGE_COLUMNS, "reason", "more_reasons", "when", "from_digest", "to_digest"]


def news(db: Database, chosen: ChangeFilter) -> list[Change]:
    """Return chosen changes, the latest noticed first, press contacts withheld."""
    return [shown(change, masked=True) for change in changes(db, chosen, latest=True)]


def entry_id(change: Change) -> str:
    """Return the lasting id of a change's entry, a URN (RFC 4122)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{change.url}#corrigenda-change-{change.id}").urn


def title_of(chosen: ChangeFilter) -> str:
    """Return a feed's title, saying what it is filtered by."""
    about = [
        f"{chosen.significance} significance" if chosen.significance else "",
        chosen.kind,
        chosen.minister,
        chosen.portfolio,
        chosen.source,
        chosen.words,
        f"removed: {chosen.removed}" if chosen.removed else "",
        f"added: {chosen.added}" if chosen.added else "",
        "in a quotation" if chosen.quoted else "",
        chosen.reason,
        chosen.status if chosen.status not in ("all", "open") else "",
    ]
    named = ", ".join(text for text in about if text)
    return "Corrigenda: what changed" + (f" ({named})" if named else "")


def atom(found: Sequence[Change], *, base: str, address: str, title: str) -> str:
    """Return an Atom feed.

    Args:
        found: The changes, the newest first, press contacts masked.
        base: Address of the pages, without a slash at its end; entries link there.
        address: The feed's own address.
        title: Its title.
    """
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_tag("feed"))
    _child(feed, "id", uuid.uuid5(uuid.NAMESPACE_URL, address).urn)
    _child(feed, "title", title)
    _child(feed, "updated", _detected(found[0]) if found else "1970-01-01T00:00:00Z")
    ET.SubElement(feed, _tag("link"), rel="self", href=_clean(address), type="application/atom+xml")
    ET.SubElement(feed, _tag("link"), rel="alternate", href=f"{base}/", type="text/html")
    author = ET.SubElement(feed, _tag("author"))
    _child(author, "name", "Corrigenda")
    _child(feed, "generator", "Corrigenda")
    for change in found:
        feed.append(_entry(change, base))
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def gone(found: Sequence[Absence], *, base: str, address: str) -> str:
    """Return what is gone or cannot be seen now as an Atom feed; arguments as for :func:`atom`."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_tag("feed"))
    _child(feed, "id", uuid.uuid5(uuid.NAMESPACE_URL, address).urn)
    _child(feed, "title", "Corrigenda: gone or blocked now")
    told = [absence for absence in found if absence.since]
    newest = max((a.since for a in told if a.since), default=None)
    _child(feed, "updated", to_text(newest) if newest else "1970-01-01T00:00:00Z")
    ET.SubElement(feed, _tag("link"), rel="self", href=_clean(address), type="application/atom+xml")
    ET.SubElement(feed, _tag("link"), rel="alternate", href=f"{base}/gone", type="text/html")
    author = ET.SubElement(feed, _tag("author"))
    _child(author, "name", "Corrigenda")
    for absence in told:
        at = to_text(absence.since) if absence.since else ""
        entry = ET.SubElement(feed, _tag("entry"))
        # A thing that comes back and goes again is news again.
        name = f"{absence.url or absence.title}#{absence.word}-{at}"
        _child(entry, "id", uuid.uuid5(uuid.NAMESPACE_URL, name).urn)
        _child(entry, "title", f"[{absence.word}] {absence.title}")
        _child(entry, "updated", at)
        where = f"/release/{absence.release_id}" if absence.release_id else "/gone"
        ET.SubElement(entry, _tag("link"), rel="alternate", href=base + where, type="text/html")
        _child(entry, "summary", f"{absence.text}.")
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def json_feed(found: Sequence[Change], *, base: str, address: str, title: str) -> str:
    """Return a JSON Feed (jsonfeed.org, version 1.1); arguments as for :func:`atom`."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": f"{base}/",
            "feed_url": address,
            "description": "What a publisher changed after publication, and how much it matters.",
            "language": "en",
            "items": [_item(change, base) for change in found],
        },
        ensure_ascii=False,
        indent=1,
    )


def csv(found: Sequence[Change], digests: Mapping[int, str]) -> str:
    """Return a table with a head row: the change log's own, and what a reader sees first.

    Args:
        found: The changes, press contacts masked.
        digests: SHA-256 of their versions' documents as recorded, by the versions' rows.
    """
    out = io.StringIO(newline="")
    rows = (
        as_row(change)
        | {
            "reason": sentence(headlines(change.reasons)),
            "more_reasons": change.reasons[1:],
            "when": interval(change.after, change.before),
            "from_digest": digests.get(change.from_version_id or 0, ""),
            "to_digest": digests.get(change.to_version_id or 0, ""),
        }
        for change in found
    )
    write_csv(out, rows, COLUMNS)
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


def _entry(change: Change, base: str) -> ET.Element:
    entry = ET.Element(_tag("entry"))
    _child(entry, "id", entry_id(change))
    _child(entry, "title", _headline_of(change))
    _child(entry, "updated", _detected(change))
    _child(entry, "published", _detected(change))
    page = f"{base}/change/{change.id}"
    ET.SubElement(entry, _tag("link"), rel="alternate", href=page, type="text/html")
    ET.SubElement(entry, _tag("link"), rel="related", href=_clean(change.url))
    for scheme, terms in (("minister", change.ministers), ("portfolio", change.portfolios)):
        for term in terms:
            ET.SubElement(
                entry, _tag("category"), term=_clean(term), scheme=f"urn:corrigenda:{scheme}"
            )
    significance = ET.SubElement(entry, _tag("category"), term=change.significance)
    significance.set("scheme", "urn:corrigenda:significance")
    content = _child(entry, "content", _html(change))
    content.set("type", "html")
    return entry


def _item(change: Change, base: str) -> dict[str, object]:
    when = interval(change.after, change.before)
    row = as_row(change) | {"change": change.id, "when": when}
    return {
        "id": entry_id(change),
        "url": f"{base}/change/{change.id}",
        "external_url": change.url,
        "title": _headline_of(change),
        "content_html": _html(change),
        "content_text": "\n".join([sentence(headlines(change.reasons)), *change.reasons[1:], when]),
        "date_published": _detected(change),
        "tags": [change.significance, change.kind, *change.ministers, *change.portfolios],
        "_corrigenda": {name: row[name] for name in _TOLD},
    }


def _headline_of(change: Change) -> str:
    mark = f"[{change.significance}] " if change.significance != "none" else ""
    return f"{mark}{change.title or change.url}: {change.kind}"


def _html(change: Change) -> str:
    """Return an entry's content; every word of the publisher's is escaped."""
    head, more = headlines(change.reasons), change.reasons[1:]
    if head.text:
        first = escape(_clean(head.text))
    else:
        first = f"{escape(head.label)}: "
        first += f"<del>{escape(_clean(head.old))}</del> " if head.old else ""
        first += f"<ins>{escape(_clean(head.new))}</ins>" if head.new else ""
    parts = [f"<p><strong>{first}</strong></p>"]
    if more:
        reasons = "".join(f"<li>{escape(_clean(text))}</li>" for text in more[:20])
        parts.append(f"<ul>{reasons}</ul>")
        if len(more) > 20:
            parts.append(f"<p>and {count(len(more) - 20, 'more reason')}</p>")
    silent = ", silently" if change.silent else ""
    when = interval(change.after, change.before)
    parts.append(f"<p>{change.kind.capitalize()}{silent} {escape(when)}.</p>")
    return "".join(parts)


def _detected(change: Change) -> str:
    return to_text(change.detected_at) if change.detected_at else ""


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _child(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name))
    child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    """Replace what cannot stand in XML."""
    return _NOT_XML.sub("\ufffd", text)
