"""The flow a person triggers: check the entries they chose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from corrigenda import sources
from corrigenda.errors import UsageError
from corrigenda.feeds import Listed, read_text_file, read_url_file
from flows.parameters import settings_for
from flows.session import Session, open_session
from flows.tasks import check_all, finish, summarise


@flow(name="backfill", flow_run_name="backfill {source}", persist_result=False)
def backfill(
    *,
    source: str = "beehive",
    urls: list[str] | None = None,
    urls_file: Path | None = None,
    limit: Annotated[int, Field(ge=1)] | None = None,
    db: Path | None = None,
    origin: str = "",
) -> State[dict[str, Any]]:
    """Check chosen releases, however old.

    Args:
        source: Which source, e.g. beehive.
        urls: Release URLs to check, one each.
        urls_file: A file of release URLs, one a line; # begins a comment.
        limit: Check at most this many.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.
        origin: Send requests to this address instead of the site's own.

    Returns:
        A state whose data is the run's account, as :func:`flows.ingest.ingest` does.

    Raises:
        UsageError: No URLs were given, or their file cannot be read.
    """
    settings = settings_for(db=db, origin=origin)
    parameters = {"source": source, "urls": urls, "urls_file": urls_file, "limit": limit}
    # All that can be wrong with the list is told before waiting for the lock.
    text = read_text_file(urls_file) if urls_file else ""
    listed = read_url_file("\n".join([*(urls or []), text]), sources.get(source))
    if not (listed.entries or listed.problems or listed.ignored):
        raise UsageError("there are no URLs to check; give `urls`, or a `urls_file` with some")
    with open_session(settings, source, "backfill", parameters, flow_run.id or "") as session:
        _note_unusable(session, listed)
        check_all(session, listed.entries[:limit])
        summarise(session)
    return finish(session.tally)


def _note_unusable(session: Session, listed: Listed) -> None:
    """Count what is no URL of this source as issues; the rest is checked all the same."""
    for raw, problem in listed.problems:
        session.issue(raw, f"not a URL: {problem}")
    for url in listed.ignored:
        session.issue(url, f"no release of {session.source.title}")
