"""The words that changed in matched passages: facts, names, wording.

Facts and names are guarantees above the score; what is left is weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log1p
from typing import Any

from corrigenda.compare.alignment.edits import Edit
from corrigenda.compare.rules.asides import Said, is_date_line
from corrigenda.compare.rules.changed import Judged, Placed
from corrigenda.compare.rules.findings import (
    HIGH,
    LOW,
    MEDIUM,
    NONE,
    Finding,
    around,
    became,
    low,
    sentence,
)
from corrigenda.compare.rules.style import FILLERS, Remainder, is_filler, is_inflection
from corrigenda.compare.text import facts
from corrigenda.compare.text.locality import NOT_NAMES, PHONE
from corrigenda.compare.text.plain import Passage
from corrigenda.compare.text.spelling import are_opposites, is_known_name, is_slip, same_base
from corrigenda.compare.text.tokens import Token, quoted
from corrigenda.models import Significance

# An edit of so few words is one change by itself; in longer ones a fact may have moved
# along with its clause, and is looked for among the other edits before it counts as lost.
_TIGHT = 4
_SUBSTITUTED = 8
_LABELS = {
    "figures": ("figures", "figure", "a figure"),
    "bound": ("quantifier", "quantity", "a limit on a figure"),
    "dates": ("dates", "date", "a date"),
    "moment": ("dates", "date", "a date"),
    "negation": ("negation", "negation", "a denial"),
    "direction": ("direction", "direction", "a direction"),
    "order": ("direction", "order", "which comes before which"),
    "quantifier": ("quantifier", "quantity", "how many it holds for"),
    "modality": ("commitment", "commitment", "how firmly it is promised"),
    "approval": ("approval", "approval", "who approves"),
}
_ATTRIBUTION = FILLERS | frozenset("added minister ministers associate told".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the rules know of both bodies.

    Attributes:
        old: The old document.
        new: The new one.
        names: Words that are capitalised as names are, in either.
        gone: Facts that left long edits, by kind and key, which may have come elsewhere.
        come: Facts that came in long edits.
        title: The two are titles.
    """

    old: Said
    new: Said
    names: frozenset[str]
    gone: set[tuple[str, str]] = field(default_factory=set)
    come: set[tuple[str, str]] = field(default_factory=set)
    title: bool = False


def note_moved(judged: Sequence[Judged], context: Context) -> None:
    """Note which facts left one long edit and came in another: they moved with their clause."""
    for one in judged:
        if one.edit.size > _TIGHT:
            context.gone.update(f.id for f in one.lost)
            context.come.update(f.id for f in one.gained)


def findings(judged: Judged, context: Context) -> Iterator[Finding]:
    """Yield the findings of one edit in matched passages."""
    edit, rest = judged.edit, judged.rest
    where: dict[str, Any] = {"old": sentence(edit.old_passages), "new": sentence(edit.new_passages)}
    told = became(
        "typing", around(edit.old, edit.old_passages), around(edit.new, edit.new_passages)
    )
    if edit.coarse:
        sizes = f"{len(edit.old):,} words against {len(edit.new):,}"
        yield Finding(
            kind="wording",
            reason=f"wording: {sizes}, too long to compare word by word",
            at_least=MEDIUM,
            at_most=MEDIUM,
            why="a long stretch was rewritten",
        )
        return
    if _is_aside(edit, context):
        yield low("typo", told.replace("typing", "masthead", 1), **where)
        return
    hard = list(_fact_findings(judged, context, where))
    yield from hard
    if rest.style or not (rest.old or rest.new):
        yield low("typo", told, **where)
        return
    named = list(_name_findings(judged, context, where))
    yield from named
    told_kinds = {f.kind for f in hard}
    weighed = {
        t.start
        for f in (*judged.lost, *judged.gained)
        if _LABELS[f.fact.kind][0] not in told_kinds
        for t in f.tokens
    }
    covered = {place for place in judged.covered if place[1] not in weighed}
    old = [t for t in rest.old if ("old", t.start) not in covered]
    new = [t for t in rest.new if ("new", t.start) not in covered]
    if not (old or new):
        if not (hard or named):
            yield low("typo", told, **where)
        return
    one_sided = bool(old) != bool(new) and bool(rest.old and rest.new)
    if named and not one_sided and all(_is_name(t, context) for t in (*old, *new)):
        return
    yield _wording(judged, old, new, context, where)


