"""The tree that Markdown is rendered from: a body's elements, made fit for Markdown.

HTML says more than Markdown can: bold inside bold, links around headings, list items
outside lists, white space that does not show. The reference converter rewrites the tree
before rendering, and so does this module, on a copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from corrigenda.reading.markdown_escape import SPACE

TEXT = "#text"
LIST_END = "#list-end"

BOLD = frozenset({"b", "strong"})
ITALIC = frozenset({"i", "em"})
CODE = frozenset({"code", "var", "samp", "kbd", "tt"})
LISTS = frozenset({"ul", "ol"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = (
    HEADINGS
    | LISTS
    | {"address", "article", "aside", "blockquote", "body", "canvas", "dd", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main"}
    | {"nav", "p", "pre", "section", "table", "tfoot", "video"}
)
_VOID = frozenset({"area", "embed", "hr", "img", "source", "track", "wbr"})
_DROPPED = frozenset(
    {"head", "iframe", "input", "link", "meta", "noscript", "script", "style", "textarea"}
)
_WHITE = re.compile(r"[ \t\r\n]+")

# No editor nests deeper (Word pastes reach about 20), and rendering recurses. Elements
# below this depth are skipped and their content is given to the last one above it.
MAX_DEPTH = 100


@dataclass(slots=True, eq=False)
class Node:
    """An element, or with the name ``TEXT`` a run of text.

    Attributes:
        name: Lower-case tag name, ``TEXT`` or ``LIST_END``.
        attributes: The element's attributes.
        text: The text, for a ``TEXT`` node.
        children: Child nodes.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def is_blank(self) -> bool:
        """Tell whether this is text that does not show."""
        return self.name == TEXT and not self.text.strip(" \t\r\n")

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all_text(self) -> str:
        """Return the text of this node and all below it."""
        return "".join(node.text for node in self.walk())


def grow(body: Tag) -> Node:
    """Copy a body into a tree fit for rendering as Markdown.

    Args:
        body: The container; its content is what gets rendered. It is not changed.

    Returns:
        The root of the tree, without what Markdown has no place for.
    """
    root = _copy(body)
    _drop_empty_code(root)
    for kind in (BOLD, ITALIC):
        _unwrap_nested(root, kind)
    for kind in (BOLD, ITALIC, CODE):
        _merge_adjacent(root, kind)
    _swap_only_child(root, BOLD | ITALIC, frozenset({"a"}))
    _swap_only_child(root, frozenset({"a"}), HEADINGS)
    _adopt_stray_items(root)
    _part_adjacent_lists(root)
    _Collapse().run(root)
    return root


def _copy(body: Tag) -> Node:
    """Copy elements and text, without recursion, since a page may nest without bound."""
    root = Node(body.name or "")
    open_nodes: list[tuple[Node, Iterator[object], int]] = [(root, iter(body.children), 0)]
    while open_nodes:
        parent, rest, depth = open_nodes[-1]
        item = next(rest, None)
        if item is None:
            open_nodes.pop()
        elif isinstance(item, Tag):
            if item.name in _DROPPED:
                continue
            node = parent
            if depth < MAX_DEPTH:
                node = Node(item.name, _attributes(item))
                parent.children.append(node)
            open_nodes.append((node, iter(item.children), depth + 1))
        elif isinstance(item, NavigableString) and not isinstance(item, PreformattedString):
            _append_text(parent, str(item))
    return root


def _attributes(tag: Tag) -> dict[str, str]:
    """Return a tag's attributes as written; those that hold lists come as lists."""
    return {
        name: value if isinstance(value, str) else " ".join(value)
        for name, value in tag.attrs.items()
    }


def _append_text(parent: Node, text: str) -> None:
    """Add text at the end of a node, to its last text if it ends in one."""
    if parent.children and parent.children[-1].name == TEXT:
        parent.children[-1].text += text
    elif text:
        parent.children.append(Node(TEXT, text=text))


