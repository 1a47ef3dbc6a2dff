"""What words assert: figures, dates, negations, directions, quantities, promises, approvals.

A fact has a key that is equal for two ways of writing it: ``5m`` and ``5 million``, ``June 5``
and ``5 June``, ``per cent`` and ``%``. Two passages are compared by their facts' keys, so how
something is written never counts and what is written always does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from corrigenda.compare.text.locality import HOME_CURRENCY_CODES
from corrigenda.compare.text.spelling import bases, folded, lines
from corrigenda.compare.text.tokens import Token

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_WRITTEN = {
    **{word: value for value, word in enumerate(_UNITS, start=1)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    **{word: value for value, word in enumerate(_ORDINALS, start=1)},
    "zero": 0,
    "dozen": 12,
}
_COUNTS = frozenset(
    "hundreds thousands millions billions dozens half halve halved thirds quarter quarters fifths"
    " tenths twice thrice double doubled triple tripled".split()
)
_MAGNITUDES = {
    "hundred": "hundred", "thousand": "thousand", "k": "thousand", "million": "million",
    "m": "million", "mn": "million", "billion": "billion", "bn": "billion", "b": "billion",
    "trillion": "trillion", "tn": "trillion",
}  # fmt: skip
_UNIT_NAMES = {
    form: names.split()[0]
    for names in (
        "% percent,pp percentage,dollar dollars nzd,cent cents c,pound pounds,euro euros,yen,"
        "point points,degree degrees,km kms kilometre kilometres,metre metres,cm centimetre"
        " centimetres,mm millimetre millimetres,hectare hectares ha,acre acres,tonne tonnes t,"
        "kg kgs kilogram kilograms kilo kilos,gram grams g,litre litres,mw megawatt megawatts,"
        "gw,gwh,kwh,pj,second seconds,minute minutes min mins,hour hours hr hrs,day days,"
        "week weeks,fortnight fortnights,month months,year years yr yrs,decade decades,century"
        " centuries,mile miles,foot feet ft,people,times time"
    ).split(",")
    for form in names.split()
}
MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,"
        "september sep sept,october oct,november nov,december dec".split(","),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MOMENTS = frozenset("today yesterday tomorrow tonight".split())
_TIMES = frozenset("midnight noon midday".split())
_WHICH = frozenset("this next last previous coming".split())
_SPANS = frozenset(
    "week weekend fortnight month year quarter decade century morning afternoon evening night"
    " season summer winter autumn spring term".split()
)
_NEGATIONS = frozenset(
    "not no never nor neither none nobody nothing nowhere cannot without".split()
)
_ORDINAL = frozenset("st nd rd th".split())
# With a figure after them these bound it.
_BOUNDS = {
    ("up", "to"): "at most", ("at", "most"): "at most", ("no", "more", "than"): "at most",
    ("at", "least"): "at least", ("more", "than"): "over", ("less", "than"): "under",
    ("fewer", "than"): "under", ("over",): "over", ("under",): "under",
    ("nearly",): "nearly", ("almost",): "nearly", ("about",): "about", ("around",): "about",
    ("approximately",): "about", ("some",): "about", ("only",): "only", ("just",): "only",
}  # fmt: skip
_BOUNDING = frozenset(words[0] for words in _BOUNDS)
_FIRM_BOUNDS = frozenset({"at most", "at least"})
YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DAY = re.compile(r"0?([1-9]|[12]\d|3[01])")


class Fact(NamedTuple):
    """Something asserted.

    Attributes:
        kind: ``figures``, ``dates``, ``negation``, ``direction``, ``order``, ``quantifier``,
            ``modality``, ``approval``, ``moment`` or ``bound``.
        key: Equal for equal facts, however written.
        start: Its first token.
        end: The one after its last.
        firm: Its coming or going alone is a change of meaning; that of the others only
            where another of the kind takes its place.
    """

    kind: str
    key: str
    start: int
    end: int
    firm: bool


def find(words: Sequence[Token]) -> list[Fact]:
    """Return the facts of a passage, in order.

    Args:
        words: All its tokens: the neighbours decide whether 12 is a date.
    """
    found: list[Fact] = []
    at = 0
    while at < len(words):
        fact = _date(words, at) or _bound(words, at) or _quantity(words, at)
        if fact:
            found.append(fact)
        else:
            found += _word(words, at)
        at = fact.end if fact else at + 1
    return found


def is_number(word: str) -> bool:
    """Tell a number in words, with or without more than one."""
    return word in _WRITTEN or word in _MAGNITUDES or word in _COUNTS


def _date(words: Sequence[Token], at: int) -> Fact | None:
    """Read a day and month in either order, a month, a weekday, a year, a time, a moment."""
    token = words[at]
    day = _DAY.fullmatch(token.word)
    if day:
        after = at + 1
        after += after < len(words) and words[after].key in _ORDINAL and not token.gap
        after += after < len(words) and words[after].key == "of"
        near = not any(t.gap.strip(" .") for t in words[at:after])
        if near and (month := _month(words, after)):
            return _dated(words, at, after + 1, day.group(1), month)
    if month := _month(words, at):
        after = at + 1
        found = _DAY.fullmatch(words[after].word) if after < len(words) else None
        if found and not words[at].gap.strip(" .") and not _is_measured(words, after):
            after += 1
            after += after < len(words) and words[after].key in _ORDINAL
            return _dated(words, at, after, found.group(1), month)
        return _dated(words, at, at + 1, "", month)
    return _moment(words, at) or _clock(words, at)


def _moment(words: Sequence[Token], at: int) -> Fact | None:
    """Read a weekday, "noon", "today" or "next year"."""
    key = words[at].key.removesuffix("'s")
    if key in WEEKDAYS or key in _TIMES:
        return Fact("dates", key, at, at + 1, True)
    if key in _MOMENTS:
        return Fact("moment", key, at, at + 1, False)
    follows = words[at + 1].key.removesuffix("'s") if at + 1 < len(words) else ""
    if key in _WHICH and follows in _SPANS:
        return Fact("moment", f"{key} {follows}", at, at + 2, False)
    return None


def _clock(words: Sequence[Token], at: int) -> Fact | None:
    """Read a time of day or a year."""
    word = words[at].word
    if not word[0].isdigit() or (at and words[at - 1].word in "$£€¥"):
        return None
    half = words[at + 1].word if at + 1 < len(words) else ""
    parts = "".join(t.word for t in words[at + 1 : at + 3])
    if half in {"am", "pm"}:
        return Fact("dates", word.replace(":", ".") + half, at, at + 2, True)
    if parts in {"am", "pm"} and words[at + 1].gap.strip() == ".":
        return Fact("dates", word.replace(":", ".") + parts, at, at + 3, True)
    if ":" in word:
        return Fact("dates", word.replace(":", "."), at, at + 1, True)
    if YEAR.fullmatch(word) and not _is_measured(words, at):
        return Fact("dates", word, at, at + 1, True)
    return None


def _month(words: Sequence[Token], at: int) -> int | None:
    """Return a month's number; "may" and "march" only with a capital."""
    if at >= len(words) or not words[at].word[0].isupper():
        return None
    if words[at].key == "mar" and not words[at].word.islower() and at and not words[at - 1].figure:
        return None
    return MONTHS.get(words[at].key.removesuffix("'s"))


