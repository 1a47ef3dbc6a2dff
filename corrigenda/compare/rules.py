"""The rules by which an edit of the body is judged, one function each (DESIGN section 8).

Every rule takes edits and returns findings; none knows of another. What is ``high`` rests
on hard facts first: a changed figure is found even where the edit around it is a mere
typing error by every other measure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from unicodedata import normalize

from rapidfuzz.distance import OSA

from corrigenda.compare import facts
from corrigenda.compare.contacts import PHONE
from corrigenda.compare.findings import Finding, became
from corrigenda.compare.plain import Passage, Token, quoted
from corrigenda.compare.words import Edit
from corrigenda.models import Significance

HIGH, MEDIUM, LOW = Significance.HIGH, Significance.MEDIUM, Significance.LOW

_LABELS = {"figures": "figure", "dates": "date", "negation": "negation"}
# An edit of so few words is one change by itself; in longer ones a fact may have moved
# along with its clause, and is looked for among the other edits before it counts as lost.
_TIGHT = 4
# Facts quoted from one edit; a passage of a thousand figures is not listed.
_QUOTED = 12
# A passage with fewer words and no hard fact is not "substantive".
_SUBSTANTIVE = 6

# Words whose coming and going alters nothing: articles, relative words, attributions.
_FILLERS = frozenset(
    "a an the that which who this these those said says say saying also and of as his her its"
    " their mr mrs ms dr hon st nd rd th here s".split()
)
# Prepositions too, but only put in or left out: one for another may turn the sense.
_PREPOSITIONS = frozenset("in on at by for with to from".split())
_ATTRIBUTION = _FILLERS | frozenset("added minister ministers associate told".split())
_NEGATING_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de", "anti", "re", "over")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the rules know of both bodies.

    Attributes:
        names: Words that are capitalised as names are, in either.
        old_words: Keys of all words of the old body and title.
        new_words: The same of the new.
    """

    names: frozenset[str]
    old_words: frozenset[str]
    new_words: frozenset[str]


def hard_facts(edits: Sequence[Edit], silent: Sequence[Edit] = ()) -> list[Finding]:
    """Find changed figures, dates and negations: ``high``.

    Args:
        edits: Edits to report on.
        silent: Whole passages removed or added, reported elsewhere: a fact that moved
            from one of them into an edit, or the other way, is not changed.
    """
    loose = [e for e in (*edits, *silent) if max(len(e.old), len(e.new)) > _TIGHT]
    lost = Counter(k for e in loose for k in _fact_keys(e.old))
    gained = Counter(k for e in loose for k in _fact_keys(e.new))
    kept = lost & gained
    left_old, left_new = Counter(kept), Counter(kept)
    found: list[Finding] = []
    for edit in edits:
        if max(len(edit.old), len(edit.new)) > _TIGHT:
            gone = [i for i in _fact_places(edit.old) if not _take(left_old, edit.old[i])]
            come = [i for i in _fact_places(edit.new) if not _take(left_new, edit.new[i])]
        else:
            gone, come = _difference(edit)
        if gone or come:
            found += _fact_findings(edit, gone, come)
    return found


def commitments(edits: Iterable[Edit]) -> list[Finding]:
    """Find promises weakened: "will" to "may", "must" to "should", "must" left out: ``high``."""
    found: list[Finding] = []
    for edit in edits:
        lost = _keys(edit.old) & facts.STRONG - _keys(edit.new)
        weakened = (_keys(edit.new) & facts.WEAK) - _keys(edit.old)
        if lost and (weakened or lost & {"must", "shall"}):
            reason = became(
                "commitment", _quote_around(edit, edit.old), _quote_around(edit, edit.new)
            )
            found.append(Finding(kind="commitment", significance=HIGH, reason=reason))
    return found


def names(edits: Iterable[Edit], context: Context) -> list[Finding]:
    """Find changed names: ``high``, ``medium`` where the release names them anyway.

    A name put in or left out in one place while it stands in others on both sides is a
    matter of style; one name for another, or one the other version does not know, is not.
    A slip of the pen in one is ``medium``: the person is still recognised.
    """
    found: list[Finding] = []
    for edit in edits:
        old = [t for t in edit.old if facts.is_name(t, context.names)]
        new = [t for t in edit.new if facts.is_name(t, context.names)]
        lost = [t for t in old if _stem(t) not in {_stem(x) for x in new}]
        gained = [t for t in new if _stem(t) not in {_stem(x) for x in old}]
        slip = is_typo(edit)
        if same_letters(edit) or (slip and _is_garbled(edit)):
            continue
        if not (lost or gained):
            if [_stem(t) for t in old] != [_stem(t) for t in new]:
                reason = became("name", quoted(edit.old), quoted(edit.new))
                found.append(Finding(kind="names", significance=MEDIUM, reason=reason))
            continue
        known = all(t.key in context.new_words for t in lost) and all(
            t.key in context.old_words for t in gained
        )
        high = not slip and ((lost and gained) or not known)
        if known and _is_attribution(edit, context):
            continue
        reason = became("name", quoted(lost) if lost else "", quoted(gained) if gained else "")
        found.append(Finding(kind="names", significance=HIGH if high else MEDIUM, reason=reason))
    return found


