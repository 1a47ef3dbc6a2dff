"""Which entries of a backfill are wanted: by date of publication, minister and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a person asked for; everything left out does not filter.

    Attributes:
        since: Published on or after this day (UTC).
        until: Published before this day.
        minister: Part of a minister's name, in any case.
        limit: At most so many.
    """

    since: date | None = None
    until: date | None = None
    minister: str = ""
    limit: int | None = None

    def wants(self, published: date | datetime | None, ministers: Sequence[str] | None) -> bool:
        """Tell whether an entry is wanted.

        What is not known about it does not rule it out: it is checked, for the page tells.

        Args:
            published: Day or time of publication, if known.
            ministers: Their names, if known.
        """
        if isinstance(published, datetime):
            published = published.astimezone(UTC).date()
        if published is not None:
            if self.since is not None and published < self.since:
                return False
            if self.until is not None and published >= self.until:
                return False
        if self.minister and ministers is not None:
            wanted = self.minister.casefold()
            return any(wanted in name.casefold() for name in ministers)
        return True
