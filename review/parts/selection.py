"""Which changes a page or feed is about: read from a query string, written to one, as SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from corrigenda.models import ChangeKind, ReviewVerdict, Significance

SIGNIFICANCES = tuple(str(s) for s in Significance)
KINDS = tuple(str(k) for k in ChangeKind)
STATUSES = ("open", "reviewed", *(str(v) for v in ReviewVerdict), "suppressed", "all")

#: What every query about changes selects from.
SOURCE = "changes c LEFT JOIN standing_reviews sr ON sr.change_id = c.id"

_SUPPRESSED = "c.id IN (SELECT change_id FROM suppressed_changes)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A choice of changes. Empty means no restriction, save as said.

    Attributes:
        status: ``open`` (neither reviewed nor suppressed), ``reviewed``, a verdict,
            ``suppressed`` or ``all``.
        significance: One significance; empty: all but ``none``, which nobody need read.
        kind: One kind; empty: all but ``published``, which is no change to what was said.
        minister: A name exactly.
        portfolio: A name exactly.
        since: First day (UTC).
        until: Last day (UTC).
    """

    status: str = "open"
    significance: str = ""
    kind: str = ""
    minister: str = ""
    portfolio: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], *, status: str = "open") -> Selection:
        """Read a query string's values; what makes no sense is left out, as if not asked.

        Args:
            query: Values by name.
            status: The status when none is named.
        """
        allowed = {"status": STATUSES, "significance": SIGNIFICANCES, "kind": KINDS}
        values: dict[str, str] = {"status": status}
        for name in (f.name for f in fields(cls)):
            value = query.get(name, "")
            if name in allowed and value not in allowed[name]:
                continue
            if name in ("since", "until") and not _is_day(value):
                continue
            values[name] = value
        return cls(**values)

    def query(self, *, usual: str = "open", **changed: str) -> str:
        """Return the query string of this selection with some values changed.

        Args:
            usual: The status that need not be said.
            changed: Values to change.

        Returns:
            ``?a=b&c=d``, or ``?`` alone for the default.
        """
        other = replace(self, **changed)
        default = Selection(status=usual)
        pairs = [
            (f.name, getattr(other, f.name))
            for f in fields(self)
            if getattr(other, f.name) != getattr(default, f.name)
        ]
        return "?" + urlencode(pairs)

    @property
    def narrowed(self) -> bool:
        """Anything but the default is chosen."""
        return self != Selection()

    def where(self, *, without: tuple[str, ...] = ()) -> tuple[str, dict[str, Any]]:
        """Return conditions over :data:`SOURCE` and their values.

        Args:
            without: Attributes that are not to restrict, for counting their values.
        """
        parts = ["c.superseded_by IS NULL AND c.same_as IS NULL"]
        values: dict[str, Any] = {}
        if "status" not in without:
            parts.append(_status(self.status, values))
        if "kind" not in without:
            # Said so that SQLite knows which of two indexes holds all of them.
            published = self.kind == "published"
            parts.append("c.kind = 'published'" if published else "c.kind <> 'published'")
            if self.kind and not published:
                parts.append("c.kind = :kind")
        if "significance" not in without and (self.significance or self.kind != "published"):
            parts.append(
                "c.significance = :significance"
                if self.significance
                else "c.significance IN ('high', 'medium', 'low')"
            )
        for kind in ("minister", "portfolio"):
            if getattr(self, kind) and kind not in without:
                parts.append(
                    "c.release_id IN (SELECT release_id FROM release_terms "
                    f"WHERE kind = '{kind}' AND name = :{kind})"
                )
        if self.since:
            parts.append("c.before >= :since")
        if self.until:
            parts.append("c.before < :next_day")
            values["next_day"] = (date.fromisoformat(self.until) + timedelta(1)).isoformat()
        values |= {f.name: getattr(self, f.name) for f in fields(self)}
        return " AND ".join(parts), values


def _status(status: str, values: dict[str, Any]) -> str:
    """Return the condition of one status."""
    match status:
        case "all":
            return "1"
        case "open":
            return f"sr.review_id IS NULL AND NOT {_SUPPRESSED}"
        case "reviewed":
            return "sr.review_id IS NOT NULL"
        case "suppressed":
            return _SUPPRESSED
        case _:
            values["verdict"] = status
            return "sr.verdict = :verdict"


def _is_day(text: str) -> bool:
    """Tell a day that exists, as a date field sends it."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        return date.fromisoformat(text).year < 9999
    except ValueError:
        return False
