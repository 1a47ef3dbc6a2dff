"""The flow that runs on a schedule: what is new at the source, and what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from flows.parameters import settings_for
from flows.session import open_session
from flows.tasks import check_all, discover, finish, summarise


@flow(name="ingest", flow_run_name="ingest {source}", persist_result=False)
def ingest(
    *,
    source: str = "beehive",
    db: Path | None = None,
    origin: str = "",
) -> State[dict[str, Any]]:
    """Discover what is new (from the feed) and check it, and check again what is due.

    Args:
        source: Which source, e.g. beehive.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.
        origin: Send requests to this address instead of the site's own.

    Returns:
        A state whose data is the run's account. It is Failed, and says why, when the
        source could not be seen: "no changes" is never said by a run that saw nothing.
    """
    settings = settings_for(db=db, origin=origin)
    parameters = {"source": source, "db": settings.db, "origin": settings.origin}
    with open_session(settings, source, "ingest", parameters, flow_run.id or "") as session:
        check_all(session, discover(session))
        summarise(session)
    return finish(session.tally)
