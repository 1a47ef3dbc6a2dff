"""The entries of a backfill: found, narrowed down, and taken up again. No Prefect here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corrigenda.carriers.lists import Listed
from corrigenda.carriers.url_files import read_text_file, read_url_file
from corrigenda.models import Entry
from corrigenda.sources.protocol import Source
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.discovery import read_listing, read_sitemap
from flows.session import Session
from flows.ways.selection import Selection
from storage.file.connection import transaction
from storage.queries.readings import facts
from storage.record.resume import answered, choose, unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Where a backfill's entries come from: one of these.

    Attributes:
        given: URLs a person gave, read.
        listing: So many listing pages.
        sitemap: The sitemap.
    """

    given: Listed | None = None
    listing: int = 0
    sitemap: bool = False


def read_given(urls: Sequence[str] | None, file: Path | None, source: Source) -> Listed:
    """Read URLs a person gave, and a file of them."""
    text = read_text_file(file) if file else ""
    return read_url_file("\n".join([*(urls or []), text]), source)


def entries_of(session: Session, lists: Lists, chosen: Selection) -> tuple[list[Entry], str]:
    """Return the entries to check, and why there may be more.

    A backfill with the same parameters as one that did not come to its end goes on with it:
    its lists are not read again, and what was answered is marked as done.
    """
    before = unfinished(session.store, session.tally.run)
    trouble = ""
    if before.chosen:
        entries = list(before.chosen)
        reporter().say(f"Going on with run {before.runs[-1]}: {_entries(len(entries))} chosen.")
    else:
        listed, trouble = found(session, lists)
        entries = list(narrowed(session, listed, chosen))
    if not trouble:
        with transaction(session.store.db):
            choose(session.store, session.tally.run, entries)
    earlier = answered(session.store, before) & {entry.url for entry in entries}
    session.done |= earlier
    if earlier:
        session.tally.verdicts["checked earlier"] = len(earlier)
        reporter().say(f"{_entries(len(earlier))} were answered before and are not asked again.")
    return entries, trouble


def found(session: Session, lists: Lists) -> tuple[Sequence[Entry], str]:
    """Find entries, and say why there may be more; what is unusable becomes an issue."""
    if lists.given is not None:
        for raw, problem in lists.given.problems:
            session.issue(raw, f"not a URL: {problem}")
        for url in lists.given.ignored:
            session.issue(url, f"no release of {session.source.title}")
        return lists.given.entries, ""
    read = read_sitemap(session) if lists.sitemap else read_listing(session, lists.listing)
    if read.trouble and not read.entries:
        session.tally.failure = read.trouble
    return read.entries, read.trouble


def narrowed(session: Session, entries: Sequence[Entry], chosen: Selection) -> Iterator[Entry]:
    """Yield the entries that are wanted, by what they and the store tell of them."""
    left = chosen.limit
    for entry in entries:
        if left == 0:
            return
        known = facts(session.store.db, entry.url)
        published = entry.published_at or (known.date if known else None)
        if chosen.wants(published, known.ministers if known else None):
            left = None if left is None else left - 1
            yield entry


def _entries(number: int) -> str:
    return count(number, "entry", "entries")
