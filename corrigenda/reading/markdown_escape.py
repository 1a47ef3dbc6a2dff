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

_CANDIDATE = re.compile(r"[\\*_\-+.>|$#=\[\]()!~`\"']")
# What may stand before a block's own mark on its line: space, quote and list marks.
_CONTAINERS = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t][ \t>]*)*")
# Seen in the archive: `0800 737 666\.` is escaped too, alone on its line.
_NUMBERED = re.compile(_CONTAINERS.pattern + "[0-9 ]*[0-9]")
_BLOCK_START = re.compile(
    r"([-*_])(?:[ \t]*\1){2,}[ \t]*(?=\n|$)"  # a divider
    r"|#{1,6}(?=[ \t\n]|$)"  # a heading
    r"|[-*+](?=[ \t\n]|$)"  # a bullet
    r"|~{3}"  # a code fence
)


def mark(text: str) -> str:
    """Return text with every character that Markdown might misread marked.

    ``<`` and ``>`` become entities at once: no place in a line makes them safe.
    """
    text = _CANDIDATE.sub(MARK + r"\g<0>", text)
    return text.replace(MARK + ">", "&gt;").replace("<", "&lt;")


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
    settled = 0
    previous = -1
    for position in candidates:
        if position >= settled and (length := _misread(plain, position, previous)):
            escapes.append(position)
            settled = position + length
        previous = position
    return escapes


def _misread(plain: str, position: int, previous: int) -> int:
    """Return how many characters Markdown would take for syntax here; 0 for none.

    Args:
        plain: The Markdown without marks.
        position: Where the candidate stands.
        previous: Where the candidate before it stands, or -1.
    """
    character = plain[position]
    following = plain[position + 1 : position + 2]
    misread = 0
    match character:
        case "\\" | "`":
            misread = 1
        case "[":
            misread = _is_closed(plain, position)
        case "!":
            misread = following == "[" and _is_closed(plain, position + 1)
        case "." | ")" if not following or following in " \t\n":
            misread = _opens_block(plain, position, previous, _NUMBERED)
        case "*" | "_" if following and following not in SPACE:
            misread = 1
        case "-" | "=" if _underlines(plain, position):
            misread = 1
        case "-" | "*" | "_" | "+" | "#" | "~" if _opens_block(plain, position, previous):
            found = _BLOCK_START.match(plain, position)
            misread = len(found.group()) if found else 0
    return misread


def _is_closed(plain: str, position: int) -> bool:
    """Tell whether the bracket that opens here is closed on the same line."""
    end = plain.find("\n", position)
    return plain.find("]", position, end if end >= 0 else len(plain)) >= 0


def _opens_block(
    plain: str, position: int, previous: int, before: re.Pattern[str] = _CONTAINERS
) -> bool:
    """Tell whether only space and real container marks stand before this on its line.

    Text that looks like a container mark is itself a candidate, so none may be before.
    """
    start = plain.rfind("\n", previous + 1, position) + 1
    if not start and previous >= 0:
        return False
    return bool(before.fullmatch(plain, start, position))


def _underlines(plain: str, position: int) -> bool:
    """Tell whether this begins a line under a line of text, as a heading's underline does."""
    newlines = 0
    for before in range(position - 1, -1, -1):
        if plain[before] not in SPACE:
            return newlines == 1
        newlines += plain[before] == "\n"
    return False
