"""Every feed is an eye: those beside the one that is read at each run. No Prefect here.

Pages are usually behind bot protection, feeds usually are not. Each feed is a witness of its
items' texts, compared only with what it told itself. Reading them has a share of the day's
requests of its own; a quiet one is read less often, one that cannot be read is tried daily.
"""

from __future__ import annotations

from collections.abc import Sequence

from corrigenda.errors import BudgetSpent
from corrigenda.models import Entry, Verdict
from flows.account.progress import reporter
from flows.finding.discovery import Found, read_one_feed
from flows.finding.witness import observe_feed
from flows.session import Session
from storage.record.sight import feeds

#: Share of the day's requests, and most of them in one run.
_SHARE, _AT_ONCE = 1 / 8, 6


def note_feed(session: Session, found: Found, url: str) -> None:
    """Remember what a feed lists, and let it bear witness; its entries were announced before."""
    assert found.capture is not None
    at = found.capture.captured_at
    news = observe_feed(session, found.entries, url, at)
    store = session.store
    listed = [entry.url for entry in found.entries]
    feeds.read(store.db, store.source_id, url, at, listed, news=news > 0)
    session.tally.told += len(found.entries)


def know_feeds(session: Session) -> None:
    """Remember the feeds that the adapter names."""
    feeds.know(session.store.db, session.store.source_id, session.source.feeds, session.now())


def read_others(session: Session) -> list[Entry]:
    """Read the other feeds that are due.

    Returns:
        What those list that the adapter names. What the many feeds that pages name list is
        remembered, and is the plan's to look at: a minister's older releases are no news.
    """
    store, main, now = session.store, session.source.feed_url, session.now()
    spent = feeds.asked_today(store.db, store.source_id, main, now)
    left = int(session.settings.budget * _SHARE) - spent
    found: list[Entry] = []
    for url in feeds.due(store.db, store.source_id, main, now, min(_AT_ONCE, max(0, left))):
        if session.tally.stopped:
            break
        try:
            found += _read(session, url)
        except BudgetSpent as error:
            session.tally.stopped = str(error)
    return found


def _read(session: Session, url: str) -> Sequence[Entry]:
    reporter().say(f"Reading the feed {url}.")
    found, trouble = read_one_feed(session, url)
    if trouble is not None:
        if feeds.unread(session.store.db, url, session.now(), trouble):  # told once
            session.issue(url, f"the feed could not be read, it is tried daily: {trouble.reason}")
        if trouble.verdict is Verdict.RATE_LIMITED:
            session.note_verdict(trouble, found.capture)
        return ()
    session.hear(found.entries)
    note_feed(session, found, url)
    return found.entries if url in session.source.feeds else ()
