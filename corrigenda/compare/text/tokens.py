"""Words and figures of masked text, in one style of quotes and dashes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

# Private use, so no publisher's text has a claim to them; a stray one becomes FILL.
FILL = "\ue000"  # nothing stands here
LINK = "\ue001"  # a link's target stood here
CAPTION = "\ue002"  # a photograph's description follows
HEADING = "\ue003"  # a heading follows
ITEM = "\ue004"  # a list's item follows
CELL = "\ue005"  # a table's cell ends
MARKS = FILL + LINK + CAPTION + HEADING + ITEM + CELL

_QUOTES = "“”„‟«»\"‘’‚‛`´′″'"
_DASHES = "–—‒―‐‑−"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_STYLE = str.maketrans(
    {
        **dict.fromkeys(_QUOTES, "'"),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_INVISIBLE, FILL),
    }
)
REPEATED = re.compile(r"''+|--+")
# Words are runs of letters, figures keep their inner stops and commas, and a minus
# belongs to its figure only where no hyphen could stand ("fell to -0.5").
_L = r"[^\W\d_][\u0300-\u036f]*"
_TOKEN = re.compile(
    r"(?P<figure>\d+(?:[.,:]\d+)*|(?<![\w.])\.\d+|[$¢£¤¥₠-₿%‰°±<≤≥]|per\s?cent\b"
    r"|(?<=[a-z] )-(?=\d))"
    rf"|(?P<word>(?:{_L})+(?:['{FILL}]+(?:{_L})+)*)",
    re.IGNORECASE,
)
_SPACES = re.compile(r"\s+")
_ENDED = re.compile(r"([.,;:!?]['\")]?)\n")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class Token(NamedTuple):
    """One word or figure.

    Attributes:
        word: As written.
        key: What it is compared by: case, thousands commas and apostrophes set aside.
        figure: It is a figure, a currency or percent sign, or a sign that belongs to one.
        gap: What stands between it and the next token, white space as one space; it ends in a
            line feed where the passage ends.
        start: Its place in the body, in characters.
        end: The place after it.
    """

    word: str
    key: str
    figure: bool
    gap: str
    start: int
    end: int

    @property
    def tail(self) -> str:
        """The punctuation after it."""
        return self.gap.replace(" ", "").rstrip("\n")


_UNMARKED = dict.fromkeys(map(ord, MARKS))
MARKED = re.compile(f"[{MARKS}]")


def unmarked(text: str) -> str:
    """Return masked text without its marks; looking for them first is much faster."""
    return text.translate(_UNMARKED) if MARKED.search(text) else text


def styled(text: str) -> str:
    """Return text in one style of quotes and dashes, as long as before."""
    if text.isascii():  # translating is slow
        return text.replace('"', "'").replace("`", "'")
    return text.translate(_STYLE)


def tokens_at(text: str, base: int) -> tuple[Token, ...]:
    """Split masked text into words and figures."""
    matches = list(_TOKEN.finditer(text))
    found: list[Token] = []
    for number, match in enumerate(matches):
        start, end = match.span()
        after = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        word = match.group()
        if FILL in word:
            word = word.replace(FILL, "")
        gap = text[end:after]
        if after == len(text):
            gap += "\n"
        if gap != " ":
            gap = _SPACES.sub(_space, unmarked(gap))
        figure = match.lastgroup == "figure" or _counts(word)
        found.append(Token(word, _key(word), figure, gap, base + start, base + end))
    return tuple(found)


def tokens(text: str) -> tuple[Token, ...]:
    """Split text without Markdown, such as a title, into words and figures."""
    return tokens_at(styled(text), 0)


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of all words of some texts; much faster than their tokens."""
    joined = styled("\n".join(texts))
    return frozenset(
        _key(w.replace(FILL, "")) for w in {m.group() for m in _TOKEN.finditer(joined)}
    )


def quoted(words: Sequence[Token], limit: int = 90) -> str:
    """Return tokens as a quotation for a reason, shortened in the middle.

    Args:
        words: Tokens of one body, in order. Cells and lines are kept apart.
        limit: Most characters to quote.
    """
    text = "".join(t.word + t.gap for t in words[:400])
    text = text.removesuffix(words[-1].gap) if 0 < len(words) <= 400 else text
    text = _ENDED.sub(r"\1 ", text).replace("\n", " | ").strip(" .,;:'-([|")
    text = text if len(words) <= 400 else text + " …"
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3].rstrip()} … {text[-limit // 4 :].lstrip()}"
    return f'"{text}"'


def _space(match: re.Match[str]) -> str:
    return "\n" if "\n" in match.group() else " "


def _counts(word: str) -> bool:
    """Tell a figure that is no digit, such as "½" or "m²"."""
    return not word.isascii() and any(c.isnumeric() for c in word)


@lru_cache(maxsize=50_000)
def _key(word: str) -> str:
    """Return what a word is compared by."""
    if word[0].isdigit():
        return word.replace(",", "") if _THOUSANDS.fullmatch(word) else word
    lower = word.casefold() if word.isascii() else normalize("NFC", word.casefold())
    return "%" if lower.startswith("per") and lower.endswith("cent") else lower