def _is_aside(edit: Edit, context: Context) -> bool:
    """Tell an edit inside a masthead or a caption, or a prefix such as "Budget 2005:"."""
    if is_budget_prefix(edit.old, edit.new):
        return True
    words = context.old.masthead | context.new.masthead
    return (
        not context.title
        and bool(edit.passages)
        and all(
            is_date_line(p, context.old if p in edit.old_passages else context.new, words)
            for p in edit.passages
        )
    )


def is_budget_prefix(old: Sequence[Token], new: Sequence[Token]) -> bool:
    """Tell "Budget 2005:" put before a title or heading, or left out."""
    words = old or new
    if (old and new) or len(words) != 2 or words[0].key != "budget":
        return False
    return bool(facts.YEAR.fullmatch(words[1].word)) and words[1].gap.strip()[:1] in {":", "-"}


def _fact_findings(judged: Judged, context: Context, where: dict[str, Any]) -> Iterator[Finding]:
    """Yield what changed of figures, dates, denials, directions, promises and approvals."""
    edit = judged.edit
    lost, gained = list(judged.lost), list(judged.gained)
    if edit.size > _TIGHT:
        lost = [f for f in lost if f.id not in context.come]
        gained = [f for f in gained if f.id not in context.gone]
    for kind, (label, noun, clause) in _LABELS.items():
        gone = [f for f in lost if f.fact.kind == kind]
        come = [f for f in gained if f.fact.kind == kind]
        if not (gone or come):
            continue
        firm = any(f.fact.firm for f in (*gone, *come))
        replaced = bool(gone and come) and {f.id for f in gone} != {f.id for f in come}
        tight = edit.size <= _TIGHT
        lone_quantity = kind == "quantifier" and edit.size == 1
        lone_must = kind == "modality" and any(f.fact.key == "must" for f in gone)
        other_sense = replaced and edit.size <= _SUBSTITUTED
        if not (firm or other_sense or (tight and lone_must) or lone_quantity):
            continue
        old, new = (" and ".join(dict.fromkeys(map(_phrase, side))) for side in (gone, come))
        if kind in {"negation", "quantifier"} and not (old and new):
            old, new = around(edit.old, edit.old_passages), around(edit.new, edit.new_passages)
            old, new = (old, "") if gone else ("", new)
        one_sided = bool(lost) != bool(gained)
        if one_sided and _in_phone(gone or come, edit.old_passages if gone else edit.new_passages):
            yield low("contact", became("contact", old, new), **where)
            continue
        yield Finding(
            kind=label,
            reason=became(noun, old, new),
            features={f"fact {kind}": 1.0, "both sides": float(replaced)},
            at_least=HIGH,
            why=became(f"{clause} changed" if replaced else clause, old, new),
            **where,
        )


def _in_phone(found: Sequence[Placed], passages: Sequence[Passage]) -> bool:
    """Tell whether all of some facts are parts of telephone numbers, put in or left out."""
    numbers = [
        (p.start + m.start(), p.start + m.end()) for p in passages for m in PHONE.finditer(p.text)
    ]
    return all(any(a <= f.tokens[0].start < b for a, b in numbers) for f in found)


def _phrase(placed: Placed) -> str:
    return quoted(placed.tokens)


def names_in(texts: Sequence[str]) -> frozenset[str]:
    """Return the words that are capitalised inside sentences and never written small."""
    text = "\n".join(texts)
    inside = re.findall(r"(?<=[^\W\d_][ ,])\s?([A-ZĀ-Ū][^\W\d_]*(?:'[^\W\d_]+)?)", text)
    capitals = {word.casefold().removesuffix("'s") for word in inside}
    small = set(re.findall(r"\b[a-zā-ū][^\W\d_]*", text))
    return frozenset(capitals - small)


def _is_name(token: Token, context: Context) -> bool:
    """Tell whether a token belongs to a person's, place's or organisation's name."""
    word = token.word
    if len(word) < 2 or token.key.removesuffix("'s") in NOT_NAMES or token.key in facts.MONTHS:
        return False
    if token.key in facts.WEEKDAYS:
        return False
    inner = any(c.isupper() for c in word[1:]) and not word.isupper()
    stem = token.key.removesuffix("'s")
    return inner or (word[0].isupper() and (stem in context.names or is_known_name(word)))


