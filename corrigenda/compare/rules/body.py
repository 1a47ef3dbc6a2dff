"""The other rules by which edits of the body are judged, one function each.

Every rule takes edits and returns findings; none knows of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corrigenda.compare import lexicon as facts
from corrigenda.compare.plain import Passage, Token, quoted
from corrigenda.compare.rules.findings import Finding, became
from corrigenda.compare.rules.hard import fact_difference, fact_places
from corrigenda.compare.rules.slips import (
    FILLERS,
    is_garbled,
    is_light,
    is_typo,
    same_letters,
    says_no_more_than_facts,
)
from corrigenda.compare.words import Around, Edit
from corrigenda.models import Significance

HIGH, MEDIUM, LOW = Significance.HIGH, Significance.MEDIUM, Significance.LOW

# A passage with fewer words and no hard fact is not "substantive".
_SUBSTANTIVE = 6
_ATTRIBUTION = FILLERS | frozenset("added minister ministers associate told".split())


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


def commitments(edits: Iterable[Edit]) -> list[Finding]:
    """Find promises weakened: "will" to "may", "must" to "should", "must" left out: ``high``."""
    found: list[Finding] = []
    for edit in edits:
        lost = _keys(edit.old) & facts.STRONG - _keys(edit.new)
        weakened = (_keys(edit.new) & facts.WEAK) - _keys(edit.old)
        if lost and (weakened or lost & {"must", "shall"}):
            reason = became(
                "commitment",
                _quote_around(edit.old, edit.old_around),
                _quote_around(edit.new, edit.new_around),
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
        if edit.coarse:
            continue  # its names may all be there, only not found again
        old = [t for t in edit.old if facts.is_name(t, context.names)]
        new = [t for t in edit.new if facts.is_name(t, context.names)]
        old_stems, new_stems = {_stem(t) for t in old}, {_stem(t) for t in new}
        lost = [t for t in old if _stem(t) not in new_stems]
        gained = [t for t in new if _stem(t) not in old_stems]
        slip = is_typo(edit)
        if same_letters(edit) or (slip and is_garbled(edit)):
            continue
        if not (lost or gained):
            if [_stem(t) for t in old] != [_stem(t) for t in new]:
                reason = became("name", quoted(edit.old), quoted(edit.new))
                found.append(Finding(kind="names", significance=MEDIUM, reason=reason))
            continue
        known = {t.key for t in lost} <= context.new_words
        known = known and {t.key for t in gained} <= context.old_words
        if known and _is_attribution(edit, context):
            continue
        high = not slip and ((lost and gained) or not known)
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
        elif says_no_more_than_facts(edit) and any(fact_difference(edit)):
            continue
        elif is_light(edit) or _is_attribution(edit, context):
            reason = became(
                "typing",
                _quote_around(edit.old, edit.old_around),
                _quote_around(edit.new, edit.new_around),
            )
            found.append(Finding(kind="typo", significance=LOW, reason=reason))
        else:
            kind = "quote" if edit.speech else "wording"
            reason = became(
                kind,
                _quote_around(edit.old, edit.old_around),
                _quote_around(edit.new, edit.new_around),
            )
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
    return len(words) >= _SUBSTANTIVE or bool(fact_places(words))


def _keys(words: tuple[Token, ...]) -> set[str]:
    """Return the keys of words."""
    return {t.key for t in words}


def _stem(token: Token) -> str:
    """Return a name without its possessive."""
    return token.key.removesuffix("'s")


def _change(label: str, edit: Edit) -> str:
    """Word the reason for an edit."""
    old = _quote_around(edit.old, edit.old_around)
    return became(label, old, _quote_around(edit.new, edit.new_around))


def _quote_around(words: tuple[Token, ...], around: Around) -> str:
    """Quote words; a lone one with its neighbours, so that it can be found."""
    if len(words) == 1:
        return quoted((*around[0][-1:], *words, *around[1][:1]))
    return quoted(words) if words else ""


def _sizes(edit: Edit) -> str:
    """Say how many words stand against how many."""
    return f"{len(edit.old):,} words against {len(edit.new):,}"
