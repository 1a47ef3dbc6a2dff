r"""What a body says, without how it is set: Markdown to passages and words.

Two releases say the same when their words are the same. This module removes what
editors and converters vary freely: emphasis, headings, bullets (also those a converter
garbled: ``§``, ``Ø``, ``„h``), hard breaks, kinds of white space, quotes and dashes.
Link targets are set aside, to be compared as links.

A *passage* is a sentence or a line, whichever is shorter: releases are re-posted with
paragraphs split and joined, and sentences survive that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize

# Marks we leave in the text: a photograph's caption, a link's target, a heading, a place
# where words were run together. Private use, so no publisher's text has a claim to them;
# a stray one is taken out first.
CAPTION = "\ue000"
LINK = "\ue001"
HEADING = "\ue002"
_SEAM = "\ue003"
_MARKS = CAPTION + LINK + HEADING + _SEAM

_QUOTES = "“”„‟«»\"‘’‚‛`´′″'"
_DASHES = "–—‒―‐‑−"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_STYLE = str.maketrans(
    {
        **dict.fromkeys(_QUOTES, "'"),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_INVISIBLE + _MARKS, ""),
    }
)
_REPEATED = re.compile(r"''+|--+")
# UTF-8 quotes and dashes read as Windows-1252, as some releases of 2003 were published.
# Left alone, the "€" in them would be taken for money.
GARBLED = re.compile("â€(?:[™˜œ\x9d?“”]|(?=\\W|$))")

_TARGET = r"\(\s*([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\s*(\"[^\"]*\"|'[^']*')?\s*\)"
_IMAGE = re.compile(r"!\[([^\[\]]*)\]" + _TARGET)
_LINKED = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]" + _TARGET)
_BARE = re.compile(rf"<?(?:https?://|\bwww\.)[^\s<>()\[\]\"'“”’{CAPTION}{LINK}]+>?", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|(?=\*\*[^*\n]+\*\*:?[ \t]*$))", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
# A pair of underscores is emphasis at a word's edge only; asterisks anywhere but 5*3.
_EMPHASIS = re.compile(r"(?<![\\\d])\*|(?<!\\)\*(?!\d)|(?<![\\\w])_+|(?<!\\)_+(?!\w)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BULLET = re.compile(r"^[ \t]*(?:[-+*•·§▪●◦–—][ \t]*|„h[ \t]+|Ø[ \t]*(?=[A-Z]))+", re.MULTILINE)

_NUMBERED = re.compile(r"^[ \t]*\(?(\d{1,2})[.)](?:[ \t]+(?=\S)|(?=[^\W\d_]))", re.MULTILINE)

# A sentence ends at a full stop and its closing quote, before a capital, quote or figure.
# The text is split there, and at every line's end.
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(['\")”’]*)[ \u00a0]+(?=['\"“‘(]*[A-Z0-9Ā-Ūā-ū])")

_DOUBLE = re.compile(r"[“”„\"]")
_OPENING = re.compile(r"\W*[“”„\"]")

# Words are runs of letters, figures keep their inner stops and commas, and a minus
# belongs to its figure only where no hyphen could stand ("fell to -0.5").
_TOKEN = re.compile(
    r"(?P<figure>\d+(?:[.,:]\d+)*|(?<![\w.])\.\d+|[$¢£¤¥₠-₿%‰°±<≤≥]|per\s?cent\b"
    r"|(?<=[a-z] )-(?=\d))"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
# "8pmMedia Statement", "EnergyMinister": line breaks lost in conversion.
_RUN_TOGETHER = re.compile(r"(?<=[a-zāēīōū])(?=[A-ZĀĒĪŌŪ])")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class Token(NamedTuple):
    """One word or figure.

    Attributes:
        word: As written.
        key: What it is compared by: case, thousands commas and apostrophes set aside.
        figure: It is a figure, a currency or percent sign, or a sign that belongs to one.
        gap: What stands between it and the next token, white space as one space.
    """

    word: str
    key: str
    figure: bool
    gap: str

    @property
    def tail(self) -> str:
        """The punctuation after it."""
        return self.gap.replace(" ", "")


# What the converter puts between two lists, or they would read as one: nobody's words.
LIST_END = "<!--THE END-->"


@dataclass(frozen=True)
class Passage:
    """A sentence or a line.

    Attributes:
        text: As published, but for Markdown's marks.
        line: The line it stands on, from 0; several passages may share one.
        speech: It quotes somebody: it holds a quotation mark, or its line begins with one.
        contact: It is a press-contact line.
    """

    text: str
    line: int
    speech: bool = False
    contact: bool = False

    @property
    def caption(self) -> bool:
        """It is the description of a photograph."""
        return CAPTION in self.text

    @property
    def heading(self) -> bool:
        """It is set as a heading, or as a line all in bold."""
        return HEADING in self.text

    @property
    def linked(self) -> bool:
        """It holds a web address."""
        return LINK in self.text

    @cached_property
    def squash(self) -> str:
        """Its characters without white space and style: equal squashes say the same."""
        return squash(self.text)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words and figures."""
        return tokens(self.text)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its tokens' keys."""
        return tuple(token.key for token in self.tokens)


def restyled(text: str) -> str:
    """Return text with one kind of quote and dash, and without invisible characters."""
    if text.isascii():  # translating is slow, and most passages have nothing to translate
        return _REPEATED.sub(lambda m: m.group()[0], text.replace('"', "'").replace("`", "'"))
    if "â€" in text:
        text = GARBLED.sub(lambda m: "-" if m.group()[-1] in "“”" else "'", text)
    return _REPEATED.sub(lambda m: m.group()[0], text.translate(_STYLE))


