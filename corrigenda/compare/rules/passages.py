"""Whole passages that went, came or stand elsewhere now."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import log1p

from corrigenda.compare.alignment.edits import Edit
from corrigenda.compare.alignment.matching import Matching, Pair, Side
from corrigenda.compare.rules.asides import Said, kind_of
from corrigenda.compare.rules.findings import HIGH, LOW, Finding, low, sentence
from corrigenda.compare.rules.style import FILLERS
from corrigenda.compare.text import facts
from corrigenda.compare.text.plain import Passage
from corrigenda.compare.text.spelling import is_known_name
from corrigenda.compare.text.tokens import quoted

# So many headings in a row are a list.
_LIST = 3
_CLOSED = re.compile(r"[.!?;,]['\")]*$")
_HEADING_WORDS = 8
_OWNED_WORDS = 6


def findings(whole: Sequence[Edit], old: Said, new: Said) -> Iterator[Finding]:
    """Yield what whole passages removed or added mean: asides are ``low``, the rest is weighed."""
    asides = _asides(whole, old, new)
    for (_, removed), group in groupby(whole, key=lambda e: (e.place, bool(e.old))):
        edits = list(group)
        kinds = [asides.get(id(e)) for e in edits]
        if kinds.count("heading") >= _LIST:
            kinds = [None if kind == "heading" else kind for kind in kinds]
        for edit, kind in zip(edits, kinds, strict=True):
            if kind:
                yield _aside(edit, kind)
        rest = [e for e, kind in zip(edits, kinds, strict=True) if not kind]
        if rest:
            yield _substance(rest, old if removed else new, new if removed else old, removed)


def _asides(whole: Sequence[Edit], old: Said, new: Said) -> dict[int, str]:
    """Return, by identity of the edit, which whole passages are asides of what kind.

    They count in one direction only. Where figures, dates or negations in asides both
    go and come, one may have become the other; and a repetition is no mere repetition where
    as many passages came as went, of which it may be the changed form.
    """
    kinds: dict[int, str] = {}
    gone = sum(1 for edit in whole if edit.old)
    come = len(whole) - gone
    for edit in whole:
        here, there = (old, new) if edit.old else (new, old)
        kind = kind_of(edit.passages[0], here, there)
        outweighs = gone > come if edit.old else come > gone
        if kind and (kind != "repeat" or outweighs):
            kinds[id(edit)] = kind
    with_facts = {
        bool(e.old)
        for e in whole
        if kinds.get(id(e)) not in (None, "masthead", "mark", "caption")
        and any(f.firm for f in facts.find(e.passages[0].tokens))
    }
    return {} if len(with_facts) == 2 else kinds


def _aside(edit: Edit, kind: str) -> Finding:
    """Report an aside removed or added: ``low``."""
    verb = "removed" if edit.old else "added"
    label = "link" if kind == "pointer" else f"paragraph-{verb}"
    return low(label, f"{kind}: {quoted(edit.old or edit.new)} {verb}")


def _substance(edits: Sequence[Edit], here: Said, there: Said, removed: bool) -> Finding:
    """Weigh passages that say something, those in one place together."""
    passages = [p for e in edits for p in (e.old_passages if removed else e.new_passages)]
    words = [t for p in passages for t in p.tokens]
    content = [t for t in words if t.key not in FILLERS]
    novel = [t for t in content if t.key not in there.words]
    firm = Counter(f.kind for p in passages for f in facts.find(p.tokens) if f.firm)
    names = sum(1 for t in novel if t.word[0].isupper() and is_known_name(t.word))
    last = here.passages[-1].end if here.passages else 1
    at = passages[0].start / max(last, 1)
    features = {
        "passage removed": float(removed),
        "passage added": float(not removed),
        "passage words": log1p(len(content)),
        "passage novel words": log1p(len(novel)),
        "passage novel share": len(novel) / max(len(content), 1),
        "passage figures": log1p(firm["figures"]),
        "passage dates": log1p(firm["dates"]),
        "passage negation": log1p(firm["negation"]),
        "passage names": log1p(names),
        "passage quote": float(any(p.speech for p in passages)),
        "passage items": log1p(sum(1 for p in passages if p.item or (p.alone and len(p.keys) < 9))),
        "passage linked": sum(1.0 for p in passages if p.linked) / len(passages),
        "passage points": sum(map(_points, passages)) / len(passages),
        "passage unclosed": sum(1.0 for p in passages if not _CLOSED.search(p.shown))
        / len(passages),
        "passage first": float(passages[0].start < here.top // 3),
        "passage last": float(at > 0.75),
    }
    chosen = max(passages, key=lambda p: sum(1 for t in p.tokens if t.key not in there.words))
    verb = "removed" if removed else "added"
    more = f" and {len(passages) - 1} more passages" if len(passages) > 1 else ""
    quote = quoted(chosen.tokens)
    kept = sentence(passages)
    sums = any(p.item and _new_sum(p, there) for p in passages)
    whole_list = sum(1 for p in passages if p.item) >= _LIST
    return Finding(
        kind=f"paragraph-{verb}",
        reason=f"{verb}: {quote}{more}",
        features=features,
        at_least=HIGH if sums or whole_list else LOW,
        why=f"{'passages were' if more else 'a passage was'} {verb}: {quote}",
        old=kept if removed else "",
        new="" if removed else kept,
    )


def _new_sum(passage: Passage, there: Said) -> bool:
    """Tell whether a passage gives a sum of money that the other version does not."""
    return any(
        f.kind == "figures"
        and f.key[:1] in {"$", "£", "€"}
        and any(t.key not in there.words for t in passage.tokens[f.start : f.end])
        for f in facts.find(passage.tokens)
    )


_POINTS = re.compile(
    r"\b(?:available|copies|copy|web ?-?site|internet|online|information|contact|visit|click|email"
    r"|e-mail|phone|call|attached|editors?|media|download|report|see|further|background)\b",
    re.IGNORECASE,
)


def _points(passage: Passage) -> float:
    """Return how much of a passage's words point elsewhere."""
    return min(len(_POINTS.findall(passage.shown)) / 3, 1.0)


