"""The most telling change: in its sentence, and why it matters (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from review.parts.difference import Paragraph, Piece, Stretch
from review.parts.words import Headline

#: A sentence longer than this is cut around what changed in it.
_LONG = 420
_AROUND = 140
_START = re.compile(r".*(?:[.!?…][\"”’)]*\s+(?=[A-Z“\"‘'(•\d])|\n)", re.DOTALL)
_END = re.compile(r"[.!?…][\"”’)]*(?=\s|$)|\n")
_WORD = re.compile(r"\w+")
_QUOTES = re.compile(r'"([^"]+)"')
#: Letters of a reason's quotation that are looked for: the rest may be cut.
_QUOTED = 60

_BECAUSE = {
    "figure": "a figure in the text changed",
    "currency": "an amount of money changed",
    "date": "a date changed",
    "negation": "something is now denied that was not, or the reverse",
    "commitment": "a promise or an obligation changed",
    "direction": "a direction, such as up or down, changed",
    "name": "somebody or something named changed",
    "added": "a passage came that says something new",
    "removed": "a passage is gone",
    "quote": "somebody's words, in quotation marks, changed",
    "wording": "a sentence now says it otherwise",
    "title": "the title says something else",
    "ministers": "whose release it is changed",
    "attachments": "an attachment is gone or came",
    "link": "a link leads elsewhere",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def because(head: Headline, kind: str) -> str:
    """Return in a clause why a change is ranked as it is; empty where it cannot be said so.

    Args:
        head: Its first reason, taken apart.
        kind: What happened.
    """
    if kind == "withdrawn":
        return "the release is gone from where it was"
    if head.label == "date" and _DATE.fullmatch(head.old or head.new):
        return "the date the release bears changed"
    if head.label == "name" and not head.old:
        return "somebody or something named was not named before"
    return _BECAUSE.get(head.label or head.text.partition(":")[0], "")


def telling(found: Sequence[Stretch], head: Headline) -> tuple[Piece, ...]:
    """Return the sentence in which a reason's words changed, or nothing where none has them.

    Args:
        found: The body's difference.
        head: The reason.
    """
    wanted = [_folded(text) for text in (head.old, head.new, *_QUOTES.findall(head.text)) if text]
    changed = [p for stretch in found if stretch.changed for p in stretch.paragraphs]
    # All of them in one paragraph, else any: a reason may speak of two places.
    for quoted in [wanted, *([text] for text in wanted)]:
        for paragraph in changed if quoted else ():
            at = _where(paragraph, quoted)
            if at is not None:
                return _sentence(paragraph.pieces, at)
    return ()


def _where(paragraph: Paragraph, wanted: Sequence[str]) -> int | None:
    """Return which piece of a paragraph first changes words of a reason."""
    sides = _folded(_text(paragraph.before)), _folded(_text(paragraph.after))
    if not all(any(text in side for side in sides) for text in wanted):
        return None
    quoted = {word for text in wanted for word in text.split()}
    best, most = None, 0
    for index, piece in enumerate(paragraph.pieces):
        if piece.kind not in ("insert", "delete"):
            continue
        shared = len(quoted & set(_folded(piece.text, cut=False).split()))
        if shared > most:
            best, most = index, shared
    return best


def _sentence(pieces: Sequence[Piece], at: int) -> tuple[Piece, ...]:
    """Return the sentence around a piece; the change in it is whole, or its beginning is."""
    before = list(reversed(list(_until_start(pieces[:at]))))
    inside = [replace(pieces[at], text=_shortened(pieces[at].text))]
    after = list(_until_end(pieces[at + 1 :]))
    if sum(len(p.text) for p in (*before, *inside, *after)) > _LONG:
        before, after = _tail(before), _head(after)
    told = [*before, *inside, *after]
    if told:
        told[0] = replace(told[0], text=told[0].text.lstrip())
        told[-1] = replace(told[-1], text=told[-1].text.rstrip())
    return tuple(p for p in told if p.text)


def _until_start(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces backwards to where the sentence begins."""
    for piece in reversed(pieces):
        found = _START.match(piece.text) if piece.kind in ("keep", "moved") else None
        if found is not None:
            yield replace(piece, text=piece.text[found.end() :])
            return
        yield replace(piece, text=_shortened(piece.text))


def _until_end(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces to where the sentence ends."""
    for piece in pieces:
        found = _END.search(piece.text) if piece.kind in ("keep", "moved") else None
        if found is not None:
            yield replace(piece, text=piece.text[: found.end()])
            return
        yield replace(piece, text=_shortened(piece.text))


def _tail(pieces: list[Piece]) -> list[Piece]:
    """Keep the last words of what stands before a change."""
    kept: list[Piece] = []
    room = _AROUND
    for piece in reversed(pieces):
        if len(piece.text) > room:
            cut = piece.text[len(piece.text) - room :].partition(" ")[2]
            return [replace(piece, text=f"… {cut}"), *kept]
        kept.insert(0, piece)
        room -= len(piece.text)
    return kept


def _head(pieces: list[Piece]) -> list[Piece]:
    """Keep the first words of what stands behind a change."""
    kept: list[Piece] = []
    room = _AROUND
    for piece in pieces:
        if len(piece.text) > room:
            cut = piece.text[:room].rpartition(" ")[0]
            return [*kept, replace(piece, text=f"{cut} …")]
        kept.append(piece)
        room -= len(piece.text)
    return kept


def _shortened(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 60].rpartition(" ")[0] + " …"


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _folded(text: str, *, cut: bool = True) -> str:
    """Return a text's words, as two ways to write them compare."""
    words = " ".join(_WORD.findall(text.partition(" … ")[0].casefold()))
    return words[:_QUOTED] if cut and len(text) <= 400 else words
