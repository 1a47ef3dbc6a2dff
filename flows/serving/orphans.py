"""Runs that nobody runs any more: what a death left behind in Prefect.

A process that is killed tells nobody. Its run stays Running for ever, and holds the one
slot its deployment has: every later run is cancelled on the spot. A run is an orphan when
no process of this machine works on it; the database is one file on one machine, so that is
where its runs are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import psutil
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Crashed, Scheduled

#: What Prefect puts into the environment of a process that runs a flow run.
_MARK = "PREFECT__FLOW_RUN_ID"
#: The module, or command, that such a process runs; helpers it started inherit the mark only.
_RUNS = frozenset(("prefect.engine", "flow-run"))
#: Runs a request returns at most (Prefect's own limit).
_PAGE = 200


def processes(among: Iterable[psutil.Process] | None = None) -> dict[UUID, psutil.Process]:
    """Return the processes that work on flow runs, by run.

    Args:
        among: Where to look; all of this machine that may be looked at when left out.
    """
    found = {}
    for process in psutil.process_iter() if among is None else among:
        try:
            if _RUNS.intersection(process.cmdline()) and (run := process.environ().get(_MARK)):
                found[UUID(run)] = process
        except (psutil.Error, OSError, ValueError):
            continue  # gone meanwhile, another user's, or not Prefect's mark at all
    return found


def clear(client: SyncPrefectClient, deployments: Sequence[UUID], why: str) -> list[str]:
    """Settle what nobody works on, and free the slots it held.

    A run that was going on becomes Crashed. One that was taken and had not begun is given
    back if a person asked for it. What the schedule made meanwhile is called off: Prefect
    would start every missed run at once.

    Args:
        client: Prefect's server.
        deployments: Whose runs.
        why: What ended them, as a sentence.

    Returns:
        A sentence for each that was going on.
    """
    alive = processes()
    told: list[str] = []
    missed = 0
    for run in _unfinished(client, deployments):
        if run.id in alive or run.state is None:
            continue
        late = run.auto_scheduled and run.state.is_scheduled() and _is_past(run)
        if late or (run.auto_scheduled and run.state.is_pending()):
            missed += 1
            reason = f"Its time passed. {why}"
            client.set_flow_run_state(run.id, Cancelled(name="Missed", message=reason), force=True)
        elif run.state.is_pending():
            client.set_flow_run_state(run.id, Scheduled(), force=True)
        elif run.state.is_cancelling():
            client.set_flow_run_state(run.id, Cancelled(message=why), force=True)
        elif run.state.is_running():
            client.set_flow_run_state(run.id, Crashed(message=why), force=True)
            told.append(f"{run.name}: nobody works on it any more; it is marked as crashed.")
    if missed:
        told.append(f"Of the schedule's runs {missed} were missed; they are called off.")
    _free(client, deployments, alive)
    return told


def _unfinished(client: SyncPrefectClient, deployments: Sequence[UUID]) -> Iterator[FlowRun]:
    kinds = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING, StateType.SCHEDULED]
    chosen = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=kinds)),
    )
    runs: list[FlowRun] = []
    while page := client.read_flow_runs(flow_run_filter=chosen, limit=_PAGE, offset=len(runs)):
        runs += page  # all of them before the first is settled, which would move the pages
    yield from runs


def _is_past(run: FlowRun) -> bool:
    due = run.expected_start_time
    return due is not None and due < datetime.now(UTC)


def _free(
    client: SyncPrefectClient, deployments: Sequence[UUID], alive: dict[UUID, psutil.Process]
) -> None:
    """Free slots that no run holds: a server that was killed forgets who held them."""
    for identity in deployments:
        limit = client.read_deployment(identity).global_concurrency_limit
        if limit is None or not limit.active_slots:
            continue
        held = sum(run.id in alive for run in _unfinished(client, [identity]))
        if limit.active_slots > held:
            client.update_global_concurrency_limit(
                limit.name, GlobalConcurrencyLimitUpdate(active_slots=held)
            )
