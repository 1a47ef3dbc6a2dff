"""Markdown's marks told from the words between them, place by place (pure).

A reader of a difference wants words, not asterisks. Each character of a body is given what
is shown in its place: itself, nothing (a mark), or a bullet. Marks are those that the
converter writes (CommonMark, https://spec.commonmark.org/0.31.2/).
"""

from __future__ import annotations

import re

_LIST_END = "<!--THE END-->"
_HIDDEN = (
    re.compile(re.escape(_LIST_END)),
    re.compile(r"^[ \t]*#{1,6}[ \t]+", re.MULTILINE),  # a heading
    re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE),  # a quotation
    re.compile(r"^[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE),
    re.compile(r"(?:[ ]{2,}|\\)$", re.MULTILINE),  # a hard break
    re.compile(r"!\[|(?<!\\)\[(?=[^\[\]\n]*\]\()"),  # where an image or a link begins
    re.compile(r"(?<!\\)\]\(\s*[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\s*(?:\"[^\"]*\"|'[^']*')?\s*\)"),
    re.compile(r"(?<!\\)\]\((?=https?:)"),  # of a link whose end is lost
    re.compile(r"<(?=https?://)|(?<=[^\s<])>(?=\s|$)(?<=\S>)(?<!->)"),  # around an address
    re.compile(r"\\(?=[!-/:-@\[-`{-~])"),  # before what would be a mark
    re.compile(r"(?<![\\\d])\*+(?=\S)|(?<=[^\s\\])\*+(?!\d)"),  # emphasis
    re.compile(r"(?<![\\\w])_+(?=\S)|(?<=[^\s\\])_+(?!\w)"),
    re.compile(r"^```.*$|(?<!\\)`", re.MULTILINE),  # code
)
_BULLET = re.compile(r"^([ \t]*)[-+*]([ \t]+)", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\|.*\|[ \t]*$")
_LINK = re.compile(r"(?<![!\\])\[[^\[\]\n]*\]\(\s*([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)")
_SAME = str.maketrans(
    {**dict.fromkeys('“”„‟"‘’‚‛`´', "'"), **dict.fromkeys("–—‒―‐‑−", "-"), "\u00ad": None}
)


def shown(markdown: str) -> list[str]:
    """Return what is shown for each character of a text."""
    places = list(markdown)
    for pattern in _HIDDEN:
        for match in pattern.finditer(markdown):
            places[match.start() : match.end()] = [""] * (match.end() - match.start())
    for match in _BULLET.finditer(markdown):
        marks = ["", *[""] * (len(match.group()) - 1)]
        marks[-2:] = ["•", " "]
        places[match.start() : match.end()] = marks
    return places


def form(markdown: str) -> str:
    """Return how a paragraph is set: ``heading``, ``quote``, ``table`` or nothing of these."""
    if re.match(r"[ \t]*#{1,6}[ \t]", markdown):
        return "heading"
    if re.match(r"[ \t]*>", markdown):
        return "quote"
    lines = markdown.split("\n")
    return "table" if len(lines) > 1 and all(map(_ROW.match, lines)) else ""


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two texts differ in white space and the style of quotes and dashes alone."""
    return _plain(one) == _plain(other)


def targets(markdown: str) -> set[str]:
    """Return where a text's links lead."""
    return set(_LINK.findall(markdown))


def _plain(text: str) -> str:
    return "".join(text.split()).translate(_SAME)
