r"""What others wrote, made safe to show on a terminal (pure).

A title may hold what a terminal obeys: escape sequences that recolour, erase or write to
the clipboard (ECMA-48; OSC 52 of xterm), the same as single C1 characters, and marks that
turn the direction of a line (Unicode TR 36, "Bidirectional Text Spoofing"). All of these
are shown as Python writes them, ``\x1b``; letters, spaces and line ends stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

#: What a terminal may act upon, or nobody can see: controls, format marks, lone surrogates,
#: line and paragraph separators. Private and unassigned characters only look odd.
_ACTED_UPON = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_NOT_PLAIN = re.compile(r"[^ -~]")


def printable(text: str, *, keep: str = "\n\t") -> str:
    r"""Return text with every character that could act on a terminal escaped.

    Args:
        text: What somebody else wrote, or a page of output that holds it.
        keep: Characters that stay all the same; ``""`` for what must stay on one line.

    Returns:
        The text; ``\x1b``, ``\u202e`` or ``\U000e0001`` in place of what was escaped.
    """
    if text.isprintable():  # knows no spaces but U+0020: a quick yes, never a no
        return text
    return _escaped(text, keep, _as_python)


def printable_json(text: str) -> str:
    """Return JSON that means the same with every such character escaped, as JSON escapes.

    Args:
        text: JSON on one line; it can hold such characters inside its strings alone.
    """
    return _escaped(text, "\n\t", _as_json)


def _escaped(text: str, keep: str, escape: Callable[[str], str]) -> str:
    def one(match: re.Match[str]) -> str:
        sign = match[0]
        if sign in keep or unicodedata.category(sign) not in _ACTED_UPON:
            return sign
        return escape(sign)

    return _NOT_PLAIN.sub(one, text)


def _as_python(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def _as_json(sign: str) -> str:
    return "".join(
        f"\\u{int.from_bytes(pair, 'big'):04x}"
        for pair in re.findall(b"..", sign.encode("utf-16-be", "surrogatepass"), re.DOTALL)
    )
