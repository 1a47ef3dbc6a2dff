"""The flow that goes back: what left the feed is looked at again, where a change is likeliest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows import work
from flows.request import Request, settled
from flows.tasks import Tracked, state_of
from flows.telling.names import named


def _called(parameters: Mapping[str, Any]) -> str:
    number, source = parameters["budget"], parameters["source"]
    return " of ".join(filter(None, [f"recheck {number}" if number else "recheck", source]))


@flow(name="recheck", flow_run_name=named(_called), persist_result=False)
def recheck(
    *,
    source: str = "",
    budget: Annotated[int, Field(ge=1)] | None = None,
    db: Path | None = None,
    origin: str = "",
) -> State[dict[str, Any]]:
    """Look again at what is due: the younger a release, and the more often edited, the sooner.

    Args:
        source: Which source, e.g. beehive; left out, the only one in the database, or there is.
        budget: Look at so many, due or not; left out, at what is due, within the day's share.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.
        origin: Send requests to this address instead of the site's own.

    Returns:
        A state whose data is the run's account, as :func:`flows.ingest.ingest` does.

    Raises:
        UsageError: It is not clear which source is meant, or a setting makes no sense.
    """
    request = settled(Request(source=source, db=db, origin=origin))
    body = partial(work.recheck, number=budget)
    return state_of(work.run("recheck", request, body, Tracked()))
