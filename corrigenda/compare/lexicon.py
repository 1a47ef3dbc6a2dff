"""Which words are facts: figures, dates and times, negations, promises, names.

The word lists were made by reading the releases of the public archive; each is closed
on purpose. What is on no list is wording, and a change of wording is never silent either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corrigenda.compare.plain import Token

# Spelled-out numbers. "one" and "second" are left out: as pronoun and unit of time they
# are reworded far more often than counted with; beside another number they show anyway.
NUMBERS = frozenset(
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred hundreds thousand thousands million millions billion billions trillion dozen dozens"
    " first third fourth fifth sixth seventh eighth ninth tenth twentieth"
    " half halve halved thirds quarter quarters fifths tenths"
    " twice thrice double doubled triple tripled".split()
)
_VALUES = {
    **{
        word: str(value)
        for value, word in enumerate(
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
            " sixteen seventeen eighteen nineteen twenty".split(),
            start=2,
        )
    },
    **{"m": "million", "bn": "billion", "k": "thousand"},
}
# What a figure counts: a change of unit is a change of the figure.
UNITS = frozenset(
    "dollar dollars cent cents percentage point points degree degrees m bn k"
    " km kms kilometre kilometres metre metres cm mm hectare hectares ha acres tonne tonnes"
    " kg kilogram kilograms gram grams litre litres mw gw gwh kwh pj"
    " second seconds minute minutes hour hours day days week weeks fortnight month months"
    " year years decade decades century".split()
)
MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march,april apr,may,june jun,july jul,august aug,"
        "september sep sept,october oct,november nov,december dec".split(","),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_DAYS = frozenset("today yesterday tomorrow tonight midnight noon midday".split())
_HOURS = frozenset("am pm a.m p.m".split())
NEGATIONS = frozenset("not no never nor neither none nobody nothing nowhere cannot without".split())
# Promises, by strength. "would" and "should" weaken what "will" and "must" promised.
STRONG = frozenset("will must shall guarantee guarantees ensure ensures require requires".split())
WEAK = frozenset(
    "may might could would should can intend intends intended plan plans planned aim aims aimed"
    " hope hopes hoped expect expects expected consider considers considering propose proposes"
    " proposed proposal proposing seek seeks try tries possibly potentially likely".split()
)
# Capitalised without being anybody's name.
_NOT_NAMES = frozenset(
    "i the a an and of for in on at by to mr mrs ms miss dr hon sir dame rt he she it we they this"
    " that these those minister ministers ministry government governments budget associate acting"
    " press release media statement note notes question questions answer answers also but if when"
    " our his her their its there here as with from ends end contact".split()
)
_ORDINAL = frozenset("st nd rd th".split())
YEAR = re.compile(r"(?:19|20)\d\d")


def fact(words: Sequence[Token], at: int) -> str | None:
    """Say what kind of hard fact a token is.

    Args:
        words: Consecutive tokens: the neighbours decide whether 12 is a date.
        at: Which of them.

    Returns:
        ``figures``, ``dates``, ``negation``, or None.
    """
    token = words[at]
    if token.key in NEGATIONS or token.key.endswith("n't"):
        return "negation"
    if _is_date_word(token) or (token.figure and _in_date(words, at)):
        return "dates"
    if token.figure or token.key in NUMBERS or _is_unit(words, at):
        return "figures"
    return None


def fact_key(token: Token) -> str:
    """Return what a hard fact is counted by, alike for two ways of writing it.

    ``don't`` denies as ``do not`` does, ``10.30`` is ``10:30``, ``ten`` is ``10``.
    """
    if token.key.endswith("n't") or token.key == "cannot":
        return "not"
    return _VALUES.get(token.key) or token.key.replace(":", ".")


def is_name(token: Token, names: frozenset[str]) -> bool:
    """Tell whether a token belongs to a person's, place's or organisation's name.

    Args:
        token: The token.
        names: Keys known to be capitalised in the middle of sentences, of both bodies.
    """
    if len(token.word) < 2 or not token.word[0].isupper():
        return False
    common = token.key in _NOT_NAMES or token.key in MONTHS
    return not common and token.key.removesuffix("'s") in names


def names_in(texts: Sequence[str]) -> frozenset[str]:
    """Return the words that are capitalised inside sentences and never written small."""
    text = "\n".join(texts).replace("’", "'")
    inside = re.findall(r"(?<=[^\W\d_][ ,])\s?([A-ZĀ-Ū][^\W\d_]*(?:'[^\W\d_]+)?)", text)
    capitals = {word.casefold().removesuffix("'s") for word in inside}
    small = set(re.findall(r"\b[a-zā-ū][^\W\d_]*", text))
    return frozenset(capitals - small)


def _is_date_word(token: Token) -> bool:
    """Tell a month, a day or an hour; "may" and "march" only with a capital."""
    key = token.key.removesuffix("'s")
    if key in MONTHS:
        return token.word[0].isupper()
    # "PM" alone is the Prime Minister far more often than an afternoon; "5 pm" is not.
    is_hour = key in _HOURS and token.word.islower()
    return key in WEEKDAYS or key in _DAYS or is_hour


def _in_date(words: Sequence[Token], at: int) -> bool:
    """Tell whether a figure is a day, a year or a time of day."""
    word = words[at].word
    if not word[0].isdigit() or (at and words[at - 1].word in "$£€¥"):
        return False
    if ":" in word or YEAR.fullmatch(word):
        return True
    near = [t for t in words[max(at - 2, 0) : at + 3] if t.key not in _ORDINAL]
    return any(_is_date_word(token) for token in near)


def _is_unit(words: Sequence[Token], at: int) -> bool:
    """Tell whether a token is what the figure before it counts."""
    if words[at].key not in UNITS or not at:
        return False
    before = words[at - 1]
    return before.figure or before.key in NUMBERS
