"""A run's account while it goes on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from corrigenda.models import Verdict
from storage.record.store import Recorded

#: Verdicts that tell nothing about a release.
_TROUBLE = tuple(
    str(v)
    for v in Verdict
    if v not in (Verdict.RELEASE, Verdict.UNMODIFIED, Verdict.MISSING, Verdict.MOVED)
)
#: The share of them a run may end with and still call itself well.
_TOLERATED = 0.2


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a run did so far.

    Attributes:
        run: The run's row.
        flow: The flow's name.
        source: The source's name.
        entries: How many entries it is to check.
        verdicts: Entries checked, by verdict; each entry counts once.
        told: Items of the feed whose texts were read.
        versions_added: New versions.
        changes: New changes by kind.
        change_ids: Their rows, for links.
        issues: How many things could not be interpreted.
        blocked: The source answered a request with a challenge, or did so before and has
            shown no page since.
        blocked_since: When it began to; None while it does not.
        stopped: Why the run stopped before its end, when it did.
        failure: Why nothing could be seen at all, when that is so.
        bygone: Verdicts among them on what others met and kept: a challenge that the
            Internet Archive was shown in 2019 is no trouble of this run.
    """

    run: int
    flow: str
    source: str
    entries: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    told: int = 0
    versions_added: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    change_ids: list[int] = field(default_factory=list)
    issues: int = 0
    blocked: bool = False
    blocked_since: datetime | None = None
    stopped: str = ""
    failure: str = ""
    bygone: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict, recorded: Recorded) -> None:
        """Count one checked entry."""
        self.verdicts[str(verdict)] += 1
        self.versions_added += recorded.versions_added
        self.note(recorded)

    def note(self, recorded: Recorded) -> None:
        """Count changes, each edit once: one that the feed told and a page shows is the page's."""
        for row, kind in recorded.changes:
            self.changes[str(kind)] += 1
            self.change_ids.append(row)
        for row in recorded.absorbed:
            if row in self.change_ids:
                self.change_ids.remove(row)
                self.changes["revised"] -= 1
        self.changes = +self.changes

    @property
    def unchecked(self) -> int:
        """Entries the run did not get to."""
        return self.entries - sum(self.verdicts.values())

    @property
    def needs_a_person(self) -> bool:
        """Something here is for a person to look at: the exit status is 1."""
        troubled = sum(self.verdicts[v] - self.bygone[v] for v in _TROUBLE)
        return bool(
            self.blocked
            or self.failure
            or self.stopped
            or troubled > _TOLERATED * sum(self.verdicts.values())
        )

    @property
    def outcome(self) -> str:
        """How the run ended: ``done``, ``blocked``, ``failed`` or ``stopped``."""
        if self.blocked:
            return "blocked"
        return "failed" if self.failure else "stopped" if self.stopped else "done"

    def as_json(self) -> dict[str, Any]:
        """Return the account in the shape that ``ingest --json`` prints."""
        return {
            "run": self.run,
            "flow": self.flow,
            "source": self.source,
            "entries": self.entries,
            "verdicts": dict(self.verdicts),
            "versions_added": self.versions_added,
            "changes": dict(self.changes),
            "issues": self.issues,
            "blocked": self.blocked,
        }
