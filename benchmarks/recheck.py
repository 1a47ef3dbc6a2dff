"""Years of looking again, simulated: how late is each edit seen?

Usage: python -m benchmarks.recheck [--svg docs/images/recheck.svg] [--days 730] [--policies a,b]

55,000 releases of 25 years, six new a day, 300 requests a day of which the feeds take 68 and
robots.txt one. Edits are drawn from the stated hazard (:data:`corrigenda.due.hazard.PRIOR`), and
once from a flat one, the same at every age, which ours has to learn. Each way of choosing looks at
the same edits, after a time to settle (and, under the flat hazard, to learn) of a year.

Hours and turns are the deployments': ingest every quarter of an hour by day looks at what is due
among the feed's thirty, recheck every hour at anything. First looks count to the budget.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.recheck_curves import draw
from benchmarks.recheck_policies import POLICIES, Policy
from corrigenda.due.hazard import AGES, EDGES, PRIOR, Hazard, age_class

RELEASES = 55_000
NEW_A_DAY = 6.0
PAGES_A_DAY = 300 - 68 - 1
SETTLED = 365.0
#: Days to go on after the last edit that counts, so that each is seen.
REST = 450.0
#: A quarter of an hour, in days.
TICK = 1 / 96
FEED = 30

#: As many edits a day as the stated hazard makes, spread over all releases alike.
FLAT = Hazard(by_age=(3e-5,) * 5, edited=1.0)


@dataclass(slots=True)
class Release:
    """One simulated release; times in days since the simulation's beginning."""

    number: int
    born: float
    before: bool = False  # edited before the beginning
    waiting: tuple[float, ...] = ()  # edits not seen yet
    found: int = 0  # looks that showed an edit
    asked: float = 0.0
    due: float = 0.0
    token: int = 0  # of its only valid place in a queue


@dataclass(frozen=True, slots=True)
class World:
    """What happens whatever we do: publications and edits in order of time."""

    hazard: Hazard
    releases: tuple[tuple[float, bool], ...]  # born, edited before the beginning
    edits: tuple[tuple[float, int], ...]  # when, which release


def make_world(hazard: Hazard, end: float, seed: int = 20) -> World:
    """Draw publications and edits."""
    chance = Random(seed)
    born = sorted(-chance.random() * RELEASES / NEW_A_DAY for _ in range(RELEASES))
    moment = 0.0
    while (moment := moment + chance.expovariate(NEW_A_DAY)) < end:
        born.append(moment)
    releases, edits = [], []
    for number, birth in enumerate(born):
        age, edited, before = 0.0, False, False
        while True:
            age = _next_edit(hazard, age, edited, chance)
            if birth + age >= end:
                break
            edited = True
            if birth + age < 0:
                before = True
            else:
                edits.append((birth + age, number))
        releases.append((birth, before))
    return World(hazard=hazard, releases=tuple(releases), edits=tuple(sorted(edits)))


def _next_edit(hazard: Hazard, age: float, edited: bool, chance: Random) -> float:
    """Return the age at the next edit, drawn from a hazard constant within classes."""
    left = chance.expovariate(1.0)
    for number in range(age_class(age), len(EDGES)):
        rate = hazard.of(number, edited)
        if left < (EDGES[number] - age) * rate:
            return age + left / rate
        left -= (EDGES[number] - age) * rate
        age = EDGES[number]
    return age + left / hazard.of(len(EDGES), edited)


@dataclass(slots=True)
class Outcome:
    """What one way of choosing came to: (age at the edit, delay) in days, looks made."""

    delays: list[tuple[float, float]]
    looks: int
    unseen: int
    longest: float
    seconds: float

    def by_age(self) -> list[list[float]]:
        """Return the delays by class of age."""
        found: list[list[float]] = [[] for _ in AGES]
        for age, delay in self.delays:
            found[age_class(age)].append(delay)
        return found

    def mean_log(self) -> float:
        """Return the geometric mean of all delays, in days; a minute at least."""
        return exp(sum(log(max(delay, 1 / 1440)) for _, delay in self.delays) / len(self.delays))


