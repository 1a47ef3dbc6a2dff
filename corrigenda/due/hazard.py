"""How likely an edit is, by a release's age.

The hazard is the number of edits to expect a day. It falls steeply with age, so it is
constant within five classes of age, and higher for what was edited before.

Nobody has measured how often press releases are edited. The prior is GDELT's re-crawl of
news articles (blog.gdeltproject.org): 15 % change title or text within a week, 82 % of those
within a day; 1.6 % are deleted within a week, 42 % of those within a day. Of what comes
later we assume 1 % to the thirtieth day, 2 % in the rest of the first year, 0.3 % a year
from then on. :mod:`corrigenda.due.learning` replaces all of it by what we see ourselves.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import inf, log

#: Days at which one class of age ends and the next begins.
EDGES = (1.0, 7.0, 30.0, 365.0)
#: The classes, as a reader is told them.
AGES = ("first day", "first week", "to 30 days", "to a year", "older")


def _rate(share: float, days: float) -> float:
    """Return the hazard under which a share of releases is edited within some days."""
    return -log(1.0 - share) / days


def _rest(early: float, all_: float, days: float) -> float:
    """Return the hazard between an early share and the whole, some days apart."""
    return -log((1.0 - all_) / (1.0 - early)) / days


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """Edits to expect a day.

    Attributes:
        by_age: Of a release never edited so far, for each class of age.
        edited: How many times that once it has been edited.
    """

    by_age: tuple[float, ...]
    edited: float

    def of(self, age_class: int, edited: bool) -> float:
        """Return the hazard of a release in a class of age."""
        return self.by_age[age_class] * (self.edited if edited else 1.0)


PRIOR = Hazard(
    by_age=(
        _rate(0.15 * 0.82, 1) + _rate(0.016 * 0.42, 1),
        _rest(0.15 * 0.82, 0.15, 6) + _rest(0.016 * 0.42, 0.016, 6),
        _rate(0.01, 23),
        _rate(0.02, 335),
        _rate(0.003, 365),
    ),
    edited=3.0,  # an assumption, no measurement
)


def age_class(age: float) -> int:
    """Return the class of an age in days; what is dated ahead is new."""
    return bisect_right(EDGES, age)


def days_by_class(start: float, end: float) -> tuple[float, ...]:
    """Return how many of the days between two ages lie in each class.

    Args:
        start: Age at the beginning, in days.
        end: Age at the end, not before it.
    """
    return tuple(
        max(0.0, min(end, above) - max(start, below))
        for below, above in zip((-inf, *EDGES), (*EDGES, inf), strict=True)
    )
