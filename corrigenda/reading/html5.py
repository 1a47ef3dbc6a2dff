"""Markup into a tree, as browsers read it (pure).

Editors' markup is broken in the ways browsers forgive: links inside links, tags never
closed. Only an HTML5 parser puts such pages together as their readers see them; lxml and
``html.parser`` lose text or emphasis on some real pages.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

# html5lib costs the square of the nesting, and under BeautifulSoup also of the siblings.
# No editor comes near either limit: browsers stop at 512 levels, and the corpus's longest
# body has 900 tags.
MAX_NESTING = 500
MAX_TAGS = 8_000  # opening and closing ones

# Word pastes bring XML declarations; whoever reads them as HTML, as browsers do, is warned.
warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)

_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
# Tags that never stay open, or that the next of their kind closes.
_NEVER_NESTED = frozenset(
    {"a", "p", "li", "dd", "dt", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "html"}
    | {"head", "body", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
    | {"param", "source", "track", "wbr"}
)


def parse(markup: str) -> BeautifulSoup:
    """Parse a page or a piece of one.

    Never raises, whatever the text: what goes beyond ``MAX_NESTING`` or ``MAX_TAGS``, which
    only a hostile page does, is read by a more forgetful parser that takes it in its stride
    (``html.parser`` would not: its cost is the square of comments never closed).
    Lone surrogates, which no encoding can hold, become U+FFFD.
    """
    markup = _SURROGATE.sub("\ufffd", markup)
    return BeautifulSoup(markup, "lxml" if _is_hostile(markup) else "html5lib")


def _is_hostile(markup: str) -> bool:
    """Tell whether markup may open more elements than an HTML5 parser should be given."""
    tags = _TAG.findall(markup)
    still_open: Counter[str] = Counter()
    depth = 0
    for closing, tag in tags:
        name = tag.lower()
        if name in _NEVER_NESTED:
            continue
        if not closing:
            still_open[name] += 1
            depth += 1
            if depth > MAX_NESTING:
                return True
        elif still_open[name]:
            still_open[name] -= 1
            depth -= 1
    return len(tags) > MAX_TAGS
