"""What one run holds while it goes on: the lock, the store, the client, the account."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from corrigenda import sources
from corrigenda.errors import ClockSetBack
from corrigenda.fetch import Client
from corrigenda.models import Capture, Entry, Judgement
from corrigenda.settings import Settings
from corrigenda.sources.protocol import Source
from flows.account.progress import reporter
from flows.account.standing import Standing
from flows.account.tally import Tally
from storage.file.connection import transaction
from storage.file.lock import Turn, run_lock
from storage.file.pace import SqlitePace
from storage.file.times import now
from storage.queries.search_index import catch_up
from storage.record.dating import review_plan
from storage.record.resume import reopen
from storage.record.sight import feeds
from storage.record.store import Store

#: Clocks are set right by so much; history is not turned round by it.
_CLOCK = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class Session:
    """One run's resources.

    What is met on the way to the releases (entries, lists, issues) is recorded through it, so
    that a dry run, which records nothing, can go the same way.

    Attributes:
        settings: As the run was started with.
        source: The site.
        store: Where results go.
        connect: Returns the site's client, opened when first asked for.
        tally: The account so far.
        standing: How the source answers.
        now: The time, aware, in UTC.
        done: URLs checked already, so that a batch tried again repeats nothing.
        turn: The right to write; none in a dry run.
    """

    settings: Settings
    source: Source
    store: Store
    connect: Callable[[], Client]
    tally: Tally
    standing: Standing
    now: Callable[[], datetime] = now
    done: set[str] = field(default_factory=set)
    turn: Turn | None = None

    def give_way(self) -> bool:
        """Between two entries, or transactions: let another run that waits go first.

        Returns:
            Whether one did: what was read of the store before may be out of date.
        """
        if self.turn is None or not self.turn.give_way(_tell_wait):
            return False
        reopen(self.store, self.tally.run)
        return True

    @property
    def client(self) -> Client:
        """Where pages come from. A run over files never opens it, and needs no contact."""
        return self.connect()

    def issue(self, url: str, problem: str) -> None:
        """Count and record something that could not be interpreted."""
        self.store.record_issue(self.tally.run, url, problem)
        self.tally.issues += 1

    def hear(self, entries: Iterable[Entry]) -> None:
        """Remember that releases were announced."""
        self.store.hear(entries)

    def keep_list(self, capture: Capture, judgement: Judgement, provenance: Any = None) -> None:
        """Record what is no release's own: a feed, a listing, an index."""
        self.store.record_list(self.tally.run, capture, judgement, provenance)

    def note_verdict(self, judgement: Judgement, capture: Capture | None = None) -> None:
        """Keep the source's standing; see :meth:`flows.account.standing.Standing.note`."""
        self.standing.note(judgement, self.client.robots, capture)

    def learn_feeds(self, capture: Capture) -> None:
        """Remember the feeds that a page names, to be read from now on."""
        found = self.source.feeds_in(capture.body)
        store = self.store
        feeds.know(store.db, store.source_id, found, self.now(), learnt_from=capture.url)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Record many captures in one transaction; the account tells what was kept."""
        before = copy.deepcopy(self.tally)
        try:
            with transaction(self.store.db):
                yield
        except BaseException:
            for spec in fields(before):
                setattr(self.tally, spec.name, getattr(before, spec.name))
            raise


@contextmanager
def open_session(
    settings: Settings,
    source_name: str,
    flow: str,
    parameters: Mapping[str, Any],
    prefect_id: str = "",
    *,
    now: Callable[[], datetime] = now,
) -> Iterator[Session]:
    """Begin a run, and close its account however it ends.

    Args:
        settings: What is adjustable.
        source_name: Which source.
        flow: The flow's name, for the account.
        parameters: What it was started with, for the account.
        prefect_id: The flow run, for the account.
        now: The time, for captures and what follows from them.

    Raises:
        UnknownSource: No adapter has that name.
        StoreError: The database cannot be used, or another run keeps it too long.
        ClockSetBack: Now lies before what was captured already.
    """
    source = sources.get(source_name)
    purpose, wait = f"{flow} of {source_name}", settings.lock_wait
    with (
        connecting(settings, source, settings.db, now) as connect,
        run_lock(settings.db, purpose, wait=wait, waiting=_tell_wait) as turn,
    ):
        _refuse_clock_set_back(feeds.newest_look(turn.db), now())
        catch_up(turn.db, reporter().say)  # what an import left behind; triggers go on from here
        store = Store(turn.db, source, absences=settings.absences, hours=settings.absence_hours)
        store.plan = review_plan(
            turn.db,
            store.source_id,
            now(),
            budget=settings.for_pages,
            wanted=settings.longest_pause,
        )
        store.date_new(now())
        tally = Tally(
            run=store.begin_run(flow, parameters, prefect_id), flow=flow, source=source_name
        )
        standing = Standing(store=store, tally=tally, most=settings.challenges_to_stop)
        outcome = "stopped"
        try:
            yield Session(
                settings=settings,
                source=source,
                store=store,
                connect=connect,
                tally=tally,
                standing=standing,
                now=now,
                turn=turn,
            )
            outcome = tally.outcome
        except Exception:
            outcome = "failed"
            raise
        finally:
            store.finish_run(
                tally.run,
                outcome,
                entries=tally.entries,
                verdicts=tally.verdicts,
                versions_added=tally.versions_added,
                changes=tally.changes,
                issues=tally.issues,
            )
            store.date_new(now())


@contextmanager
def connecting(
    settings: Settings, source: Source, pace_in: Path, now: Callable[[], datetime] = now
) -> Iterator[Callable[[], Client]]:
    """Yield what returns the site's client, which is closed with the block.

    Args:
        settings: What is adjustable.
        source: The site.
        pace_in: The database in which requests are spaced out.
        now: The time, for captures.
    """
    with ExitStack() as stack:

        @cache
        def connect() -> Client:
            pace = stack.enter_context(
                SqlitePace(
                    pace_in,
                    settings.pace_delay,
                    settings.budget,
                    kept=settings.kept_for_feeds,
                    waiting=_tell_rest,
                )
            )
            client = Client(settings, source.hosts, pace=pace, now=now)
            return stack.enter_context(client)

        yield connect


def _refuse_clock_set_back(newest: datetime | None, current: datetime) -> None:
    """Refuse to record before what was captured already: it would turn history round.

    Raises:
        ClockSetBack: The clock is more than a few minutes behind.
    """
    if newest is not None and current < newest - _CLOCK:
        raise ClockSetBack(current, newest)


def _tell_rest(host: str, seconds: float) -> None:
    reporter().say(f"{host} is left alone for {seconds:.0f} s before the next request.")


def _tell_wait(holder: str) -> None:
    reporter().say(f"Waiting for {holder} to finish.")