def _name_findings(judged: Judged, context: Context, where: dict[str, Any]) -> Iterator[Finding]:
    """Yield changed names: one for another is ``high``, one put in or left out is weighed."""
    rest, covered = judged.rest, judged.covered
    old = [t for t in rest.old if _is_name(t, context) and ("old", t.start) not in covered]
    new = [t for t in rest.new if _is_name(t, context) and ("new", t.start) not in covered]
    old_stems, new_stems = ({t.key.removesuffix("'s") for t in side} for side in (old, new))
    lost = [t for t in old if t.key.removesuffix("'s") not in new_stems]
    gained = [t for t in new if t.key.removesuffix("'s") not in old_stems]
    if not (lost or gained):
        return
    known = {t.key for t in lost} <= context.new.words and {
        t.key for t in gained
    } <= context.old.words
    if known and _is_attribution(rest, context):
        return
    slip = len(lost) == len(gained) == 1 and (
        is_slip(lost[0].word, gained[0].word) or same_base(lost[0].key, gained[0].key)
    )
    exchanged = bool(lost and gained) and not slip and judged.edit.size <= _SUBSTITUTED
    exchanged = exchanged and not (known and judged.edit.size > _TIGHT)
    before, after = (quoted(side) if side else "" for side in (lost, gained))
    yield Finding(
        kind="names",
        reason=became("name", before, after),
        features={
            "name lost": log1p(len(lost)),
            "name gained": log1p(len(gained)),
            "name known": float(known),
        },
        at_least=HIGH if exchanged else MEDIUM if slip else LOW,
        at_most=MEDIUM if slip else HIGH,
        why=became("a name changed" if exchanged else "a name", before, after),
        **where,
    )


def _is_attribution(rest: Remainder, context: Context) -> bool:
    """Tell whether all it puts in or leaves out is who said so, of the people named anyway."""
    if rest.old and rest.new:
        return False
    known = context.old.words & context.new.words
    return all(
        t.key in _ATTRIBUTION or (t.key in known and _is_name(t, context))
        for t in (*rest.old, *rest.new)
    )


def _wording(
    judged: Judged,
    old: Sequence[Token],
    new: Sequence[Token],
    context: Context,
    where: dict[str, Any],
) -> Finding:
    """Weigh words that are neither facts nor names."""
    edit = judged.edit
    speech = any(p.speech for p in edit.passages)
    light = is_filler(old, new) or _is_attribution(judged.rest, context)
    inflected = is_inflection(old, new)
    opposite = bool(
        0 < len(old) <= _TIGHT
        and 0 < len(new) <= _TIGHT
        and any(are_opposites(a.key, b.key) for a in old for b in new)
    )
    content_old, content_new = (
        [t for t in s if t.key not in FILLERS or t.word == "A"] for s in (old, new)
    )
    exchanged = bool(old and new) and not (inflected or light)
    soft = {f.id for f in judged.lost} ^ {f.id for f in judged.gained}
    features = {
        "quote": float(speech),
        "words lost": log1p(_novel(content_old, context.new)),
        "words gained": log1p(_novel(content_new, context.old)),
        "words exchanged": float(exchanged),
        "filler": float(light),
        "inflection": float(inflected),
        "opposite": float(opposite),
        "soft fact": log1p(len(soft)),
        "heading": float(any(p.heading for p in edit.passages)),
        "pointer": float(any(p.linked for p in edit.passages)),
        "caption": float(any(p.caption for p in edit.passages)),
    }
    kind = "typo" if light or (inflected and not speech) else "quote" if speech else "wording"
    label = "typing" if kind == "typo" else kind
    before, after = around(edit.old, edit.old_passages), around(edit.new, edit.new_passages)
    floor: Significance = MEDIUM if opposite or (exchanged and edit.size <= _TIGHT) else LOW
    return Finding(
        kind=kind,
        reason=became(label, before, after),
        features=features,
        at_least=floor if not light else NONE,
        at_most=LOW if light or (inflected and not speech) else MEDIUM if inflected else HIGH,
        why=became("the words of a quotation" if speech else "the wording", before, after),
        **where,
    )


def _novel(words: Sequence[Token], other: Said) -> int:
    """Return how many words the other version does not know."""
    return sum(1 for t in words if t.key not in other.words)
