"""The tree that Markdown is rendered from, copied from a parsed body.

Nodes know their neighbours, because most rules of the reference converter ask what
comes before or after an element, at whatever depth. The rules themselves are in
``markdown_fit`` and ``markdown_space``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

from corrigenda.reading.markdown_escape import SPACE

TEXT = "#text"
LIST_END = "#list-end"

BOLD = frozenset({"b", "strong"})
ITALIC = frozenset({"i", "em"})
EMPHASIS = BOLD | ITALIC
CODE = frozenset({"code", "var", "samp", "kbd", "tt"})
LISTS = frozenset({"ul", "ol"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCKS = (
    HEADINGS
    | LISTS
    | {"address", "article", "aside", "blockquote", "dd", "details", "dialog", "div", "dl", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "li"}
    | {"main", "nav", "p", "pre", "section", "table"}
)
_DROPPED = frozenset(
    {"head", "iframe", "input", "link", "meta", "noscript", "script", "style", "textarea"}
)

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
        parent: The element this stands in, if any; likewise the neighbours within it
            (``previous``, ``next``) and the ends of what it holds (``first``, ``last``).
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    parent: Node | None = field(default=None, repr=False)
    previous: Node | None = field(default=None, repr=False)
    next: Node | None = field(default=None, repr=False)
    first: Node | None = field(default=None, repr=False)
    last: Node | None = field(default=None, repr=False)

    def is_blank(self) -> bool:
        """Tell whether this is text that does not show."""
        return self.name == TEXT and not self.text.strip(SPACE)

    def children(self) -> Iterator[Node]:
        """Yield what stands in this node; the one yielded last may be moved or removed."""
        child = self.first
        while child is not None:
            following = child.next
            yield child
            child = following

    def beyond(self) -> Node | None:
        """Return what comes next in the document after all that this node holds."""
        node: Node | None = self
        while node is not None and node.next is None:
            node = node.parent
        return node.next if node is not None else None

    def following(self) -> Node | None:
        """Return what comes next in the document: what this holds, else what is beyond it."""
        return self.first or self.beyond()

    def walk(self) -> Iterator[Node]:
        """Yield the root this is and all below it, as the tree stands at each step."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.following()

    def all_text(self) -> str:
        """Return the text of this node and all below it, breaks and blocks on new lines."""
        if self.name == TEXT:
            return self.text
        text = "".join(child.all_text() for child in self.children())
        return "\n" + text if self.name in {"br", "div"} else text

    def append(self, child: Node) -> None:
        """Put a node that stands nowhere at the end of this one."""
        child.parent, child.previous = self, self.last
        if self.last is None:
            self.first = child
        else:
            self.last.next = child
        self.last = child

    def put_before(self, place: Node) -> None:
        """Put this node, that stands nowhere, before another."""
        self.parent, self.previous, self.next = place.parent, place.previous, place
        if place.previous is not None:
            place.previous.next = self
        elif place.parent is not None:
            place.parent.first = self
        place.previous = self

    def put_after(self, place: Node) -> None:
        """Put this node, that stands nowhere, after another in the same parent."""
        if place.next is not None:
            self.put_before(place.next)
        elif place.parent is not None:
            place.parent.append(self)

    def remove(self) -> None:
        """Take this node, with all it holds, out of the tree."""
        if self.previous is not None:
            self.previous.next = self.next
        elif self.parent is not None:
            self.parent.first = self.next
        if self.next is not None:
            self.next.previous = self.previous
        elif self.parent is not None:
            self.parent.last = self.previous
        self.parent = self.previous = self.next = None

    def give_children(self, heir: Node) -> None:
        """Move what this node holds to the end of another."""
        for child in self.children():
            child.remove()
            heir.append(child)

    def unwrap(self) -> None:
        """Put what this node holds into its place."""
        for child in self.children():
            child.remove()
            child.put_before(self)
        self.remove()


def copy(body: Tag) -> Node:
    """Copy a parsed body, without comments and what Markdown has no place for.

    Without recursion, since a page may nest without bound.

    Args:
        body: The container. It is not changed.

    Returns:
        The root of the copy; elements below ``MAX_DEPTH`` give their content to the last
        one above it.
    """
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
                parent.append(node)
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
    if parent.last is not None and parent.last.name == TEXT:
        parent.last.text += text
    elif text:
        parent.append(Node(TEXT, text=text))
