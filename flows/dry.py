"""What a backfill would be: the same way as a run, stopped before anything is recorded.

No Prefect here. The user's database is only read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corrigenda import sources
from corrigenda.models import Entry
from flows.account.standing import Standing
from flows.account.tally import Tally
from flows.request import Request
from flows.session import Session, connecting
from flows.ways import page, site
from flows.ways.archive import Archive
from flows.ways.offers import Offers, counted
from flows.ways.warc import Warcs
from flows.ways.wayback import Wayback
from storage.file.untouched import untouched
from storage.queries.followed import followed
from storage.record.store import Store

#: Seconds a document takes, and a page, measured (benchmarks/README.md), generously.
_A_DOCUMENT = 0.0005
_A_CAPTURE = 0.015


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How much a backfill would be.

    Attributes:
        way: The way in.
        entries: Entries that are wanted: URLs, documents or captures; releases where the
            Internet Archive is asked.
        held: Those of them for which nothing is to be done: held, or answered before.
        requests: Requests for the others, at least.
        lists: Requests made for lists just now, and again by a run.
        reading: Seconds that reading files takes, roughly.
        delay: Seconds between two requests.
        budget: Requests a day.
        problems: What could not be interpreted, as (URL or text, problem).
        trouble: Why there may be more than this; empty when there is not.
    """

    way: str
    entries: int
    held: int = 0
    requests: int = 0
    lists: int = 0
    reading: float = 0.0
    delay: float = 0.0
    budget: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    trouble: str = ""

    @property
    def seconds(self) -> float:
        """How long it takes, at least."""
        return self.reading + (self.requests + self.lists) * self.delay

    @property
    def days(self) -> int:
        """How many days' budget they take."""
        return -(-(self.requests + self.lists) // self.budget) if self.budget else 0


def foresee(request: Request) -> Forecast:
    """Go the way of a backfill, and count.

    Args:
        request: The backfill, settled.

    Raises:
        StoreError: The database cannot be read.
    """
    with _dry_session(request) as session:
        match request.way:
            case "archive":
                return _of_offers(
                    session, Archive(request=request, session=session).offers(), _A_DOCUMENT
                )
            case "warc":
                return _of_offers(
                    session, Warcs(request=request, session=session).offers(), _A_CAPTURE
                )
            case "page":
                return _of_offers(session, page.offers(request, session), _A_CAPTURE)
            case "wayback":
                way = Wayback(request=request, session=session)
                urls = list(way.releases())
                known = sum(way.is_indexed(url) for url in urls)
                origin = replace(session.settings, origin=way.address.origin)
                asked = len(urls) - known
                return _forecast(
                    session, entries=len(urls), requests=asked, delay=origin.pace_delay
                )
            case _:
                chosen = site.choose(request, session)
                total, held = len(chosen.entries), len(chosen.answered)
                return _forecast(
                    session,
                    entries=total,
                    held=held,
                    requests=total - held,
                    trouble=chosen.trouble,
                )


def _of_offers(session: _DrySession, offers: Offers, each: float) -> Forecast:
    with closing(offers):
        held = sum(offer.held for offer in counted(session, offers))
    tally = session.tally
    reading = tally.entries * each
    return _forecast(
        session, entries=tally.entries, held=held, reading=reading, trouble=tally.stopped
    )


def _forecast(session: _DrySession, **values: Any) -> Forecast:
    settings = session.settings
    pace = {"delay": settings.pace_delay, "budget": settings.budget}
    return Forecast(
        **(pace | values), way=session.way, lists=session.lists, problems=tuple(session.problems)
    )


@dataclass(slots=True, kw_only=True)
class _DrySession(Session):
    """A session that records nothing."""

    way: str
    lists: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    def issue(self, url: str, problem: str) -> None:
        """Keep what could not be interpreted, to tell it."""
        self.problems.append((url, problem))

    def hear(self, entries: Iterable[Entry]) -> None:
        """Forget that releases were announced."""

    def keep_list(self, *_: object) -> None:
        """Count a list that was asked for."""
        self.lists += 1


class _DryStanding(Standing):
    """A source's standing that is not remembered."""

    def mark(self, reason: str | None) -> None:
        """Forget it."""


@contextmanager
def _dry_session(request: Request) -> Iterator[_DrySession]:
    """Yield a session over the user's database, or over an empty one where there is none."""
    settings, source = request.settings, sources.get(request.source)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        passing = folder / "passing.db"
        held = source.name in followed(settings.db)
        db = stack.enter_context(untouched(settings.db if held else folder / "none.db", passing))
        connect = stack.enter_context(connecting(settings, source, passing))
        store = Store(db, source)
        tally = Tally(run=0, flow="backfill", source=source.name)
        standing = _DryStanding(store=store, tally=tally, most=settings.challenges_to_stop)
        yield _DrySession(
            way=request.way,
            settings=settings,
            source=source,
            store=store,
            connect=connect,
            tally=tally,
            standing=standing,
        )
