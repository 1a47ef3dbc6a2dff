"""Two documents compared: what differs, and how much it matters.

Pure: the caller brings both documents, nothing is fetched or stored. What each rank means
is in docs/design.md, "Significance". The body goes through these steps, a module each:

=============== ====================================================================
``plain``       Markdown to passages (sentences, lines) and words, without its setting
``contacts``    press-contact lines among them are marked
``align``       sequences matched, in bounded time
``edits``       passages matched wherever they stand
``words``       the words that differ in what is left
``facts``       which words are figures, dates, negations, promises, names
``boilerplate`` mastheads, captions, repetitions: passages that say nothing themselves
``hard``        the first rule: changed figures, dates and negations
``slips``       edits of spelling, grammar and style
``rules``       the other rules, one function each, edits to findings
``fields``      the same for title, date, credits, attachments, url and links
``judge``       all of these applied to two documents
``blocks``      apart from all these: the exact difference for display
=============== ====================================================================
"""

from __future__ import annotations

from corrigenda.compare.contacts import mask_contacts
from corrigenda.compare.display import (
    Block,
    BlockKind,
    Operation,
    OperationKind,
    apply_diff,
    diff_body,
    diff_words,
)
from corrigenda.compare.significance import compare

__all__ = [
    "Block",
    "BlockKind",
    "Operation",
    "OperationKind",
    "apply_diff",
    "compare",
    "diff_body",
    "diff_words",
    "mask_contacts",
]
