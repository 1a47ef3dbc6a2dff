"""What one run holds while it goes on: the lock, the store, the client, the account."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from corrigenda import sources
from corrigenda.fetch import Client
from corrigenda.models import Judgement, Verdict
from corrigenda.settings import Settings
from corrigenda.sources.protocol import Source
from flows.progress import reporter
from flows.tally import Tally
from storage.connection import transaction
from storage.lock import run_lock
from storage.store import Store

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
        done: URLs checked already, so that a batch tried again repeats nothing.
        challenged: Challenges in a row.
    """

    settings: Settings
    source: Source
    store: Store
    client: Client
    tally: Tally
    done: set[str] = field(default_factory=set)
    challenged: int = 0

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

    def note_verdict(self, judgement: Judgement) -> None:
        """Keep the source's standing: blocked since its first challenge, open after a page.

        Several challenges in a row stop the run: asking on would only confirm the block.
        """
        if judgement.verdict is Verdict.CHALLENGE:
            self.challenged += 1
            self.tally.blocked = True
            self.store.set_blocked(judgement.reason)
            if self.challenged >= self.settings.challenges_to_stop:
                self.tally.stopped = (
                    f"Stopped after {self.challenged} challenges in a row ({judgement.reason})."
                )
        elif judgement.verdict in (Verdict.RELEASE, Verdict.UNMODIFIED):
            self.challenged = 0
            self.store.set_blocked(None)


@contextmanager
def open_session(
    settings: Settings,
    source_name: str,
    flow: str,
    parameters: Mapping[str, Any],
    prefect_id: str = "",
    *,
    online: bool = True,
) -> Iterator[Session]:
    """Begin a run, and close its account however it ends.

    Args:
        settings: As the run was started with.
        source_name: Which source.
        flow: The flow's name.
        parameters: What a person set.
        prefect_id: Prefect's own id of the run.
        online: It may ask the site. A run over files needs no contact.

    Raises:
        UnknownSource: No adapter has that name.
        SettingsError: A live source without a contact.
        StoreError: The database cannot be used, or another run keeps it too long.
    """
    source = sources.get(source_name)
    with (
        Client(settings if online else replace(settings, origin=_NOWHERE), source.hosts) as client,
        run_lock(
            settings.db, f"{flow} of {source_name}", wait=settings.lock_wait, waiting=_tell_wait
        ) as db,
    ):
        store = Store(db, source)
        run = store.begin_run(flow, parameters, prefect_id)
        tally = Tally(run=run, flow=flow, source=source_name)
        outcome = "stopped"
        try:
            yield Session(settings=settings, source=source, store=store, client=client, tally=tally)
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


def _tell_wait(holder: str) -> None:
    reporter().say(f"Waiting for {holder} to finish.")
