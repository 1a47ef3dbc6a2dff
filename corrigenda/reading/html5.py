"""Markup into a tree, as browsers read it (pure).

Editors' markup is broken in the ways browsers forgive: links inside links, tags never
closed. Only an HTML5 parser puts such pages together as their readers see them; lxml and
``html.parser`` lose text or emphasis on some real pages. Lexbor is one, in C: its trees
are html5lib's, in a third of the time.
"""

from __future__ import annotations

import re
from collections import Counter

from bs4 import BeautifulSoup
from bs4.builder import HTMLTreeBuilder
from selectolax.lexbor import LexborHTMLParser, LexborNode

# What a parser does for a tag can cost as much as there are elements open, and HTML5 opens
# emphasis that was never closed anew in every block. No editor comes near these limits:
# browsers stop at 512 levels, and the corpus's longest body has 900 tags.
MAX_NESTING = 500
MAX_REOPENED = 50_000  # elements a page may have opened anew before it is read more coarsely
FEW_TAGS = 400  # cannot reach either limit
FEW_OPEN = 5  # emphasis then kept open at once; HTML5 itself opens no more than 3 alike

_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>?")
# Tags that never stay open, or that the next of their kind closes.
_NEVER_NESTED = frozenset(
    {"a", "p", "li", "dd", "dt", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "html"}
    | {"head", "body", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
    | {"param", "source", "track", "wbr"}
)
# https://html.spec.whatwg.org/multipage/parsing.html#formatting, links apart
_FORMATTING = frozenset(
    {"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)


def parse(markup: str) -> BeautifulSoup:
    """Parse a page or a piece of one.

    Never raises, whatever the text, and in time that grows as the text does: of a hostile
    page the tags beyond ``MAX_NESTING`` and ``MAX_REOPENED`` are left out, never the text.
    Lone surrogates, which no encoding can hold, become U+FFFD. Comments are not kept.
    """
    return BeautifulSoup("", builder=_Lexbor(_SURROGATE.sub("\ufffd", markup)))


class _Lexbor(HTMLTreeBuilder):
    """Builds BeautifulSoup's tree from Lexbor's."""

    def __init__(self, markup: str) -> None:
        super().__init__(preserve_whitespace_tags={"html"})  # all of it: others collapse it
        self._markup = markup

    def feed(self, _markup: object) -> None:
        """Walk Lexbor's tree, without recursion, and say what stands where."""
        node: LexborNode | None = LexborHTMLParser(_tamed(self._markup)).root
        while node is not None:
            self._open(node)
            following = node.first_child
            while following is None and node is not None:
                self._close(node)
                following, node = node.next, node.parent
            node = following

    def _open(self, node: LexborNode) -> None:
        assert self.soup is not None
        if node.is_element_node:
            attributes = {name: value or "" for name, value in node.attributes.items()}
            self.soup.handle_starttag(node.tag or "", None, None, attributes)
        elif node.is_text_node:
            self.soup.handle_data(node.text_content or "")

    def _close(self, node: LexborNode) -> None:
        assert self.soup is not None
        if node.is_element_node:
            self.soup.handle_endtag(node.tag or "")


class _Opened:
    """The elements that may be open where a page is read up to."""

    def __init__(self, most: int, most_formatting: int) -> None:
        self.most, self.most_formatting = most, most_formatting
        self.depth = self.formatting = self.reopened = 0
        self.is_beyond = False
        self._open: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()

    def keeps(self, tag: re.Match[str]) -> bool:
        """Tell whether a tag is within the limits, which are for the hostile."""
        name = tag.group(2).lower()
        is_formatting = name in _FORMATTING
        if not is_formatting and not tag.group(1):
            self.reopened += self.formatting
        if name in _NEVER_NESTED:
            return True
        if tag.group(1):
            return self._closes(name, is_formatting)
        if self.depth >= self.most or (is_formatting and self.formatting >= self.most_formatting):
            self.is_beyond = True
            self._left_out[name] += 1
            return False
        self._open[name] += 1
        self.depth += 1
        self.formatting += is_formatting
        return True

    def _closes(self, name: str, is_formatting: bool) -> bool:
        if self._left_out[name]:
            self._left_out[name] -= 1
            return False
        if self._open[name]:
            self._open[name] -= 1
            self.depth -= 1
            self.formatting -= is_formatting
        return True


def _tamed(markup: str) -> str:
    """Return markup without the tags that only a hostile page has: as a rule, all of it."""
    if markup.count("<") <= FEW_TAGS:
        return markup
    opened = _Opened(MAX_NESTING, MAX_NESTING)
    for tag in _TAG.finditer(markup):
        opened.keeps(tag)
    if not opened.is_beyond and opened.reopened <= MAX_REOPENED:
        return markup
    few = FEW_OPEN if opened.reopened > MAX_REOPENED else MAX_NESTING
    opened = _Opened(MAX_NESTING, few)
    return _TAG.sub(lambda tag: tag.group() if opened.keeps(tag) else "", markup)