def wording(edits: Iterable[Edit], context: Context) -> list[Finding]:
    """Judge the words that are no facts: ``medium``, or ``low`` for typing errors and fillers."""
    found: list[Finding] = []
    for edit in edits:
        if edit.coarse:
            reason = f"wording: {_sizes(edit)}, too long to compare word by word"
            found.append(Finding(kind="wording", significance=MEDIUM, reason=reason))
        elif _says_no_more_than_facts(edit) and any(_difference(edit)):
            continue
        elif (
            _same_facts(edit) or is_typo(edit) or is_filler(edit) or _is_attribution(edit, context)
        ):
            reason = became("typing", _quote_around(edit, edit.old), _quote_around(edit, edit.new))
            found.append(Finding(kind="typo", significance=LOW, reason=reason))
        else:
            kind = "quote" if edit.speech else "wording"
            reason = became(kind, _quote_around(edit, edit.old), _quote_around(edit, edit.new))
            found.append(Finding(kind=kind, significance=MEDIUM, reason=reason))
    return found


def paragraphs(edits: Iterable[Edit]) -> list[Finding]:
    """Judge whole passages removed or added: ``high`` when substantive, otherwise ``low``."""
    found: list[Finding] = []
    by_place: dict[tuple[int, bool], list[Edit]] = {}
    for edit in edits:
        by_place.setdefault((edit.place, bool(edit.old)), []).append(edit)
    for (_, removed), group in by_place.items():
        weighty = [edit for edit in group if _is_substantive(edit)]
        words = (weighty or group)[0]
        more = f" and {len(group) - 1} more passages" if len(group) > 1 else ""
        quote = quoted(words.old or words.new)
        kind, verb = ("paragraph-removed", "removed") if removed else ("paragraph-added", "added")
        found.append(
            Finding(
                kind=kind,
                significance=HIGH if weighty else LOW,
                reason=f"{verb}: {quote}{more}",
            )
        )
    return found


def restyled(pairs: Iterable[tuple[str, str]]) -> list[Finding]:
    """Report capitals and punctuation: ``low``."""
    return [
        Finding(kind="typo", significance=LOW, reason=f'typing: "{old}" became "{new}"')
        for old, new in pairs
    ]


def contacts(old: Sequence[Passage], new: Sequence[Passage]) -> list[Finding]:
    """Report press-contact lines changed, removed or added: ``low``."""
    found: list[Finding] = []
    for gone, come in zip_longest(old, new):
        before, after = (quoted(p.tokens, 160) if p else "" for p in (gone, come))
        reason = became("contact", before, after)
        found.append(Finding(kind="contact", significance=LOW, reason=reason))
    return found


def moved(found: Iterable[Passage]) -> list[Finding]:
    """Report passages that stand elsewhere, unchanged: ``low``."""
    return [
        Finding(kind="moved", significance=LOW, reason=f"moved: {quoted(passage.tokens)}")
        for passage in found
    ]


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
    if long.startswith(short) and long[len(short) :] in {"s", "es", "d", "ed", "ing", "e", "ly"}:
        return True
    last_replaced = len(old) == len(new) and old[:-1] == new[:-1]
    allowed = 2 if len(long) >= 8 or _is_garbled(edit) else 1
    return not last_replaced and len(long) >= 5 and OSA.distance(old, new) <= allowed


def same_letters(edit: Edit) -> bool:
    """Tell whether only spaces, hyphens or apostrophes among the letters differ."""
    return bool(edit.old and edit.new) and _letters(edit.old) == _letters(edit.new)


def _is_garbled(edit: Edit) -> bool:
    """Tell whether letters were lost in encoding, as the macron in ``M?ori``."""
    words = (*edit.old, *edit.new)
    return any("?" in t.tail or not t.word.isascii() for t in words)


def is_filler(edit: Edit) -> bool:
    """Tell whether only words without weight come or go."""
    keys = [t.key for t in (*edit.old, *edit.new)]
    light = _FILLERS if edit.old and edit.new else _FILLERS | _PREPOSITIONS
    return all(key in light or (len(key) == 1 and key.isalpha() and key != "i") for key in keys)


def _is_attribution(edit: Edit, context: Context) -> bool:
    """Tell whether all it puts in or leaves out is who said so, of the people named anyway."""
    if edit.old and edit.new:
        return False
    return all(
        t.key in _ATTRIBUTION
        or (t.key in context.old_words & context.new_words and facts.is_name(t, context.names))
        for t in (*edit.old, *edit.new)
    )


