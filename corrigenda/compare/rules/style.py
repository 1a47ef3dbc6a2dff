"""What of an edit is a matter of style or a slip: set aside before anything else is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corrigenda.compare.alignment.edits import Edit
from corrigenda.compare.text.locality import AGENCIES
from corrigenda.compare.text.spelling import folded, is_slip, is_word, same_base
from corrigenda.compare.text.tokens import Token

# Words whose coming and going alters nothing: articles, relative words, attributions.
FILLERS = frozenset(
    "a an the that which who this these those said says say saying also and of as his her its"
    " their mr mrs ms miss dr hon st nd rd th here s".split()
)
# Prepositions too, but only put in or left out: one for another may turn the sense.
_PREPOSITIONS = frozenset("in on at by for with to from".split())
# Any of these may stand for another of its kind.
_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "a an the this these that those", "that which who and", "says said say saying",
        "mr mrs ms miss dr hon the", "of in",
    )
)  # fmt: skip
# Forms that agree with their subject.
_AGREEING = tuple(
    frozenset(group.split())
    for group in (
        "is are am",
        "was were",
        "has have",
        "do does",
        "a an",
        "this these",
        "that those",
    )
)
_SMALL = frozenset("of and the for in on to".split())
# Words looked at letter by letter, and one by one.
_FEW, _PAIRED = 30, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """What is left of an edit.

    Attributes:
        old: Words gone that are no slip.
        new: Words that came and are no slip.
        meant: By their places, words that are slips, with the word that was meant.
        style: It was all style: the same letters, or an agency's initials.
    """

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    meant: dict[tuple[str, int], Token] = field(default_factory=dict)
    style: bool = False


def remainder(edit: Edit) -> Remainder:
    """Set aside what of an edit is style or a slip."""
    if same_letters(edit.old, edit.new) or _is_acronym(edit):
        return Remainder(old=(), new=(), style=True)
    old, new = list(edit.old), list(edit.new)
    meant: dict[tuple[str, int], Token] = {}
    if old and new and edit.size <= _PAIRED:
        for one, other in _candidates(old, new):
            if one in old and other in new and _slipped(one, other):
                old.remove(one)
                new.remove(other)
                word = one if is_word(one.word) else other
                meant["old", one.start] = meant["new", other.start] = word
    return Remainder(old=tuple(old), new=tuple(new), meant=meant)


def _candidates(old: list[Token], new: list[Token]) -> list[tuple[Token, Token]]:
    """Return which words may be slips of which: those in the same place first."""
    pairs = list(zip(old, new, strict=False)) if len(old) == len(new) else []
    return pairs or [(a, b) for a in old for b in new]


def _slipped(one: Token, other: Token) -> bool:
    """Tell a slip; two names nobody knows are two names."""
    if not (one.word.isalpha() and other.word.isalpha()):
        return one.word.lower() == other.word.lower()
    names = one.word[0].isupper() and other.word[0].isupper()
    if names and not (is_word(one.word) or is_word(other.word)):
        return folded(one.word) == folded(other.word)
    return is_slip(one.word, other.word)


def same_letters(old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Tell whether only spaces, hyphens or apostrophes among a few words' letters differ."""
    few = 0 < min(len(old), len(new)) <= _FEW >= max(len(old), len(new))
    figures = [[t.key for t in side if t.figure] for side in (old, new)]
    return few and figures[0] == figures[1] and _letters(old) == _letters(new)


def _letters(words: Iterable[Token]) -> str:
    return "".join(c for t in words for c in folded(t.key) if c.isalnum())


def _is_acronym(edit: Edit) -> bool:
    """Tell an agency's initials put for its name, or its name for them."""
    short, long = sorted((edit.old, edit.new), key=len)
    short = tuple(t for t in short if t.key not in _SMALL)
    if len(short) != 1 or len(long) < 2 or len(long) > _PAIRED:
        return False
    key = folded(short[0].key).removesuffix("'s")
    if AGENCIES.get(key, "").split() == [folded(t.key) for t in long if t.key != "the"]:
        return True
    needed = "".join(t.key[0] for t in long if t.key not in _SMALL)
    every = "".join(t.key[0] for t in long)
    capitals = sum(map(str.isupper, short[0].word)) > 1
    return capitals and len(key) > 1 and _runs_through(needed, key) and _runs_through(key, every)


def _runs_through(short: str, long: str) -> bool:
    """Tell whether all letters of one stand in the other in this order."""
    rest = iter(long)
    return all(letter in rest for letter in short)


def is_filler(old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Tell whether only words without weight come or go, or a lone letter that was a bullet."""
    words = (*old, *new)
    if old and new:
        return any(all(t.key in group for t in words) for group in _ALIKE)
    light = FILLERS | _PREPOSITIONS
    return all(t.key in light or (len(t.word) == 1 and t.word.islower()) for t in words)


def is_inflection(old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Tell whether only the forms of words change: ``sends`` for ``send``, ``are`` for ``is``."""
    return len(old) == len(new) > 0 and all(
        same_base(a.key, b.key) or any({a.key, b.key} <= group for group in _AGREEING)
        for a, b in zip(old, new, strict=True)
    )
