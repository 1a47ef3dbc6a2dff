"""Two bodies' passages matched: what says the same is set aside, wherever it stands.

What is left over in one place, old against new, goes to :mod:`~corrigenda.compare.words`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from corrigenda.compare.align import align, at_most
from corrigenda.compare.plain import Passage
from corrigenda.compare.words import Edit, edits_between

# A passage moved and reworded is followed when this much of it is the same, and when
# there are few enough candidates to try each with each.
_LIKE = 0.7
_TRIES = 2500
_FEWEST_WORDS = 5
# More places than this are compared as one; it bounds the time.
_MOST_PLACES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """All that differs between two lists of passages.

    Attributes:
        edits: In order.
        moved: Passages that say the same and stand elsewhere.
        restyled: Pairs that differ in capitals or punctuation alone, old and new.
        contacts_old: Press-contact lines that are gone or changed.
        contacts_new: Press-contact lines that came or changed.
    """

    edits: tuple[Edit, ...]
    moved: tuple[Passage, ...]
    restyled: tuple[tuple[str, str], ...]
    contacts_old: tuple[Passage, ...] = ()
    contacts_new: tuple[Passage, ...] = ()


_Gap = tuple[list[Passage], list[Passage], bool]


def find_edits(old: Sequence[Passage], new: Sequence[Passage]) -> Edits:
    """Match two lists of passages and return what differs.

    Args:
        old: The old body's passages.
        new: The new body's.
    """
    runs = at_most(align([p.squash for p in old], [p.squash for p in new]), _MOST_PLACES)
    gaps = [
        (list(old[r.old_start : r.old_end]), list(new[r.new_start : r.new_end]), r.coarse)
        for r in runs
        if not r.equal
    ]
    moved = _take_moved(gaps)
    contacts_old: list[Passage] = []
    contacts_new: list[Passage] = []
    for olds, news, _ in gaps:
        # Both sides look at the other as it was before anything was taken out.
        before, after = list(olds), list(news)
        contacts_old += _take_contacts(olds, after)
        contacts_new += _take_contacts(news, before)
    gaps += _take_reworded_elsewhere(gaps)
    gaps += _take_captions(gaps)
    edits: list[Edit] = []
    restyled: list[tuple[str, str]] = []
    for place, (olds, news, coarse) in enumerate(gaps):
        found, style = edits_between(olds, news, place=place, coarse=coarse)
        edits += found
        restyled += style
    return Edits(
        edits=tuple(edits),
        moved=tuple(moved),
        restyled=tuple(restyled),
        contacts_old=tuple(contacts_old),
        contacts_new=tuple(contacts_new),
    )


def _take_contacts(side: list[Passage], other: Sequence[Passage]) -> list[Passage]:
    """Take the press-contact lines out of one side of a gap.

    A line that the other side has in the same words, but as no contact, is none: a figure
    was edited and happens to look like a telephone number now, or did before.
    """
    figures = {_wording(p) for p in other if not p.contact}
    contacts = [p for p in side if p.contact and _wording(p) not in figures]
    side[:] = [p for p in side if p not in contacts]
    return contacts


def _wording(passage: Passage) -> str:
    """Return a passage without its figures."""
    return "".join(c for c in passage.squash if c.isalpha())


def _take_captions(gaps: list[_Gap]) -> list[_Gap]:
    """Take out captions of different photographs, which are exchanged and not reworded."""
    singles: list[_Gap] = []
    for olds, news, _ in gaps:
        captions = [p for p in olds if p.caption], [p for p in news if p.caption]
        if not all(captions):
            continue
        for side, found, others in ((olds, *captions), (news, *captions[::-1])):
            different = [p for p in found if not any(_same_photograph(p, o) for o in others)]
            side[:] = [p for p in side if p not in different]
            singles += [([p], [], False) if side is olds else ([], [p], False) for p in different]
    return singles


def _same_photograph(one: Passage, other: Passage) -> bool:
    """Tell a caption corrected from another caption; short ones change much by one word."""
    enough = 0.5 if min(len(one.keys), len(other.keys)) < _FEWEST_WORDS else 0.75
    return Indel.normalized_similarity(one.keys, other.keys) >= enough


def _take_moved(gaps: list[_Gap]) -> list[Passage]:
    """Take out of the gaps, and return, passages gone from one place and come in another."""
    gone = Counter(p.squash for olds, _, _ in gaps for p in olds)
    come = Counter(p.squash for _, news, _ in gaps for p in news)
    left_old, left_new = gone & come, gone & come
    moved: list[Passage] = []
    for olds, news, _ in gaps:
        olds[:] = [p for p in olds if not _take(left_old, p.squash)]
        here = [(p, _take(left_new, p.squash)) for p in news]
        news[:] = [p for p, taken in here if not taken]
        moved += [p for p, taken in here if taken]
    return moved


def _take(left: Counter[str], squash: str) -> bool:
    """Take one of the counted if any is left."""
    if left[squash] <= 0:
        return False
    left[squash] -= 1
    return True


def _take_reworded_elsewhere(gaps: list[_Gap]) -> list[_Gap]:
    """Take out, as gaps of their own, like passages that stand in different gaps."""
    gone = [(olds, p) for olds, news, _ in gaps if not news for p in olds]
    come = [(news, p) for olds, news, _ in gaps if not olds for p in news]
    if not gone or len(gone) * len(come) > _TRIES:
        return []
    pairs: list[_Gap] = []
    for olds, passage in gone:
        scored = [
            (Indel.normalized_similarity(passage.keys, p.keys, score_cutoff=_LIKE), index)
            for index, (_, p) in enumerate(come)
            if min(len(passage.keys), len(p.keys)) >= _FEWEST_WORDS
        ]
        score, index = max(scored, default=(0.0, -1))
        if score >= _LIKE:
            news, partner = come.pop(index)
            olds.remove(passage)
            news.remove(partner)
            pairs.append(([passage], [partner], False))
    return pairs
