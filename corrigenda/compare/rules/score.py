"""The learnt score: how much a finding matters, by weights a person can read.

``data/weights.tsv`` holds a row for each feature: what one unit of it adds. The weights are
those of an ordinal logistic regression (proportional odds: McCullagh 1980), learnt from real
revisions labelled by reading, with ``make rank``. Above the cut of a rank a finding has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from corrigenda.compare.text.spelling import lines
from corrigenda.models import Significance

#: Counts up with every change of rules, tables or weights that may rank a change otherwise.
RULES_VERSION = 2

CUTS = {"cut high": Significance.HIGH, "cut medium": Significance.MEDIUM}


def of(features: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """Return the score of some features; what has no weight weighs nothing.

    Args:
        features: Amounts by name.
        weights: Other weights than the frozen ones.
    """
    weights = frozen() if weights is None else weights
    return sum(weights.get(name, 0.0) * amount for name, amount in features.items())


def rank(score: float, weights: Mapping[str, float] | None = None) -> Significance:
    """Return the rank a score gives, ``low`` at least."""
    weights = frozen() if weights is None else weights
    return next((found for cut, found in CUTS.items() if score > weights[cut]), Significance.LOW)


@cache
def frozen() -> Mapping[str, float]:
    """Return the weights that come with the package."""
    cells = (line.split("\t") for line in lines("weights.tsv"))
    return {name: float(weight) for name, weight, *_ in cells}
