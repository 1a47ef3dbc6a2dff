"""The flow for after a change of the normaliser: read again what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from flows.account.progress import reporter
from flows.parameters import settings_for
from flows.rereading import reread_kept
from flows.session import open_session
from flows.tasks import bring_in, finish, summarise


@flow(name="reprocess", flow_run_name="reprocess {source}", persist_result=False)
def reprocess(
    *,
    source: str = "beehive",
    everything: bool = False,
    processes: int | None = None,
    db: Path | None = None,
) -> State[dict[str, Any]]:
    """Read every kept payload again with the normaliser of today, on all cores.

    What reads otherwise becomes a derivation of its version: a change of ours is no change
    of the publisher's, and none is recorded.

    Args:
        source: Which source, e.g. beehive.
        everything: What this normaliser has read already, as well.
        processes: So many at once; left out, as many as there are cores.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.

    Returns:
        A state whose data is the run's account.
    """
    settings = settings_for(db=db, origin="")
    parameters = {"source": source, "everything": everything}
    identity = flow_run.id or ""
    with open_session(settings, source, "reprocess", parameters, identity, online=False) as session:
        bring_in(lambda: reread_kept(session, everything=everything, processes=processes))
        summarise(session)
    reporter().say("No change is recorded: these are readings of what was kept.")
    return finish(session.tally)
