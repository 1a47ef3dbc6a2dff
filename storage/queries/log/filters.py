"""Which changes a command, page, feed or export is about: one filter, and its SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from corrigenda.errors import UsageError
from corrigenda.models import ChangeKind, ReviewVerdict, Significance
from storage.queries.search import match_expression

SIGNIFICANCES = tuple(map(str, Significance))
KINDS = tuple(map(str, ChangeKind))
STATUSES = ("open", "reviewed", *map(str, ReviewVerdict), "suppressed", "all")

#: What :meth:`ChangeFilter.where` speaks of.
SOURCE = "standing_changes c LEFT JOIN standing_reviews sr ON sr.change_id = c.id"
#: Sorts significances.
RANK = "CASE c.significance WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"

_ALLOWED = {
    "status": STATUSES,
    "significance": SIGNIFICANCES,
    "min_significance": SIGNIFICANCES,
    "kind": KINDS,
}
_TRUTH = {"yes": True, "no": False}
_BOTH = ("silent", "reverted", "quoted")
_WANTED = {
    **dict.fromkeys(("since", "until", "noticed_since", "noticed_until"), "a day like 2026-05-09"),
    "release": "a release's number",
}
_SUPPRESSED = "c.id IN (SELECT change_id FROM suppressed_changes)"
_STATUS = {
    "all": "1",
    "open": f"sr.review_id IS NULL AND NOT {_SUPPRESSED}",
    "reviewed": "sr.review_id IS NOT NULL",
    "suppressed": _SUPPRESSED,
}
# What either text has: in none but the version's own words, whatever the release said else.
_WORDS = "(SELECT rowid FROM versions_fts WHERE versions_fts MATCH :words)"

_CHANGED = "(SELECT rowid FROM change_words_fts WHERE change_words_fts MATCH :changed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """A choice of changes; what is left out does not restrict.

    Days and times are UTC text: a day as people write it (``2026-05-09``), which is meant
    whole, or a time as the store writes times.

    Attributes:
        status: ``open`` (neither reviewed nor suppressed), ``reviewed``, a verdict,
            ``suppressed`` or ``all``.
        significance: Just this one.
        min_significance: This one, or more.
        kind: Just this one.
        minister: A name of the release's, or part of one.
        portfolio: Likewise.
        since: Happened, as far as is known, then or later (first seen then or later).
        until: Happened on that day at the latest, or before that time.
        noticed_since: Recorded by us then or later.
        noticed_until: Recorded on that day at the latest, or before that time.
        source: Name of the source.
        words: Words of which the text before or after has all, as search takes them.
        removed: Words that the change took away, as search takes them.
        added: Words that it brought.
        quoted: ``removed`` and ``added`` are about what stands inside a quotation.
        reason: A kind of reason it was ranked for.
        silent: Whether the text changed under an unchanged date.
        reverted: Whether it went back to an earlier text.
        release: One release's row.
        run: Found by this run.
        noise: Also first sights and what nobody need read (``none``), where neither kind nor
            significance is asked for.
        whole_names: Names are given whole.
        limit: At most so many.
        offset: After so many.
    """

    status: str = "all"
    significance: str = ""
    min_significance: str = ""
    kind: str = ""
    minister: str = ""
    portfolio: str = ""
    since: str = ""
    until: str = ""
    noticed_since: str = ""
    noticed_until: str = ""
    source: str = ""
    words: str = ""
    removed: str = ""
    added: str = ""
    quoted: bool | None = None
    reason: str = ""
    silent: bool | None = None
    reverted: bool | None = None
    release: int | None = None
    run: int | None = None
    noise: bool = True
    whole_names: bool = False
    limit: int | None = None
    offset: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str], usual: ChangeFilter | None = None) -> ChangeFilter:
        """Read a query string's values; what makes no sense is left out, as if not asked.

        Args:
            query: Values by name.
            usual: What stands where nothing is said; the queue's.
        """
        given: dict[str, Any] = {n: _sensible(n, query.get(n) or "") for n in IN_ADDRESSES}
        return replace(usual or QUEUE, **{n: v for n, v in given.items() if v is not None})

    def query(self, usual: ChangeFilter | None = None, **changed: str) -> str:
        """Return the query string of this filter with some values changed.

        Args:
            usual: What need not be said; the queue's.
            changed: Values to change.

        Returns:
            ``?a=b&c=d``, or ``?`` alone for the usual.
        """
        other, known = replace(self, **changed), usual or QUEUE  # type: ignore[arg-type]
        pairs = [
            (name, _written(getattr(other, name)))
            for name in IN_ADDRESSES
            if getattr(other, name) != getattr(known, name)
        ]
        return "?" + urlencode(pairs)

    @property
    def kept(self) -> dict[str, str]:
        """The values a form sends along, so that the filter outlives it."""
        return {
            name: _written(value)
            for name in IN_ADDRESSES
            if (value := getattr(self, name)) not in ("", None)
        }

    @property
    def narrowed(self) -> bool:
        """Anything but the queue's own is chosen."""
        return self != QUEUE

    def where(self, *, without: tuple[str, ...] = ()) -> tuple[str, dict[str, Any]]:
        """Return conditions over :data:`SOURCE`, and their values.

        Args:
            without: Attributes that are not to restrict, for counting their values.
        """
        chosen = replace(self, **{name: _FREE[name] for name in without})
        parts = ["1"]
        if "status" not in without:
            parts.append(_STATUS.get(chosen.status, "sr.verdict = :status"))
        parts += chosen._of_rank(free="significance" in without, any_kind="kind" in without)
        parts += chosen._of_release()
        for name, column in (("since", "before"), ("noticed_since", "detected_at")):
            if getattr(chosen, name):
                parts.append(f"c.{column} >= :{name}")
        for name, column in (("until", "before"), ("noticed_until", "detected_at")):
            if getattr(chosen, name):
                parts.append(f"c.{column} < :{name}")
        for name, column in (("silent", "silent"), ("reverted", "revert"), ("run", "run_id")):
            if getattr(chosen, name) is not None:
                parts.append(f"c.{column} = :{name}")
        if chosen.words:
            parts.append(f"(c.to_version_id IN {_WORDS} OR c.from_version_id IN {_WORDS})")
        if chosen.by_changed_words:
            parts.append(f"c.id IN {_CHANGED}")
        if chosen.reason:
            parts.append("EXISTS (SELECT 1 FROM json_each(c.kinds) WHERE value = :reason)")
        return " AND ".join(parts), chosen._values()

    def _of_rank(self, *, free: bool, any_kind: bool) -> list[str]:
        """Return the conditions of kind and significance."""
        parts = []
        if self.kind or not (self.noise or any_kind):
            # Said so that SQLite knows which of two indexes holds all of them.
            published = self.kind == "published"
            parts.append("c.kind = 'published'" if published else "c.kind <> 'published'")
            if self.kind and not published:
                parts.append("c.kind = :kind")
        if self.significance:
            parts.append("c.significance = :significance")
        elif self.min_significance:
            least = Significance(self.min_significance).rank
            parts.append(_among(s for s in Significance if s.rank >= least))
        elif not (self.noise or free or self.kind == "published"):
            parts.append(_among(s for s in Significance if s is not Significance.NONE))
        return parts

    def _of_release(self) -> list[str]:
        """Return the conditions that speak of the release."""
        parts = []
        for kind in ("minister", "portfolio"):
            if getattr(self, kind):
                same = f"= :{kind}" if self.whole_names else f"LIKE :{kind} ESCAPE '\\'"
                parts.append(
                    "c.release_id IN (SELECT release_id FROM release_terms "
                    f"WHERE kind = '{kind}' AND name {same})"
                )
        if self.source:
            parts.append(
                "EXISTS (SELECT 1 FROM releases r JOIN sources s ON s.id = r.source_id "
                "WHERE r.id = c.release_id AND s.name = :source)"
            )
        if self.release is not None:
            parts.append("c.release_id = :release")
        return parts

    @property
    def by_changed_words(self) -> bool:
        """Changes are chosen by what they took away or brought."""
        return bool(self.removed or self.added)

    def _changed(self) -> str:
        """Return the FTS5 expression of words removed and added."""
        inside = "_quoted" if self.quoted else ""
        asked = (("removed", self.removed), ("added", self.added))
        return " AND ".join(
            f"{name}{inside} : ({match_expression(text)})" for name, text in asked if text
        )

    def _values(self) -> dict[str, Any]:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        if not self.whole_names:
            values |= {kind: part_of(values[kind]) for kind in ("minister", "portfolio")}
        for name in ("until", "noticed_until"):
            if _is_day(values[name]):
                values[name] = (date.fromisoformat(values[name]) + timedelta(1)).isoformat()
        values["words"] = match_expression(self.words)
        values["changed"] = self._changed()
        values["limit"] = -1 if self.limit is None else self.limit
        return values


