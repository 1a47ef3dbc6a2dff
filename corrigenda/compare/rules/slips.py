"""Slips: edits that are a matter of spelling, grammar or style."""

from __future__ import annotations

from unicodedata import normalize

from rapidfuzz.distance import OSA

from corrigenda.compare.plain import Token
from corrigenda.compare.rules.hard import fact_difference, new_facts, old_facts
from corrigenda.compare.words import Edit

# Words whose coming and going alters nothing: articles, relative words, attributions.
FILLERS = frozenset(
    "a an the that which who this these those said says say saying also and of as his her its"
    " their mr mrs ms dr hon st nd rd th here s".split()
)
# Prepositions too, but only put in or left out: one for another may turn the sense.
_PREPOSITIONS = frozenset("in on at by for with to from".split())
_NEGATING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de", "anti", "re", "over")
_INFLECTIONS = frozenset({"s", "es", "d", "ed", "ing", "e", "ly"})
# Words looked at letter by letter.
_FEW = 30


def is_light(edit: Edit) -> bool:
    """Tell whether an edit is a matter of spelling, grammar or style."""
    return _same_facts(edit) or is_typo(edit) or is_filler(edit)


def is_typo(edit: Edit) -> bool:
    """Tell a typing error: the same letters, or a slip of one or two among enough others.

    A changed last letter (``employer``, ``employee``) or a negating prefix may turn the
    sense and is no slip.
    """
    if same_letters(edit):
        return True
    if not edit.old or not edit.new or max(len(edit.old), len(edit.new)) > 3:
        return False
    old, new = _letters(edit.old), _letters(edit.new)
    short, long = sorted((old, new), key=len)
    if any(long == prefix + short for prefix in _NEGATING_PREFIXES):
        return False
    if long.startswith(short) and long[len(short) :] in _INFLECTIONS:
        return True
    last_replaced = len(old) == len(new) and old[:-1] == new[:-1]
    allowed = 2 if len(long) >= 8 or is_garbled(edit) else 1
    return not last_replaced and len(long) >= 5 and OSA.distance(old, new) <= allowed


def same_letters(edit: Edit) -> bool:
    """Tell whether only spaces, hyphens or apostrophes among a few words' letters differ."""
    few = 0 < min(len(edit.old), len(edit.new)) <= _FEW >= max(len(edit.old), len(edit.new))
    return few and _letters(edit.old) == _letters(edit.new)


def is_garbled(edit: Edit) -> bool:
    """Tell whether letters were lost in encoding, as the macron in ``M?ori``."""
    words = (*edit.old, *edit.new)
    return any("?" in t.tail or not t.word.isascii() for t in words)


def is_filler(edit: Edit) -> bool:
    """Tell whether only words without weight come or go, or a lone letter that was a bullet."""
    words = (*edit.old, *edit.new)
    if edit.old and edit.new:
        return all(t.key in FILLERS for t in words)
    light = FILLERS | _PREPOSITIONS
    return all(t.key in light or (len(t.word) == 1 and t.word.islower()) for t in words)


def _same_facts(edit: Edit) -> bool:
    """Tell the same facts written otherwise: "ten" for "10", "m" for "million"."""
    return says_no_more_than_facts(edit) and not any(fact_difference(edit))


def says_no_more_than_facts(edit: Edit) -> bool:
    """Tell whether every word of it is a hard fact, so that other rules say it all."""
    count = len(old_facts(edit)) + len(new_facts(edit))
    return count == len(edit.old) + len(edit.new)


def _letters(words: tuple[Token, ...]) -> str:
    """Return words as one string of letters and digits, macrons and accents set aside."""
    return "".join(c for t in words for c in normalize("NFD", t.key) if c.isalnum())
