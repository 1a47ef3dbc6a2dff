"""What could not be seen, for whoever reads what changed.

"No changes" is true only of what was looked at. Whatever shows changes (the terminal, the
queue, feeds, a report) begins with what :func:`unseen_now` returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from corrigenda.wording import count, moment
from storage.file.times import from_text
from storage.queries.sight.feeds import listing, unread


class Word(StrEnum):
    """What kind of blindness it is; they are told in this order."""

    SILENT = "SILENT"
    BLOCKED = "BLOCKED"
    HELD = "HELD"
    MISSING = "MISSING"


_BEHIND = "behind a bot challenge: what it says now is unknown, not deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """One thing that could not be seen.

    Attributes:
        word: The kind.
        source: The source's name.
        text: What that means, in words without an end mark.
        since: Since when; None where that is not known.
        title: The release's title, the feed's address or the source's title.
        url: The release's or the feed's address; empty for the source as a whole.
        release_id: The release; None for a feed or the source.
    """

    word: Word
    source: str
    text: str
    since: datetime | None = None
    title: str = ""
    url: str = ""
    release_id: int | None = None


def unseen_now(
    db: Database, source: str, now: datetime, *, most: int | None = None
) -> tuple[Unseen, ...]:
    """Return what cannot be seen now, the gravest first.

    Args:
        db: The store; one that an earlier program wrote is told of as far as it goes.
        source: Only of this source; empty for all.
        now: The time, aware.
        most: Releases of one kind named at most for each source; one line more counts the rest.
    """
    rows = db.query(
        "SELECT * FROM sources WHERE :name IN ('', name) ORDER BY name", {"name": source}
    )
    found = [item for row in list(rows) for item in _of(db, row, now, most)]
    return tuple(sorted(found, key=lambda item: list(Word).index(item.word)))


def _of(
    db: Database, source: dict[str, object], now: datetime, most: int | None
) -> Iterator[Unseen]:
    name, title = str(source["name"]), str(source["title"])

    def whole(word: Word, since: object, text: str) -> Unseen:
        when = from_text(str(since)) if since else None
        return Unseen(word=word, source=name, text=text, since=when, title=title)

    if (due := source.get("overdue_at")) and from_text(str(due)) < now:
        yield whole(Word.SILENT, due, f"no ingest although three were due by {_at(due)}")
    if since := source["blocked_since"]:
        text = f"behind a bot challenge since {_at(since)}: what its pages say is unknown"
        yield whole(Word.BLOCKED, since, text)
    if since := source.get("absent_since"):
        text = (
            f"most pages looked at are missing since {_at(since)}: taken for our own blindness, "
            "nothing is called withdrawn for it"
        )
        yield whole(Word.HELD, since, text)
    for feed in unread(db, int(str(source["id"])), now):
        yield Unseen(
            word=Word.SILENT,
            source=name,
            text=f"a feed that cannot be read since {moment(feed.since)}: {feed.reason}",
            since=feed.since,
            title=feed.url,
            url=feed.url,
        )
    yield from _releases(db, source, Word.BLOCKED, "challenge", most)
    yield from _releases(db, source, Word.MISSING, "missing", most)


def _releases(
    db: Database, source: dict[str, object], word: Word, verdict: str, most: int | None
) -> Iterator[Unseen]:
    """Yield releases whose last look told nothing, those first that were looked at last."""
    name = str(source["name"])
    # The verdict stands in the statement, for the index is of that one alone.
    which = (
        f"FROM releases WHERE source_id = :source AND last_verdict = '{verdict}' "
        "AND status NOT IN ('withdrawn', 'moved')"
    )
    rows = db.execute(
        f"SELECT id, url, title, last_checked_at {which} "
        "ORDER BY last_checked_at DESC, url LIMIT :most",
        {"source": source["id"], "most": -1 if most is None else most},
    ).fetchall()
    for row in rows:
        yield _release(db, name, word, verdict, row)
    if most is not None and len(rows) == most:
        (all_,) = db.execute(f"SELECT count(*) {which}", {"source": source["id"]}).fetchone()
        if all_ > most:
            more = f"and {count(all_ - most, 'release')} more"
            yield Unseen(word=word, source=name, text="likewise", title=more)


def unseen_release(db: Database, release_id: int) -> Unseen | None:
    """Return why one release could not be seen when last asked for; None where it was."""
    row = db.execute(
        "SELECT r.id, r.url, r.title, r.last_checked_at, r.last_verdict, s.name FROM releases r "
        "JOIN sources s ON s.id = r.source_id WHERE r.id = ? "
        "AND r.last_verdict IN ('challenge', 'missing') AND r.status NOT IN ('withdrawn', 'moved')",
        [release_id],
    ).fetchone()
    if row is None:
        return None
    word = Word.MISSING if row[4] == "missing" else Word.BLOCKED
    return _release(db, row[5], word, row[4], row[:4])


def _release(db: Database, source: str, word: Word, verdict: str, row: Sequence[Any]) -> Unseen:
    release_id, url, title, checked = row
    since = _since(db, release_id, verdict) or checked
    return Unseen(
        word=word,
        source=source,
        text=_BEHIND if word is Word.BLOCKED else _missing(db, release_id, since),
        since=from_text(since) if since else None,
        title=title or url,
        url=url,
        release_id=release_id,
    )


def _missing(db: Database, release_id: int, since: str) -> str:
    if feeds := listing(db, release_id):
        return f"not there since {_at(since)}, but still in {', '.join(feeds)}: not called gone"
    return "not there when asked; withdrawn only if it still is not in a day"


def _since(db: Database, release_id: int, verdict: str) -> str | None:
    """Return since when a release was answered so at every look, or None."""
    row = db.execute(
        "SELECT min(captured_at) FROM captures WHERE release_id = :id AND verdict = :verdict "
        "AND via = 'live' AND captured_at > coalesce((SELECT max(captured_at) FROM captures "
        "WHERE release_id = :id AND via = 'live' AND verdict IN ('release', 'unmodified')), '')",
        {"id": release_id, "verdict": verdict},
    ).fetchone()
    return None if row is None else row[0]


def _at(text: object) -> str:
    return moment(from_text(str(text)))
