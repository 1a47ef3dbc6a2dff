"""Finding releases: the source's feed, its listing pages, its sitemap. No Prefect here.

Each reader fetches politely, judges what came, keeps it as a capture of a list (which
is no release's own), and returns what it could read. What it could not read is an
issue of the run. That a list leaves a release out is never evidence of anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from corrigenda.carriers.feeds import read_feed
from corrigenda.carriers.lists import Listed
from corrigenda.carriers.sitemaps import read_sitemap as parse_sitemap
from corrigenda.carriers.sitemaps import read_sitemap_index
from corrigenda.errors import FeedError, FetchRefused, UsageError
from corrigenda.fetch import FEED, HTML
from corrigenda.models import Capture, Entry, Judgement, Verdict
from corrigenda.verdicts import judge_feed, judge_listing
from flows.account.progress import reporter
from flows.session import Session
from storage.record.captures import last_list
from storage.record.sight import feeds

#: Sitemaps named by one sitemap index that are read at most.
MOST_SITEMAPS = 200

_READABLE = Judgement(verdict=Verdict.RELEASE, reason="a readable list")

Enough = Callable[[Sequence[Entry]], bool]
"""Tells from a listing page's entries that no further page is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Listed):
    """What a list gave, and whether all of it could be read.

    Attributes:
        trouble: Why reading ended early; empty when it did not.
        capture: The last capture of a list that was read, or None.
    """

    trouble: str = ""
    capture: Capture | None = None


def find_in_feed(session: Session) -> Found:
    """Read the source's feed, the one that tells most.

    Returns:
        Its entries, with their texts. When it could not be read, none, and the account
        says why: such a run never claims that nothing changed.
    """
    url = _asked(session, session.source.feed_url, "feed")
    found, trouble = read_one_feed(session, url)
    if trouble is not None:
        session.note_verdict(trouble, found.capture)
        feeds.unread(session.store.db, url, session.now(), trouble)
        session.tally.failure = f"the feed {url} could not be read: {trouble.reason}"
        session.issue(url, session.tally.failure)
        return replace(found, trouble=session.tally.failure)
    return found


def read_one_feed(session: Session, url: str) -> tuple[Found, Judgement | None]:
    """Read a feed, conditionally where it was read before.

    A 304 says that the feed we hold is the feed as it is now, so that one is read again.

    Returns:
        Its entries, and what it is instead of a feed; None when it is one.
    """
    held = last_list(session.store.db, session.store.payloads, url)
    capture = session.client.get(
        url,
        etag=held.header("etag") if held else None,
        last_modified=held.header("last-modified") if held else None,
        accept=FEED,
    )
    trouble = judge_feed(capture)
    body = capture.body
    if trouble is not None and trouble.verdict is Verdict.UNMODIFIED and held is not None:
        body, trouble = held.body, None
    listed = Listed(entries=())
    if trouble is None:
        try:
            listed = read_feed(body, url, session.source, session.client.own_url)
        except FeedError as error:
            trouble = Judgement(verdict=Verdict.BROKEN, reason=error.problem)
    session.keep_list(capture, trouble or _READABLE)
    if trouble is not None:
        return Found(entries=(), capture=capture), trouble
    _note_problems(session, listed, "feed")
    for address in listed.ignored:
        if urlsplit(address).hostname not in session.source.hosts:
            session.issue(address, "the feed leads away from the source; it is not fetched")
    entries = _with_sound_numbers(session, url, listed.entries)
    return Found(entries=entries, ignored=listed.ignored, capture=capture), None


