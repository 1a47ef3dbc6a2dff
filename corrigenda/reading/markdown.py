"""Body HTML to Markdown, byte for byte as the converter that made the seeds does it.

That is html-to-markdown v2 (Go) with its base and CommonMark plugins and default
options. It works in three steps, and so does this: the tree is made fit
(``markdown_tree``, ``markdown_fit``), rendered, and then the marks on characters that
Markdown might misread are settled (``markdown_escape``). Tables are not rendered as tables: their
cells' text runs together, as in every document of the public archive.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bs4 import Tag

from corrigenda.reading.html5 import parse
from corrigenda.reading.markdown_escape import CODE_NEWLINE, MARK, SPACE, mark, settle
from corrigenda.reading.markdown_fit import fit
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
    copy,
)

_LIST_START = re.compile(r"[+-]?[0-9]{1,18}")
_BACKTICKS = re.compile("`+")
_MANY_NEWLINES = re.compile(r"\n( *)\n(?: *\n)+")
_EMPTY_HARD_BREAKS = ("  \n\n", "  \n  \n", "  \n \n")
_BARE_BRACKET = re.compile(r"(?<!\\)[\[\]]")
_LANGUAGE = re.compile("language-|lang-")


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
    root = copy(body)
    fit(root)
    text = _tidy(_children(root))
    return settle(text).replace(CODE_NEWLINE, "\n").strip(SPACE)


def _at_most_one_blank_line(text: str) -> str:
    """Drop the newlines, and the space before them, beyond two in a row."""
    return _MANY_NEWLINES.sub(r"\n\1\n", text)


def _tidy(text: str) -> str:
    """Trim a container's text, and drop the empty lines and hard breaks it does not need."""
    text = _at_most_one_blank_line(text.strip(SPACE))
    for empty in _EMPTY_HARD_BREAKS:
        text = text.replace(empty, "\n\n")
    return text


def _children(node: Node) -> str:
    """Render what is inside a node."""
    return "".join(_render(child) for child in node.children())


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
    code = node.all_text()
    if not code.strip(SPACE):
        return f"`{code}`"
    code = re.sub(" +", " ", re.sub("[\n\t]", " ", code).strip(SPACE))
    fence = "`" * (_longest_fence(code) + 1)
    before, after = (" " * code.startswith("`"), " " * code.endswith("`"))
    return f"{fence}{before}{code}{after}{fence}"


def _code_block(node: Node) -> str:
    code = node.all_text().removesuffix("\n")
    fence = "`" * max(_longest_fence(code) + 1, 3)
    code = code.replace("\n", CODE_NEWLINE)
    return _block(f"{fence}{_language(node)}\n{code}\n{fence}")


def _longest_fence(code: str) -> int:
    """Return the length of the longest run of backticks in code."""
    return max((len(run) for run in _BACKTICKS.findall(code)), default=0)


def _language(node: Node) -> str:
    """Return what the classes of a code block, or of code in it, say its language is."""
    if node.name in {"pre", "code"}:
        for name in node.attributes.get("class", "").split(" "):
            if _LANGUAGE.search(name):
                return name.replace("language-", "", 1).replace("lang-", "", 1)
    return next(filter(None, map(_language, node.children())), "")


def _link(node: Node) -> str:
    leading, core, trailing = _split_space(_at_most_one_blank_line(_children(node)))
    core = core.replace(MARK + "]", "\\]")  # it ends the text of a link wherever it stands
    href = address(node.attributes.get("href", ""))
    title = quoted_title(node.attributes.get("title", "")) if href else ""
    return f"{leading}[{_without_blank_lines(core)}]({href}{title}){trailing}"


def _without_blank_lines(text: str) -> str:
    """Break lines hard inside a link, and escape blank ones, which would end it."""
    lines = [line.lstrip(SPACE) for line in text.split("\n")]
    ends = ["\\" if not line else "" if line.endswith("  ") else "  " for line in lines]
    return "\n".join(map("".join, zip(lines, [*ends[:-1], ""], strict=True)))


def _image(node: Node) -> str:
    if not node.attributes.get("src", "").strip(SPACE):
        return ""
    source = address(node.attributes["src"])
    alt = _BARE_BRACKET.sub(r"\\\g<0>", node.attributes.get("alt", "").replace("\n", " "))
    return f"![{alt}]({source}{quoted_title(node.attributes.get('title', ''))})"


def _heading(node: Node) -> str:
    text = re.sub("  +", " ", re.sub("[\n\r]", " ", _children(node))).strip(SPACE)
    if not text:
        return ""
    if text.endswith(MARK + "#") and not text.endswith("\\" + MARK + "#"):
        text = text[:-2] + "\\#"  # Markdown would take it for the heading's closing mark
    return _block("#" * int(node.name[1]) + " " + text)


def _quotation(node: Node) -> str:
    # The lines of a code block get no mark: so it is in the archive.
    text = _tidy(_children(node)).replace("\n", "\n> ")
    return _block("> " + text) if text else ""


def _list(node: Node) -> str:
    contents = [text for item in node.children() if (text := _tidy(_render(item)))]
    bullets = ["- "] * len(contents)
    if node.name == "ol":
        start = _LIST_START.fullmatch(node.attributes.get("start", ""))
        first = int(start.group()) if start else 1
        width = len(str(first + len(contents) - 1))
        bullets = [f"{first + place:0{width}}. " for place in range(len(contents))]
    indent = " " * len(bullets[0]) if bullets else ""
    items = [
        # What an item would be misread for does not depend on the list it stands in.
        bullet + _indented(settle(text), indent)
        for bullet, text in zip(bullets, contents, strict=True)
    ]
    return _block("\n".join(items)) if items else ""


def _indented(text: str, indent: str) -> str:
    """Indent every line but the first, lines of code blocks included."""
    return text.replace("\n", "\n" + indent).replace(CODE_NEWLINE, CODE_NEWLINE + indent)


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
