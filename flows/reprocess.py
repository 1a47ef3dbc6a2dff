"""The flow for after a change of the normaliser: read again what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import work
from flows.request import Request, settled
from flows.tasks import Tracked, state_of
from flows.telling.names import named


def _called(parameters: Mapping[str, Any]) -> str:
    return f"reprocess {parameters['source']}".strip()


@flow(name="reprocess", flow_run_name=named(_called), persist_result=False)
def reprocess(
    *,
    source: str = "",
    everything: bool = False,
    processes: int | None = None,
    db: Path | None = None,
) -> State[dict[str, Any]]:
    """Read every kept payload again with the normaliser of today, on all cores.

    What reads otherwise becomes a derivation of its version: a change of ours is no change
    of the publisher's, and none is recorded.

    Args:
        source: Which source, e.g. beehive; left out, the only one in the database, or there is.
        everything: What this normaliser has read already, as well.
        processes: So many at once; left out, as many as there are cores.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.

    Returns:
        A state whose data is the run's account.

    Raises:
        UsageError: It is not clear which source is meant.
    """
    request = settled(Request(source=source, db=db), asks=False)
    body = partial(work.reprocess, everything=everything, processes=processes)
    parameters = {"source": request.source, "everything": everything}
    return state_of(work.run("reprocess", request, body, Tracked(), parameters))
