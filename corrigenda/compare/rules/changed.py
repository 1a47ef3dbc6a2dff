"""Facts that changed with an edit: those of the passages it stands in, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corrigenda.compare.alignment.edits import Edit
from corrigenda.compare.rules.style import Remainder, remainder
from corrigenda.compare.text import facts
from corrigenda.compare.text.facts import Fact
from corrigenda.compare.text.plain import Passage
from corrigenda.compare.text.tokens import Token


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact with its words.

    Attributes:
        fact: The fact.
        tokens: Its words.
        touched: The edit changes one of them.
    """

    fact: Fact
    tokens: tuple[Token, ...]
    touched: bool

    @property
    def id(self) -> tuple[str, str]:
        """What it is counted by."""
        return self.fact.kind, self.fact.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An edit with what the first look found.

    Attributes:
        edit: The edit.
        rest: What of it is no style.
        lost: Facts that are gone.
        gained: Facts that came.
        covered: Places of words that belong to facts, whether they changed or not.
    """

    edit: Edit
    rest: Remainder
    lost: tuple[Placed, ...]
    gained: tuple[Placed, ...]
    covered: frozenset[tuple[str, int]]


def look(edit: Edit) -> Judged:
    """Set style aside and compare the facts of the passages an edit stands in."""
    rest = remainder(edit)
    old, old_covered = _facts(edit.old, edit.old_passages, "old", rest)
    new, new_covered = _facts(edit.new, edit.new_passages, "new", rest)
    lost: list[Placed] = []
    gained: list[Placed] = []
    if not rest.style and not edit.coarse:
        lost, gained = _gone(old, new, edit), _gone(new, old, edit)
        if not (lost or gained):
            lost, gained = _exchanged(old, new)
    return Judged(
        edit=edit,
        rest=rest,
        lost=tuple(lost),
        gained=tuple(gained),
        covered=old_covered | new_covered,
    )


def _gone(side: Sequence[Placed], other: Sequence[Placed], edit: Edit) -> list[Placed]:
    """Return the facts an edit touches that stand more often on this side than on the other."""
    more = Counter(f.id for f in side) - Counter(f.id for f in other)
    found: list[Placed] = []
    for fact in side:
        if fact.touched and more[fact.id] > 0:
            more[fact.id] -= 1
            found.append(fact)
    if found:
        return found
    # "$5" that "million" was put behind is touched on one side alone.
    ids = {f.id for f in side}
    kinds = {f.fact.kind for f in other if f.touched and (f.id not in ids or edit.size <= 2)}
    kinds |= {f.fact.kind for f in side if f.touched and edit.size <= 2}
    return [f for f in side if more[f.id] > 0 and f.fact.kind in kinds][:1]


def _exchanged(old: Sequence[Placed], new: Sequence[Placed]) -> tuple[list[Placed], list[Placed]]:
    """Return facts that took another's place, both standing on both sides; a denial that moved."""
    gone, come = [f for f in old if f.touched], [f for f in new if f.touched]
    if gone and come and Counter(f.id for f in gone) != Counter(f.id for f in come):
        return gone, come
    if not (gone and come):
        return (
            [f for f in gone if f.fact.kind == "negation"],
            [f for f in come if f.fact.kind == "negation"],
        )
    return [], []


def _facts(
    words: Sequence[Token], passages: Sequence[Passage], side: str, rest: Remainder
) -> tuple[list[Placed], frozenset[tuple[str, int]]]:
    """Return the facts of some passages, slips read as what was meant."""
    changed = {t.start for t in words} - {at for where, at in rest.meant if where == side}
    found: list[Placed] = []
    covered: set[tuple[str, int]] = set()
    for passage in passages:
        tokens = [
            t._replace(word=rest.meant[side, t.start].word, key=rest.meant[side, t.start].key)
            if (side, t.start) in rest.meant
            else t
            for t in passage.tokens
        ]
        for fact in facts.find(tokens):
            inside = tuple(tokens[fact.start : fact.end])
            touched = any(t.start in changed for t in inside)
            found.append(Placed(fact, inside, touched))
            if touched:
                covered.update((side, t.start) for t in inside)
    return found, frozenset(covered)