def squash(text: str) -> str:
    """Return text without white space, in one style of quotes and dashes.

    Two texts with one squash differ in nothing that is ever reported above ``none``.
    """
    return restyled("".join(text.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A body without Markdown's marks.

    Attributes:
        text: The words, with :data:`CAPTION` and :data:`LINK` where they belong.
        links: Targets of links, in order.
        images: Addresses of photographs and of the pages they lead to, in order.
    """

    text: str
    links: tuple[str, ...]
    images: tuple[str, ...]


def plain(body: str) -> Plain:
    """Take Markdown's marks out of a body.

    Args:
        body: Markdown.

    Returns:
        The text, and the addresses set aside from it.
    """
    links: list[str] = []
    images: list[str] = []

    def image(match: re.Match[str]) -> str:
        images.append(match.group(2))
        return f"\n{CAPTION}{match.group(1)} {match.group(3) or ''}{LINK}\n"

    def linked(match: re.Match[str]) -> str:
        (images if CAPTION in match.group(1) else links).append(match.group(2))
        # Where the text is an address too, `bare` finds it next. The title is the link's own,
        # unless it holds a figure: no figure is ever set aside.
        title = match.group(3) or ""
        if any(c.isdigit() for c in title):
            return f"{match.group(1)} {title}{LINK}"
        links[-1:] = [f"{link} {title}".strip() for link in links[-1:]]
        return f"{match.group(1)}{LINK}"

    def bare(match: re.Match[str]) -> str:
        address = match.group().strip("<>").rstrip(".,;:!?")
        links.append(address)
        return LINK + match.group().strip("<>")[len(address) :]

    text = normalize("NFC", body.replace(LIST_END, "")).translate(dict.fromkeys(map(ord, _MARKS)))
    text = _BARE.sub(bare, _LINKED.sub(linked, _IMAGE.sub(image, text)))
    text = _EMPHASIS.sub("", _HEADING.sub(HEADING, _QUOTED.sub("", text)))
    text = _BULLET.sub("", _ESCAPE.sub(r"\1", text))
    return Plain(text=text, links=tuple(links), images=tuple(images))


def without_numbering(one: Plain, other: Plain) -> tuple[Plain, Plain]:
    """Take the numbers of numbered lines out of two bodies, where they count from 1.

    Such numbers tell nothing: the list may as well have bullets. One that does not continue
    a count, in either body, may be a figure that somebody changed; then all of them stay.
    """
    if not (_counts_up(one.text) and _counts_up(other.text)):
        return one, other
    return (
        replace(one, text=_NUMBERED.sub("", one.text)),
        replace(other, text=_NUMBERED.sub("", other.text)),
    )


def _counts_up(text: str) -> bool:
    """Tell whether every numbered line is one of a list that counts from 1 to at least 2."""
    numbers = [int(match.group(1)) for match in _NUMBERED.finditer(text)]
    follows = all(b in (a + 1, 1) for a, b in pairwise(numbers))
    alone = any((a, b) == (1, 1) for a, b in pairwise([*numbers, 1]))
    return follows and not alone and numbers[:1] in ([], [1])


def passages(text: str) -> list[Passage]:
    """Split plain text into passages, leaving out those without a word."""
    found: list[Passage] = []
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            mark = CAPTION if CAPTION in line else ""
            sentences = _SENTENCE.sub(rf"\1\n{mark}", line).split("\n")
            speech = bool(_OPENING.match(line))
            found += [
                Passage(text.strip(), number, speech or bool(_DOUBLE.search(text)))
                for text in sentences
                if _says(text)
            ]
    return found


def tokens(text: str) -> tuple[Token, ...]:
    """Split plain text into words and figures."""
    styled = _RUN_TOGETHER.sub(_SEAM, restyled(text)) + " "
    matches = list(_TOKEN.finditer(styled))
    found: list[Token] = []
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(styled)
        word = match.group()
        found.append(
            Token(
                word=word,
                key=_key(word),
                figure=match.lastgroup == "figure" or _counts(word),
                gap=_SPACES.sub(" ", styled[match.end() : end]).replace(_SEAM, ""),
            )
        )
    return tuple(found)


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of all words of some texts; much faster than their tokens."""
    return frozenset(_key(m.group()) for m in _TOKEN.finditer(restyled("\n".join(texts))))


def quoted(words: tuple[Token, ...] | list[Token], limit: int = 90) -> str:
    """Return tokens as a quotation for a reason, shortened in the middle.

    Args:
        words: Consecutive tokens.
        limit: Most characters to quote.
    """
    text = "".join(t.word + t.gap for t in words[:400])
    text = text.strip(" .,;:'-([")
    text = text if len(words) <= 400 else text + " …"
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3].rstrip()} … {text[-limit // 4 :].lstrip()}"
    return f'"{text}"'


def _says(sentence: str) -> bool:
    """Tell whether there is any word or figure in it."""
    return any(c.isalnum() or c in "$%£€" for c in sentence)


def _counts(word: str) -> bool:
    """Tell a figure that is no digit, such as "½" or "m²"."""
    return not word.isascii() and any(c.isnumeric() for c in word)


def _key(word: str) -> str:
    """Return what a word is compared by."""
    if word[0].isdigit():
        return word.replace(",", "") if _THOUSANDS.fullmatch(word) else word
    lower = word.casefold()
    return "%" if lower.startswith("per") and lower.endswith("cent") else lower
