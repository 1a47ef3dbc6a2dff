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

from corrigenda.compare import lexicon as facts
from corrigenda.compare.plain import Passage, Token, squash, tokens, vocabulary
from corrigenda.models import Document

_MASTHEAD = frozenset(
    "media joint statement release press news embargo embargoed until for immediate date hon rt"
    " mr mrs ms dr minister ministers office of the and associate deputy prime leader speech"
    " notes check against delivery st nd rd th time".split()
)
# Words that make a line with any date or time a masthead and no sentence.
_ANNOUNCING = frozenset({"embargo", "embargoed", "statement", "release"})
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
    r"|(?:further|more|background) information|cop(?:y|ies)|(?:available|found) (?:at|from|on))\b",
    re.IGNORECASE,
)
_SITE = re.compile(r"\bweb ?-?sites?\b|\binternet\b", re.IGNORECASE)
_ENCLOSURE = re.compile(r"\b(?:attached|enclosed|attachments?|background notes?)\b", re.IGNORECASE)
# To whoever handles the release, not to its readers.
_HOUSEKEEPING = re.compile(
    r"\W*note\b.*\b(?:editors?|journalists?|reporters?|newsrooms?|press gallery)\b", re.IGNORECASE
)
# Mastheads stand at the top; a title among the first passages is one, further down a heading.
_TOP = 6
_LONGEST_HEADING = 6
_LONGEST_SET_HEADING = 15
_LONGEST_POINTER = 45
_LONGEST_ENCLOSURE = 10
_SHORTEST_REPEAT = 4
_LONGEST_TEXT = 200_000


@dataclass(frozen=True)
class Side:
    """One of two documents compared, with what boilerplate is judged by.

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
        return _MASTHEAD | words | _date_words(document.date)


def boilerplate(passage: Passage, here: Side, there: Side) -> str | None:
    """Say what kind of boilerplate a removed or added passage is.

    Args:
        passage: The passage.
        here: The side it stands on.
        there: The side it does not stand on.

    Returns:
        ``masthead``, ``caption``, ``pointer``, ``repeat``, ``mark`` or ``heading``; None
        when it says something of its own.
    """
    if _END.fullmatch(passage.text):
        return "mark"
    if passage.caption or _CAPTION.match(passage.text):
        return "caption"
    if _is_masthead(passage, here, here.masthead | there.masthead):
        return "masthead"
    if len(passage.tokens) >= _SHORTEST_REPEAT and passage.squash.casefold() in there.says:
        return "repeat"
    if _is_pointer(passage):
        return "pointer"
    return "heading" if _is_heading(passage, there) else None


def has_facts(passage: Passage) -> bool:
    """Tell whether a figure, date or negation stands in it."""
    return bool(_facts(passage.tokens))


def _facts(words: tuple[Token, ...]) -> list[Token]:
    """Return the hard facts among words."""
    return [token for at, token in enumerate(words) if facts.fact(words, at)]


def _is_masthead(passage: Passage, here: Side, words: frozenset[str]) -> bool:
    """Tell whether it stands at the top and holds only words of mastheads."""
    if passage.text not in {p.text for p in here.passages[:_TOP]}:
        return False
    announcing = not _ANNOUNCING.isdisjoint(passage.keys)
    return all(t.key in words or (announcing and _is_when(t)) for t in passage.tokens)


def _is_when(token: Token) -> bool:
    """Tell a word that only says on which day, or until when an embargo holds."""
    return (
        token.key in facts.MONTHS
        or token.key in facts.WEEKDAYS
        or token.key in {"am", "pm", "noon", "midday", "midnight"}
        or bool(facts.YEAR.fullmatch(token.word) or re.fullmatch(r"\d\d?(?:[.:]\d\d)?", token.word))
    )


def _is_pointer(passage: Passage) -> bool:
    """Tell whether it only says where something can be found, or who is sent it.

    A year may be in its name.
    """
    if any(not facts.YEAR.fullmatch(token.word) for token in _facts(passage.tokens)):
        return False
    length = len(passage.tokens)
    if length <= _LONGEST_POINTER and _HOUSEKEEPING.match(passage.text):
        return True
    if length <= _LONGEST_ENCLOSURE and _ENCLOSURE.search(passage.text):
        return True
    place = passage.linked or passage.text.rstrip().endswith(":") or _SITE.search(passage.text)
    pointing = _POINTER.search(passage.text) or length <= 3
    return length <= _LONGEST_POINTER and bool(place and pointing)


def _is_heading(passage: Passage, there: Side) -> bool:
    """Tell a heading from a sentence: few words, no full stop, no fact of its own."""
    if re.search(r"[.!?]['\"”’)]*$", passage.text):
        return False
    if passage.heading:
        longest, known = _LONGEST_SET_HEADING, there.words
    else:
        longest, known = _LONGEST_HEADING, frozenset[str]()
    return len(passage.tokens) <= longest and all(
        token.key in known for token in _facts(passage.tokens)
    )


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