def _is_substantive(edit: Edit) -> bool:
    """Tell whether a whole passage says something: a hard fact, or words enough."""
    words = edit.old or edit.new
    return len(words) >= _SUBSTANTIVE or bool(_fact_places(words))


def _says_no_more_than_facts(edit: Edit) -> bool:
    """Tell whether every word of it is a hard fact, so that other rules say it all."""
    count = len(_fact_places(edit.old)) + len(_fact_places(edit.new))
    return count == len(edit.old) + len(edit.new)


def _same_facts(edit: Edit) -> bool:
    """Tell the same facts written otherwise: "ten" for "10", "m" for "million"."""
    return _says_no_more_than_facts(edit) and not any(_difference(edit))


def _fact_places(words: tuple[Token, ...]) -> list[int]:
    """Return the places of hard facts."""
    return [i for i in range(len(words)) if facts.fact(words, i)]


def _fact_keys(words: tuple[Token, ...]) -> Iterator[str]:
    """Yield what the hard facts are counted by."""
    return (facts.fact_key(words[i]) for i in _fact_places(words))


def _take(left: Counter[str], token: Token) -> bool:
    """Take one of the counted facts if any is left."""
    key = facts.fact_key(token)
    if left[key] <= 0:
        return False
    left[key] -= 1
    return True


def _difference(edit: Edit) -> tuple[list[int], list[int]]:
    """Return the places of facts that stand on one side of an edit only."""
    old, new = Counter(_fact_keys(edit.old)), Counter(_fact_keys(edit.new))
    lost, gained = old - new, new - old
    return (
        [i for i in _fact_places(edit.old) if _take(lost, edit.old[i])],
        [i for i in _fact_places(edit.new) if _take(gained, edit.new[i])],
    )


def _fact_findings(edit: Edit, gone: list[int], come: list[int]) -> Iterator[Finding]:
    """Yield the findings for facts at these places, paired where they pair up."""
    old = _phrases(edit, edit.old, gone[:_QUOTED])
    new = _phrases(edit, edit.new, come[:_QUOTED])
    kinds = {kind for kind, _ in (*old, *new)}
    if len(old) == len(new):
        for (kind, before), (other, after) in zip(old, new, strict=True):
            yield _fact(min(kind, other, key=list(_LABELS).index), before, after)
        return
    if len(kinds) == 1 and old and new:
        kind = kinds.pop()
        yield _fact(kind, " and ".join(q for _, q in old), " and ".join(q for _, q in new))
        return
    for kind, before in old:
        yield _fact(kind, before, "")
    for kind, after in new:
        yield _fact(kind, "", after)


def _fact(kind: str, old: str, new: str) -> Finding:
    """Return one finding about a hard fact: ``high``, but ``low`` for a number to ring.

    Only where one is put in or left out: the digits of one are digits like any other.
    """
    if not (old and new) and PHONE.fullmatch((old or new).strip('"')):
        return Finding(kind="contact", significance=LOW, reason=became("contact", old, new))
    return Finding(kind=kind, significance=HIGH, reason=became(_LABELS[kind], old, new))


def _phrases(edit: Edit, words: tuple[Token, ...], places: list[int]) -> list[tuple[str, str]]:
    """Return kind and quotation of each group of facts, with what belongs to them.

    "16,172" is quoted with its "$" and "million" also where those did not change.
    """
    text = (*edit.before, *words, *edit.after)
    shift = len(edit.before)
    found: list[tuple[str, str]] = []
    end = -1
    for place in places:
        at = place + shift
        if at < end:
            continue
        kind = facts.fact(words, place) or "figures"
        start, end = at, at + 1
        if kind == "negation":
            start, end = max(at - 1, 0), at + 2
        else:
            while start and _belongs(text, start - 1):
                start -= 1
            while end < len(text) and _belongs(text, end):
                end += 1
        found.append((kind, quoted(text[start:end])))
    return found


def _belongs(text: tuple[Token, ...], at: int) -> bool:
    """Tell whether a neighbour is part of the same figure or date."""
    return facts.fact(text, at) in {"figures", "dates"}


def _keys(words: tuple[Token, ...]) -> set[str]:
    """Return the keys of words."""
    return {t.key for t in words}


def _stem(token: Token) -> str:
    """Return a name without its possessive."""
    return token.key.removesuffix("'s")


def _letters(words: tuple[Token, ...]) -> str:
    """Return words as one string of letters and digits, macrons and accents set aside."""
    return "".join(c for t in words for c in normalize("NFD", t.key) if c.isalnum())


def _quote_around(edit: Edit, words: tuple[Token, ...]) -> str:
    """Quote words; a lone short one with its neighbours, so that it can be found."""
    if not words:
        return ""
    if len(words) == 1 and (edit.before or edit.after):
        return quoted((*edit.before[-1:], *words, *edit.after[:1]))
    return quoted(words)


def _sizes(edit: Edit) -> str:
    """Say how many words stand against how many."""
    return f"{len(edit.old):,} words against {len(edit.new):,}"
