"""The flow a person triggers: check, or bring in, what they chose."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from corrigenda import sources
from corrigenda.carriers import warcs
from corrigenda.errors import UsageError
from flows.parameters import settings_for
from flows.session import Session, open_session
from flows.tasks import bring_in, check_all, finish, summarise
from flows.ways.archive import Import
from flows.ways.captured import bring_page
from flows.ways.selection import Selection
from flows.ways.site import Lists, entries_of, read_given
from flows.ways.warc import WarcImport
from flows.ways.wayback import Wayback

Count = Annotated[int, Field(ge=1)]


@flow(name="backfill", flow_run_name="backfill {source}", persist_result=False)
def backfill(
    *,
    source: str = "beehive",
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
        source: Which source, e.g. beehive.
        urls: Release URLs, one each.
        urls_file: A file of release URLs, one a line; # begins a comment.
        listing: So many of the site's listing pages, the newest first.
        sitemap: All that the site's sitemap lists.
        archive: A folder or tar file of documents as in seeds/.
        warc: A WARC file, or a folder of them.
        page: A saved page, with its page_url and page_at.
        page_url: The address the page was saved from.
        page_at: When it was saved.
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
        A state whose data is the run's account, as :func:`flows.ingest.ingest` does.

    Raises:
        UsageError: What was chosen makes no sense together, or cannot be read.
    """
    # What makes it the same backfill when it is run again: all but where it is kept.
    parameters = {k: v for k, v in locals().items() if v and k not in ("db",)}
    settings = settings_for(db=db, origin=origin)
    chosen = Selection(since=since, until=until, minister=minister, limit=limit)
    given = read_given(urls, urls_file, sources.get(source))
    ways = {
        "urls": bool(urls or urls_file) and not wayback,
        "listing": listing is not None,
        "sitemap": sitemap,
        "archive": archive is not None,
        "warc": warc is not None,
        "page": page is not None,
        "wayback": wayback,
    }
    way = only_one(ways)
    # All that can be wrong with what was given is told before waiting for the lock.
    if way == "urls" and not (given.entries or given.problems or given.ignored):
        raise UsageError("there are no URLs to check; give `urls`, or a `urls_file` with some")
    if page is not None and not (page_url and page_at):
        raise UsageError("a saved page needs the address it was saved from, and when")
    if page is not None and chosen != Selection():
        raise UsageError("since, until, minister and limit choose among many; this is one page")
    paths = warcs.files(warc) if warc is not None else []
    if archive is not None and not archive.exists():
        raise UsageError(f"{archive}: is not there")
    asks = way not in ("archive", "warc", "page", "wayback")
    identity = flow_run.id or ""
    with open_session(settings, source, "backfill", parameters, identity, online=asks) as session:
        match way:
            case "archive":
                assert archive is not None
                bring_in(
                    Import(
                        session=session,
                        path=archive,
                        captured_at=captured_at,
                        given_by=given_by,
                        chosen=chosen,
                    ).run
                )
            case "warc":
                bring_in(
                    WarcImport(session=session, paths=paths, given_by=given_by, chosen=chosen).run
                )
            case "page":
                assert page is not None
                assert page_at is not None
                bring_page(session, page, page_url, page_at, given_by)
            case "wayback":
                listed = given.entries if urls or urls_file else None
                bring_in(
                    Wayback(session=session, given=listed, chosen=chosen, origin=wayback_origin).run
                )
            case _:
                lists = Lists(
                    given=given if way == "urls" else None, listing=listing or 0, sitemap=sitemap
                )
                _check(session, lists, chosen)
        summarise(session)
    return finish(session.tally)


def only_one(ways: dict[str, bool]) -> str:
    """Return the one way that was chosen.

    Raises:
        UsageError: None was, or several.
    """
    taken = [name for name, wanted in ways.items() if wanted]
    if len(taken) == 1:
        return taken[0]
    names = ", ".join(ways)
    if not taken:
        raise UsageError(f"say what to check or bring in: one of {names}")
    raise UsageError(f"{' and '.join(taken)} exclude each other; run one after the other")


def _check(session: Session, lists: Lists, chosen: Selection) -> None:
    entries, trouble = entries_of(session, lists, chosen)
    check_all(session, entries)
    if trouble and not session.tally.stopped:
        session.tally.stopped = f"There may be more: {trouble}"
