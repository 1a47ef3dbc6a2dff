"""Cutting a site's article out of its pages (pure).

Parsing whole pages costs fifty times as much as finding the article by its tags in the
text, so that is tried first; a page whose tags are written oddly is parsed. Every
repetition is bounded, and what is never closed is read to the end at once: on a hostile
page the cost of looking for an end from each beginning is the square of its size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from bs4 import Tag

from corrigenda.reading.html5 import parse

_OPENING = re.compile(
    r"<article(?=[\s/>])((?:[^>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,1000}+)>", re.IGNORECASE
)
_MOST_OPENINGS = 200
_CLASS = re.compile(r"\sclass\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_ARTICLE_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<script\b.*?(?:</script\b|\Z)|<(/?)article(?=[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
_WHOLE_PAGE = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """What marks an article on a site's pages.

    Attributes:
        named: The class that the ``article`` element of an item carries.
        teaser: Part of a class name that makes such an element a teaser of an item.
        column: CSS selector of what will do on a page saved without the element.
        pieces: Markup that a saved piece of a page holds when it is all article.
    """

    named: str
    teaser: str = "teaser"
    column: str = ""
    pieces: tuple[str, ...] = ()

    def cut(self, page: str) -> str | None:
        """Cut the article out of a page.

        By its tags in the text if they can be found there, else by parsing the page.
        A piece of a page with all the marks of one, as an archive keeps it, is all article.
        An article never closed, on a page never closed, is truncated, and none.
        """
        for opening in islice(_OPENING.finditer(page), _MOST_OPENINGS):
            if self._opens(opening.group(1)) and not _is_hidden(page, opening.start()):
                return _from(page, opening.start()) or self._parsed(page)
        if _WHOLE_PAGE.search(page) is None:
            return page if self.pieces and all(mark in page for mark in self.pieces) else None
        return self._parsed(page)

    def find(self, tree: Tag) -> Tag | None:
        """Return the item's article: the tree itself or the first inside, but no teaser."""
        candidates = [tree, *tree.select(f"article.{self.named}")]
        found = (t for t in candidates if t.name == "article" and not self._is_teaser(t))
        return next(found, None) or (tree.select_one(self.column) if self.column else None)

    def _opens(self, attributes: str) -> bool:
        """Tell by an ``article`` tag's attributes whether it holds an item, not a teaser."""
        found = _CLASS.search(attributes)
        classes = "".join(found.groups("")).split() if found else []
        return self.named in classes and not any(self.teaser in name for name in classes)

    def _is_teaser(self, tag: Tag) -> bool:
        return any(self.teaser in name for name in tag.get_attribute_list("class") if name)

    def _parsed(self, page: str) -> str | None:
        """Find the article in a whole page's tree, where the page has a mark of one at all."""
        marked = self.named in page or any(mark in page for mark in self.pieces)
        if not marked or "</html" not in page[-1000:].lower():
            return None
        article = self.find(parse(page))
        return None if article is None else str(article)


def _is_hidden(page: str, position: int) -> bool:
    """Tell whether a tag stands inside a comment or a script."""
    pairs = (("<!--", "-->"), ("<script", "</script"))
    return any(page.rfind(a, 0, position) > page.rfind(b, 0, position) for a, b in pairs)


def _from(page: str, start: int) -> str | None:
    """Return the article that starts here, up to the end tag that is its own."""
    depth = 0
    for tag in _ARTICLE_TAG.finditer(page, start):
        if tag.group(1) is not None:
            depth += -1 if tag.group(1) else 1
            if not depth:
                return page[start : page.find(">", tag.end()) + 1 or None]
    return None