def _is_measured(words: Sequence[Token], at: int) -> bool:
    """Tell whether a number counts something, and is no day and no year."""
    follows = words[at + 1].key if at + 1 < len(words) else ""
    return follows == "%" or follows in _MAGNITUDES or follows in _UNIT_NAMES


def _dated(words: Sequence[Token], start: int, end: int, day: str, month: int) -> Fact:
    """Return a date, with the year that follows it if one does."""
    year = words[end].word if end < len(words) and YEAR.fullmatch(words[end].word) else ""
    near = year and not words[end - 1].gap.strip(" ,")
    key = f"{day}-{month}-{year if near else ''}"
    return Fact("dates", key, start, end + bool(near), True)


def _bound(words: Sequence[Token], at: int) -> Fact | None:
    """Read "up to" and its like before a figure."""
    if words[at].key not in _BOUNDING:
        return None
    for length in (3, 2, 1):
        key = tuple(t.key for t in words[at : at + length])
        sense = _BOUNDS.get(key)
        if sense and len(key) == length and at + length < len(words):
            after = words[at + length]
            if after.figure or after.key in _WRITTEN or _is_currency(words, at + length):
                return Fact("bound", sense, at, at + length, sense in _FIRM_BOUNDS)
    return None


def _is_currency(words: Sequence[Token], at: int) -> bool:
    """Tell a currency's letters right before its sign: "US" of "US$"."""
    token = words[at]
    follows = words[at + 1].word if at + 1 < len(words) else ""
    return not token.gap and follows in tuple("$£€¥") and token.word.isalpha()


