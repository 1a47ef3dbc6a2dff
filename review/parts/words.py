"""Reasons and differences as a page shows them (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from corrigenda.compare import (
    Block,
    BlockKind,
    Operation,
    OperationKind,
    diff_body,
    masking,
)
from corrigenda.models import Attachment, Change, Document

_REASON = re.compile(
    r'(?P<label>[^":]+): "(?P<first>.*?)"'
    r'(?: (?P<verb>became|removed|added)(?: "(?P<second>.*)")?)?',
    re.DOTALL,
)
#: Longer than this it is a passage, not a figure: shown smaller.
_SHORT = 60
_CLIP = 280
_SIGNS = frozenset("$€£¥")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A reason taken apart, so that the words themselves can be shown large.

    Attributes:
        label: What it is about: ``figure``, ``negation``, ``removed``.
        old: The old words, if any.
        new: The new words, if any.
        text: The whole reason where it cannot be taken apart; otherwise empty.
    """

    label: str = ""
    old: str = ""
    new: str = ""
    text: str = ""

    @property
    def short(self) -> bool:
        """It is a figure or a few words."""
        return not self.text and len(self.old) <= _SHORT and len(self.new) <= _SHORT


def headlines(reasons: Sequence[str]) -> Headline:
    """Take the first of some reasons apart; nothing where there is none."""
    return headline(reasons[0]) if reasons else Headline()


def shown(change: Change, *, masked: bool) -> Change:
    """Return a change as a reader may see it: press contacts withheld, or not."""
    reasons = tuple(masking.reason(text, masked=masked) for text in change.reasons)
    return replace(change, reasons=reasons)


def shown_document(document: Document, *, masked: bool) -> Document:
    """Return a document as a reader may see it: press contacts withheld, or not."""
    return replace(document, body=masking.body(document.body, masked=masked))


def headline(reason: str) -> Headline:
    """Take a reason apart: ``figure: "$5" became "$6"``.

    Args:
        reason: As :class:`corrigenda.models.Difference` words it.
    """
    match = _REASON.fullmatch(reason)
    if match is None:
        return Headline(text=reason)
    label, first = match["label"].strip(), match["first"]
    verb, second = match["verb"], match["second"]
    if verb == "became" and second is not None:
        return Headline(label=label, old=_clip(first), new=_clip(second))
    if second is not None:
        return Headline(text=reason)
    if verb == "removed" or (verb is None and label == "removed"):
        return Headline(label=label, old=_clip(first))
    if verb == "added" or (verb is None and label == "added"):
        return Headline(label=label, new=_clip(first))
    return Headline(text=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of words of one fate.

    Attributes:
        kind: ``keep``, ``insert`` or ``delete``.
        text: The words; white space that is itself the change is made visible.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as shown.

    Attributes:
        kind: ``equal``, ``added``, ``removed``, ``moved`` or ``edited``.
        pieces: Its words, inline.
        moved_from: For a moved one, its place before, from 1; 0 otherwise.
        coarse: It was too long to compare word by word.
    """

    kind: str
    pieces: tuple[Piece, ...]
    moved_from: int = 0
    coarse: bool = False

    @property
    def before(self) -> tuple[Piece, ...]:
        """The old side's words."""
        return tuple(p for p in self.pieces if p.kind != "insert")

    @property
    def after(self) -> tuple[Piece, ...]:
        """The new side's words."""
        return tuple(p for p in self.pieces if p.kind != "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Paragraphs in a row that changed, or that did not and may be folded away.

    Attributes:
        changed: Whether they did.
        paragraphs: They.
    """

    changed: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that differs.

    Attributes:
        name: The field.
        removed: Values that are gone.
        added: Values that came.
        kept: Values that stayed, for lists.
    """

    name: str
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def body_difference(old: str, new: str) -> list[Stretch]:
    """Return two bodies' difference for a page."""
    paragraphs = [_paragraph(block) for block in diff_body(old, new)]
    return [
        Stretch(changed=changed, paragraphs=tuple(run))
        for changed, run in groupby(paragraphs, key=lambda p: p.kind != "equal")
    ]


def field_changes(old: Document, new: Document) -> list[FieldChange]:
    """Return which fields other than the body differ, and how."""
    found = []
    for name in ("title", "date", "url"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            found.append(FieldChange(name=name, removed=_shown(before), added=_shown(after)))
    for name in ("ministers", "portfolios", "attachments"):
        before, after = _texts(getattr(old, name)), _texts(getattr(new, name))
        if before != after:
            found.append(
                FieldChange(
                    name=name,
                    removed=tuple(v for v in before if v not in after),
                    added=tuple(v for v in after if v not in before),
                    kept=tuple(v for v in before if v in after),
                )
            )
    return found


def _shown(value: object) -> tuple[str, ...]:
    return () if value is None or value == "" else (str(value),)


def _texts(values: Sequence[str | Attachment]) -> list[str]:
    """Return list values as text; an attachment with its length, where one is known."""
    return [
        v
        if isinstance(v, str)
        else v.url + (f" ({v.length:,} bytes)" if v.length is not None else "")
        for v in values
    ]


def _paragraph(block: Block) -> Paragraph:
    pieces = tuple(_pieces(block))
    moved = block.kind is BlockKind.MOVED and block.old_at is not None
    return Paragraph(
        kind=str(block.kind),
        pieces=pieces,
        moved_from=(block.old_at or 0) + 1 if moved else 0,
        coarse=block.coarse,
    )


def _pieces(block: Block) -> Iterator[Piece]:
    if block.operations:
        yield from (_piece(operation) for operation in _with_signs(block.operations))
    elif block.kind is BlockKind.ADDED:
        yield Piece(kind="insert", text=block.new)
    elif block.kind is BlockKind.REMOVED:
        yield Piece(kind="delete", text=block.old)
    else:
        yield Piece(kind="keep", text=block.new)


def _with_signs(operations: Sequence[Operation]) -> Iterator[Operation]:
    """Show a currency's sign with its figure: "$5" became "$6", not $ and then 5 and 6."""
    sign = ""
    for index, operation in enumerate(operations):
        text = operation.text
        if operation.kind is not OperationKind.KEEP:
            yield replace(operation, text=sign + text)
            continue
        sign = text[-1:] if text[-1:] in _SIGNS and _figures_follow(operations, index) else ""
        if kept := text[: len(text) - len(sign)]:
            yield replace(operation, text=kept)


def _figures_follow(operations: Sequence[Operation], index: int) -> bool:
    """Tell whether figures are exchanged right after an operation."""
    pair = operations[index + 1 : index + 3]
    kinds = [o.kind for o in pair]
    return kinds == [OperationKind.DELETE, OperationKind.INSERT] and all(
        o.text[:1].isdigit() for o in pair
    )


def _piece(operation: Operation) -> Piece:
    text = operation.text
    if operation.kind is not OperationKind.KEEP and not text.strip():
        # Nobody can see an inserted no-break space.
        text = text.replace("\u00a0", "⍽").replace(" ", "␣").replace("\n", "↵\n")
    return Piece(kind=str(operation.kind), text=text)


def _clip(text: str) -> str:
    return text if len(text) <= _CLIP else text[: _CLIP - 1].rstrip() + "…"
