"""What the schedule in force promises, written down so that its death is noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectHTTPStatusError
from prefect.runtime import deployment

from flows.session import Session
from storage.record.sight.promise import promise

#: Runs that may be missed, and how late one may begin.
_MISSED, _LATE = 3, timedelta(minutes=5)


def note_promise(session: Session) -> None:
    """Write down by when three more ingests will have begun, if this one was scheduled.

    One run by hand promises nothing, and takes back what was promised before: there was an
    ingest, and no schedule is known to be in force.
    """
    promise(session.store.db, session.store.source_id, _third(str(deployment.id or "")))


def _third(identity: str) -> datetime | None:
    """Return when the third run from now is due, as Prefect's server has it, and a little more."""
    if not identity:
        return None
    waiting = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[UUID(identity)]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
    )
    try:
        with get_client(sync_client=True) as client:
            runs = client.read_flow_runs(
                flow_run_filter=waiting,
                sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            )
    except (httpx.HTTPError, PrefectHTTPStatusError):
        return None  # its server went away meanwhile; the next run says
    times = [run.expected_start_time for run in runs]
    due = [time for time in times if time and time > datetime.now(UTC)][:_MISSED]
    return due[-1] + _LATE if len(due) == _MISSED else None
