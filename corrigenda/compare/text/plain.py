r"""What a body says, without how it is set: Markdown to passages and words.

Two releases say the same when their words are the same. This module sets aside what editors
and converters vary freely: emphasis, headings, bullets (also those a converter garbled: ``§``,
``Ø``, ``„h``), hard breaks, kinds of white space, quotes and dashes, marks of footnotes. Link
targets are set aside, to be compared as links.

A body is *masked*, never shortened: every character of a mark is replaced by :data:`FILL`, so
that a place in the masked text is the same place in the body, and one alignment serves both
the judgement and what readers see.

A *passage* is a sentence, a line or a table's cell, whichever is shorter: releases are
re-posted with paragraphs split and joined, and sentences survive that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from unicodedata import normalize

from corrigenda.compare.text.tokens import (
    CAPTION,
    CELL,
    FILL,
    HEADING,
    ITEM,
    LINK,
    MARKED,
    MARKS,
    REPEATED,
    Token,
    styled,
    tokens_at,
    unmarked,
)

# UTF-8 quotes and dashes read as Windows-1252, as some releases of 2003 were published.
# Left alone, the "€" in them would be taken for money.
GARBLED = re.compile("â€(?:[™˜œ\x9d?“”]|(?=\\W|$))")
LIST_END = "<!--THE END-->"  # what the converter puts between two lists

_TARGET = r"\(\s*([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\s*(\"[^\"]*\"|'[^']*')?\s*\)"
_IMAGE = re.compile(r"!\[([^\[\]]*)\]" + _TARGET)
_LINKED = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]" + _TARGET)
_BARE = re.compile(rf"<?(?:https?://|\bwww\.)[^\s<>()\[\]\"'“”’{MARKS}]+>?", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|\*(?=\*[^*\n]+\*\*:?[ \t]*$))", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
# A pair of underscores is emphasis at a word's edge only; asterisks anywhere but 5*3.
_EMPHASIS = re.compile(r"(?<![\\\d])\*|(?<!\\)\*(?!\d)|(?<![\\\w])_+|(?<!\\)_+(?!\w)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_BULLET = re.compile(
    rf"^[ \t{FILL}]*(?:[-+*•·§▪●◦–—][ \t{FILL}]*|„h[ \t]+|Ø[ \t]*(?=[A-Z]))+", re.MULTILINE
)
_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)
_FOOTNOTE = re.compile(
    rf"[ \u00a0]?\[{FILL}?\^?\d{{1,2}}{FILL}?\](?!\():?"
    r"|(?:(?<=[A-Za-zā-ū]{3})|(?<=[.,;:!?)'”’]))[¹²³⁰⁴-⁹]+(?!\w)"
)
_NOTED = re.compile("[\\[¹²³⁰⁴-⁹]")
_NUMBERED = re.compile(
    rf"^[ \t{FILL}]*\(?(\d{{1,2}}){FILL}?[.)](?:[ \t]+(?=\S)|(?=[^\W\d_]))", re.MULTILINE
)
# A sentence ends at a full stop and its closing quote, before a capital, quote or figure.
_SENTENCE = re.compile(
    rf"(?<=[.!?])(?<!\b[A-Z]\.)['\"”’){FILL}]*[ \u00a0]+(?=['\"“‘({FILL}]*[A-Z0-9Ā-Ūā-ū])"
)
# "8. What happens now?" is one sentence.
_ORDINAL = re.compile(r"\W*\d{1,2}\.\W*")
_DOUBLE = re.compile(r"[“”„\"]")
_OPENING = re.compile(r"\W*[“”„\"]")


@dataclass(frozen=True)
class Passage:
    """A sentence, a line or a cell.

    Attributes:
        text: As published, marks masked and quotes and dashes in one style.
        start: Its place in the body, in characters.
        line: The line it stands on, from 0; several passages may share one.
        speech: It quotes somebody: it holds a quotation mark, or its line begins with one.
        contact: It is a press-contact line.
        alone: It is all its line says.
    """

    text: str
    start: int = 0
    line: int = 0
    speech: bool = False
    contact: bool = False
    alone: bool = True

    @property
    def end(self) -> int:
        """The place after it in the body."""
        return self.start + len(self.text)

    @property
    def caption(self) -> bool:
        """It is the description of a photograph."""
        return CAPTION in self.text

    @property
    def heading(self) -> bool:
        """It is set as a heading, or as a line all in bold."""
        return HEADING in self.text

    @property
    def item(self) -> bool:
        """It begins an item of a list."""
        return ITEM in self.text

    @property
    def linked(self) -> bool:
        """It holds a web address."""
        return LINK in self.text

    @cached_property
    def shown(self) -> str:
        """Its text without the marks."""
        return unmarked(self.text).strip()

    @cached_property
    def squash(self) -> str:
        """Its characters without white space and style: equal squashes say the same."""
        text = "".join(unmarked(self.text).split())
        return REPEATED.sub(_first, text) if "''" in text or "--" in text else text

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words and figures."""
        return tokens_at(self.text, self.start)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its tokens' keys."""
        return tuple(token.key for token in self.tokens)


def squash(text: str) -> str:
    """Return text without white space, in one style of quotes and dashes.

    Two texts with one squash differ in nothing that is ever reported above ``none``.
    """
    text = GARBLED.sub(lambda m: "-" if m.group()[-1] in "“”" else "'", "".join(text.split()))
    return REPEATED.sub(_first, unmarked(styled(normalize("NFC", text))))


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts have one squash; most that have not are told apart at a glance."""
    if any(one.count(letter) != other.count(letter) for letter in "eatoins"):
        return False
    return squash(one) == squash(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A body masked.

    Attributes:
        text: As long as the body; marks replaced by :data:`FILL` and its like.
        body: The body.
        links: Targets of links, in order.
        images: Addresses of photographs and of the pages they lead to, in order.
    """

    text: str
    body: str
    links: tuple[str, ...]
    images: tuple[str, ...]


