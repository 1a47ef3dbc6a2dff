"""Body HTML to Markdown, byte for byte as the converter that made the seeds does it.

That is html-to-markdown v2 (Go) with its base and CommonMark plugins and default
options. It works in three steps, and so does this: the tree is made fit
(``markdown_tree``), rendered, and then the marks on characters that Markdown might
misread are settled (``markdown_escape``). Tables are not rendered as tables: their
cells' text runs together, as in every document of the public archive.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import Tag

from corrigenda.reading.html5 import parse
from corrigenda.reading.markdown_escape import CODE_NEWLINE, MARK, SPACE, mark, settle
from corrigenda.reading.markdown_links import address, quoted_title
from corrigenda.reading.markdown_tree import (
    BLOCKS,
    BOLD,
    CODE,
    HEADINGS,
    ITALIC,
    LIST_END,
    LISTS,
    TEXT,
    Node,
    grow,
)

_LIST_START = re.compile(r"[0-9]{1,9}")
_LANGUAGE = re.compile(r"(?:^|\s)lang(?:uage)?-(\S+)")
_NEWLINES = re.compile(r" *\n+")
_BACKTICKS = re.compile("`+")
_MANY_NEWLINES = re.compile(r"\n( *)\n(?: *\n)+")
_EMPTY_HARD_BREAKS = re.compile(r"  \n(?:  \n)*\n|(?:  \n){2,}")


def to_markdown(body: Tag | str) -> str:
    """Convert a release's body to Markdown.

    Args:
        body: The body's container as an HTML5 parser read it, or its markup. A tree is
            not changed.

    Returns:
        CommonMark, without white space at either end.
    """
    if isinstance(body, str):
        body = parse(body)
    rendered = _tidy(_children(grow(body)))
    return settle(rendered).replace(CODE_NEWLINE, "\n")


def _tidy(text: str) -> str:
    """Trim text and drop the empty lines and hard breaks it does not need."""
    text = _MANY_NEWLINES.sub(r"\n\1\n", text.strip(SPACE))
    return _EMPTY_HARD_BREAKS.sub("\n\n", text).strip(SPACE)


def _children(node: Node) -> str:
    """Render what is inside a node."""
    return "".join(_render(child) for child in node.children)


def _render(node: Node) -> str:
    """Render a node: by its own renderer, or as a plain block or inline element."""
    renderer = _RENDERERS.get(node.name)
    if renderer:
        return renderer(node)
    return _block(_children(node)) if node.name in BLOCKS else _children(node)


def _block(text: str) -> str:
    """Set text apart as a block of its own."""
    return f"\n\n{text}\n\n"


def _split_space(text: str) -> tuple[str, str, str]:
    """Split text into leading white space, the rest, and trailing (or only) white space."""
    before_trailing = text.rstrip(SPACE)
    core = before_trailing.lstrip(SPACE)
    leading = before_trailing[: len(before_trailing) - len(core)]
    return leading, core, text[len(before_trailing) :]


def _prefixed(text: str, prefix: str) -> str:
    """Put a prefix before every line, lines of code blocks included."""
    return prefix + text.replace("\n", "\n" + prefix).replace(CODE_NEWLINE, CODE_NEWLINE + prefix)


def _text(node: Node) -> str:
    return mark(node.text)


def _emphasised(delimiter: str) -> Callable[[Node], str]:
    """Make a renderer that delimits each line's text, leaving its outer space outside."""

    def render(node: Node) -> str:
        lines = []
        for line in _children(node).split("\n"):
            leading, core, trailing = _split_space(line)
            lines.append(f"{leading}{delimiter}{core}{delimiter}{trailing}" if core else line)
        return "\n".join(lines)

    return render


def _inline_code(node: Node) -> str:
    code = node.all_text().replace("\n", " ")
    fence = _fence(code, shortest=1)
    padding = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{fence}{padding}{code}{padding}{fence}"


def _code_block(node: Node) -> str:
    code = node.all_text().rstrip("\n")
    fence = _fence(code, shortest=3)
    classes = " ".join(part.attributes.get("class", "") for part in (node, *node.children))
    language = _LANGUAGE.search(classes)
    opening = fence + (language.group(1) if language else "")
    return _block("\n".join([opening, code, fence]).replace("\n", CODE_NEWLINE))


def _fence(code: str, *, shortest: int) -> str:
    """Return a run of backticks longer than any inside the code."""
    longest = max((len(run) for run in _BACKTICKS.findall(code)), default=0)
    return "`" * (max(longest + 1, shortest) if longest else shortest)


def _link(node: Node) -> str:
    leading, core, trailing = _split_space(_MANY_NEWLINES.sub(r"\n\1\n", _children(node)))
    # Brackets end the text of a link wherever they stand, so no need to see the whole line.
    core = core.replace(MARK + "[", "\\[").replace(MARK + "]", "\\]")
    href = address(node.attributes.get("href", ""))
    title = quoted_title(node.attributes.get("title", ""))
    return f"{leading}[{_without_blank_lines(core)}]({href}{title}){trailing}"


def _without_blank_lines(text: str) -> str:
    """Escape blank lines inside a link, which would end it."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(line.lstrip(" ") or "\\" for line in rest)])


def _image(node: Node) -> str:
    source = address(node.attributes.get("src", ""))
    if not source:
        return ""
    alt = node.attributes.get("alt", "").replace("\n", " ")
    alt = alt.replace("[", "\\[").replace("]", "\\]")
    return f"![{alt}]({source}{quoted_title(node.attributes.get('title', ''))})"


def _heading(node: Node) -> str:
    text = _NEWLINES.sub(" ", _children(node)).strip(SPACE)
    return _block("#" * int(node.name[1]) + " " + text) if text else ""


def _quotation(node: Node) -> str:
    text = _tidy(_children(node))
    return _block(_prefixed(text, "> ")) if text else ""


def _list(node: Node) -> str:
    contents = [text for item in node.children if (text := _tidy(_render(item)))]
    marks = ["- "] * len(contents)
    if node.name == "ol":
        start = _LIST_START.fullmatch(node.attributes.get("start", ""))
        first = int(start.group()) if start else 1
        width = len(str(first + len(contents) - 1))
        marks = [f"{first + place:0{width}}. " for place in range(len(contents))]
    items = [
        bullet + _prefixed(text, " " * len(bullet))[len(bullet) :]
        for bullet, text in zip(marks, contents, strict=True)
    ]
    return _block("\n".join(items)) if items else ""


_RENDERERS: dict[str, Callable[[Node], str]] = {
    TEXT: _text,
    LIST_END: lambda _: _block("<!--THE END-->"),
    "br": lambda _: "  \n",
    "hr": lambda _: _block("* * *"),
    "a": _link,
    "img": _image,
    "pre": _code_block,
    "blockquote": _quotation,
    **dict.fromkeys(BOLD, _emphasised("**")),
    **dict.fromkeys(ITALIC, _emphasised("*")),
    **dict.fromkeys(CODE, _inline_code),
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(LISTS, _list),
}
