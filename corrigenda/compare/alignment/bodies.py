"""Two bodies from Markdown to the one alignment that everything is told from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from corrigenda.compare.alignment.edits import Edit, edits_of
from corrigenda.compare.alignment.matching import Matching, Side, match
from corrigenda.compare.text.contacts import announces, with_contacts_marked
from corrigenda.compare.text.plain import Passage, Plain, passages, plain, without_numbering


@dataclass(frozen=True)
class Bodies:
    """Two bodies side by side.

    Attributes:
        old: The earlier one, Markdown.
        new: The later one.
    """

    old: str
    new: str

    @cached_property
    def plain(self) -> tuple[Plain, Plain]:
        """Both masked."""
        return without_numbering(plain(self.old), plain(self.new))

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """Their passages."""
        one, other = (with_contacts_marked(passages(p)) for p in self.plain)
        one, other = _contacts_as(other, one), _contacts_as(one, other)
        return (
            Side(_no_contacts_against(one, other), self.plain[0].text),
            Side(_no_contacts_against(other, one), self.plain[1].text),
        )

    @cached_property
    def matching(self) -> Matching:
        """What they have in common."""
        return match(*self.sides)

    @cached_property
    def edits(self) -> list[Edit]:
        """What they have not."""
        return edits_of(self.matching, *self.sides)


def _contacts_as(other: Sequence[Passage], side: list[Passage]) -> list[Passage]:
    """Return one side's passages, contacts where the other's announced contact says the same.

    A digit may be changed in a number so that it looks like none.
    """
    contacts = {_wording(p) for p in other if p.contact and announces(p)}
    if not contacts:
        return side
    return [replace(p, contact=True) if _wording(p) in contacts else p for p in side]


def _no_contacts_against(side: list[Passage], other: Sequence[Passage]) -> list[Passage]:
    """Return one side's passages, no contact where the other says the same and is none.

    A figure was edited and happens to look like a telephone number now, or did before.
    """
    if not any(p.contact for p in side):
        return side
    prose = {_wording(p) for p in other if not p.contact}
    return [
        Passage(p.text, p.start, p.line, p.speech, alone=p.alone)
        if p.contact and _wording(p) in prose
        else p
        for p in side
    ]


def _wording(passage: Passage) -> str:
    """Return a passage without its figures."""
    return "".join(filter(str.isalpha, passage.squash))
