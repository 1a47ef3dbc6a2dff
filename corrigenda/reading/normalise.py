"""A page's article into a document (pure).

The article is cut out of the page, whatever chrome surrounds it, read as browsers read
it, and written down as published: what looks wrong is noted, never repaired.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from enum import StrEnum

from corrigenda.charset import decode
from corrigenda.errors import ArticleError
from corrigenda.models import Article, ContentType, Document, Reading
from corrigenda.reading.html5 import parse
from corrigenda.reading.markdown import to_markdown
from corrigenda.reading.markdown_escape import SPACE
from corrigenda.reading.parts import ArticleParts, Reader

# Raised whenever the same page may give another document than before: `reprocess` then
# re-reads what is kept, and no difference it makes is taken for the publisher's.
NORMALISER_VERSION = 2


class Note(StrEnum):
    """What is worth a person's look in a release, and is kept as published."""

    NO_DATE = "no date"
    UNREADABLE_DATE = "unreadable date"
    DATE_WITHOUT_ZONE = "date without time zone"
    NO_MINISTERS = "no ministers"
    NO_PORTFOLIOS = "no portfolios"
    EMPTY_TITLE = "empty title"
    EMPTY_BODY = "empty body"
    SEVERAL_BODIES = "more than one body"
    CONTROL_CHARACTERS = "control characters"
    MOJIBAKE = "mojibake"
    UNUSUAL_SPACES = "unusual spaces"


# UTF-8 read as windows-1252, and what could not be decoded at all.
_MOJIBAKE = re.compile("â€|Ã[\x80-\xbf‚ƒ„…†‡ˆ‰Š‹Œ]|\ufffd")
_MOJIBAKE_STARTS = frozenset("âÃ\ufffd")
# Nearly every byte of an archive: with nothing to say of them, they are not looked at.
_ORDINARY = bytes((*range(0x20, 0x7F), *b"\n\t"))
_BELL = re.compile(r"\x07|&#(?:x0*|0*)7;", re.IGNORECASE)
_ZERO_WIDTH = frozenset("\u00ad\u200b\u2060\ufeff")


def normalise(
    page: bytes | str | Article, url: str, source: Reader, *, encoding: str | None = None
) -> Reading:
    """Read a page.

    Args:
        page: A whole page, its article, or the article's main column; or the article as
            judging the page found it.
        url: The page's canonical URL.
        source: The adapter that knows the site.
        encoding: What the response's header says of the bytes' encoding; how they are
            decoded is :mod:`corrigenda.charset`'s. Those that do not fit become U+FFFD,
            and are noted.

    Returns:
        The document and what is known beside it. An empty title or body is kept, and noted:
        the archive has both.

    Raises:
        ArticleError: There is no article, or it has no title element or no body container.
    """
    if isinstance(page, Article):
        article: str | None = page.text
    else:
        article = source.find_article(decode(page, encoding) if isinstance(page, bytes) else page)
    if article is None:
        raise ArticleError(url, "no article")
    parts = source.read_article(parse(article), url)
    if parts.title is None:
        raise ArticleError(url, "its article has no title element")
    if parts.body is None:
        raise ArticleError(url, "its article has no body container")
    day, rule, date_notes = _day(parts.date_attribute, source.zone)
    document = Document(
        title=parts.title.strip(SPACE),
        date=day,
        url=url,
        ministers=_trimmed(parts.ministers),
        portfolios=_trimmed(parts.portfolios),
        attachments=parts.attachments,
        body=to_markdown(parts.body),
    )
    return Reading(
        document=document,
        content_type=source.content_type(url) or ContentType.RELEASE,
        node_id=parts.node_id or source.node_id(url),
        date_attribute=parts.date_attribute,
        date_displayed=parts.date_displayed and parts.date_displayed.strip(SPACE),
        date_rule=rule,
        aliases=parts.aliases,
        notes=(
            *date_notes,
            *_page_notes(article, parts),
            *quality_notes(document, source.credited),
        ),
    )


def _page_notes(article: str, parts: ArticleParts) -> Iterator[str]:
    """Yield what is worth a look in a page and does not show in its document."""
    if parts.further_bodies:
        yield Note.SEVERAL_BODIES  # the first is read
    if _BELL.search(article):
        yield Note.CONTROL_CHARACTERS  # it has no place in Markdown: see markdown_escape


def _day(attribute: str | None, zone: tzinfo) -> tuple[date | None, str, list[str]]:
    """Derive the date: the day in the source's zone, the rule that gave it, and notes."""
    if not attribute or not attribute.strip():
        return None, "", [Note.NO_DATE]
    try:
        moment = datetime.fromisoformat(attribute.strip())
        if moment.tzinfo:
            return moment.astimezone(zone).date(), f"{str(zone).lower()}-day-of-attribute", []
    except (ValueError, OverflowError):
        return None, "", [Note.UNREADABLE_DATE]
    return moment.date(), "day-of-attribute", [Note.DATE_WITHOUT_ZONE]


def _trimmed(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without the space around them, blank ones left out."""
    return tuple(name for name in (raw.strip(SPACE) for raw in names) if name)


def quality_notes(document: Document, credited: Iterable[str]) -> Iterator[str]:
    """Yield what is worth a look in a document.

    Args:
        document: The document.
        credited: The lists of credits that every release of its source has.
    """
    for name in credited:
        if not getattr(document, name):
            yield Note(f"no {name}")
    if not document.title:
        yield Note.EMPTY_TITLE
    if not document.body:
        yield Note.EMPTY_BODY
    line = " ".join((document.title, *document.ministers, *document.portfolios))
    text = f"{line}\n{document.body}"
    characters = _beyond(text)
    if any(unicodedata.category(c) == "Cc" for c in characters):
        yield Note.CONTROL_CHARACTERS
    if characters & _MOJIBAKE_STARTS and _MOJIBAKE.search(text):
        yield Note.MOJIBAKE
    # No-break spaces are in every third body: only in a title or a name are they unusual.
    if "\xa0" in line or any(_is_unusual_space(c) for c in characters):
        yield Note.UNUSUAL_SPACES


def _beyond(text: str) -> set[str]:
    """Return the characters of a text other than ASCII's and no-break spaces.

    Bytes are dropped from UTF-8 at a tenth of what a set of all the characters costs.
    """
    data = text.encode("utf-8", "surrogatepass").translate(None, _ORDINARY)
    return set(data.decode("utf-8", "surrogatepass")) - {"\xa0"}


def _is_unusual_space(character: str) -> bool:
    return character in _ZERO_WIDTH or unicodedata.category(character) in ("Zs", "Zl", "Zp")
