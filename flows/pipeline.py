"""One entry's way from URL to recorded change. No Prefect here.

::

    Entry --> Capture --> verdict --> Document --> Version, Change
            fetch       judge       normalise    compare, record
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from corrigenda.challenges import scrub
from corrigenda.compare.sameness import same_item
from corrigenda.errors import ArticleError, BudgetSpent, FetchRefused
from corrigenda.models import Capture, Entry, Judgement, Reading, Verdict
from corrigenda.reading.normalise import NORMALISER_VERSION, normalise
from corrigenda.sources.protocol import Source
from corrigenda.verdicts import judge
from flows.account.progress import reporter
from flows.session import Session
from storage.queries.contents import from_reading
from storage.record.store import Known, Recorded, Seen


def check(session: Session, entry: Entry) -> Verdict:
    """Fetch one entry, judge it, and record all that follows.

    Returns:
        The verdict.
    """
    known = session.store.known(entry.url)
    capture = _fetch(session, entry.url, known)
    seen = interpret(
        capture,
        session.source,
        known,
        node_id=entry.node_id,
        announced=entry.channel in ("feed", "listing"),
    )
    verdict = seen.judgement.verdict
    seen = replace(seen, held=verdict is Verdict.MISSING)
    recorded = session.store.record(session.tally.run, seen)
    session.tally.add(verdict, recorded)
    session.note_verdict(seen.judgement, capture)
    session.done.add(entry.url)
    _note_issues(session, seen, recorded)
    if recorded.versions_added:
        session.learn_feeds(capture)
    reporter().checked(entry.url, verdict, tuple(str(kind) for _, kind in recorded.changes))
    if verdict is Verdict.MOVED and seen.judgement.target:
        _follow(session, seen.judgement.target)
    return verdict


def check_in_turn(session: Session, entries: Iterable[Entry]) -> None:
    """Check entries one after the other, those not done yet, until the run stops.

    The day's budget ends a run as a block does: what was not checked is counted as such.
    """
    for entry in entries:
        if session.tally.stopped:
            return
        if entry.url in session.done:
            continue
        session.give_way()
        try:
            check(session, entry)
        except BudgetSpent as error:
            session.tally.stopped = str(error)


def probe_first(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    """Put the page to probe a blocked source with first; others keep their order.

    One page may stand behind a challenge of its own. Probing with that would call the source
    blocked for ever, so it is one that was not challenged when last asked for.
    """
    ordered = list(entries)
    if session.standing.probing:
        for place, entry in enumerate(ordered):
            known = session.store.known(entry.url)
            if known is None or known.last_verdict != Verdict.CHALLENGE:
                ordered.insert(0, ordered.pop(place))
                break
    return ordered


def interpret(
    capture: Capture,
    source: Source,
    known: Known | None,
    *,
    node_id: int | None = None,
    announced: bool = False,
) -> Seen:
    """Judge a capture and read it where it is a release.

    Args:
        capture: What was fetched.
        source: The site.
        known: What the store knows of the release.
        node_id: The number its entry claims.
        announced: The publisher's own lists name the URL now, so that a release known by
            another has moved there.
    """
    judgement = judge(capture, source)
    content_type = source.content_type(capture.url)
    blank = Seen(capture=capture, judgement=judgement, node_id=node_id)
    if content_type is not None:
        blank = replace(blank, content_type=content_type)
    match judgement.verdict:
        case Verdict.RELEASE:
            return _read(blank, source, known, announced=announced)
        case Verdict.UNMODIFIED if known is not None and known.content is not None:
            return replace(blank, content=known.content)
        case Verdict.UNMODIFIED:
            return _broken(blank, "304 for a page never seen")
        case Verdict.MOVED:
            return _moved(blank, source, known)
        case Verdict.CHALLENGE:
            return replace(blank, capture=replace(capture, body=scrub(capture.body)))
        case _:
            return blank


def _fetch(session: Session, url: str, known: Known | None) -> Capture:
    """Ask for a page, conditionally where what we hold was read by this normaliser."""
    conditional = known is not None and known.url == url and _current(known)
    try:
        if known is None or not conditional:
            return session.client.get(url)
        return session.client.get(url, etag=known.etag, last_modified=known.last_modified)
    except FetchRefused as error:
        return Capture(
            url=url,
            captured_at=session.now(),
            final_url=url,
            failure=Verdict.DISALLOWED,
            detail=str(error),
        )


def _current(known: Known) -> bool:
    return known.content is not None and known.content.normaliser_version == NORMALISER_VERSION


def _read(seen: Seen, source: Source, known: Known | None, *, announced: bool) -> Seen:
    """Normalise a page judged to be a release, unless its article is the one already read."""
    capture, article = seen.capture, seen.judgement.article
    if article is None:
        return _broken(seen, "no article")
    article_sha256 = article.sha256
    found = capture.final_url or capture.url
    elsewhere = known is not None and known.url not in ("", found)
    moved = elsewhere and announced and source.node_id(found) is None
    unread = known is None or not _current(known) or moved
    if known is not None and not unread and known.article_sha256 == article_sha256:
        unmodified = Judgement(verdict=Verdict.UNMODIFIED, reason="the article is as before")
        return replace(seen, judgement=unmodified, content=known.content)
    try:
        reading = normalise(article, found, source)
    except ArticleError as error:
        return _broken(seen, error.problem)
    own = elsewhere and not _is_known(reading, known)
    if known is not None and elsewhere and not own and not moved:
        # Another address of a release we know: the document keeps the release's own.
        reading = replace(reading, document=replace(reading.document, url=known.url))
    return replace(
        seen,
        content=from_reading(reading, NORMALISER_VERSION),
        node_id=reading.node_id or (None if own else seen.node_id),
        content_type=reading.content_type,
        moved_to=found if moved and not own else None,
        own=own,
        aliases=reading.aliases,
        article_sha256=article_sha256,
        published_at=reading.date_attribute,
    )


def _is_known(reading: Reading, known: Known | None) -> bool:
    """Tell whether a page is the release we know: by its number, else by what it says."""
    if known is None or known.said is None:
        return True  # nothing is held that could be mixed up
    if reading.node_id is not None and known.node_id is not None:
        return reading.node_id == known.node_id
    return same_item(reading.document, known.said)


def _moved(seen: Seen, source: Source, known: Known | None) -> Seen:
    """Tell by the page a redirect led to whether the release is there, or another one."""
    target = seen.judgement.target
    article = seen.judgement.article
    if known is None or known.said is None or article is None:
        return replace(seen, moved_to=target)
    try:
        reading = normalise(article, target or "", source)
    except ArticleError:
        return seen
    return replace(seen, moved_to=target) if _is_known(reading, known) else seen


def _broken(seen: Seen, reason: str) -> Seen:
    return replace(seen, judgement=Judgement(verdict=Verdict.BROKEN, reason=reason))


def _note_issues(session: Session, seen: Seen, recorded: Recorded) -> None:
    """Record what the run could not interpret: once per version, not per check."""
    url = seen.capture.url
    if seen.judgement.verdict is Verdict.BROKEN:
        session.issue(url, seen.judgement.reason)
    if seen.judgement.verdict is Verdict.MOVED and seen.moved_to is None:
        session.issue(url, f"it leads to another release now: {seen.judgement.target}")
    if seen.content is not None and recorded.versions_added:
        for note in seen.content.details["notes"]:
            session.issue(url, note)


def _follow(session: Session, target: str) -> None:
    """Check where a release moved to, unless this run did or will not go further."""
    if target not in session.done:
        session.tally.entries += 1
        check(session, Entry(url=target, channel="redirect"))
