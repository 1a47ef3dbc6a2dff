"""Ways of choosing what to look at again, for :mod:`benchmarks.recheck`.

``Ours`` is the product's own plan; the others are what one might do instead.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from random import Random
from typing import Any, Protocol

from corrigenda.due.hazard import PRIOR, Hazard, age_class
from corrigenda.due.learning import Evidence, learn
from corrigenda.due.plan import DRIFT, Kind, Plan, make_plan, most_urgent, steady

#: Days; the product's default.
LONGEST_PAUSE = 400.0


class One(Protocol):
    """A release, as the simulation keeps it."""

    number: int
    born: float
    before: bool
    found: int
    asked: float
    due: float
    token: int


class Policy:
    """What is asked next; a queue by due time unless a subclass knows better."""

    title = ""

    def __init__(self) -> None:
        self.chance = Random(1)
        self.releases: list[Any] = []
        self.queues: dict[int, list[tuple[float, int, int]]] = {}
        self.per_day = 1.0

    def begin(self, releases: Sequence[Any], per_day: float, _truth: Hazard) -> None:
        """Take over an archive, all of it seen at the beginning."""
        self.releases, self.per_day = list(releases), per_day
        for one in self.releases:
            self.put(one, self.chance.random() * self.pause(one, 0.0, None))

    def publish(self, one: Any) -> None:
        """Take up a new release; it is looked at right away."""
        self.releases.append(one)

    def each_day(self, now: float) -> None:
        """Do what is done once a day."""

    def looked(self, one: Any, now: float, changed: bool) -> None:
        """Note a look, and say when the next is due."""
        self.put(one, now + self.pause(one, now, changed))

    def pause(self, one: Any, now: float, changed: bool | None) -> float:
        """Return the days until the next look; ``changed`` is None at the beginning."""
        raise NotImplementedError

    def put(self, one: Any, when: float, step: int = 0) -> None:
        """Give a release its place in a queue."""
        one.token += 1
        heapq.heappush(self.queues.setdefault(step, []), (when, one.number, one.token))

    def choose(self, now: float, number: int, ahead: float) -> list[Any]:
        """Return what is due, the longest due first."""
        return [one for one, _ in self.due(0, now + ahead, number)]

    def choose_among(self, some: Sequence[Any], now: float, number: int, ahead: float) -> list[Any]:
        """Return what is due among a feed's items; most ways know no such thing."""
        return []

    def due(self, step: int, until: float, number: int) -> list[tuple[Any, float]]:
        """Take the first of a queue out of it."""
        found: list[tuple[Any, float]] = []
        queue = self.queues.get(step, [])
        while queue and len(found) < number and queue[0][0] <= until:
            when, which, token = heapq.heappop(queue)
            if self.releases[which].token == token:
                found.append((self.releases[which], when))
        return found


class Uniform(Policy):
    """Any release, drawn at random."""

    title = "uniform, at random"

    def begin(self, releases: Sequence[Any], per_day: float, _truth: Hazard) -> None:
        """Remember them."""
        self.releases = list(releases)

    def looked(self, one: Any, now: float, changed: bool) -> None:
        """Nothing follows from a look."""

    def choose(self, now: float, number: int, ahead: float) -> list[Any]:
        """Draw."""
        return self.chance.sample(self.releases, number)


class Oldest(Policy):
    """What was looked at longest ago: uniform, in turn."""

    title = "uniform, longest unseen first"

    def pause(self, one: Any, now: float, changed: bool | None) -> float:
        """Everything is always due; the queue makes the turn."""
        return 0.0 if changed is not None else len(self.releases) / self.per_day

    def choose(self, now: float, number: int, ahead: float) -> list[Any]:
        """Take the first, whatever its date."""
        return [one for one, _ in self.due(0, float("inf"), number)]


class Ladder(Policy):
    """A pause of an eighth of the age, at least an hour; the longest due first."""

    title = "ladder: an eighth of the age"

    def pause(self, one: Any, now: float, changed: bool | None) -> float:
        """Return the pause."""
        return max(1 / 24, (now - one.born) / 8)


class Nutch(Policy):
    """Apache Nutch's AdaptiveFetchSchedule with the values of nutch-default.xml.

    Begins at 30 days; 0.8 times the interval after a change, 1.4 times without; the next fetch
    is drawn 0.3 of the time since the last change nearer; one minute to 90 days.
    """

    title = "Nutch's adaptive rule"

    def __init__(self) -> None:
        super().__init__()
        self.intervals: dict[int, float] = {}
        self.modified: dict[int, float] = {}

    def pause(self, one: Any, now: float, changed: bool | None) -> float:
        """Return the pause."""
        interval = self.intervals.get(one.number, 30.0)
        if changed is None:
            return interval
        interval *= 0.8 if changed else 1.4
        modified = now if changed else self.modified.get(one.number, max(one.born, 0.0))
        delta = now - modified
        interval = min(max(interval, delta, 1 / 1440), 90.0)
        self.intervals[one.number], self.modified[one.number] = interval, modified
        return max(interval - 0.3 * delta, 1 / 1440)


