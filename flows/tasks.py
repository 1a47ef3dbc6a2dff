"""Every ``@task`` there is.

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
from prefect.states import Completed, Failed
from prefect.tasks import Task

from corrigenda.errors import StoreLocked
from corrigenda.models import Entry
from flows.account.progress import reporter
from flows.account.summary import summary
from flows.account.tally import Tally
from flows.agenda import RECHECK, plan
from flows.pipeline import check_in_turn, probe_first
from flows.session import Session
from flows.telling.events import announce
from flows.telling.notify import notify
from storage.queries.changes import changes_of_run

#: Entries to a task: at the default delay a task is four minutes' work.
BATCH = 25


def _worth_another_try(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only a database that was busy is likely to answer differently in a moment."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, StoreLocked)


@task(name="discover", cache_policy=NO_CACHE, persist_result=False)
def discover(session: Session) -> list[Entry]:
    """Read the source's feed, record what it tells, and find what is to be checked.

    Returns:
        What is new or due; nothing when the feed could not be read, and then the account
        says why.
    """
    return plan(session)


@task(
    name="check",
    task_run_name="check {first}-{last}",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_condition_fn=_worth_another_try,
)
def check_batch(session: Session, entries: Sequence[Entry], first: int, last: int) -> None:
    """Check a batch of entries, one after the other.

    Args:
        session: The run.
        entries: The batch.
        first: Number of its first entry in the run, from 1.
        last: Number of its last.
    """
    known = set(session.tally.change_ids)
    try:
        check_in_turn(session, entries)
    finally:
        announce(session, [row for row in session.tally.change_ids if row not in known])
    get_run_logger().info("checked %d to %d: %s", first, last, dict(session.tally.verdicts))


@task(name="import", cache_policy=NO_CACHE, persist_result=False)
def bring_in(call: Callable[[], object]) -> None:
    """Import what a file or another archive holds; what stops it is told, not repeated."""
    call()


@task(name="summarise", cache_policy=NO_CACHE, persist_result=False)
def summarise(session: Session) -> None:
    """Publish the run's account as an artifact, and tell whoever wants to be told."""
    # What the feed alone told waits for the pages: most of it is an edit they show too.
    announce(session, session.tally.change_ids)
    notify(session)
    tally = session.tally
    create_markdown_artifact(
        key=f"{tally.flow}-{tally.source}",
        markdown=summary(tally, changes_of_run(session.store.db, tally.run)),
        description=f"What run {tally.run} saw",
    )


def check_all(session: Session, entries: Sequence[Entry]) -> None:
    """Check entries batch by batch."""
    session.tally.entries = len(entries)
    session.store.hear(entry for entry in entries if entry.channel != RECHECK)
    entries = probe_first(session, entries)
    reporter().expect(len(entries))
    for start in range(0, len(entries), BATCH):
        if session.tally.stopped:
            break
        batch = entries[start : start + BATCH]
        check_batch(session, batch, first=start + 1, last=start + len(batch))
    if session.tally.stopped:
        reporter().say(session.tally.stopped)


def finish(tally: Tally) -> State[dict[str, Any]]:
    """Return the state a flow ends in, and tell whoever watches.

    Returns:
        Completed, with the run's account as its data; or Failed, named Blocked, Unseen or
        Stopped, with the reason as its message, so that Prefect's automations can tell a
        person about a source that could not be seen.
    """
    reporter().finished(tally)
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