def _with_sound_numbers(session: Session, url: str, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Leave out numbers that several items claim: they would make one release of many."""
    claims = Counter(entry.node_id for entry in entries if entry.node_id is not None)
    for number, times in claims.items():
        if times > 1:
            session.issue(url, f"{times} items claim to be number {number}")
    return tuple(
        entry if claims[entry.node_id or 0] < 2 else replace(entry, node_id=None)
        for entry in entries
    )


def read_listing(
    session: Session, pages: int, *, start: int = 0, enough: Enough | None = None
) -> Found:
    """Read the source's listing pages.

    Reading ends with the first page that lists nothing new (the end of the list), that
    cannot be read, or that is ``enough``.

    Args:
        session: The run.
        pages: Most pages to read.
        start: The first page, counted from 0.
        enough: Tells by a page's entries that no more are needed.

    Returns:
        The entries in order, each URL once, and why reading ended early, if it did.
    """
    found: dict[str, Entry] = {}
    for page in range(start, start + pages):
        if session.tally.stopped:
            return Found(entries=tuple(found.values()), trouble=session.tally.stopped)
        url = _asked(session, session.source.listing_url(page), "listing")
        capture = session.client.get(url, accept=HTML)
        trouble = judge_listing(capture)
        entries = () if trouble else tuple(session.source.read_listing(capture.body, url))
        if trouble is None and not entries and page == 0:
            trouble = Judgement(verdict=Verdict.BROKEN, reason="no releases are on it")
        _record(session, capture, trouble)
        if trouble is not None:
            problem = f"the listing page {url} could not be read: {trouble.reason}"
            session.issue(url, problem)
            return Found(entries=tuple(found.values()), trouble=problem, capture=capture)
        fresh = [entry for entry in entries if entry.url not in found]
        found.update((entry.url, entry) for entry in fresh)
        reporter().say(f"Listing page {page + 1}: {len(entries)} releases.")
        if not fresh or (enough is not None and enough(entries)):
            break
    return Found(entries=tuple(found.values()))


def read_sitemap(session: Session) -> Found:
    """Read the source's sitemap, and those it names when it is an index of them.

    Returns:
        The entries of all that could be read, each URL once, and why some could not.
    """
    waiting = [_asked(session, session.source.sitemap_url, "sitemap")]
    read: set[str] = set()
    found: dict[str, Entry] = {}
    ignored: list[str] = []
    trouble = ""
    while waiting and not session.tally.stopped and len(read) <= MOST_SITEMAPS:
        url = waiting.pop(0)
        if url in read:
            continue
        read.add(url)
        try:
            listed, named = _one_sitemap(session, url)
        except (FeedError, FetchRefused) as error:
            trouble = f"the sitemap {url} could not be read: {error}"
            session.issue(url, trouble)
            continue
        waiting += named
        found.update((entry.url, entry) for entry in listed.entries if entry.url not in found)
        ignored += listed.ignored
        _note_problems(session, listed, "sitemap")
        reporter().say(f"Sitemap {url}: {len(listed.entries)} releases.")
    if waiting and not session.tally.stopped:
        trouble = f"the sitemap names more than {MOST_SITEMAPS} others; the rest was left out"
        session.issue(session.source.sitemap_url, trouble)
    return Found(
        entries=tuple(found.values()),
        ignored=tuple(ignored),
        trouble=trouble or session.tally.stopped,
    )


def _one_sitemap(session: Session, url: str) -> tuple[Listed, list[str]]:
    """Fetch one sitemap; returns what it lists and the sitemaps it names.

    Raises:
        FeedError: It could not be had, or is none.
        FetchRefused: It is not on the source's hosts.
    """
    capture = session.client.get(url, accept=FEED)
    trouble = judge_feed(capture)
    listed, named = Listed(entries=()), list[str]()
    error: FeedError | None = None
    if trouble is None:
        try:
            named = read_sitemap_index(capture.body, url)
            listed = listed if named else _parsed(session, capture.body, url)
        except FeedError as caught:
            error = caught
            trouble = Judgement(verdict=Verdict.BROKEN, reason=caught.problem)
    _record(session, capture, trouble)
    if trouble is not None:
        raise error or FeedError(url, trouble.reason)
    return listed, named


def _parsed(session: Session, xml: bytes, url: str) -> Listed:
    return parse_sitemap(xml, url, session.source, session.client.own_url)


def _asked(session: Session, url: str, what: str) -> str:
    """Return the address of a list that a source has; not all have each.

    Raises:
        UsageError: It has none.
    """
    if not url:
        raise UsageError(f"{session.source.title} has no {what} that corrigenda knows of")
    return url


def _record(session: Session, capture: Capture, trouble: Judgement | None) -> None:
    """Keep the capture of a list, and the source's standing if it was not one."""
    if trouble is not None:
        session.note_verdict(trouble, capture)
    session.keep_list(capture, trouble or _READABLE)


def _note_problems(session: Session, listed: Listed, what: str) -> None:
    for text, problem in listed.problems:
        session.issue(text, f"the {what} lists what is no URL: {problem}")
    for address, note in listed.notes:
        session.issue(address, f"its item in the {what}: {note}")
