"""Reasons and differences as a page shows them (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corrigenda.compare import masking
from corrigenda.models import Attachment, Change, Document

_REASON = re.compile(
    r'(?P<label>[^":]+): "(?P<first>.*?)"'
    r'(?: (?P<verb>became|removed|added)(?: "(?P<second>.*)")?)?',
    re.DOTALL,
)
#: Longer than this it is a passage, not a figure: shown smaller.
_SHORT = 60
_CLIP = 280


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


def _clip(text: str) -> str:
    return text if len(text) <= _CLIP else text[: _CLIP - 1].rstrip() + "…"
