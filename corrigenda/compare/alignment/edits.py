"""What lies between the stretches two bodies have in common, as edits.

An edit is told once: words that became other words in matched passages, or whole passages
that went or came. All counts of words are sums over edits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from corrigenda.compare.alignment.matching import Matching, Side
from corrigenda.compare.text.plain import Passage
from corrigenda.compare.text.tokens import Token

# Whole passages in one place this much alike are one reworded.
_LIKE = 0.35
# Shorter ones are exchanged for one another whatever they say: cells, items, names.
_SHORT = 6
# A whole passage so much longer than the words gone beside it did not come of them.
_MUCH_MORE = 8
_TIMES_MORE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Words that became other words in one place.

    Attributes:
        old: The words that are gone; empty for an insertion.
        new: The words that came; empty for a deletion.
        old_passages: The passages the old words are of, or the one that loses none.
        new_passages: The same of the new.
        whole: It removes or adds whole passages and is nothing else.
        place: Number of the place; edits in one place belong together.
        contact: It is in press-contact lines.
        coarse: The place was too long to compare word by word.
    """

    old: tuple[Token, ...]
    new: tuple[Token, ...]
    old_passages: tuple[Passage, ...] = ()
    new_passages: tuple[Passage, ...] = ()
    whole: bool = False
    place: int = 0
    contact: bool = False
    coarse: bool = False

    @property
    def size(self) -> int:
        """How many words it has on its longer side."""
        return max(len(self.old), len(self.new))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of both sides."""
        return (*self.old_passages, *self.new_passages)


@dataclass(frozen=True, slots=True)
class _Part:
    """The words of one passage that lie in one place."""

    passage: Passage
    tokens: list[Token]

    @property
    def whole(self) -> bool:
        return len(self.tokens) == len(self.passage.tokens)


def edits_of(matching: Matching, old: Side, new: Side) -> list[Edit]:
    """Return what two matched bodies do not have in common, in order.

    Args:
        matching: Of the two.
        old: The old body.
        new: The new one.
    """
    ends = tuple(s.passages[-1].end + 1 if s.passages else 0 for s in (old, new))
    found: list[Edit] = []
    for place, (a, b, c, d) in enumerate(matching.regions(*ends)):
        was, now = _parts(old, a, b), _parts(new, c, d)
        if not (was or now):
            continue
        coarse = any(start < d and c < end for start, end in matching.coarse)
        beside = _beside(old, a), _beside(new, c)
        for contact in (False, True):
            olds = [p for p in was if p.passage.contact is contact]
            news = [p for p in now if p.passage.contact is contact]
            found += _edits(olds, news, beside, place, contact=contact, coarse=coarse)
    return found


def _parts(side: Side, start: int, end: int) -> list[_Part]:
    """Return the words of a stretch, by passage."""
    if start >= end:
        return []
    parts = [
        _Part(p, [t for t in p.tokens if start <= t.start < end]) for p in side.within(start, end)
    ]
    return [part for part in parts if part.tokens]


def _beside(side: Side, place: int) -> Passage | None:
    """Return the passage a place is in or follows."""
    return side.at(place) if side.passages else None


def _edits(
    olds: list[_Part],
    news: list[_Part],
    beside: tuple[Passage | None, Passage | None],
    place: int,
    *,
    contact: bool,
    coarse: bool,
) -> Iterator[Edit]:
    """Yield the edits of one place."""
    if not (olds or news):
        return
    cut_old, cut_new = ([p for p in side if not p.whole] for side in (olds, news))
    whole_old, whole_new = ([p for p in side if p.whole] for side in (olds, news))
    if coarse and olds and news:
        cut_old, cut_new, whole_old, whole_new = olds, news, [], []
    elif cut_old and not cut_new and _came_of(cut_old, whole_new):
        cut_new, whole_new = whole_new, []
    elif cut_new and not cut_old and _came_of(cut_new, whole_old):
        cut_old, whole_old = whole_old, []
    elif not (cut_old or cut_new) and olds and news:
        if len(olds) == len(news) and all(
            _exchanged(a, b) for a, b in zip(olds, news, strict=True)
        ):
            for a, b in zip(olds, news, strict=True):
                yield _edit([a], [b], (None, None), place, contact=contact)
            return
        if _alike(olds, news):
            cut_old, cut_new, whole_old, whole_new = olds, news, [], []
    if cut_old or cut_new:
        yield _edit(cut_old, cut_new, beside, place, contact=contact, coarse=coarse)
    for part in whole_old:
        yield _edit([part], [], (None, None), place, whole=True, contact=contact)
    for part in whole_new:
        yield _edit([], [part], (None, None), place, whole=True, contact=contact)


def _came_of(cut: list[_Part], whole: list[_Part]) -> bool:
    """Tell whether whole passages may be what words cut out elsewhere became."""
    few, many = (sum(len(p.tokens) for p in side) for side in (cut, whole))
    return 0 < many <= max(few * _TIMES_MORE, few + _MUCH_MORE)


def _exchanged(one: _Part, other: _Part) -> bool:
    """Tell two passages of which one took the other's place."""
    short = max(len(one.tokens), len(other.tokens)) <= _SHORT
    return short or _alike([one], [other])


def _alike(olds: list[_Part], news: list[_Part]) -> bool:
    """Tell whether two stretches have enough words in common to be one reworded."""
    a, b = ([t.key for p in side for t in p.tokens] for side in (olds, news))
    short = max(len(a), len(b)) <= _SHORT
    return short or bool(Indel.normalized_similarity(a, b) >= _LIKE)


def _edit(
    olds: list[_Part],
    news: list[_Part],
    beside: tuple[Passage | None, Passage | None],
    place: int,
    *,
    whole: bool = False,
    contact: bool = False,
    coarse: bool = False,
) -> Edit:
    """Join parts into an edit; a side without words is given the passage it is beside."""
    return Edit(
        old=_tokens(olds),
        new=_tokens(news),
        old_passages=_passages(olds, beside[0]),
        new_passages=_passages(news, beside[1]),
        whole=whole,
        place=place,
        contact=contact,
        coarse=coarse,
    )


def _tokens(parts: list[_Part]) -> tuple[Token, ...]:
    return tuple(token for part in parts for token in part.tokens)


def _passages(parts: Sequence[_Part], beside: Passage | None) -> tuple[Passage, ...]:
    if parts:
        return tuple(part.passage for part in parts)
    return (beside,) if beside else ()
