"""Words of the language: which strings are words, their bases, their opposites, slips of them.

A typing error needs one side that is no word: ``employer`` for ``employee`` is none. What a
word is says a frozen dictionary of the archive's own words, made by
``benchmarks/ranking/tables.py``, te reo Māori and names included.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from unicodedata import category, normalize

from rapidfuzz.distance import OSA

_SUFFIXES = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""),
    ("ing", "e"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"), ("ly", ""), ("ily", "y"),
    ("ier", "y"), ("iest", "y"), ("ment", ""), ("ness", ""), ("'s", ""), ("s'", "s"),
)  # fmt: skip
_HISSING = ("s", "x", "z", "ch", "sh", "o")
_DOUBLED = ("ed", "ing", "er")
_NEGATING = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de", "anti", "under", "over")


def folded(word: str) -> str:
    """Return a word in small letters, without accents and macrons."""
    word = word.casefold().replace("’", "'")
    if word.isascii():
        return word
    return "".join(c for c in normalize("NFD", word) if category(c) != "Mn")


def bases(word: str, forms: dict[str, str] | None = None) -> set[str]:
    """Return what a word may be an inflection of, by the regular rules and the table of forms.

    Args:
        word: A folded word.
        forms: Irregular forms; left out, the frozen table.
    """
    forms = _forms() if forms is None else forms
    found = {forms[word]} if word in forms else set()
    for suffix, ending in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            stem = word.removesuffix(suffix)
            if suffix == "es" and not stem.endswith(_HISSING):
                continue
            found.add(stem + ending)
            if suffix in _DOUBLED and len(stem) > 3 and stem[-1] == stem[-2]:
                found.add(stem[:-1])
    return found


def is_word(word: str) -> bool:
    """Tell whether a string is a word of the language, English or Māori, or a known name."""
    word = folded(word).removesuffix("'s")
    return word in _words() or bool(_regular(word) & _words())


def is_known_name(word: str) -> bool:
    """Tell a word that the archive hardly ever writes small."""
    return folded(word).removesuffix("'s") in _names()


def same_base(one: str, other: str) -> bool:
    """Tell two forms of one word: ``send`` and ``sent``, ``is`` and ``are``."""
    one, other = folded(one), folded(other)
    return bool(({one} | bases(one)) & ({other} | bases(other)))


def are_opposites(one: str, other: str) -> bool:
    """Tell two words of opposite or rival meaning, by the tables or a negating prefix."""
    ours, theirs = ({w} | bases(w) for w in (folded(one), folded(other)))
    if ours & theirs:
        return False
    opposites = _opposites()
    if any(opposites.get(word, _NONE) & theirs for word in ours):
        return True
    short, long = sorted((folded(one), folded(other)), key=len)
    return len(short) > 3 and any(long == prefix + short for prefix in _NEGATING)


def is_slip(one: str, other: str) -> bool:
    """Tell a typing error: one side is no word and little beside the other.

    Args:
        one: A word as written.
        other: What stands in its place.
    """
    a, b = folded(one), folded(other)
    if a == b:
        return True
    longer = max(len(a), len(b))
    if longer < 3 or (is_word(a) and is_word(b)):
        return False
    return bool(OSA.distance(a, b) <= (2 if longer >= 8 else 1))


_NONE: frozenset[str] = frozenset()


def _regular(word: str) -> set[str]:
    """Return the bases of a word of which it is a form in number, or by a common prefix."""
    found = {word.removesuffix("s"), word.removesuffix("ies") + "y"} if len(word) > 5 else set()
    for prefix in ("un", "non", "pre", "sub", "mis", "over", "under"):
        if word.startswith(prefix) and len(word) - len(prefix) > 4:
            found.add(word.removeprefix(prefix))
    return found


def lines(name: str) -> list[str]:
    """Return a table's lines without its head."""
    text = files("corrigenda.compare").joinpath("data", name).read_text("utf-8")
    return text.splitlines()[1:]


@cache
def _words() -> frozenset[str]:
    return frozenset(line.lower() for line in lines("words.txt"))


@cache
def _names() -> frozenset[str]:
    return frozenset(line.lower() for line in lines("words.txt") if line[0].isupper())


@cache
def _forms() -> dict[str, str]:
    return dict(line.split("\t") for line in lines("forms.tsv"))


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name in ("antonyms.tsv", "rivals.tsv"):
        for line in lines(name):
            words = line.split("\t")
            for word in words:
                found.setdefault(word, set()).update(w for w in words if w != word)
    return {word: frozenset(others) for word, others in found.items()}
