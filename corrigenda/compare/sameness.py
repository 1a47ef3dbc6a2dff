"""Whether two documents are the same item at two times, or two items (pure).

A redirect says that one address stands for another. It does not say that the release
moved: sites lead from pages they removed to whatever they think will do. What is there
has to be the release, edited or not.
"""

from __future__ import annotations

from collections import Counter

from corrigenda.models import Document

#: Share of the longer text's words that the other must have too. Edits of real releases
#: leave far more; two releases of one minister share a third at most.
_ALIKE = 0.6


def same_item(one: Document, other: Document) -> bool:
    """Tell whether two documents are one release, judged by title, else by words."""
    if one.title.strip() and _words(one.title) == _words(other.title):
        return True
    ours, theirs = Counter(_words(one.body)), Counter(_words(other.body))
    longer = max(ours.total(), theirs.total())
    return longer > 0 and (ours & theirs).total() / longer >= _ALIKE


def _words(text: str) -> list[str]:
    return text.casefold().split()
