"""What a backfill would be, before it is one. Nothing is recorded. No Prefect here."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from corrigenda import sources
from corrigenda.carriers import archives, warcs
from corrigenda.carriers.lists import Listed
from corrigenda.errors import InvalidURL, UsageError
from corrigenda.models import Entry
from corrigenda.settings import Settings
from corrigenda.wording import count
from flows.parameters import settings_for
from flows.session import open_session
from flows.ways.archive import is_wanted
from flows.ways.selection import Selection
from flows.ways.site import Lists, found, read_given
from storage.bulk.prepared import prepare
from storage.file.connection import open_database
from storage.queries.readings import Facts, all_facts, facts

#: Seconds an archive's document takes, measured (benchmarks/README.md), generously.
_A_DOCUMENT = 0.0005


def estimate(
    *,
    source: str,
    urls_file: Path | None = None,
    listing: int | None = None,
    sitemap: bool = False,
    archive: Path | None = None,
    warc: Path | None = None,
    page: Path | None = None,
    wayback: bool = False,
    since: date | None = None,
    until: date | None = None,
    minister: str = "",
    limit: int | None = None,
    db: Path | None = None,
    origin: str = "",
    **_others: Any,
) -> str:
    """Say how many entries, how many requests and how long.

    Only what must be read to know is read: a listing and a sitemap are asked for, releases
    are not.

    Raises:
        UsageError: What was chosen cannot be read.
    """
    settings = settings_for(db=db, origin=origin)
    chosen = Selection(since=since, until=until, minister=minister, limit=limit)
    if archive is not None:
        return _of_archive(archive, source, chosen)
    if warc is not None:
        return _of_warcs(warc, source, settings, limit)
    if page is not None:
        return "1 saved page to read, no requests."
    if wayback:
        return _of_wayback(settings, source, urls_file, chosen)
    lines: list[str] = []
    if urls_file is not None:
        listed: Sequence[Entry] = _given(urls_file, source, lines).entries
        asked = 0
    else:
        listed, asked, trouble = _discovered(settings, source, listing or 0, sitemap)
        lines += [f"The list was not read to its end: {trouble}"] if trouble else []
    entries = _wanted(settings.db, listed, chosen)
    lines.insert(0, f"{count(entries, 'entry', 'entries')} to check, as many requests.")
    if asked:
        lines.append(f"Besides {count(asked, 'request')} for the list, made again then.")
    lines += pace(settings, entries + asked)
    return "\n".join(lines)


def pace(settings: Settings, requests: int) -> list[str]:
    """Say how long requests take at the current delay and budget."""
    seconds = duration(requests * settings.pace_delay)
    lines = [f"At {settings.pace_delay:g} s apart that takes at least {seconds}."]
    if requests > settings.budget:
        days = -(-requests // settings.budget)
        lines.append(
            f"At {settings.budget} requests a day it takes {days} days; run it once a day."
        )
    return lines


def duration(seconds: float) -> str:
    """Return a length of time for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _given(file: Path, source: str, lines: list[str]) -> Listed:
    listed = read_given(None, file, sources.get(source))
    lines += [f"  not a URL: {raw!r} ({problem})" for raw, problem in listed.problems]
    lines += [f"  no release of {source}: {url}" for url in listed.ignored]
    return listed


def _discovered(
    settings: Settings, source: str, listing: int, sitemap: bool
) -> tuple[Sequence[Entry], int, str]:
    """Read the site's lists, into a database that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        passing = replace(settings, db=Path(folder) / "passing.db")
        with open_session(passing, source, "dry run", {}) as session:
            entries, trouble = found(session, Lists(listing=listing, sitemap=sitemap))
            asked = session.store.db.execute("SELECT count(*) FROM captures").fetchone()[0]
    return entries, asked, trouble


def _wanted(db: Path, entries: Sequence[Entry], chosen: Selection) -> int:
    """Count the entries that are wanted, by what they and the store tell of them."""
    known: dict[str, Facts | None] = {}
    if db.exists() and (chosen.since or chosen.until or chosen.minister):
        with closing(open_database(db)) as store:
            known = {entry.url: facts(store, entry.url) for entry in entries}
    wanted = 0
    for entry in entries:
        fact = known.get(entry.url)
        published = entry.published_at or (fact.date if fact else None)
        wanted += chosen.wants(published, fact.ministers if fact else None)
    return wanted if chosen.limit is None else min(wanted, chosen.limit)


def _of_archive(path: Path, source: str, chosen: Selection) -> str:
    """Count documents; they are read only where what they say decides which are wanted."""
    there = archives.count(path)
    most = there if chosen.limit is None else min(chosen.limit, there)
    told, read = f"{count(most, 'document')} to read", most
    if chosen != Selection(limit=chosen.limit):
        prepared = (prepare(source, member) for member in archives.members(path))
        wanted = min(most, sum(is_wanted(document, chosen) for document in prepared))
        told, read = f"{count(there, 'document')} to read, {wanted:,} of them to import", there
    return f"{told}, no requests; about {duration(read * _A_DOCUMENT)}."


def _of_warcs(path: Path, source: str, settings: Settings, limit: int | None) -> str:
    site, wanted, others = sources.get(source), 0, 0
    lines: list[str] = []
    for file in warcs.files(path):
        try:
            for record in warcs.records(file, settings.max_body):
                try:
                    is_item = site.content_type(site.canonical(record.url)) is not None
                except InvalidURL:
                    is_item = False
                wanted += is_item
                others += not is_item
        except UsageError as error:
            lines.append(str(error))
    wanted = wanted if limit is None else min(wanted, limit)
    lines.insert(
        0,
        f"{count(wanted, 'capture')} of releases to read, no requests; "
        f"{count(others, 'other record')} passed over.",
    )
    return "\n".join(lines)


def _of_wayback(settings: Settings, source: str, urls_file: Path | None, chosen: Selection) -> str:
    lines: list[str] = []
    if urls_file is not None:
        releases = _wanted(settings.db, _given(urls_file, source, lines).entries, chosen)
    else:
        with closing(open_database(settings.db)) as store:
            row = store.execute("SELECT id FROM sources WHERE name = ?", [source]).fetchone()
            known = all_facts(store, row[0]) if row else []
        releases = sum(chosen.wants(f.date, f.ministers) for f in known if "#" not in f.url)
        releases = releases if chosen.limit is None else min(releases, chosen.limit)
    lines.insert(
        0,
        f"{count(releases, 'release')} to ask the Internet Archive for: "
        f"{count(releases, 'request')} for its index, and one for each distinct capture "
        "it has, which only the index tells.",
    )
    return "\n".join(lines + pace(replace(settings, origin=""), releases))
