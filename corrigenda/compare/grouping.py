"""The same edit on many releases: a key that is equal where the edit is (pure).

A publisher renames a minister or changes a footer, and a thousand releases are edited
alike. The key names the edit, not the release, so that such changes make one item for a
reviewer. It errs towards keeping changes apart: a figure that changed counts as the same
edit only in the same paragraph, since "$5" became "$6" means something else elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from corrigenda.compare.alignment.display import (
    Block,
    BlockKind,
    Operation,
    OperationKind,
    diff_body,
    diff_words,
)
from corrigenda.models import Difference, Document

# Kinds of edit whose words mean the same wherever they stand. All others are the same
# edit only within the same paragraph.
_PORTABLE = frozenset(
    "names ministers portfolios contact typo link title formatting whitespace".split()
)


def group_key(old: Document, new: Document, found: Difference) -> str | None:
    """Return a key of what was edited, equal for equal edits of different releases.

    Args:
        old: The earlier document.
        new: The later one.
        found: Their difference.

    Returns:
        32 hex digits; None where nothing differs.
    """
    # A name that changed is reported once more with the words around it.
    aside = {"wording"} if "names" in found.kinds else set()
    portable = _PORTABLE.issuperset({*found.kinds} - aside)
    edits = sorted({*_fields(old, new), *_body(old.body, new.body, portable=portable)})
    if not edits:
        return None
    described = json.dumps([str(found.significance), edits], ensure_ascii=False)
    return hashlib.sha256(described.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _fields(old: Document, new: Document) -> Iterator[tuple[str, str, str]]:
    """Yield (field, old, new) for what changed outside the body."""
    for name in ("ministers", "portfolios"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            gone = sorted(set(before) - set(after))
            come = sorted(set(after) - set(before))
            yield name, "\n".join(gone), "\n".join(come)
    for name in ("date", "url", "attachments"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield name, str(before), str(after)
    if old.title != new.title:
        yield from (("title", *pair) for pair in _pairs(diff_words(old.title, new.title)[0]))


def _body(old: str, new: str, *, portable: bool) -> Iterator[tuple[str, str, str]]:
    """Yield (what became of it, old, new) for each paragraph, or each edit inside it."""
    if old == new:
        return
    for block in diff_body(old, new):
        if block.kind is BlockKind.EQUAL:
            continue
        if portable and block.operations:
            yield from (("words", *pair) for pair in _pairs(block.operations))
        else:
            yield _whole(block)


def _whole(block: Block) -> tuple[str, str, str]:
    kind = str(block.kind)
    if block.kind is BlockKind.MOVED:
        # Moved down and moved back up are two edits.
        kind += " down" if (block.new_at or 0) > (block.old_at or 0) else " up"
    return kind, _squashed(block.old), _squashed(block.new)


def _pairs(operations: Sequence[Operation]) -> Iterator[tuple[str, str]]:
    """Yield what was deleted with what was inserted in its place."""
    deleted = inserted = ""
    for operation in operations:
        if operation.kind is OperationKind.DELETE:
            deleted += operation.text
        elif operation.kind is OperationKind.INSERT:
            inserted += operation.text
        elif operation.text.strip() or not (deleted or inserted):
            if deleted or inserted:
                yield _squashed(deleted), _squashed(inserted)
            deleted = inserted = ""
        else:  # the space between two replaced words belongs to the replacement
            deleted, inserted = deleted + operation.text, inserted + operation.text
    if deleted or inserted:
        yield _squashed(deleted), _squashed(inserted)


def _squashed(text: str) -> str:
    return " ".join(text.split())
