"""The hazard, what is learnt of it, and the plan: pure arithmetic."""

from __future__ import annotations

from math import exp, expm1
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda.due.hazard import AGES, EDGES, PRIOR, Hazard, age_class, days_by_class
from corrigenda.due.learning import Evidence, learn
from corrigenda.due.plan import (
    FLOOR_SHARE,
    KINDS,
    MOST_OFTEN,
    PLAIN,
    Kind,
    make_plan,
    most_urgent,
    steady,
)

#: The archive the bounds are about: 55,000 releases, six new a day.
ARCHIVE = {(0, PLAIN): 6.0, (1, PLAIN): 36.0, (2, PLAIN): 138.0, (3, PLAIN): 2010.0,
           (4, PLAIN): 52_810.0}  # fmt: skip

ages = st.floats(-3, 10_000)
hazards = st.builds(
    Hazard,
    by_age=st.tuples(*[st.floats(1e-7, 1.0)] * len(AGES)),
    edited=st.floats(0.2, 50),
)
censuses = st.dictionaries(
    st.tuples(st.integers(0, 4), st.sampled_from(KINDS)), st.floats(0, 60_000), min_size=1
)


def test_the_prior_says_what_its_sources_say() -> None:
    first_day, first_week = PRIOR.by_age[0], PRIOR.by_age[0] + 6 * PRIOR.by_age[1]
    assert exp(-first_day) == pytest.approx((1 - 0.15 * 0.82) * (1 - 0.016 * 0.42))
    assert exp(-first_week) == pytest.approx((1 - 0.15) * (1 - 0.016))
    assert exp(-335 * PRIOR.by_age[3]) == pytest.approx(0.98)
    assert list(PRIOR.by_age) == sorted(PRIOR.by_age, reverse=True)


@given(ages, st.floats(0, 5000))
def test_days_are_shared_out_among_the_classes(start: float, days: float) -> None:
    parts = days_by_class(start, start + days)
    assert sum(parts) == pytest.approx(days, abs=1e-6)
    assert all(part >= 0 for part in parts)
    outside = [n for n in range(5) if not age_class(start) <= n <= age_class(start + days)]
    assert all(parts[n] == pytest.approx(0) for n in outside)


def test_nothing_seen_leaves_the_prior() -> None:
    found = learn(Evidence())
    assert found.by_age == pytest.approx(PRIOR.by_age)
    assert found.edited == pytest.approx(PRIOR.edited)


def test_one_class_without_prior_is_the_published_estimator() -> None:
    chance = Random(3)
    evidence = Evidence()
    edited, quiet = [], []
    for _ in range(400):
        days = chance.uniform(1, 300)
        one = chance.random() < -expm1(-0.004 * days)
        (edited if one else quiet).append(days)
        evidence.add(1000, 1000 + days, revised=one, edited=False)
    rate = learn(evidence, weight=1e-9).by_age[4]
    assert sum(t / expm1(rate * t) for t in edited) == pytest.approx(sum(quiet), rel=0.01)
    assert rate == pytest.approx(0.004, rel=0.15)


def test_a_hazard_unlike_the_prior_is_found_from_irregular_looks() -> None:
    truth = Hazard(by_age=(0.02, 0.02, 0.004, 0.001, 0.0005), edited=8.0)
    chance, evidence = Random(5), Evidence()
    for _ in range(8000):
        age, edited = 0.0, False
        while age < 600:
            days = chance.expovariate(1 / (0.2 + age / 4))
            parts = days_by_class(age, age + days)
            mean = sum(truth.of(n, edited) * part for n, part in enumerate(parts))
            revised = chance.random() < -expm1(-mean)
            evidence.add(age, age + days, revised=revised, edited=edited)
            age, edited = age + days, edited or revised
    found = learn(evidence)
    assert found.by_age == pytest.approx(truth.by_age, rel=0.2)
    assert found.edited == pytest.approx(truth.edited, rel=0.2)
    assert learn(evidence, start=found).by_age == pytest.approx(found.by_age, rel=0.01)


@given(ages, st.floats(0.01, 3000), st.booleans())
def test_days_without_an_edit_never_raise_the_hazard(
    start: float, days: float, edited: bool
) -> None:
    evidence = Evidence()
    evidence.add(start, start + days, revised=False, edited=edited)
    found = learn(evidence)
    assert all(a <= b * 1.0001 for a, b in zip(found.by_age, PRIOR.by_age, strict=True))
    assert found.edited <= PRIOR.edited * 1.0001