def moved(matching: Matching, old: Side, new: Side) -> Iterator[Finding]:
    """Yield passages that stand elsewhere: ``low``, but ``high`` under another heading or name."""
    if not any(p.moved for p in matching.pairs):
        return
    wrong = _owners_changed(matching, old, new)
    for pair in matching.pairs:
        if not (pair.moved or pair.new_start in wrong):
            continue
        passage = new.at(pair.new_start)
        owners = wrong.get(pair.new_start)
        words = [t for t in passage.tokens if pair.new_start <= t.start < pair.new_end]
        if owners:
            was, now = (quoted(p.tokens) for p in owners)
            yield Finding(
                kind="moved",
                reason=f"moved: {quoted(words)} stood under {was} and stands under {now}",
                features={"moved under another": 1.0},
                at_least=HIGH,
                why=f"a passage now stands under {now} instead of {was}",
                old=old.at(pair.old_start).shown,
                new=passage.shown,
            )
        elif pair.moved and words:
            yield low("moved", f"moved: {quoted(words)}")


def _owners_changed(matching: Matching, old: Side, new: Side) -> dict[int, tuple[Passage, Passage]]:
    """Return, by place, the passages that stand under another heading, or after another's name.

    Only headings that both bodies have can be exchanged for one another.
    """
    kept = [p for p in matching.pairs if _is_passage(p, new)]
    heads = _Owners(p for p in kept if _is_head(old.at(p.old_start), new.at(p.new_start)))
    starts = {p.line: p.start for p in reversed(new.passages)}
    leads = _Owners(p for p in kept if p.new_start in starts.values())
    found: dict[int, tuple[Passage, Passage]] = {}
    for pair in kept:
        passage = new.at(pair.new_start)
        if passage.text.count(" ") < _OWNED_WORDS - 1:
            continue
        for owners in (heads, leads) if pair.moved else (heads,):
            before, after = owners.of_old(pair.old_start), owners.of_new(pair.new_start)
            if before is None or after is None or before is after or pair in (before, after):
                continue
            was, now = old.at(before.old_start), new.at(after.new_start)
            if owners is heads or _is_anothers(pair, was, now, old, new):
                found.setdefault(pair.new_start, (was, now))
    return found


class _Owners:
    """Passages that others stand under, found by place on either side."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._new = list(pairs)
        self._new_starts = [p.new_start for p in self._new]
        self._old = sorted(self._new, key=lambda p: p.old_start)
        self._old_starts = [p.old_start for p in self._old]

    def of_old(self, place: int) -> Pair | None:
        """Return the last that begins no later than a place of the old body."""
        at = bisect_right(self._old_starts, place)
        return self._old[at - 1] if at else None

    def of_new(self, place: int) -> Pair | None:
        """Return the last that begins no later than a place of the new body."""
        at = bisect_right(self._new_starts, place)
        return self._new[at - 1] if at else None


def _is_anothers(pair: Pair, was: Passage, now: Passage, old: Side, new: Side) -> bool:
    """Tell whether a passage left a paragraph that begins with one name for another name's."""
    within = old.at(pair.old_start).line == was.line and new.at(pair.new_start).line == now.line
    return within and bool(_names(was) and _names(now)) and _names(was) != _names(now)


def _is_passage(pair: Pair, new: Side) -> bool:
    passage = new.at(pair.new_start)
    return pair.new_start <= passage.start and passage.end <= pair.new_end + 3


def _is_head(one: Passage, other: Passage) -> bool:
    """Tell a heading: alone on its line on both sides, short, unclosed and no list's item."""
    return all(
        p.alone
        and not p.item
        and (p.heading or (p.text.count(" ") < _HEADING_WORDS and not _CLOSED.search(p.shown)))
        for p in (one, other)
    )


def _names(passage: Passage) -> frozenset[str]:
    """Return the names a passage begins with."""
    return frozenset(
        t.key for t in passage.tokens[:8] if t.word[0].isupper() and is_known_name(t.word)
    )
