"""Every ``@task`` there is.

A task is a batch, never a URL: a task run costs 7 to 160 ms and a row in Prefect's
database, a check costs one polite request. Single requests are retried by the client,
batches by the task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from prefect.tasks import Task

from corrigenda.errors import FeedError, StoreLocked
from corrigenda.feeds import Listed, read_feed
from corrigenda.models import Entry, Judgement, Verdict
from corrigenda.verdicts import judge_feed
from flows.events import announce
from flows.notify import notify
from flows.pipeline import check
from flows.progress import reporter
from flows.session import Session
from flows.summary import summary
from flows.tally import Tally
from storage.queries import changes_of_run

#: Entries to a task: at the default delay a task is four minutes' work.
BATCH = 25

_READABLE = Judgement(verdict=Verdict.RELEASE, reason="a readable feed")


def _worth_another_try(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only a database that was busy is likely to answer differently in a moment."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, StoreLocked)


@task(name="discover", cache_policy=NO_CACHE, persist_result=False)
def discover(session: Session) -> Listed:
    """Fetch the source's feed and read it.

    Returns:
        What it lists; nothing when it could not be read, and then the account says why.
    """
    url = session.source.feed_url
    capture = session.client.get(url)
    listed = Listed(entries=())
    trouble = judge_feed(capture)
    if trouble is None:
        try:
            listed = read_feed(capture.body, url, session.source)
        except FeedError as error:
            trouble = Judgement(verdict=Verdict.BROKEN, reason=error.problem)
    if trouble is not None:
        session.tally.failure = f"the feed {url} could not be read: {trouble.reason}"
        session.issue(url, session.tally.failure)
        session.note_verdict(trouble)
    session.store.record_list(session.tally.run, capture, trouble or _READABLE)
    for text, problem in listed.problems:
        session.issue(text, f"the feed lists what is no URL: {problem}")
    return listed


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
    for entry in entries:
        if session.tally.stopped:
            break
        if entry.url not in session.done:
            known = len(session.tally.change_ids)
            check(session, entry)
            announce(session, session.tally.change_ids[known:])
    get_run_logger().info("checked %d to %d: %s", first, last, dict(session.tally.verdicts))


@task(name="summarise", cache_policy=NO_CACHE, persist_result=False)
def summarise(session: Session) -> None:
    """Publish the run's account as an artifact, and tell whoever wants to be told."""
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
    session.store.hear(entries)
    reporter().expect(len(entries))
    for start in range(0, len(entries), BATCH):
        if session.tally.stopped:
            reporter().say(session.tally.stopped)
            break
        batch = entries[start : start + BATCH]
        check_batch(session, batch, first=start + 1, last=start + len(batch))


def finish(tally: Tally) -> State[dict[str, Any]]:
    """Return the state a flow ends in, and tell whoever watches.

    Returns:
        Completed; or Failed, named Blocked or Unseen, so that Prefect's automations can
        tell a person about a source that could not be seen.
    """
    reporter().finished(tally)
    account = tally.as_json()
    if tally.blocked:
        return Failed(name="Blocked", message="the source answered with challenges", data=account)
    if tally.failure:
        return Failed(name="Unseen", message=tally.failure, data=account)
    return Completed(message=f"{tally.entries} entries checked", data=account)