def _quantity(words: Sequence[Token], at: int) -> Fact | None:
    """Read a figure with its currency before it and its magnitude and unit after it."""
    start, currency = at, ""
    if _is_currency(words, at) and len(words[at].word) <= 3:
        currency, at = words[at].word.upper(), at + 1
    while at < len(words) and words[at].figure and not words[at].word[-1].isnumeric():
        if words[at].key == "%":
            break
        currency, at = currency + words[at].word, at + 1
    value, at, weak = _value(words, at)
    if not value and not currency:
        if words[start].key == "%":
            return Fact("figures", "%", start, start + 1, True)
        return None
    magnitude = unit = ""
    if value and at < len(words):
        magnitude, at = _magnitude(words, at, currency)
    if value and at < len(words) and words[at].key in _UNIT_NAMES:
        near = not words[at - 1].gap.strip(" -")
        if near and not (words[at].word[0].isupper() and words[at].key == "t"):
            unit, at = _UNIT_NAMES[words[at].key], at + 1
            if unit == "pp" and at < len(words) and words[at].key in {"point", "points"}:
                at += 1
    elif value and at < len(words) and words[at].key == "%":
        unit, at = "%", at + 1
    if unit == "dollar" and not currency:
        currency, unit = "$", ""
    weak = weak and not (currency or magnitude or unit)
    key = " ".join(filter(None, (f"{_home(currency)}{value}", magnitude, unit)))
    return Fact("figures", key, start, max(at, start + 1), not weak)


def _home(currency: str) -> str:
    """Return a currency, the publisher's own in one way of writing."""
    return "$" if currency.removesuffix("$") in HOME_CURRENCY_CODES else currency


def _value(words: Sequence[Token], at: int) -> tuple[str, int, bool]:
    """Read digits or number words: the value as digits, the place after it, whether it is weak.

    "one" and "second" alone are weak: they stand for "a person" and a unit of time more often.
    """
    if at >= len(words):
        return "", at, False
    token = words[at]
    if token.word[0].isdigit() or token.word[0] == "." or (token.figure and token.word != "%"):
        after = at + 1
        if after < len(words) and words[after].key in _ORDINAL and not token.gap:
            after += 1
        return token.key.replace(":", "."), after, False
    key = token.key
    if key in _COUNTS:
        return key, at + 1, False
    if key not in _WRITTEN:
        return "", at, False
    value, after = _WRITTEN[key], at + 1
    if value >= 20 and value % 10 == 0 and after < len(words) and token.gap in {"-", " "}:
        ones = _WRITTEN.get(words[after].key, 0)
        if 0 < ones < 10:
            value, after = value + ones, after + 1
    return str(value), after, after == at + 1 and key in {"one", "second", "first"}


def _magnitude(words: Sequence[Token], at: int, currency: str) -> tuple[str, int]:
    """Read "million" and its like; a lone letter only right behind its figure."""
    key = words[at].key
    found = _MAGNITUDES.get(key, "")
    apart = words[at - 1].gap
    if not found or apart.strip(" -") or (len(key) == 1 and apart and not currency):
        return "", at
    more = words[at + 1].key if at + 1 < len(words) else ""
    if found == "hundred" and more in _MAGNITUDES and len(more) > 2:
        return f"hundred {_MAGNITUDES[more]}", at + 2
    return found, at + 1


def _word(words: Sequence[Token], at: int) -> list[Fact]:
    """Read a word that denies, directs, counts, promises or approves."""
    token = words[at]
    if token.key in _NEGATIONS or token.key.endswith("n't"):
        denies = token.key.endswith("n't") or token.key in {"not", "cannot"}
        return [Fact("negation", "not" if denies else token.key, at, at + 1, True)]
    if token.key in _MAGNITUDES and len(token.key) > 2:
        return [Fact("figures", _MAGNITUDES[token.key], at, at + 1, True)]
    named = token.word[0].isupper() and at
    return [
        Fact(kind, sense, at, at + 1, False)
        for kind, sense in senses_of(token.key)
        if not (kind == "modality" and named)
    ]


@cache
def senses_of(key: str) -> tuple[tuple[str, str], ...]:
    """Return a word's classes and senses: ``direction``, ``up``."""
    table = _senses()
    if key in table:
        return tuple(table[key].items())
    found: dict[str, str] = {}
    for base in sorted(bases(folded(key))):
        found |= table.get(base, {})
    return tuple(found.items())


@cache
def _senses() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in lines("senses.tsv"):
        kind, sense, words = line.split("\t")
        for word in words.split():
            found.setdefault(word, {})[kind] = sense
    return found
