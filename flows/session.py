"""What one run holds while it goes on: the lock, the store, the client, the account."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from corrigenda import sources
from corrigenda.fetch import Client
from corrigenda.models import Capture, Judgement, Verdict
from corrigenda.settings import LONGEST_WAIT, Settings
from corrigenda.sources.protocol import Source
from flows.account.progress import reporter
from flows.account.tally import Tally
from storage.file.connection import transaction
from storage.file.lock import run_lock
from storage.file.pace import SqlitePace
from storage.file.times import now
from storage.queries.search_index import catch_up
from storage.record.store import Store

#: Where the requests of a run over files would go: the discard port of this machine.
_NOWHERE = "http://127.0.0.1:9"


@dataclass(slots=True, kw_only=True)
class Session:
    """One run's resources.

    Attributes:
        settings: As the run was started with.
        source: The site.
        store: Where results go.
        client: Where pages come from.
        tally: The account so far.
        now: The time, aware, in UTC.
        done: URLs checked already, so that a batch tried again repeats nothing.
        announced: Changes that were made events already.
        challenged: Challenges in a row.
        probing: The source was blocked when the run began, and has shown no page since:
            one challenge more ends the run.
    """

    settings: Settings
    source: Source
    store: Store
    client: Client
    tally: Tally
    now: Callable[[], datetime] = now
    done: set[str] = field(default_factory=set)
    announced: set[int] = field(default_factory=set)
    challenged: int = 0
    probing: bool = False

    def issue(self, url: str, problem: str) -> None:
        """Count and record something that could not be interpreted."""
        self.store.record_issue(self.tally.run, url, problem)
        self.tally.issues += 1

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

    def note_verdict(self, judgement: Judgement, capture: Capture | None = None) -> None:
        """Keep the source's standing: blocked since its first challenge, open after a page.

        Several challenges in a row stop the run: asking on would only confirm the block.
        So does what makes all further asking vain: a robots.txt that cannot be read, a
        server that asked to be left alone for longer than an hour.

        Args:
            judgement: What came of a request.
            capture: The answer itself, where there is one.
        """
        reason = judgement.reason
        if judgement.verdict in (Verdict.RELEASE, Verdict.UNMODIFIED):
            if self.probing:
                self.tally.blocked = False
                self.tally.blocked_since = None
            self.challenged, self.probing = 0, False
            self.store.set_blocked(None)
        elif judgement.verdict is Verdict.CHALLENGE:
            self._challenged(reason)
        elif judgement.verdict is Verdict.DISALLOWED:
            self._disallowed(reason)
        elif judgement.verdict is Verdict.RATE_LIMITED:
            unasked = capture is not None and capture.status is None
            if unasked or (judgement.retry_after or 0.0) > LONGEST_WAIT:
                self.tally.stopped = f"Stopped: rate limited ({reason})."

    def _disallowed(self, reason: str) -> None:
        """Stop when it was for a robots.txt that cannot be read: it forbids all the rest."""
        robots = next(
            (r for r in self.client.robots.values() if r.detail and r.detail == reason), None
        )
        if robots is None or robots.unreadable is None:
            return
        if robots.unreadable.verdict is Verdict.CHALLENGE:
            self._challenged(reason)
        self.tally.stopped = f"Stopped: {reason}. Until it can be read nothing may be fetched."

    def _challenged(self, reason: str) -> None:
        self.challenged += 1
        self.tally.blocked = True
        self.store.set_blocked(reason)
        self.tally.blocked_since = since = self.store.blocked_since
        if self.probing:
            when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
            self.tally.stopped = f"Still blocked{when}: one request was made to see ({reason})."
        elif self.challenged >= self.settings.challenges_to_stop:
            self.tally.stopped = f"Stopped after {self.challenged} challenges in a row ({reason})."


@contextmanager
def open_session(
    settings: Settings,
    source_name: str,
    flow: str,
    parameters: Mapping[str, Any],
    prefect_id: str = "",
    *,
    online: bool = True,
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
        online: It may ask the site. A run over files needs no contact.

    Raises:
        UnknownSource: No adapter has that name.
        SettingsError: A live source without a contact.
        StoreError: The database cannot be used, or another run keeps it too long.
    """
    source = sources.get(source_name)
    asked = settings if online else replace(settings, origin=_NOWHERE)
    pace = SqlitePace(
        settings.db, settings.pace_delay, settings.budget, waiting=_tell_rest
    )  # opened with the first request, under the lock
    with (
        Client(asked, source.hosts, pace=pace, now=now) as client,
        pace,
        run_lock(
            settings.db, f"{flow} of {source_name}", wait=settings.lock_wait, waiting=_tell_wait
        ) as db,
    ):
        catch_up(db, reporter().say)  # what an import left behind; triggers go on from here
        store = Store(db, source, absences=settings.absences, hours=settings.absence_hours)
        run = store.begin_run(flow, parameters, prefect_id)
        tally = Tally(run=run, flow=flow, source=source_name)
        session = Session(
            settings=settings, source=source, store=store, client=client, tally=tally, now=now
        )
        tally.blocked_since = store.blocked_since
        session.probing = tally.blocked = tally.blocked_since is not None
        outcome = "stopped"
        try:
            yield session
            outcome = tally.outcome
        except Exception:
            outcome = "failed"
            raise
        finally:
            store.finish_run(
                run,
                outcome,
                entries=tally.entries,
                verdicts=tally.verdicts,
                versions_added=tally.versions_added,
                changes=tally.changes,
                issues=tally.issues,
            )


def _tell_rest(host: str, seconds: float) -> None:
    reporter().say(f"{host} is left alone for {seconds:.0f} s before the next request.")


def _tell_wait(holder: str) -> None:
    reporter().say(f"Waiting for {holder} to finish.")