class Planned(Policy):
    """A plan of the product's: rates by age and kind, the most urgent first."""

    def __init__(self) -> None:
        super().__init__()
        self.plan: Plan
        self.counts: dict[tuple[int, Kind], float] = {}

    def kind(self, one: Any) -> Kind:
        """Return what makes a release differ."""
        return Kind(edited=one.found > 0)

    def hazard(self) -> Hazard:
        """Return what edits are to be expected."""
        raise NotImplementedError

    def begin(self, releases: Sequence[Any], per_day: float, _truth: Hazard) -> None:
        """Make a first plan, and spread the archive over one pause."""
        self.releases, self.per_day = list(releases), per_day
        self.plan = self.new_plan(0.0)
        for one in self.releases:
            days = self.plan.pause_at(-one.born, self.kind(one))
            self.place(one, self.chance.random() * days)

    def new_plan(self, now: float) -> Plan:
        """Count, and plan."""
        counts: dict[tuple[int, Kind], float] = {}
        for one in self.releases:
            key = age_class(now - one.born), self.kind(one)
            counts[key] = counts.get(key, 0) + 1
        new = sum(1 for one in self.releases[-1000:] if now - one.born < 28) / 28
        return make_plan(
            steady(new, counts), self.per_day, self.hazard(), LONGEST_PAUSE, new_a_day=new
        )

    def each_day(self, now: float) -> None:
        """Plan anew; where that moves a rate, date everything anew."""
        if round(now) % 28:  # the product does it daily; here it would take most of the time
            return
        plan = self.new_plan(now)
        if plan.unlike(self.plan) > DRIFT:
            before, self.plan, self.queues = self.plan, plan, {}
            for one in self.releases:
                age, kind = one.due - one.born, self.kind(one)
                stretch = before.rate_before(age, kind) / plan.rate_before(age, kind)
                self.place(one, now + (one.due - now) * stretch)

    def place(self, one: Any, when: float) -> None:
        """Give a release its place among those as urgent."""
        one.due = when
        self.put(one, when, self.plan.rung(when - one.born, self.kind(one)))

    def looked(self, one: Any, now: float, changed: bool) -> None:
        """Date it from now."""
        days = self.plan.pause_at(now - one.born, self.kind(one))
        self.place(one, now + days)

    def owed(self, one: Any, now: float) -> float:
        """Return the looks a release is owed."""
        return self.plan.owed(one.due - one.born, now - one.born, self.kind(one))

    def choose(self, now: float, number: int, ahead: float) -> list[Any]:
        """Take the first of each rung, and of these the most urgent."""
        held = [
            (one, when, step)
            for step in list(self.queues)
            for one, when in self.due(step, now + ahead, number)
        ]
        chosen = most_urgent(((self.owed(one, now), one) for one, _, _ in held), number)
        taken = {one.number for one in chosen}
        for one, when, step in held:
            if one.number not in taken:
                self.put(one, when, step)
        return chosen

    def choose_among(self, some: Sequence[Any], now: float, number: int, ahead: float) -> list[Any]:
        """Return what is due among a feed's items."""
        due = [(self.owed(one, now), one) for one in some if one.due <= now + ahead]
        return most_urgent(due, number)


class Ours(Planned):
    """The product: priors, learning, plan."""

    title = "ours"

    def __init__(self) -> None:
        super().__init__()
        self.evidence, self.found = Evidence(), PRIOR

    def hazard(self) -> Hazard:
        """Learn from all looks so far."""
        self.found = learn(self.evidence, start=self.found)
        return self.found

    def looked(self, one: Any, now: float, changed: bool) -> None:
        """Learn what the look tells, then date it."""
        begun = max(one.asked, one.born)
        before = one.found - changed > 0
        if one.born < 0 or one.asked > 0.0:
            self.evidence.add(begun - one.born, now - one.born, revised=changed, edited=before)
        super().looked(one, now, changed)


class Optimum(Planned):
    """The same, by one who knows the hazard and each edit at once."""

    title = "the optimum that knows the hazard"

    def begin(self, releases: Sequence[Any], per_day: float, truth: Hazard) -> None:
        """Remember the truth."""
        self.truth = truth
        super().begin(releases, per_day, truth)

    def hazard(self) -> Hazard:
        """Return the truth."""
        return self.truth

    def kind(self, one: Any) -> Kind:
        """Know also what was edited before the beginning."""
        return Kind(edited=one.before or one.found > 0)


POLICIES: dict[str, type[Policy]] = {
    "uniform": Uniform,
    "oldest": Oldest,
    "ladder": Ladder,
    "nutch": Nutch,
    "ours": Ours,
    "optimum": Optimum,
}