def test_the_archive_gets_the_rates_that_lose_least() -> None:
    plan = make_plan(ARCHIVE, 225, PRIOR, 400)
    rates = plan.rates[PLAIN]
    # In proportion to the hazard, above one look in 400 days.
    assert rates[0] / rates[1] == pytest.approx(PRIOR.by_age[0] / PRIOR.by_age[1])
    assert rates[4] == pytest.approx(1 / 400)
    assert plan.rates[Kind(edited=True)][1] == pytest.approx(3 * rates[1])
    assert plan.pause_at(0) < 3.5 / 24
    assert plan.pause_at(2000) == 400
    assert not plan.too_small
    assert plan.needed == pytest.approx(55_000 / 400, rel=0.02)


def test_a_budget_too_small_for_the_pause_lengthens_it_and_says_so() -> None:
    plan = make_plan(ARCHIVE, 150, PRIOR, 400)
    assert plan.too_small
    assert plan.pause == pytest.approx(55_000 / (FLOOR_SHARE * 150))
    # What the floor leaves still goes where edits are likely.
    assert plan.pause_at(0.5) < 1


def test_a_pinned_release_is_seen_daily_however_old() -> None:
    plan = make_plan(ARCHIVE, 225, PRIOR, 400)
    assert plan.pause_at(5000, Kind(pinned=True)) <= 1
    assert plan.pause_at(0.1, Kind(pinned=True)) < plan.pause_at(0.1)


def test_a_small_store_is_not_asked_for_askings_sake() -> None:
    plan = make_plan({(4, PLAIN): 30.0}, 225, PRIOR, 400)
    assert plan.pause_at(2000) > 90, "one look in a thousand may find an edit"


@given(censuses, st.floats(0.01, 5000), hazards, st.floats(1, 2000))
def test_no_plan_spends_more_than_the_budget(
    census: dict[tuple[int, Kind], float], budget: float, hazard: Hazard, wanted: float
) -> None:
    plan = make_plan(census, budget, hazard, wanted)
    pinned = sum(n for (_, kind), n in census.items() if kind.pinned)
    spent = sum(n * plan.rates[kind][age] for (age, kind), n in census.items())
    assert spent <= budget * 1.001 + pinned * MOST_OFTEN
    assert plan.pause >= wanted


@given(hazards, st.floats(1, 500), ages, st.sampled_from(KINDS))
def test_every_pause_lies_between_an_hour_and_the_longest(
    hazard: Hazard, budget: float, age: float, kind: Kind
) -> None:
    plan = make_plan(ARCHIVE, budget, hazard, 400)
    pause = plan.pause_at(age, kind)
    assert 0 < pause <= plan.pause
    if age >= EDGES[-1]:
        assert pause >= 0.999 / MOST_OFTEN


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_look_of_a_class_falls_on_its_end(kind: Kind) -> None:
    plan = make_plan(ARCHIVE, 225, PRIOR, 400)
    age, seen = 0.0, []
    while age < 400:
        age += plan.pause_at(age, kind)
        seen.append(age)
    for edge in (1.0, 7.0, 30.0):
        assert any(one == pytest.approx(edge) for one in seen)


def test_one_busy_day_does_not_make_another_plan() -> None:
    quiet = make_plan(steady(6, ARCHIVE), 225, PRIOR, 400)
    busy = make_plan(steady(6, {**ARCHIVE, (0, PLAIN): 63.0}), 225, PRIOR, 400)
    assert busy.unlike(quiet) == pytest.approx(0)
    assert make_plan(ARCHIVE, 400, PRIOR, 400).unlike(quiet) > 0.1


def test_the_most_urgent_come_first() -> None:
    assert most_urgent([(1.0, "a"), (3.0, "b"), (2.0, "c")], 2) == ["b", "c"]
    assert most_urgent([], 5) == []


@given(ages, st.sampled_from(KINDS))
def test_looks_of_one_rung_become_urgent_at_about_one_pace(due: float, kind: Kind) -> None:
    plan = make_plan(ARCHIVE, 225, PRIOR, 400)
    hours = 24 / plan.rate_before(due, kind)
    assert 2 ** (plan.rung(due, kind) - 1) < hours * 1.001
    assert hours <= 2 ** plan.rung(due, kind) * 1.001


def test_what_was_due_young_is_owed_more_than_what_was_due_old() -> None:
    plan = make_plan(ARCHIVE, 225, PRIOR, 400)
    assert plan.owed(0.5, 0.5) == plan.owed(3000, 3000) == 1
    assert plan.owed(0.5, 0.6) > plan.owed(3000, 3030)
    # At the end of the first week, its own pace still counts.
    assert plan.owed(7, 8) > 1.3


def test_first_looks_are_of_the_budget() -> None:
    with_first = make_plan(ARCHIVE, 225, PRIOR, 400, new_a_day=6)
    assert with_first.looks < make_plan(ARCHIVE, 225, PRIOR, 400).looks
