"""When the next run of each deployment is, as Prefect's server itself has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import PrefectHTTPStatusError

#: Seconds between two looks, and after which a schedule without runs is no schedule.
_LOOK, _TOO_LONG = 2.0, 90.0


async def tell_next_runs(
    deployments: Sequence[tuple[str, UUID]], tell: Callable[[str], None]
) -> None:
    """Tell when each deployment runs next, or why it will not.

    The server is asked what it has scheduled, which takes it some seconds: a schedule that
    it took and does not act on looks healthy otherwise.

    Args:
        deployments: Names and identities.
        tell: Called with a sentence for each.
    """
    waiting = dict(deployments)
    began = asyncio.get_running_loop().time()
    async with get_client() as client:
        while waiting:
            for name, identity in list(waiting.items()):
                with suppress(httpx.HTTPError, PrefectHTTPStatusError):
                    if said := await _plan(client, name, identity):
                        tell(said)
                        del waiting[name]
            if asyncio.get_running_loop().time() - began > _TOO_LONG:
                for name in waiting:
                    tell(
                        f"{name}: Prefect's server has scheduled no run of it. Is its scheduler "
                        "running, and does its log tell an error?"
                    )
                return
            await asyncio.sleep(_LOOK)


async def _plan(client: PrefectClient, name: str, identity: UUID) -> str:
    """Return a sentence on the next run, or nothing while the server has not made it."""
    found = await client.read_deployment(identity)
    if not found.schedules:
        return f"{name}: runs when it is asked for."
    if found.paused or not any(schedule.active for schedule in found.schedules):
        return f"{name}: its schedule is paused in Prefect, and stays so until resumed there."
    runs = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=[identity]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
    )
    due = [run.expected_start_time for run in runs if run.auto_scheduled]
    ahead = [when for when in due if when and when > datetime.now(UTC)]
    if not ahead:
        return ""
    zone = getattr(found.schedules[0].schedule, "timezone", None) or "UTC"
    return f"{name}: next run {moment(ahead[0], zone)}."


def moment(when: datetime, zone: str) -> str:
    """Return a time in a zone and in UTC.

    Args:
        when: Aware.
        zone: A name of the time zone database, e.g. Pacific/Auckland.
    """
    there = when.astimezone(ZoneInfo(zone))
    utc = when.astimezone(UTC)
    return f"{there:%a %d %b %H:%M:%S} {zone} ({utc:%H:%M:%S} UTC)"
