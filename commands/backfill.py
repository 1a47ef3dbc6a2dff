"""The command that brings in chosen releases, from wherever they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.options import DEFAULT_DB, Db, Json, parse_time
from commands.running import Origin, Source, prepare_prefect, run_flow
from corrigenda.errors import UsageError


def backfill(
    source: Source = "beehive",
    urls: Annotated[
        Path | None,
        typer.Option(help="A file of release URLs, one a line; # begins a comment."),
    ] = None,
    listing: Annotated[
        int | None, typer.Option(min=1, help="So many of the site's listing pages.")
    ] = None,
    sitemap: Annotated[
        bool, typer.Option("--sitemap", help="All the site's sitemap lists.")
    ] = False,
    archive: Annotated[
        Path | None, typer.Option(help="A folder or tar file of documents as in seeds/.")
    ] = None,
    warc: Annotated[
        Path | None, typer.Option(help="A WARC file, or a folder of them.", metavar="FILE")
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(help="A page somebody saved; with --url and --at.", metavar="PAGE.html"),
    ] = None,
    wayback: Annotated[
        bool,
        typer.Option(
            "--wayback", help="What the Internet Archive has of them (of --urls, or all)."
        ),
    ] = False,
    url: Annotated[str, typer.Option(help="The address --page was saved from.")] = "",
    at: Annotated[str, typer.Option(help="When --page was saved: 2019-05-09T10:04Z.")] = "",
    captured_at: Annotated[
        str, typer.Option(help="When --archive was made; left out, each file's own date.")
    ] = "",
    given_by: Annotated[str, typer.Option(help="Who gave the archive, WARC or page.")] = "",
    since: Annotated[str, typer.Option(help="Published on or after this day.")] = "",
    until: Annotated[str, typer.Option(help="Published before this day.")] = "",
    minister: Annotated[str, typer.Option(help="Part of a minister's name.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how much it would be, and record nothing.")
    ] = False,
    db: Db = DEFAULT_DB,
    origin: Origin = "",
    wayback_origin: Annotated[
        str,
        typer.Option(
            envvar="CORRIGENDA_WAYBACK_ORIGIN",
            help="Ask this archive instead: a mirror, or a pywb collection.",
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Check releases you choose, however old.

    From the site: `--urls FILE`, `--listing 40`, `--sitemap`. From the Internet Archive:
    `--wayback`. From files, asking nobody: `--archive DIR`, `--warc FILE`,
    `--page SAVED.html --url URL --at TIME`.

    Stopped half-way, the same command goes on where it was. With `--dry-run` it only says
    how many entries and requests it would be, and how long that takes.
    """
    chosen: dict[str, Any] = {
        "source": source,
        "urls_file": urls,
        "listing": listing,
        "sitemap": sitemap,
        "archive": archive,
        "warc": warc,
        "page": page,
        "page_url": url,
        "page_at": parse_time(at) if at else None,
        "wayback": wayback,
        "captured_at": parse_time(captured_at) if captured_at else None,
        "given_by": given_by,
        "since": _day(since),
        "until": _day(until),
        "minister": minister,
        "limit": limit,
        "db": db,
        "origin": origin,
        "wayback_origin": wayback_origin,
    }
    if not any((urls, listing, sitemap, archive, warc, page, wayback)):
        raise UsageError(
            "say what to bring in: --urls FILE, --listing N, --sitemap, --wayback, "
            "--archive DIR, --warc FILE or --page PAGE.html"
        )
    if dry_run:
        from flows.ways.estimate import estimate

        print(estimate(**chosen))
        return
    prepare_prefect()
    from flows.backfill import backfill as flow

    run_flow(lambda: flow(**chosen, return_state=True), as_json=as_json)


def _day(text: str) -> date | None:
    return parse_time(text).date() if text else None
