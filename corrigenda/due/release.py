"""One release: when its next look is due, how urgent that is, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from corrigenda.due.plan import HINTED, Kind, Plan
from corrigenda.wording import count

#: After a look that told nothing: an eighth of the time unseen, within these bounds.
_SOONEST, _LATEST = timedelta(hours=1), timedelta(days=1)

#: What besides a look may say that a text was edited.
HINTS = {
    "feed": "the feed's text changed",
    "sitemap": "the sitemap says it was edited",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What the plan needs to know of a release.

    Attributes:
        born: When it was published, as far as is known.
        heard: When we first heard of it.
        seen: When a look, or what others kept, last showed it; None when nothing did.
        asked: When it was last asked for; None before the first time.
        told: That answer told something about it.
        absent: It told that the release is not there, once; a second look confirms it.
        edits: Edits seen so far.
        pinned: A person wants it watched.
        hint: What says that it was edited since: a key of :data:`HINTS`, or empty.
    """

    born: datetime
    heard: datetime
    seen: datetime | None = None
    asked: datetime | None = None
    told: bool = False
    absent: bool = False
    edits: int = 0
    pinned: bool = False
    hint: str = ""

    @property
    def kind(self) -> Kind:
        """What makes it differ from others of its age."""
        return Kind(edited=self.edits > 0, pinned=self.pinned)

    @property
    def looked(self) -> datetime | None:
        """When it was last seen or asked for."""
        return max((at for at in (self.asked, self.seen) if at), default=None)

    def age(self, at: datetime) -> float:
        """Return its age in days."""
        return (at - self.born) / timedelta(days=1)

    def pause(self, plan: Plan, absence: timedelta) -> timedelta:
        """Return how long to wait after the last look, or after hearing of it.

        Args:
            plan: The plan in force.
            absence: Least time between two looks that confirm an absence.
        """
        looked = self.looked
        if self.asked and not self.told:
            unseen = self.asked - (self.seen or self.heard)
            return min(max(unseen / 8, _SOONEST), _LATEST)
        if self.absent:
            return absence
        return timedelta(days=plan.pause_at(self.age(looked or self.heard), self.kind))

    def due(self, plan: Plan, absence: timedelta) -> datetime:
        """Return when the next look is due: at once where nothing was seen, or a hint came."""
        looked = self.looked
        if looked is None or (self.hint and (self.told or not self.asked)):
            return looked or self.heard
        return looked + self.pause(plan, absence)

    def owed(self, plan: Plan, due: datetime, at: datetime) -> float:
        """Return the looks it is owed at a time: 1 when due, the more the more urgent."""
        owed = plan.owed(self.age(due), self.age(at), self.kind)
        return owed + (HINTED if self.hint else 0.0)

    def rung(self, plan: Plan, due: datetime) -> int:
        """Return the rung of a look due at a time."""
        return plan.rung(self.age(due), self.kind)

    def why(self, at: datetime) -> str:
        """Say why it is worth a look, as a person would: ``edited twice; 3 days old``."""
        return "; ".join(self._reasons(at))

    def _reasons(self, at: datetime) -> Iterator[str]:
        if self.pinned:
            yield "pinned"
        if self.hint:
            yield HINTS[self.hint]
        if self.looked is None:
            yield "never looked at"
        elif self.asked and not self.told:
            yield "the last answer told nothing"
        elif self.absent:
            yield "absent when last asked for"
        if self.edits:
            yield "edited " + {1: "once", 2: "twice"}.get(self.edits, f"{self.edits} times")
        yield f"{_span(at - self.born)} old"
        if self.looked:
            yield f"last looked at {_span(at - self.looked)} ago"


def _span(length: timedelta) -> str:
    hours = max(0, int(length / timedelta(hours=1)))
    if hours < 48:
        return count(hours, "hour")
    days = hours // 24
    return count(days, "day") if days < 730 else count(days // 365, "year")
