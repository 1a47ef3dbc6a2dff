"""The site's own pages: chosen by URLs, listing or sitemap, and taken up again. No Prefect here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corrigenda.models import Entry
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.finding.discovery import read_listing, read_sitemap
from flows.request import Request
from flows.session import Session
from storage.queries.readings import facts
from storage.record.resume import answered, unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The entries to check.

    Attributes:
        entries: The entries, in order.
        answered: URLs among them that an earlier run of the same backfill got an answer to.
        trouble: Why there may be more; empty when there are none.
    """

    entries: tuple[Entry, ...]
    answered: frozenset[str] = frozenset()
    trouble: str = ""


def choose(request: Request, session: Session) -> Chosen:
    """Choose the entries to check.

    A backfill with the same parameters as one that did not come to its end goes on with it:
    its lists are not read again, nor is asked for what was answered.
    """
    tally, trouble = session.tally, ""
    before = unfinished(session.store, tally.flow, request.parameters, tally.run)
    entries = before.chosen
    if entries:
        reporter().say(f"Going on with run {before.runs[-1]}: {_entries(len(entries))} chosen.")
    else:
        listed, trouble = _listed(request, session)
        entries = tuple(_narrowed(request, session, listed))
    earlier = answered(session.store, before) & {entry.url for entry in entries}
    if earlier:
        tally.verdicts["checked earlier"] = len(earlier)
        reporter().say(f"{_entries(len(earlier))} were answered before and are not asked again.")
    return Chosen(entries=entries, answered=earlier, trouble=trouble)


def _listed(request: Request, session: Session) -> tuple[Sequence[Entry], str]:
    """Find entries, and say why there may be more; what is unusable becomes an issue."""
    if request.way == "urls":
        given = request.given(session.source)
        for raw, problem in given.problems:
            session.issue(raw, f"not a URL: {problem}")
        for url in given.ignored:
            session.issue(url, f"no release of {session.source.title}")
        return given.entries, ""
    read = read_sitemap(session) if request.sitemap else read_listing(session, request.listing or 0)
    if read.trouble and not read.entries:
        session.tally.failure = read.trouble
    return read.entries, read.trouble


def _narrowed(request: Request, session: Session, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries that are wanted, by what they and the store tell of them."""
    left = request.limit
    for entry in entries:
        if left == 0:
            return
        known = facts(session.store.db, entry.url) if request.chooses else None
        published = entry.published_at or (known.date if known else None)
        if request.wants(published, known.ministers if known else None):
            left = None if left is None else left - 1
            yield entry


def _entries(number: int) -> str:
    return count(number, "entry", "entries")