def _unwrap_nested(node: Node, kind: frozenset[str], *, inside: bool = False) -> None:
    """Replace elements of a kind that stand inside one of the same kind by their content."""
    within = inside or node.name in kind
    children: list[Node] = []
    for child in node.children:
        _unwrap_nested(child, kind, inside=within)
        children.extend(child.children if within and child.name in kind else [child])
    node.children = children


def _merge_adjacent(node: Node, kind: frozenset[str]) -> None:
    """Make one element of neighbours of the same kind."""
    merged: list[Node] = []
    for child in node.children:
        if merged and child.name in kind and merged[-1].name in kind:
            merged[-1].children.extend(child.children)
        else:
            merged.append(child)
    node.children = merged
    for child in merged:
        _merge_adjacent(child, kind)


def _drop_empty_code(node: Node) -> None:
    """Remove inline code that shows nothing."""
    node.children = [
        child for child in node.children if child.name not in CODE or child.all_text().strip(SPACE)
    ]
    for child in node.children:
        _drop_empty_code(child)


def _swap_only_child(root: Node, outer: frozenset[str], inner: frozenset[str]) -> None:
    """Turn an outer element around nothing but an inner one inside out."""
    for node in root.walk():
        if node.name in outer and len(node.children) == 1 and node.children[0].name in inner:
            child = node.children[0]
            node.name, child.name = child.name, node.name
            node.attributes, child.attributes = child.attributes, node.attributes


def _adopt_stray_items(root: Node) -> None:
    """Give what stands in a list outside its items to the item before it, or to a new one."""
    for node in root.walk():
        if node.name in LISTS:
            items: list[Node] = []
            for child in node.children:
                if child.name == "li":
                    items.append(child)
                elif items:
                    items[-1].children.append(child)
                elif not child.is_blank():
                    items.append(Node("li", children=[child]))
            node.children = items


def _part_adjacent_lists(node: Node) -> None:
    """Put a mark between lists that Markdown would otherwise join."""
    parted: list[Node] = []
    last: Node | None = None
    for child in node.children:
        if not child.is_blank():
            if last and last.name in LISTS and child.name in LISTS:
                parted.append(Node(LIST_END))
            last = child
        parted.append(child)
    node.children = parted
    for child in parted:
        _part_adjacent_lists(child)


class _Collapse:
    """Collapses white space as a browser does: only what shows stays.

    A walk in document order that remembers the text it saw last in the current line.
    U+00A0 is not white space here.
    """

    def __init__(self) -> None:
        self._last: Node | None = None
        self._keep_leading = False

    def run(self, root: Node) -> None:
        """Collapse a whole tree."""
        self._children(root)
        self._end_line()

    def _children(self, node: Node) -> None:
        for child in node.children:
            if child.name == TEXT:
                self._text(child)
            else:
                self._element(child)
        node.children = [child for child in node.children if child.name != TEXT or child.text]

    def _text(self, node: Node) -> None:
        text = _WHITE.sub(" ", node.text)
        starts_line = self._last is None or self._last.text.endswith(" ")
        if starts_line and not self._keep_leading:
            text = text.removeprefix(" ")
        node.text = text
        if text:
            self._last = node

    def _element(self, node: Node) -> None:
        if node.name in BLOCKS or node.name in {"br", LIST_END}:
            self._end_line()
            if node.name != "pre":
                self._children(node)
            self._end_line()
        elif node.name in _VOID or node.name in CODE:
            self._last = None
            self._keep_leading = True
        else:
            self._cross_inline_tag()
            self._children(node)
            self._cross_inline_tag()

    def _cross_inline_tag(self) -> None:
        if self._last is not None:
            self._keep_leading = False

    def _end_line(self) -> None:
        if self._last is not None:
            self._last.text = self._last.text.removesuffix(" ")
        self._last = None
        self._keep_leading = False