#: What stands in an address of the pages; the rest is for programs.
IN_ADDRESSES = (
    "status significance kind minister portfolio since until noticed_since noticed_until "
    "source words removed added quoted reason min_significance silent reverted release"
).split()
#: What the queue shows: what matters and waits.
QUEUE = ChangeFilter(status="open", noise=False, whole_names=True)
#: What feeds tell: what matters, reviewed or not.
NEWS = ChangeFilter(noise=False, whole_names=True)
_FREE: dict[str, Any] = {"status": "all", "kind": "", "significance": "", "min_significance": ""}


def part_of(text: str) -> str:
    """Return a pattern for LIKE: any text that holds this one."""
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return f"%{escaped}%"


def _among(significances: Any) -> str:
    names = ", ".join(f"'{name}'" for name in significances)
    return f"c.significance IN ({names})"


def _sensible(name: str, text: str) -> str | bool | int | None:
    """Return what a value in an address says; None when that is nothing."""
    if name in _ALLOWED:
        return text if text in _ALLOWED[name] else None
    if name in ("since", "until", "noticed_since", "noticed_until"):
        return text if _is_day(text) else None
    if name in ("silent", "reverted", "quoted"):
        return _TRUTH.get(text)
    if name == "release":
        return int(text) if re.fullmatch("[0-9]{1,15}", text) else None
    if name in ("words", "removed", "added"):
        return text if match_expression(text) else None
    return text or None


def refuse_unknown(query: Mapping[str, str], also: tuple[str, ...] = ()) -> None:
    """Refuse what :meth:`ChangeFilter.read` would pass over: an answer to it would mislead.

    Args:
        query: Values by name; empty ones ask for nothing.
        also: Other names that may be there.

    Raises:
        UsageError: A name is no filter's, or a value none it could have.
    """
    for name, text in query.items():
        if name in also or not text:
            continue
        if name not in IN_ADDRESSES:
            raise UsageError(f"there is no filter {name!r}; there are {', '.join(IN_ADDRESSES)}")
        if _sensible(name, text) is None:
            known = _ALLOWED.get(name) or (tuple(_TRUTH) if name in _BOTH else ())
            wanted = f"one of {', '.join(known)}" if known else _WANTED.get(name, "words")
            raise UsageError(f"{name} is {wanted}, not {text!r}")


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _is_day(text: str) -> bool:
    """Tell a day that exists, as a date field sends it."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        return date.fromisoformat(text).year < 9999
    except ValueError:
        return False
