"""Which characters of a text need a backslash to stay text in Markdown.

Whether a ``-`` or ``[`` would be misread depends on the finished line it ends up in.
So every candidate is only marked while text is rendered (``mark``), and the marks
are settled, each into a backslash or into nothing, once all lines stand (``settle``).
"""

from __future__ import annotations

import re
from itertools import pairwise

# White space as Go's unicode.IsSpace sees it, U+00A0 included: what trimming removes.
SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
SPACE += "\u2028\u2029\u202f\u205f\u3000"

# Lone surrogates: no text that was decoded or parsed contains them.
MARK = "\udc01"
CODE_NEWLINE = "\udc02"

_CANDIDATE = re.compile(r"[\\*_\-+.#=\[\])!~`]")
_BLOCK_START = re.compile(
    r"#{1,6}(?=[ \t\r\n]|$)"  # a heading
    r"|([-*_])(?: *\1){2,} *(?=\n|$)"  # a divider
    r"|[-*+](?=[ \t\n\v\f\r]|$)"  # a bullet
    r"|`{3,}|~{3,}"  # a code fence
)
_BRACKET_OR_LINE = re.compile(r"[\[\]\n]")
_ASCII_SPACE = " \t\n\v\f\r"


def mark(text: str) -> str:
    """Return text with every character that Markdown might misread marked.

    ``<`` and ``>`` become entities at once: no place in a line makes them safe. The bell,
    which shows nowhere, is what the reference converter marks with, and so loses.
    """
    text = text.replace("\a", "")
    return _CANDIDATE.sub(MARK + r"\g<0>", text).replace(">", "&gt;").replace("<", "&lt;")


def settle(text: str) -> str:
    """Return rendered Markdown with each mark made a backslash, or removed."""
    if MARK not in text:
        return text
    pieces = text.split(MARK)
    plain = "".join(pieces)
    candidates: list[int] = []
    position = len(pieces[0])
    for piece in pieces[1:]:
        candidates.append(position)
        position += len(piece)
    escapes = _escapes(plain, candidates)
    return _with_backslashes(plain, escapes)


def _with_backslashes(plain: str, positions: list[int]) -> str:
    """Insert a backslash before each of the positions."""
    bounds = [0, *positions, len(plain)]
    return "\\".join(plain[a:b] for a, b in pairwise(bounds))


def _escapes(plain: str, candidates: list[int]) -> list[int]:
    """Return those candidates that Markdown would misread where they stand."""
    escapes: list[int] = []
    closed = _closed_brackets(plain)
    settled = 0
    for position, following in pairwise([*candidates, -1]):
        if position >= settled:
            before_markup = following != position + 1
            length = _misread(plain, position, closed, before_markup=before_markup)
            if length:
                escapes.append(position)
                settled = position + length
    return escapes


def _misread(plain: str, position: int, closed: set[int], *, before_markup: bool) -> int:
    """Return how many characters Markdown would take for syntax here; 0 for none.

    Args:
        plain: The Markdown without marks.
        position: Where the candidate stands.
        closed: Where brackets open that are closed on their line.
        before_markup: Whether what follows is no candidate itself.
    """
    character = plain[position]
    following = plain[position + 1 : position + 2]
    ends = not following or following in _ASCII_SPACE
    misread = 0
    match character:
        case "\\":
            misread = 1
        case "[":
            misread = position in closed
        case "!":
            misread = before_markup and following == "["
        case "." | ")":
            misread = ends and _numbers_line(plain, position)
        case "*" | "_" if following and following not in SPACE:
            misread = 1
        case "-" | "=" if _underlines(plain, position):
            misread = 1
        case "`" | "~" | "#" | "*" | "_" | "-" | "+":
            misread = _starts_block(plain, position) or (character == "`")
    return misread


def _starts_block(plain: str, position: int) -> int:
    """Return the length of the mark of a block that begins here on its line; 0 for none."""
    if not _starts_line(plain, position):
        return 0
    found = _BLOCK_START.match(plain, position)
    return len(found.group()) if found else 0


def _closed_brackets(plain: str) -> set[int]:
    """Return where brackets open that are closed on the same line."""
    closed: set[int] = set()
    opened: list[int] = []
    for found in _BRACKET_OR_LINE.finditer(plain):
        if found.group() == "[":
            opened.append(found.start())
        else:
            if found.group() == "]":
                closed.update(opened)
            opened.clear()
    return closed


def _starts_line(plain: str, position: int) -> bool:
    """Tell whether only spaces stand before this on its line."""
    while position and plain[position - 1] == " ":
        position -= 1
    return not position or plain[position - 1] == "\n"


def _numbers_line(plain: str, position: int) -> bool:
    """Tell whether a digit, and before it only digits and spaces, stand before this."""
    if not plain[position - 1 : position].isdecimal():
        return False
    while position and plain[position - 1] in "0123456789 ":
        position -= 1
    return not position or plain[position - 1] == "\n"


def _underlines(plain: str, position: int) -> bool:
    """Tell whether this begins a line under a line of text, as a heading's underline does."""
    newlines = 0
    while position and plain[position - 1] in " \n":
        position -= 1
        newlines += plain[position] == "\n"
    return newlines == 1 and position > 0
