"""A body's tree made fit for Markdown, rule by rule as the reference converter does it.

HTML says more than Markdown can: bold inside bold, links around headings, quotations in
bold, list items outside lists. What cannot be said is turned into what can, before
anything is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator

from corrigenda.reading.markdown_space import collapse
from corrigenda.reading.markdown_tree import (
    BLOCKS,
    BOLD,
    CODE,
    EMPHASIS,
    HEADINGS,
    ITALIC,
    LIST_END,
    LISTS,
    TEXT,
    Node,
)

_LINK = frozenset({"a"})
_CONTAINERS = LISTS | {"blockquote", "li", "body", "html"}
_LEAVES = HEADINGS | {"hr", "pre"}
_INLINE = EMPHASIS | {TEXT, "a", "br", "code", "img", "span"}


def fit(root: Node) -> None:
    """Rewrite a tree so that Markdown can say what it says.

    The order counts: each rule relies on those before it.
    """
    _spans_of_blocks(root)
    _unwrap_nested(root, BOLD)
    _unwrap_nested(root, ITALIC)
    _merge_adjacent(root, EMPHASIS)
    _drop_empty_code(root)
    _swap_only_child(root, CODE, frozenset({"pre"}))
    _merge_adjacent(root, CODE)
    _space_around_code(root)
    _unwrap_nested(root, _LINK)
    _swap_only_child(root, EMPHASIS, _LINK)
    _swap_only_child(root, _LINK, HEADINGS)
    _no_blocks_inside_lines(root)
    _adopt_stray_items(root)
    collapse(root)
    _part_adjacent_lists(root)


def _spans_of_blocks(node: Node) -> bool:
    """Make ``div`` of every ``span`` that holds a block; tell whether this node does or is one."""
    holds = [_spans_of_blocks(child) for child in node.children()]
    if node.name == "span" and any(holds):
        node.name = "div"
    return any(holds) or node.name in BLOCKS


def _unwrap_nested(node: Node, kind: frozenset[str], *, inside: bool = False) -> None:
    """Replace elements of a kind that stand inside one of the same kind by their content."""
    within = inside or node.name in kind
    for child in node.children():
        _unwrap_nested(child, kind, inside=within)
        if within and child.name in kind:
            child.unwrap()


def _merge_adjacent(root: Node, kind: frozenset[str]) -> None:
    """Make one element of neighbours of a kind: bold and italic, side by side, are one."""
    for node in root.walk():
        if node.name in kind:
            for neighbour in list(_adjacent(node, kind)):
                neighbour.give_children(node)
                neighbour.remove()


def _adjacent(start: Node, kind: frozenset[str]) -> Iterator[Node]:
    """Yield the elements of a kind right after this one, whatever spans stand around them."""
    node = start.next
    while node is not None:
        if node.name == "span":
            node = node.following()
        elif node.name in kind:
            yield node
            node = node.beyond()
        else:
            return


def _drop_empty_code(root: Node) -> None:
    """Remove code without a character."""
    node: Node | None = root
    while node is not None:
        if node.name == "code" and not _has_text(node):
            beyond = node.beyond()
            node.remove()
            node = beyond
        else:
            node = node.following()


def _has_text(node: Node) -> bool:
    return bool(node.text) or any(_has_text(child) for child in node.children())


def _swap_only_child(node: Node, outer: frozenset[str], inner: frozenset[str]) -> None:
    """Turn an outer element around nothing but an inner one inside out."""
    if node.name in outer:
        shown = [child for child in node.children() if not child.is_blank()]
        if len(shown) == 1 and shown[0].name in inner:
            child = shown[0]
            node.name, child.name = child.name, node.name
            node.attributes, child.attributes = child.attributes, node.attributes
            return
    for child in node.children():
        _swap_only_child(child, outer, inner)


def _space_around_code(root: Node) -> None:
    """Put a space between text and emphasis that begins or ends with code."""
    for node in root.walk():
        if node.name in EMPHASIS:
            if _begins_with_code(node.first) and (text := _text_before(node)):
                text.text += " "
            if _ends_with_code(node.last) and (text := _text_after(node)):
                text.text = " " + text.text


def _begins_with_code(node: Node | None) -> bool:
    while node is not None and node.name == "span":
        node = node.following()
    return node is not None and node.name in CODE


def _ends_with_code(node: Node | None) -> bool:
    while node is not None and node.name == "span":
        node = _preceding(node)
    return node is not None and node.name in CODE


def _text_before(node: Node) -> Node | None:
    before = _before(node)
    while before is not None and before.name == "span":
        before = _preceding(before)
    return before if before is not None and before.name == TEXT else None


def _text_after(node: Node) -> Node | None:
    after = node.beyond()
    while after is not None and after.name == "span":
        after = after.following()
    return after if after is not None and after.name == TEXT else None


def _before(node: Node | None) -> Node | None:
    while node is not None and node.previous is None:
        node = node.parent
    return node.previous if node is not None else None


def _preceding(node: Node) -> Node | None:
    """Return what the reference converter takes for the node before: it looks inside first."""
    return node.first or _before(node)


def _no_blocks_inside_lines(node: Node, *, in_leaf: bool = False, in_line: bool = False) -> None:
    """Say blocks differently where Markdown has none: in a heading, in emphasis, in a link."""
    name = node.name
    if (in_leaf or in_line) and (name in _CONTAINERS or name in _LEAVES):
        _say_in_line(node)
    in_leaf = in_leaf or name in _LEAVES
    in_line = in_line or name in _INLINE
    for child in node.children():
        _no_blocks_inside_lines(child, in_leaf=in_leaf, in_line=in_line)


def _say_in_line(node: Node) -> None:
    """Make bold of a heading, quotation marks of a quotation, code of a code block."""
    if node.name in HEADINGS:
        node.name = "strong"
        Node("br").put_after(node)
    elif node.name == "blockquote":
        node.name = "span"
        Node(TEXT, text=' "').put_before(node)
        Node(TEXT, text='" ').put_after(node)
    elif node.name == "pre":
        node.name = "code"
    elif node.name == "hr":
        node.remove()
    else:
        node.name = "span"


def _adopt_stray_items(root: Node) -> None:
    """Give what stands in a list outside its items to the item before it, or to a new one."""
    for node in root.walk():
        if node.name in LISTS:
            item: Node | None = None
            for child in node.children():
                if child.name == "li":
                    item = child
                elif child.is_blank():
                    continue
                elif item is None:
                    item = Node("li")
                    item.put_before(child)
                    child.remove()
                    item.append(child)
                else:
                    child.remove()
                    item.append(child)


def _part_adjacent_lists(root: Node) -> None:
    """Put a mark between lists that Markdown would otherwise join."""
    for node in root.walk():
        if node.name in LISTS and _list_follows(node):
            Node(LIST_END).put_after(node)


def _list_follows(node: Node) -> bool:
    """Tell whether a list comes before any text, item or divider."""
    after = node.beyond()
    while after is not None and after.name not in {TEXT, "li", "hr", LIST_END}:
        if after.name in LISTS:
            return True
        after = after.following()
    return False
