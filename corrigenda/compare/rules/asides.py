"""Passages that say nothing of their own: their coming and going is of ``low`` interest.

Mastheads (title, date, "Media statement", embargo), captions of photographs, pointers
to where a document can be found, headings, end and page marks, and passages that only
repeat what the release says anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from corrigenda.compare.text import facts
from corrigenda.compare.text.locality import HOUSEKEEPING, MASTHEAD
from corrigenda.compare.text.plain import Passage, squash
from corrigenda.compare.text.tokens import Token, tokens, vocabulary
from corrigenda.models import Document

# Words that make a line with any date or time a masthead and no sentence.
_ANNOUNCING = frozenset({"embargo", "embargoed", "statement", "release"})
_EMBARGO = re.compile(r"\W*(?:strictly |under )?embargo(?:ed)?\b", re.IGNORECASE)
_END = re.compile(
    r"\W*(?:ends?|more(?: to come)?|over|\d{1,2}|page \d{1,2}(?: of \d+)?)\W*", re.IGNORECASE
)
_CAPTION = re.compile(
    r"\W*(?:pictured?|photo(?:graph)?s?|caption|image|above|below|from left|left to right)\b"
    r".{0,30}?:",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\b(?:web ?-?sites?|web page|internet|on-? ?line|e-?mail"
    r"|visit|see|go to|click|check out|download|views?|viewed|here"
    r"|(?:further|more|background) information|cop(?:y|ies)"
    r"|(?:available|found) (?:at|from|on|in))\b"
    r"|printer[- ]friendly",
    re.IGNORECASE,
)
_COPIES = re.compile(
    r"\W*(?:(?:(?:full |more |printed )?copies|a (?:full )?copy|the (?:full )?\w+(?: \w+)?)\b"
    r".{0,80}"
    r"\b(?:is|are|can be|may be) (?:now |also )?(?:available|found|viewed|downloaded|obtained)\b"
    r"|printer[- ]friendly)",
    re.IGNORECASE,
)
_SITE = re.compile(r"\bweb ?-?sites?\b|\binternet\b|\bonline\b", re.IGNORECASE)
_ENCLOSURE = re.compile(r"\b(?:attached|enclosed|attachments?|background notes?)\b", re.IGNORECASE)
_CLOSED = re.compile(r"[.!?]['\")]*$")
_RUN_TOGETHER = re.compile(r"(?<=[a-zāēīōū\d])(?=[A-ZĀĒĪŌŪ])")
# Mastheads stand at the top; a title among the first passages is one, further down a heading.
_TOP = 6
_LONGEST_HEADING = 6
_LONGEST_SET_HEADING = 15
_LONGEST_POINTER = 45
_LONGEST_ENCLOSURE = 10
_SHORTEST_REPEAT = 4
_LONGEST_TEXT = 200_000


@dataclass(frozen=True)
class Said:
    """One of two documents compared, with what asides are judged by.

    Attributes:
        document: The document.
        passages: Its body's passages.
    """

    document: Document
    passages: Sequence[Passage]

    @cached_property
    def says(self) -> str | frozenset[str]:
        """The title and all the body says, without white space and case.

        One text to look for passages in; past a length only whole passages are found, for
        looking through a long text for each of many passages takes minutes.
        """
        said = [squash(self.document.title), *(p.squash for p in self.passages)]
        text = "".join(said).casefold()
        return text if len(text) <= _LONGEST_TEXT else frozenset(p.casefold() for p in said)

    @cached_property
    def words(self) -> frozenset[str]:
        """The keys of all words of the title and the body."""
        return vocabulary([self.document.title, *(p.text for p in self.passages)])

    @cached_property
    def masthead(self) -> frozenset[str]:
        """Words a masthead may hold: what the front matter says as well."""
        document = self.document
        names = (document.title, *document.ministers, *document.portfolios)
        words = {token.key for name in names for token in tokens(name)}
        return MASTHEAD | words | _date_words(document.date)

    @cached_property
    def top(self) -> int:
        """Where the first few passages end."""
        first = self.passages[:_TOP]
        return first[-1].end if first else 0


def kind_of(passage: Passage, here: Said, there: Said) -> str | None:
    """Say what kind of aside a passage is.

    Args:
        passage: The passage.
        here: The side it stands on.
        there: The side it does not stand on.

    Returns:
        ``masthead``, ``caption``, ``pointer``, ``repeat``, ``mark`` or ``heading``; None
        when it says something of its own.
    """
    if _END.fullmatch(passage.shown):
        return "mark"
    if passage.caption or _CAPTION.match(passage.shown):
        return "caption"
    if is_masthead(passage, here, here.masthead | there.masthead):
        return "masthead"
    if len(passage.tokens) >= _SHORTEST_REPEAT and passage.squash.casefold() in there.says:
        return "repeat"
    if is_pointer(passage):
        return "pointer"
    return "heading" if _is_heading(passage, there) else None


def is_masthead(passage: Passage, here: Said, words: frozenset[str]) -> bool:
    """Tell an embargo anywhere, or a line at the top that holds only words of mastheads."""
    short = passage.alone and len(passage.tokens) <= 20
    if short and _EMBARGO.match(passage.shown):
        return True
    apart = tokens(_RUN_TOGETHER.sub(" ", passage.shown))
    announcing = not _ANNOUNCING.isdisjoint(t.key for t in apart)
    if passage.start >= here.top and not (short and announcing):
        return False
    return all(t.key in words or (announcing and _is_when(t)) for t in apart)


def is_date_line(passage: Passage, here: Said, words: frozenset[str]) -> bool:
    """Tell a masthead that gives a day or says until when an embargo holds."""
    dated = any(t.key in facts.MONTHS or t.key in _ANNOUNCING for t in passage.tokens)
    return dated and is_masthead(passage, here, words)


def _is_when(token: Token) -> bool:
    """Tell a word that only says on which day, or until when an embargo holds."""
    return (
        token.key in facts.MONTHS
        or token.key in facts.WEEKDAYS
        or token.key in {"am", "pm", "noon", "midday", "midnight"}
        or bool(facts.YEAR.fullmatch(token.word) or re.fullmatch(r"\d\d?(?:[.:]\d\d)?", token.word))
    )


def is_pointer(passage: Passage) -> bool:
    """Tell whether it only says where something can be found, or who is sent it.

    A year may be in its name.
    """
    length = len(passage.tokens)
    if length > _LONGEST_POINTER or not _points(passage, length):
        return False
    return not any(f.firm and not _is_year(f.key) for f in facts.find(passage.tokens))


def _points(passage: Passage, length: int) -> bool:
    """Tell whether a short passage points somewhere, by its words."""
    text = passage.shown
    if HOUSEKEEPING.match(text) or (length <= _LONGEST_ENCLOSURE and _ENCLOSURE.search(text)):
        return True
    place = passage.linked or text.endswith(":") or _SITE.search(text)
    return bool((place and (length <= 3 or _POINTER.search(text))) or _COPIES.match(text))


def _is_year(key: str) -> bool:
    return bool(facts.YEAR.fullmatch(key))


def _is_heading(passage: Passage, there: Said) -> bool:
    """Tell a heading from a sentence: few words alone on a line, no full stop, no fact of its own.

    An item of a list is none, however short.
    """
    if passage.item or not passage.alone or _CLOSED.search(passage.shown):
        return False
    longest = _LONGEST_SET_HEADING if passage.heading else _LONGEST_HEADING
    if len(passage.tokens) > longest:
        return False
    known = there.words if passage.heading else frozenset[str]()
    own = [f for f in facts.find(passage.tokens) if f.firm]
    return all(t.key in known for f in own for t in passage.tokens[f.start : f.end])


def _date_words(day: date | None) -> frozenset[str]:
    """Return the words a masthead may give a date in.

    The day before and after too: the site dates by UTC, its editors by the day in New
    Zealand (docs/design.md, "The document").
    """
    if day is None:
        return frozenset()
    days = [day + timedelta(days=d) for d in (-1, 0, 1) if date.min < day < date.max]
    words = {str(part) for d in days for part in (d.day, f"{d.day:02}", d.year)}
    words |= {d.strftime("%A").lower() for d in days}
    return frozenset(words | {n for n, m in facts.MONTHS.items() if m in {d.month for d in days}})
