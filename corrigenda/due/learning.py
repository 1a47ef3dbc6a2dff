"""What our own observations tell of the hazard.

Between two looks we learn only whether a release was edited, not how often nor when, and
our looks are irregular. Junghoo Cho and Hector Garcia-Molina, "Estimating frequency of
change", ACM Transactions on Internet Technology 3 (2003), section 5, give the likelihood of such
a history: an interval of ``t`` days without an edit has ``exp(-h t)``, one with an edit
``1 - exp(-h t)``. Their maximum solves ``sum(t / (exp(h t) - 1)) over edited intervals =
sum(t) over quiet ones``.

Ours is the same for many releases at once: an interval may span several classes of age, and
counts several-fold for what was edited before. Expectation and maximisation in turn (how many
edits of an interval fall in which class; hazard = edits over days) climb to its maximum; with one
class that is their equation. The prior enters as edits and days seen before the first (what a
Gamma prior is), so that a class without observations keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import expm1

from corrigenda.due.hazard import AGES, PRIOR, Hazard, days_by_class

#: Edits the prior is worth, in each class: five seen, and half of what counts is ours.
PRIOR_EDITS = 5.0

_ROUNDS = 200
_CLOSE = 1e-4


@dataclass(slots=True, kw_only=True)
class Evidence:
    """Intervals between looks, as far as the estimate needs them.

    Attributes:
        quiet: Days in each class over which nothing never edited before was edited.
        quiet_edited: The same for what was edited before.
        revised: Intervals in which an edit came to light: days in each class, and whether
            the release was edited before.
    """

    quiet: list[float] = field(default_factory=lambda: [0.0] * len(AGES))
    quiet_edited: list[float] = field(default_factory=lambda: [0.0] * len(AGES))
    revised: list[tuple[tuple[float, ...], bool]] = field(default_factory=list)

    def add(self, start: float, end: float, *, revised: bool, edited: bool) -> None:
        """Add the interval between two looks.

        Args:
            start: The release's age at the first, in days.
            end: Its age at the second.
            revised: The second showed another text.
            edited: It had been edited before the first.
        """
        days = days_by_class(start, end)
        if revised:
            self.revised.append((days, edited))
            return
        kept = self.quiet_edited if edited else self.quiet
        for number, part in enumerate(days):
            kept[number] += part

    @property
    def days(self) -> float:
        """All days of all intervals."""
        revised = sum(sum(days) for days, _ in self.revised)
        return sum(self.quiet) + sum(self.quiet_edited) + revised


def learn(
    evidence: Evidence, prior: Hazard = PRIOR, *, weight: float = PRIOR_EDITS,
    start: Hazard | None = None,
) -> Hazard:  # fmt: skip
    """Estimate the hazard from a prior and what was seen.

    Args:
        evidence: Intervals between looks.
        prior: What was believed before the first.
        weight: How many edits that belief is worth in each class.
        start: Where to begin, to be there sooner: an earlier estimate.
    """
    found = start or prior
    for _ in range(_ROUNDS):
        better = _step(evidence, prior, weight, found)
        moved = max(
            abs(new / old - 1.0)
            for new, old in zip(
                (*better.by_age, better.edited), (*found.by_age, found.edited), strict=True
            )
        )
        found = better
        if moved < _CLOSE:
            break
    return found


def _step(evidence: Evidence, prior: Hazard, weight: float, found: Hazard) -> Hazard:
    """Share the edits out among the classes, then divide them by the days."""
    edits = [weight] * len(AGES)
    days = [weight / rate for rate in prior.by_age]
    again, expected = weight * prior.edited, weight  # edits of what was edited before
    for number, (plain, edited) in enumerate(
        zip(evidence.quiet, evidence.quiet_edited, strict=True)
    ):
        days[number] += plain + found.edited * edited
        expected += found.by_age[number] * edited
    for parts, edited in evidence.revised:
        factor = found.edited if edited else 1.0
        shares = [rate * part for rate, part in zip(found.by_age, parts, strict=True)]
        likely = _edits_given_one(factor * sum(shares))
        for number, (share, part) in enumerate(zip(shares, parts, strict=True)):
            edits[number] += factor * share * likely
            days[number] += factor * part
        if edited:
            again += factor * sum(shares) * likely
            expected += sum(shares)
    return Hazard(by_age=_divide(edits, days), edited=again / expected)


def _edits_given_one(mean: float) -> float:
    """Return 1 / (1 - exp(-mean)): by how much the mean grows when none is ruled out."""
    return -1.0 / expm1(-mean) if mean > 1e-12 else 1e12


def _divide(edits: Sequence[float], days: Sequence[float]) -> tuple[float, ...]:
    return tuple(number / length for number, length in zip(edits, days, strict=True))
