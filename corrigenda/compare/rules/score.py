"""The learnt score: how much a finding matters, by weights a person can read.

``data/weights.tsv`` holds a row for each feature: what one unit of it adds. The weights are
those of an ordinal logistic regression (proportional odds: McCullagh 1980), learnt from real
revisions labelled by reading, with ``make rank``. Above the cut of a rank a finding has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp

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


#: Features of what is most telling in a difference, and whether a reader found it so.
Example = tuple[Mapping[str, float], bool]

# A side with fewer verdicts teaches chance.
_FEWEST = 10
_STEPS, _PACE, _PULL = 400, 0.5, 0.05


def enough(examples: Sequence[Example]) -> str:
    """Say what is missing before weights can be learnt from verdicts; empty when nothing is."""
    telling = sum(1 for _, told in examples if told)
    counts = {"meaningful": telling, "cosmetic or false alarm": len(examples) - telling}
    few = [
        f"{n} {name}, at least {_FEWEST} are needed" for name, n in counts.items() if n < _FEWEST
    ]
    return "; ".join(few)


def relearnt(examples: Sequence[Example]) -> dict[str, float]:
    """Re-weigh the frozen weights by verdicts: logistic regression, drawn towards the frozen.

    Args:
        examples: Enough of them.

    Returns:
        All weights; the cuts stay, and so does what no example has.
    """
    start = frozen()
    weights = dict(start)
    middle = (start["cut high"] + start["cut medium"]) / 2
    for _ in range(_STEPS):
        slope: dict[str, float] = {}
        for features, told in examples:
            wrong = told - 1 / (1 + exp(middle - max(min(of(features, weights), 30.0), -30.0)))
            for name, amount in features.items():
                slope[name] = slope.get(name, 0.0) + wrong * amount / len(examples)
        for name, step in slope.items():
            if name in start and name not in CUTS:
                weights[name] += _PACE * (step - _PULL * (weights[name] - start[name]))
    return weights
