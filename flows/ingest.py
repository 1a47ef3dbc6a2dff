"""The flow that runs on a schedule: what is new at the source, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import work
from flows.request import Request, settled
from flows.tasks import Tracked, state_of
from flows.telling.names import named


def _called(parameters: Mapping[str, Any]) -> str:
    return f"ingest {parameters['source']}".strip()


@flow(name="ingest", flow_run_name=named(_called), persist_result=False)
def ingest(*, source: str = "", db: Path | None = None, origin: str = "") -> State[dict[str, Any]]:
    """Discover what is new (from the feed) and check it, and check again what is due.

    Args:
        source: Which source, e.g. beehive; left out, the only one in the database, or there is.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.
        origin: Send requests to this address instead of the site's own.

    Returns:
        What :func:`flows.tasks.finish` makes of the account: Failed, and why, when the
        source could not be seen. "No changes" is never said by a run that saw nothing.

    Raises:
        UsageError: It is not clear which source is meant, or a setting makes no sense.
    """
    request = settled(Request(source=source, db=db, origin=origin))
    return state_of(work.run("ingest", request, work.ingest, Tracked()))