def plain(body: str) -> Plain:
    """Mask Markdown's marks in a body.

    Args:
        body: Markdown.

    Returns:
        The masked text, and the addresses set aside from it.
    """
    links: list[str] = []
    images: list[str] = []

    def image(match: re.Match[str]) -> str:
        images.append(match.group(2))
        return _kept(match, (1, 3), CAPTION, LINK)

    def linked(match: re.Match[str]) -> str:
        title = match.group(3) or ""
        if CAPTION in match.group(1):
            images.append(match.group(2))
        else:
            links.append(match.group(2))
        # Where the text is an address too, `bare` finds it next. The title is the link's own,
        # unless it holds a figure: no figure is ever set aside.
        if any(c.isdigit() for c in title):
            return _kept(match, (1, 3), FILL, LINK)
        links[-1:] = [f"{link} {title}".strip() for link in links[-1:]]
        return _kept(match, (1,), FILL, LINK)

    def bare(match: re.Match[str]) -> str:
        address = match.group().strip("<>").rstrip(".,;:!?")
        links.append(address)
        start = match.group().index(address)
        rest = match.group()[start + len(address) :].replace(">", FILL)
        return FILL * start + LINK + FILL * (len(address) - 1) + rest

    text = MARKED.sub(FILL, body).replace(LIST_END, FILL * len(LIST_END))
    if "](" in text:
        text = _LINKED.sub(linked, _IMAGE.sub(image, text))
    if "://" in text or "www." in text.lower():
        text = _BARE.sub(bare, text)
    if "|" in text:
        text = _ROW.sub(lambda m: m.group().replace("|", CELL), text)
    # Looking for a character first is much faster than for a pattern.
    if "#" in text or "**" in text:
        text = _HEADING.sub(lambda m: HEADING + _fill(m)[1:], text)
    if ">" in text:
        text = _QUOTED.sub(_fill, text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(_fill, text)
    if "\\" in text:
        text = _ESCAPE.sub(FILL, text)
    text = _BULLET.sub(lambda m: ITEM + _fill(m)[1:], text)
    if _NOTED.search(text):
        text = _FOOTNOTE.sub(_fill, text)
    if "â€" in text:
        text = GARBLED.sub(lambda m: "'" + _fill(m)[1:], text)
    return Plain(text=styled(text), body=body, links=tuple(links), images=tuple(images))


def _fill(match: re.Match[str]) -> str:
    return FILL * len(match.group())


def _first(match: re.Match[str]) -> str:
    return match.group()[0]


def _kept(match: re.Match[str], groups: Sequence[int], first: str, last: str) -> str:
    """Return a match masked but for some groups, with a mark at its beginning and end."""
    base, text = match.start(), match.group()
    masked = list(FILL * len(text))
    for group in groups:
        start, end = match.span(group)
        if start >= 0:
            masked[start - base : end - base] = text[start - base : end - base].replace("\n", " ")
    masked[0], masked[-1] = first, last
    return "".join(masked)


def without_numbering(one: Plain, other: Plain) -> tuple[Plain, Plain]:
    """Mask the numbers of numbered lines in two bodies, where they count from 1.

    Such numbers tell nothing: the list may as well have bullets. One that does not continue
    a count, in either body, may be a figure that somebody changed; then all of them stay.
    """
    if not (_counts_up(one.text) and _counts_up(other.text)):
        return one, other
    numbers = [_NUMBERED.sub(lambda m: ITEM + _fill(m)[1:], p.text) for p in (one, other)]
    return replace(one, text=numbers[0]), replace(other, text=numbers[1])


def _counts_up(text: str) -> bool:
    """Tell whether every numbered line is one of a list that counts from 1 to at least 2."""
    numbers = [int(match.group(1)) for match in _NUMBERED.finditer(text)]
    follows = all(b in (a + 1, 1) for a, b in pairwise(numbers))
    alone = any((a, b) == (1, 1) for a, b in pairwise([*numbers, 1]))
    return follows and not alone and numbers[:1] in ([], [1])


def passages(masked: Plain) -> list[Passage]:
    """Split a masked body into passages, leaving out those without a word."""
    found: list[Passage] = []
    at = 0
    for number, line in enumerate(masked.text.split("\n")):
        if _says(line):
            raw = masked.body[at : at + len(line)]
            speech = bool(_OPENING.match(raw))
            spans = list(_spans(line))
            caption = CAPTION in line
            for start, end in spans:
                text = line[start:end]
                quotes = speech or bool(_DOUBLE.search(raw, start, end))
                mark = CAPTION if caption and CAPTION not in text else ""
                found.append(
                    Passage(text + mark, at + start, number, quotes, alone=len(spans) == 1)
                )
        at += len(line) + 1
    return found


def _spans(line: str) -> Iterable[tuple[int, int]]:
    """Yield where the sentences or cells of a line begin and end, those without a word left out."""
    breaks = [m.end() for m in _SENTENCE.finditer(line)]
    if breaks and _ORDINAL.fullmatch(line, 0, breaks[0]):
        del breaks[0]
    if CELL in line:
        breaks = sorted({*breaks, *(i + 1 for i, c in enumerate(line) if c == CELL)})
    for start, end in pairwise([0, *breaks, len(line)]):
        text = line[start:end]
        if _says(text):
            lead = len(text) - len(text.lstrip())
            yield start + lead, start + len(text.rstrip())


def _says(text: str) -> bool:
    """Tell whether there is any word or figure in it."""
    return any(c.isalnum() or c in "$%£€" for c in text)
