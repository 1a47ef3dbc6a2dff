"""Two documents compared: what differs, and how much it matters (docs/design.md, "Significance").

Pure: the caller brings both documents, nothing is fetched or stored. Three rooms, and what
puts them together:

================ ===================================================================
``text``         Markdown to passages and words without its setting; what is a word;
                 figures, dates, denials, promises; press contacts; what is local
``alignment``    both bodies matched once; from it the edits and the display
``rules``        findings: facts and names (guarantees), asides (never count), the rest
                 as features that a learnt score weighs
``significance`` all of it applied to two documents
``data``         word tables, senses and weights, to be read and edited
================ ===================================================================
"""

from __future__ import annotations

from corrigenda.compare.alignment.display import (
    Block,
    BlockKind,
    Operation,
    OperationKind,
    apply_diff,
    diff_body,
    diff_words,
)
from corrigenda.compare.significance import compare
from corrigenda.compare.text.contacts import mask_contacts

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
