"""How often to look, within a day's budget.

What hurts is the logarithm of the delay: a day is much for a release of this morning, and
nothing for one of five years ago. Its mean over all edits, ``sum(h * log(1 / r))`` for hazards
``h`` and looks a day ``r`` that add up to the budget, is least where ``r`` is proportional to
``h`` (Lagrange; the mean delay itself would want the square root of ``h``, and see a new
release every second day). Above that stands a floor: no release is given up, however old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log2
from typing import NamedTuple, TypeVar

from corrigenda.due.hazard import EDGES, Hazard, age_class

Item = TypeVar("Item")

#: Looks a day no release gets more of.
MOST_OFTEN = 24.0
#: Looks for one edit to be found: more would be to ask for asking's sake.
MOST_LOOKS = 1000.0
#: Share of the budget that the floor may take; the rest is for where edits are likely.
FLOOR_SHARE = 2 / 3
#: A release that a person pinned counts so many times, and is seen at least daily.
PINNED_WEIGHT = 10.0
PINNED_FLOOR = 1.0
#: A plan stays in force while a new one moves no rate by more; chance alone moves them a little.
DRIFT = 0.2
#: A class of age in which less than this of a look is owed gets none of its own.
LEAST_OWED = 0.3
#: Pauses by the power of two of their hours: one hour to two years.
RUNGS = tuple(range(15))
#: Looks owed at once when something else says that a text was edited.
HINTED = 10.0

_AN_INSTANT = 1e-6


class Kind(NamedTuple):
    """What makes releases of one age differ.

    Attributes:
        edited: It was edited before.
        pinned: A person wants it watched.
    """

    edited: bool = False
    pinned: bool = False


KINDS = tuple(Kind(edited, pinned) for edited in (False, True) for pinned in (False, True))
PLAIN = Kind()

Census = Mapping[tuple[int, Kind], float]
"""How many releases there are in a class of age, of a kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often each release is looked at.

    Attributes:
        hazard: Edits to expect.
        looks: Looks a release gets for each edit to expect of it, above the floor.
        pause: Days in which every release is looked at once.
        wanted: Days in which it should be.
        budget: Looks a day.
        needed: Looks a day that the floor, kept in ``wanted``, and pins would take.
        rates: Looks a day, for each kind by class of age.
    """

    hazard: Hazard
    looks: float
    pause: float
    wanted: float
    budget: float
    needed: float
    rates: Mapping[Kind, tuple[float, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", _rates(self.hazard, self.looks, self.pause))

    @property
    def too_small(self) -> bool:
        """The budget does not reach for every release in the wanted time, nor for all pins."""
        return self.pause > self.wanted * 1.001 or self.needed > self.budget

    def pause_at(self, age: float, kind: Kind = PLAIN) -> float:
        """Return the days to the next look of a release last seen at an age in days.

        The looks of a class of age are spread evenly over what is left of it, the last at its
        very end: what was likely to happen has happened then, and the long pause begins. With
        pauses of 1 / rate the edits of the last days of a class would wait for half of that.
        """
        rates, start = self.rates[kind], age
        for number in range(age_class(age), len(EDGES)):
            left = EDGES[number] - start
            if (owed := left * rates[number]) >= LEAST_OWED:
                return min(self.pause, start - age + left / max(1, round(owed)))
            start = EDGES[number]
        return min(self.pause, start - age + 1.0 / rates[-1])

    def rate_before(self, age: float, kind: Kind = PLAIN) -> float:
        """Return the looks a day of the class of age that a look due at an age closes."""
        return self.rates[kind][age_class(age - _AN_INSTANT)]

    def owed(self, due: float, age: float, kind: Kind = PLAIN) -> float:
        """Return the looks owed at an age, when one fell due at another: 1 then, more later.

        What was due in the first day of a release, when a block began, comes before all else
        once it ends; what was due for the first time in a year can wait another week.
        """
        return 1.0 + (age - due) * self.rate_before(due, kind)

    def rung(self, due: float, kind: Kind = PLAIN) -> int:
        """Return the rung of a look due at an age.

        Looks of one rung become more urgent at about the same pace, so the most urgent of all are
        among the first few of each: a run need not look at any others.
        """
        power = ceil(log2(24 / self.rate_before(due, kind)))
        return min(max(power, RUNGS[0]), RUNGS[-1])

    def unlike(self, other: Plan) -> float:
        """Return by how much the most different rate of another plan differs."""
        return max(
            abs(mine / theirs - 1.0)
            for kind in KINDS
            for mine, theirs in zip(self.rates[kind], other.rates[kind], strict=True)
        )


def make_plan(
    census: Census, budget: float, hazard: Hazard, wanted: float, *, new_a_day: float = 0.0
) -> Plan:
    """Share a budget out.

    Args:
        census: How many releases there are.
        budget: Looks a day.
        hazard: Edits to expect.
        wanted: Days in which every release should be looked at once.
        new_a_day: Releases that come in a day: their first looks are of the budget too.
    """
    budget = max(budget, 0.01)
    pause = max(wanted, sum(census.values()) / (FLOOR_SHARE * budget))

    def spent(looks: float, pause: float) -> float:
        rates = {k: _looks_by_class(v) for k, v in _rates(hazard, looks, pause).items()}
        looking = sum(number * rates[kind][age] for (age, kind), number in census.items())
        return looking + new_a_day

    low, high = 0.0, MOST_LOOKS
    if spent(high, pause) <= budget:
        low = high
    for _ in range(50 if low < high else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if spent(middle, pause) <= budget else (low, middle)
    return Plan(
        hazard=hazard,
        looks=low,
        pause=pause,
        wanted=wanted,
        budget=budget,
        needed=spent(0.0, wanted),
    )


def _rates(hazard: Hazard, looks: float, pause: float) -> dict[Kind, tuple[float, ...]]:
    return {
        kind: tuple(_rate(hazard.of(age, kind.edited), looks, pause, kind) for age in range(5))
        for kind in KINDS
    }


def _rate(hazard: float, looks: float, pause: float, kind: Kind) -> float:
    if kind.pinned:
        return min(MOST_OFTEN, max(1.0 / pause, PINNED_FLOOR, looks * hazard * PINNED_WEIGHT))
    return min(MOST_OFTEN, max(1.0 / pause, looks * hazard))


def _looks_by_class(rates: Sequence[float]) -> list[float]:
    """Return the looks a day in each class as :meth:`Plan.pause_at` makes them."""
    looks, below = [], 0.0
    for rate, edge in zip(rates, EDGES, strict=False):
        width, below = edge - below, edge
        looks.append(max(rate, 1 / width) if rate * width >= LEAST_OWED else rate)
    return [*looks, rates[-1]]


def steady(new_a_day: float, counted: Census) -> dict[tuple[int, Kind], float]:
    """Return a census in which the young are what comes in, evened out.

    Counted as they are, six releases of a quiet day and sixty of Budget day would make ten plans.

    Args:
        new_a_day: Releases published a day, over some weeks.
        counted: All releases.
    """
    found, below = dict(counted), 0.0
    for number, edge in enumerate(EDGES[:3]):
        others = sum(counted.get((number, kind), 0) for kind in KINDS if kind != PLAIN)
        found[number, PLAIN] = max(0.0, new_a_day * (edge - below) - others)
        below = edge
    return found


def most_urgent(candidates: Iterable[tuple[float, Item]], number: int) -> list[Item]:
    """Return the candidates owed most looks, the most urgent first."""
    return [item for _, item in sorted(candidates, key=lambda pair: -pair[0])[:number]]
