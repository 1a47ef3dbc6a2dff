"""The first rule: figures, dates and negations, whatever else an edit may be.

A changed figure is found even where the edit around it is a mere typing error by every
other measure; nothing in here knows of spelling or style.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from corrigenda.compare import lexicon as facts
from corrigenda.compare.contacts import PHONE
from corrigenda.compare.plain import Token, quoted
from corrigenda.compare.rules.findings import Finding, became
from corrigenda.compare.words import Around, Edit
from corrigenda.models import Significance

_LABELS = {"figures": "figure", "dates": "date", "negation": "negation"}
# An edit of so few words is one change by itself; in longer ones a fact may have moved
# along with its clause, and is looked for among the other edits before it counts as lost.
_TIGHT = 4
# Facts quoted from one edit; a passage of a thousand figures is not listed.
_QUOTED = 4


def hard_facts(edits: Sequence[Edit], silent: Sequence[Edit] = ()) -> list[Finding]:
    """Find changed figures, dates and negations: ``high``.

    Args:
        edits: Edits to report on.
        silent: Whole passages removed or added, reported elsewhere: a fact that moved
            from one of them into an edit, or the other way, is not changed.
    """
    places = [(e, old_facts(e), new_facts(e)) for e in (*edits, *silent)]
    loose = [place for place in places if max(len(place[0].old), len(place[0].new)) > _TIGHT]
    lost = Counter(facts.fact_key(e.old[at]) for e, gone, _ in loose for at in gone)
    gained = Counter(facts.fact_key(e.new[at]) for e, _, come in loose for at in come)
    left_old, left_new = lost & gained, lost & gained
    found: list[Finding] = []
    for edit, was, now in places[: len(edits)]:
        if max(len(edit.old), len(edit.new)) > _TIGHT:
            gone = [at for at in was if not _take(left_old, edit.old[at])]
            come = [at for at in now if not _take(left_new, edit.new[at])]
        else:
            gone, come = fact_difference(edit)
        if gone or come:
            found += _fact_findings(edit, gone, come)
    return found


def fact_places(words: tuple[Token, ...], around: Around = ((), ())) -> list[int]:
    """Return the places of hard facts among words.

    Args:
        words: Consecutive tokens.
        around: The words before and after them, which decide whether "years" is a unit.
    """
    before, after = around
    text, shift = (*before, *words, *after), len(before)
    return [at for at in range(len(words)) if facts.fact(text, at + shift)]


def old_facts(edit: Edit) -> list[int]:
    """Return the places of hard facts among an edit's old words."""
    return fact_places(edit.old, edit.old_around)


def new_facts(edit: Edit) -> list[int]:
    """Return the places of hard facts among an edit's new words."""
    return fact_places(edit.new, edit.new_around)


def _take(left: Counter[str], token: Token) -> bool:
    """Take one of the counted facts if any is left."""
    key = facts.fact_key(token)
    if left[key] <= 0:
        return False
    left[key] -= 1
    return True


def fact_difference(edit: Edit) -> tuple[list[int], list[int]]:
    """Return the places of facts that stand on one side of an edit only."""
    old = Counter(facts.fact_key(edit.old[at]) for at in old_facts(edit))
    new = Counter(facts.fact_key(edit.new[at]) for at in new_facts(edit))
    lost, gained = old - new, new - old
    return (
        [at for at in old_facts(edit) if _take(lost, edit.old[at])],
        [at for at in new_facts(edit) if _take(gained, edit.new[at])],
    )


def _fact_findings(edit: Edit, gone: list[int], come: list[int]) -> Iterator[Finding]:
    """Yield the findings for facts at these places, paired where they pair up."""
    old = _phrases(edit.old, edit.old_around, gone[:_QUOTED])
    new = _phrases(edit.new, edit.new_around, come[:_QUOTED])
    if len(old) + len(new) == 1:
        yield _completed(edit, *(old or new)[0], removed=bool(old))
        return
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
        return Finding(
            kind="contact", significance=Significance.LOW, reason=became("contact", old, new)
        )
    return Finding(
        kind=kind, significance=Significance.HIGH, reason=became(_LABELS[kind], old, new)
    )


def _completed(edit: Edit, kind: str, phrase: str, *, removed: bool) -> Finding:
    """Return the finding for one fact put in or left out, beside another that stays or not.

    "$" put before "40" makes ``"40" became "$40"``, which says more than "added".
    """
    before, after = edit.new_around if removed else edit.old_around
    text, here = (*before, *after), len(before)
    start = end = here
    while kind != "negation" and start and _belongs(text, start - 1):
        start -= 1
    while kind != "negation" and end < len(text) and _belongs(text, end):
        end += 1
    alone = bool(edit.old and edit.new) or start == end
    rest = "" if alone else quoted(text[start:end])
    return _fact(kind, phrase, rest) if removed else _fact(kind, rest, phrase)


def _phrases(words: tuple[Token, ...], around: Around, places: list[int]) -> list[tuple[str, str]]:
    """Return kind and quotation of each group of facts, with what belongs to them.

    "16,172" is quoted with its "$" and "million" also where those did not change.
    """
    text = (*around[0], *words, *around[1])
    shift = len(around[0])
    found: list[tuple[str, str]] = []
    end = -1
    for place in places:
        at = place + shift
        if at < end:
            continue
        kind = facts.fact(text, at) or "figures"
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