def simulate(world: World, policy: Policy, days: float) -> Outcome:
    """Let a policy look, and note how late it sees each edit of the days after settling.

    Edits not seen by the end count with the delay they have by then.
    """
    begun = time.perf_counter()
    until, end = SETTLED + days, SETTLED + days + REST
    releases = [
        Release(number, birth, before) for number, (birth, before) in enumerate(world.releases)
    ]
    coming = next((i for i, r in enumerate(releases) if r.born >= 0), len(releases))
    policy.begin(releases[:coming], PAGES_A_DAY, world.hazard)
    delays: list[tuple[float, float]] = []
    edit, looks, spent, longest = 0, 0, 0, 0.0
    for tick in range(1, int(end / TICK)):
        now, quarter = tick * TICK, tick % 96
        if quarter == 0:
            spent = 0
            policy.each_day(now)
        while edit < len(world.edits) and world.edits[edit][0] <= now:
            when, number = world.edits[edit]
            edit += 1
            one = releases[number]
            one.waiting += (when,)
        chosen: list[Release] = []
        by_day = 6 * 4 <= quarter < 23 * 4
        if by_day or quarter % 4 == 0:
            while coming < len(releases) and releases[coming].born <= now:
                chosen.append(releases[coming])
                policy.publish(releases[coming])
                coming += 1
        left = PAGES_A_DAY - spent - len(chosen)
        if quarter % 4 == 0:
            share = int(PAGES_A_DAY * (quarter + 4) / 96) - spent - len(chosen)
            chosen += policy.choose(now, max(0, min(left, share)), ahead=2 * TICK)
        elif by_day:
            feed = [r for r in releases[max(0, coming - FEED) : coming] if r not in chosen]
            chosen += policy.choose_among(feed, now, max(0, left), ahead=TICK / 2)
        for one in chosen:
            seen = [w for w in one.waiting if w <= now]
            delays += [(w - one.born, now - w) for w in seen if SETTLED <= w < until]
            longest = max(longest, now - one.asked) if one.asked > SETTLED else longest
            if seen:
                one.waiting, one.found = (), one.found + 1
            policy.looked(one, now, bool(seen))
            one.asked = now
        looks += len(chosen)
        spent += len(chosen)
    late = [
        (w - one.born, end - w) for one in releases for w in one.waiting if SETTLED <= w < until
    ]
    return Outcome(
        delays=delays + late, looks=looks, unseen=len(late), longest=longest,
        seconds=time.perf_counter() - begun,
    )  # fmt: skip


def in_words(days: float) -> str:
    """Return a delay as a reader would say it."""
    return f"{days * 24:.1f} h" if days < 2 else f"{days:.0f} d"


def table(results: Sequence[tuple[Policy, Outcome]], days: float) -> None:
    """Print median delays by age, and the geometric mean."""
    print(f"| median delay | {' | '.join(AGES)} | geometric mean | looks a day | not seen |")
    print("|---|" + "---:|" * (len(AGES) + 3))
    for policy, outcome in results:
        cells = [in_words(median(part)) if part else "-" for part in outcome.by_age()]
        looks = outcome.looks / (SETTLED + days + REST)
        print(
            f"| {policy.title} | {' | '.join(cells)} | {in_words(outcome.mean_log())} "
            f"| {looks:.0f} | {outcome.unseen} of {len(outcome.delays)} |"
        )


def verdicts(stated: dict[str, Outcome], flat: dict[str, Outcome]) -> list[tuple[str, bool]]:
    """Hold the outcomes against the bounds."""
    ours = [median(part) for part in stated["ours"].by_age()]
    even = min(stated["uniform"].mean_log(), stated["oldest"].mean_log())
    even_old = min(median(stated[name].by_age()[4]) for name in ("uniform", "oldest"))
    mean, best = stated["ours"].mean_log(), stated["optimum"].mean_log()
    learnt = flat["ours"].mean_log() / flat["optimum"].mean_log()
    return [
        (f"first day {ours[0] * 24:.2f} h, at most 1.5 h", ours[0] <= 1.5 / 24),
        (f"first week {ours[1] * 24:.1f} h, at most 36 h", ours[1] <= 1.5),
        (f"to 30 days {ours[2]:.1f} d, at most 21 d", ours[2] <= 21),
        (f"to a year {ours[3]:.0f} d, at most 120 d", ours[3] <= 120),
        (f"older {ours[4]:.0f} d, at most twice {even_old:.0f} d", ours[4] <= 2 * even_old),
        (f"all: 1/{even / mean:.0f} of uniform's, at most 1/40", mean <= even / 40),
        (f"all: {mean / best:.2f} of the optimum's, at most 1.25", mean <= 1.25 * best),
        (f"flat, after a year: {learnt:.2f} of the optimum's, at most 1.25", learnt <= 1.25),
    ]


def run(hazard: Hazard, names: Sequence[str], days: float) -> list[tuple[Policy, Outcome]]:
    """Simulate each policy on the same world, and print the table."""
    world = make_world(hazard, SETTLED + days + REST)
    results = []
    for name in names:
        policy = POLICIES[name]()
        results.append((policy, simulate(world, policy, days)))
        print(f"  {policy.title}: {results[-1][1].seconds:.0f} s", file=sys.stderr)
    table(results, days)
    return results


def main() -> int:
    """Simulate, print, draw; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--svg", type=Path, help="draw the curves into this file")
    parser.add_argument("--days", type=float, default=730.0, help="days whose edits count")
    parser.add_argument("--policies", default=",".join(POLICIES))
    options = parser.parse_args()
    names = options.policies.split(",")
    print("Edits as stated:\n")
    stated = run(PRIOR, names, options.days)
    print("\nEdits at the same rate at every age, after a year of learning:\n")
    few = [name for name in names if name in ("ours", "oldest", "optimum")]
    flat = run(FLAT, few, options.days)
    if options.svg:
        options.svg.write_text(draw([(p.title, o.delays) for p, o in stated]), encoding="utf-8")
    if len(names) < len(POLICIES):
        return 0
    held = verdicts(
        {name: outcome for name, (_, outcome) in zip(names, stated, strict=True)},
        {name: outcome for name, (_, outcome) in zip(few, flat, strict=True)},
    )
    print()
    for line, good in held:
        print(("holds   " if good else "MISSED  ") + line)
    return 0 if all(good for _, good in held) else 1


if __name__ == "__main__":
    sys.exit(main())
