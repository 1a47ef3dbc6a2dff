"""Every ``@task`` there is: the steps of a run, under Prefect's eyes.

A task is a batch, never a URL: a task run costs 7 to 160 ms and a row in Prefect's
database, a check costs one polite request. Single requests are retried by the client,
batches by the task.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from prefect.tasks import Task

from corrigenda.errors import StoreLocked
from corrigenda.models import Entry
from flows.account.summary import summary
from flows.account.tally import Tally
from flows.session import Session
from flows.telling.block import send_by
from flows.telling.events import announce
from flows.telling.notify import notify
from flows.telling.promise import note_promise
from flows.work import Steps
from storage.queries.log.changes import changes
from storage.queries.log.filters import ChangeFilter


class Tracked(Steps):
    """The steps of a run as tasks; what they find is told as events and a notification."""

    def __init__(self) -> None:
        self.flow_run = flow_run.id or ""
        self._announced: set[int] = set()

    def discover(self, session: Session) -> Sequence[Entry]:
        """Find what is new or due, as a task."""
        return _discover(super().discover, session)

    def check(self, session: Session, entries: Sequence[Entry], first: int) -> None:
        """Check a batch as a task, and make its changes events."""
        known = set(session.tally.change_ids)

        def check() -> None:
            try:
                super(Tracked, self).check(session, entries, first)
            finally:
                self._announce(
                    session, [row for row in session.tally.change_ids if row not in known]
                )

        last = first + len(entries) - 1
        _check(check, first=first, last=last)
        verdicts = dict(session.tally.verdicts)
        get_run_logger().info("checked %d to %d: %s", first, last, verdicts)

    def bring_in(self, call: Callable[[], object]) -> None:
        """Bring in what others have kept, as a task."""
        _bring_in(call)

    def tell(self, session: Session) -> None:
        """Publish the run's account as an artifact, and tell whoever wants to be told."""

        def tell() -> None:
            # What the feed alone told waits for the pages: most of it is an edit they show too.
            self._announce(session, session.tally.change_ids)
            if trouble := notify(session, send_by):
                get_run_logger().warning(trouble)
            tally = session.tally
            create_markdown_artifact(
                key=f"{tally.flow}-{tally.source}",
                markdown=summary(tally, changes(session.store.db, ChangeFilter(run=tally.run))),
                description=f"What run {tally.run} saw",
            )

        _summarise(tell)
        if session.tally.flow == "ingest":
            note_promise(session)

    def _announce(self, session: Session, change_ids: Sequence[int]) -> None:
        new = [row for row in change_ids if row not in self._announced]
        self._announced.update(new)
        announce(session, new)


def state_of(tally: Tally) -> State[dict[str, Any]]:
    """Return the state a flow ends in.

    Returns:
        Completed, with the run's account as its data; or Failed, named Blocked, Unseen or
        Stopped, with the reason as its message, so that Prefect's automations can tell a
        person about a source that could not be seen.
    """
    # A failed state has no data: Prefect takes what is there for an exception, and raises
    # TypeError when it is none.
    if tally.blocked:
        reason = tally.stopped or "The source answered with challenges."
        return Failed(name="Blocked", message=reason)
    if tally.failure:
        return Failed(name="Unseen", message=tally.failure)
    if tally.stopped:
        return Failed(name="Stopped", message=tally.stopped)
    return Completed(message=f"{tally.entries} entries checked", data=tally.as_json())


def _worth_another_try(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only a database that was busy is likely to answer differently in a moment."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, StoreLocked)


@task(name="discover", cache_policy=NO_CACHE, persist_result=False)
def _discover(call: Callable[[Session], Sequence[Entry]], session: Session) -> Sequence[Entry]:
    return call(session)


@task(
    name="check",
    task_run_name="check {first}-{last}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=_worth_another_try,
)
def _check(call: Callable[[], None], first: int, last: int) -> None:
    del first, last  # name the task
    call()


@task(name="import", cache_policy=NO_CACHE, persist_result=False)
def _bring_in(call: Callable[[], object]) -> None:
    call()


@task(name="summarise", cache_policy=NO_CACHE, persist_result=False)
def _summarise(call: Callable[[], None]) -> None:
    call()
