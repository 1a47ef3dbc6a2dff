"""What an ingest and a recheck have to look at. No Prefect here.

A feed holds the newest thirty items: after a busy day, or a week of being blocked, it no
longer reaches back to what was known, and the listing has to fill the gap. A blocked source
is probed with one page. Absences want a second look a day later. What left the feed is looked
at again by the plan (:mod:`corrigenda.due`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from corrigenda.errors import BudgetSpent
from corrigenda.models import Entry
from corrigenda.wording import moment
from flows.account.progress import reporter
from flows.finding.discovery import Found, find_in_feed, read_listing
from flows.finding.others import know_feeds, note_feed, read_others
from flows.session import Session
from storage.queries.plan import pages_spent, upcoming
from storage.record import entries as announcements
from storage.record.lifecycle import unconfirmed

#: Listing pages read to fill a gap; what lies further back is a backfill's work.
GAP_PAGES = 20
#: Absences looked at again in one run.
_ABSENCES = 50
#: How often an ingest and a recheck come by: what is due before the next turn is due now.
_A_TURN = timedelta(minutes=15)
_AN_HOUR = timedelta(hours=1)
#: Channel of an entry no list announced: it is remembered already.
RECHECK = "recheck"


def plan(session: Session) -> list[Entry]:
    """Read the source's feed, record what it tells itself, and find what is to be checked.

    Returns:
        What is new or due. When the feed could not be read, no more than what others list,
        and the account says why.
    """
    know_feeds(session)
    try:
        return _prepare(session, find_in_feed(session))
    except BudgetSpent as error:
        session.tally.stopped = str(error)
        return []


def _prepare(session: Session, found: Found) -> list[Entry]:
    entries = list(found.entries)
    if not found.trouble:
        entries += close_gap(session, entries)
        session.hear(entries)
        note_feed(session, found, session.source.feed_url)
    entries += read_others(session)
    due = {entry.url: entry for entry in _due(session, entries)}
    if found.trouble:
        return list(due.values())
    for url in unconfirmed(session.store.db, session.store.source_id, _since(session), _ABSENCES):
        due.setdefault(url, Entry(url=url, channel=RECHECK))
    if not due and session.standing.probing and entries:
        due[entries[0].url] = entries[0]
    return list(due.values())


def close_gap(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    """Read the listing as far back as the feed does not reach; nothing where it does.

    A gap stays on record until the listing was read to its end or to what was known when
    the gap opened, however many runs that takes.

    Returns:
        What the listing names and the feed does not.
    """
    db, source_id = session.store.db, session.store.source_id
    known = announcements.announced(db, source_id, [entry.url for entry in entries])
    after = known.gap_after
    if after is None:
        after = known.newest
        if after is None or not _is_gap(entries, after, known.urls):
            return []
        announcements.set_gap(db, source_id, after)
        session.issue(
            session.source.feed_url,
            f"the feed does not reach back to what was known ({moment(after)}); "
            "the listing is read to fill the gap",
        )
    reporter().say(f"Reading the listing back to {moment(after)}, to fill a gap in the feed.")
    pages = 0
    met = False

    def enough(page: Sequence[Entry]) -> bool:
        nonlocal pages, met
        pages += 1
        # A page's last dated entry: an old release may be pinned to the top.
        dates = [entry.published_at for entry in page if entry.published_at]
        met = bool(dates) and dates[-1] <= after
        return met

    found = read_listing(session, GAP_PAGES, enough=enough)
    if not found.trouble and (met or pages < GAP_PAGES):
        announcements.set_gap(db, source_id, None)
    else:
        session.issue(
            session.source.feed_url,
            f"the gap since {moment(after)} is not filled: "
            + (found.trouble or f"{pages} listing pages did not reach it")
            + "; `corrigenda backfill --listing` reads further",
        )
    listed = {entry.url for entry in entries}
    return [entry for entry in found.entries if entry.url not in listed]


def _is_gap(entries: Sequence[Entry], newest: datetime, known: frozenset[str]) -> bool:
    """Tell whether items may have passed through the feed unseen.

    Back-dated items occur, and one of them would hide a gap from dates alone: a feed that
    names nothing we knew has a gap too.
    """
    dates = [entry.published_at for entry in entries if entry.published_at]
    return bool(entries) and (not known or (bool(dates) and min(dates) > newest))


def _due(session: Session, entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries that are new, or due by the plan."""
    now, least = session.now(), session.settings.least_pause
    for entry in entries:
        known = session.store.known(entry.url)
        if known is None or known.last_checked_at is None or not least:
            yield entry
            continue
        due = known.next_check_at
        if now - known.last_checked_at >= least and (due is None or due <= now + _A_TURN / 2):
            yield entry


def rechecks(session: Session, number: int | None = None) -> list[Entry]:
    """Find where a look is most urgent by the plan.

    Args:
        session: The run.
        number: So many, due or not; left out, what is due by the middle of the next hour, and
            no more than pages may have had of the day's budget by its end.
    """
    store, now = session.store, session.now()
    assert store.plan is not None
    chosen = upcoming(
        store.db,
        store.source_id,
        store.plan,
        now,
        share_by_now(session) if number is None else number,
        until=now + _AN_HOUR / 2 if number is None else None,
    )
    return [Entry(url=look.url, title=look.title, channel=RECHECK) for look in chosen]


def share_by_now(session: Session) -> int:
    """Return the requests that pages may have now: their share of the day so far, less those had.

    Spread over the day, an edit of the evening is seen in the evening.
    """
    now, pages = session.now(), session.settings.for_pages
    passed = (now.hour + 1) / 24
    host = urlsplit(session.settings.origin).netloc or session.source.hosts[0]
    return max(0, int(pages * passed) - pages_spent(session.store.db, host, now))


def _since(session: Session) -> datetime:
    return session.now() - timedelta(hours=session.settings.absence_hours)
