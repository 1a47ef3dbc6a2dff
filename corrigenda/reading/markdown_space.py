"""White space collapsed as a browser does: only what shows stays."""

from __future__ import annotations

import re

from corrigenda.reading.markdown_tree import BLOCKS, TEXT, Node

_WHITE = re.compile(r"[ \t\r\n]+")
_VOID = frozenset(
    {"area", "base", "col", "command", "embed", "img", "keygen", "param", "source", "track", "wbr"}
)


def collapse(root: Node) -> None:
    """Collapse the white space of a tree.

    U+00A0 is not white space here. Text that is left empty at the end of a line stays in
    the tree, as it does for the reference converter, which parts lists by it.
    """
    walk = _Collapse()
    walk.children(root)
    walk.end_line()


class _Collapse:
    """A walk in document order that remembers the text it saw last in the current line."""

    def __init__(self) -> None:
        self._last: Node | None = None
        self._keep_leading = False

    def children(self, node: Node) -> None:
        for child in node.children():
            if child.name == TEXT:
                self._text(child)
            else:
                self._element(child)

    def _text(self, node: Node) -> None:
        text = _WHITE.sub(" ", node.text)
        starts_line = self._last is None or self._last.text.endswith(" ")
        if starts_line and not self._keep_leading:
            text = text.removeprefix(" ")
        node.text = text
        if text:
            self._last = node
        else:
            node.remove()

    def _element(self, node: Node) -> None:
        enter_or_leave = self._line_goes_on
        if node.name in BLOCKS or node.name == "br":
            enter_or_leave = self.end_line
        elif node.name in _VOID or node.name == "code":
            enter_or_leave = self._thing_in_line
        enter_or_leave()
        if node.name not in {"pre", "code"}:
            self.children(node)
        enter_or_leave()

    def _thing_in_line(self) -> None:
        self._last = None
        self._keep_leading = True

    def _line_goes_on(self) -> None:
        if self._last is not None:
            self._keep_leading = False

    def end_line(self) -> None:
        if self._last is not None:
            self._last.text = self._last.text.removesuffix(" ")
        self._last = None
        self._keep_leading = False
