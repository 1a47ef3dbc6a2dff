"""A dated digest: what was changed in a while. How it is written: ``digest_forms``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from corrigenda.models import Change, ChangeKind, Significance
from corrigenda.wording import count
from review.parts.words import shown
from storage.file.times import now
from storage.queries.log.changes import changes
from storage.queries.log.filters import ChangeFilter
from storage.queries.log.overview import first_seen
from storage.queries.log.trends import month_bounds
from storage.queries.sight.gone import Absence, gone_now

#: Changes of one heading that are told, at most.
MOST = 60
#: Changes read for a digest; more is no digest.
_READ = 2_000
#: What is gone now is no news of long ago.
_RECENT = timedelta(31)
_DAY = len("2026-11-20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Changes under one heading.

    Attributes:
        name: The heading.
        changes: Those told.
        more: How many more there are.
    """

    name: str
    changes: tuple[Change, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What was changed from one day to another.

    Attributes:
        first: The first day.
        last: The last day.
        gone: What cannot be seen at the time of writing.
        sections: The changes, what matters most first.
        published: How many releases were first seen.
        revised: How many revisions there were, those of formatting alone left out.
        silent: Of these, under an unchanged date.
    """

    first: date
    last: date
    gone: tuple[Absence, ...]
    sections: tuple[Section, ...]
    published: int
    revised: int
    silent: int

    @property
    def title(self) -> str:
        """What it is called."""
        if self.first == self.last:
            return f"Corrigenda: {self.first.day} {self.first:%B %Y}"
        if self.first.day == 1 and (self.last.month, self.last.year) == (
            self.first.month,
            self.first.year,
        ):
            return f"Corrigenda: {self.first:%B %Y}"
        return (
            f"Corrigenda: {self.first.day} {self.first:%B %Y} to {self.last.day} {self.last:%B %Y}"
        )

    @property
    def account(self) -> str:
        """The numbers in a sentence."""
        return (
            f"{count(self.revised, 'revision')}, {self.silent:,} of them silent; "
            f"{count(self.published, 'release')} first seen."
        )


def digest(
    found: Sequence[Change], *, first: date, last: date, gone: Sequence[Absence], published: int
) -> Digest:
    """Make a digest.

    Args:
        found: The changes that matter, press contacts masked, the most significant first.
        first: The first day.
        last: The last day.
        gone: What cannot be seen now.
        published: How many releases were first seen.
    """
    revised = [change for change in found if change.kind is ChangeKind.REVISED]
    headed = [
        ("Withdrawn", [c for c in found if c.kind is ChangeKind.WITHDRAWN]),
        ("Restored", [c for c in found if c.kind is ChangeKind.RESTORED]),
        ("Changes of meaning", [c for c in revised if c.significance is Significance.HIGH]),
        ("Reworded", [c for c in revised if c.significance is Significance.MEDIUM]),
        ("Small corrections", [c for c in revised if c.significance is Significance.LOW]),
        ("Moved", [c for c in found if c.kind is ChangeKind.MOVED]),
    ]
    return Digest(
        first=first,
        last=last,
        gone=tuple(gone),
        sections=tuple(
            Section(name=name, changes=tuple(some[:MOST]), more=max(0, len(some) - MOST))
            for name, some in headed
            if some
        ),
        published=published,
        revised=len(revised),
        silent=sum(change.silent for change in revised),
    )


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of ``2026-11`` or ``2026-11-20``.

    Raises:
        ValueError: There is no such month or day.
    """
    if len(period) == _DAY:
        return date.fromisoformat(period), date.fromisoformat(period)
    first, after = month_bounds(period)
    return first, after - timedelta(1)


def make(db: Database, first: date, last: date, source: str = "") -> Digest:
    """Return the digest of some days; press contacts are withheld, for digests travel.

    Args:
        db: A database.
        first: The first day.
        last: The last day.
        source: Only of this source; empty for all.
    """
    chosen = ChangeFilter(
        since=first.isoformat(),
        until=last.isoformat(),
        noise=False,
        source=source,
        limit=_READ,
    )
    time = now()
    return digest(
        [shown(change, masked=True) for change in changes(db, chosen)],
        first=first,
        last=last,
        gone=gone_now(db, time) if time.date() - last <= _RECENT else (),
        published=first_seen(db, first.isoformat(), (last + timedelta(1)).isoformat()),
    )
