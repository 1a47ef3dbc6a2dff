"""The flow a person triggers: check, or bring in, what they chose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from corrigenda.wording import count
from flows import work
from flows.request import Request, settled_backfill
from flows.tasks import Tracked, state_of
from flows.telling.names import named

Count = Annotated[int, Field(ge=1)]


def _called(parameters: Mapping[str, Any]) -> str:
    """Return what a backfill does, in a few words."""
    asked = {name: value for name, value in parameters.items() if value}
    what = next((name for name in ("archive", "warc", "page") if name in asked), "")
    if what:
        return f"backfill {what} {Path(asked[what]).name}"
    of = f" of {asked['source']}" if "source" in asked else ""
    where = " from the Internet Archive" if asked.get("wayback") else ""
    if "urls" in asked:
        return f"backfill {count(len(asked['urls']), 'URL')}{where}"
    if "urls_file" in asked:
        return f"backfill {Path(asked['urls_file']).name}{where}"
    if "listing" in asked:
        return f"backfill {count(asked['listing'], 'listing page')}{of}"
    return f"backfill sitemap{of}" if asked.get("sitemap") else f"backfill{of}{where}"


@flow(name="backfill", flow_run_name=named(_called), persist_result=False)
def backfill(
    *,
    source: str = "",
    urls: list[str] | None = None,
    urls_file: Path | None = None,
    listing: Count | None = None,
    sitemap: bool = False,
    archive: Path | None = None,
    warc: Path | None = None,
    page: Path | None = None,
    page_url: str = "",
    page_at: datetime | None = None,
    wayback: bool = False,
    captured_at: datetime | None = None,
    given_by: str = "",
    since: date | None = None,
    until: date | None = None,
    minister: str = "",
    limit: Count | None = None,
    db: Path | None = None,
    origin: str = "",
    wayback_origin: str = "",
) -> State[dict[str, Any]]:
    """Check chosen releases, however old, or bring in what others have kept of them.

    One of: `urls` or `urls_file`, `listing`, `sitemap` (asks the site); `wayback` (asks the
    Internet Archive); `archive`, `warc`, `page` (asks nobody). Run again with the same
    parameters after a stop, it goes on where it was.

    Args:
        source: Which source, e.g. beehive; left out, the one that urls or page_url belong to,
            the only one in the database, or the only one there is.
        urls: Release URLs, one each.
        urls_file: A file of release URLs, one a line; # begins a comment.
        listing: So many of the site's listing pages, the newest first.
        sitemap: All that the site's sitemap lists.
        archive: A folder or tar file of documents as in seeds/.
        warc: A WARC or WACZ file, or a folder of them.
        page: A saved page, or a folder of them.
        page_url: The address the page was saved from, if it does not tell.
        page_at: When it was saved, if it does not tell.
        wayback: What the Internet Archive holds of the releases (or of urls).
        captured_at: When the archive was made; left out, each file's own date.
        given_by: Who gave the archive, WARC or page.
        since: Only releases published on or after this day.
        until: Only releases published before this day.
        minister: Only releases of a minister, by part of the name.
        limit: At most so many.
        db: Database file; left out, CORRIGENDA_DB or corrigenda.db.
        origin: Send requests to this address instead of the site's own.
        wayback_origin: Send requests for web.archive.org to this address instead.

    Returns:
        What :func:`flows.tasks.finish` makes of the account.

    Raises:
        UsageError: What was chosen makes no sense together, or cannot be read.
    """
    request = settled_backfill(Request(**locals()))
    return state_of(work.run("backfill", request, partial(work.backfill, request), Tracked()))
