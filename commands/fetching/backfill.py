"""The command that brings in chosen releases, from wherever they are."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.fetching.running import Origin, Track, run_flow
from commands.options import DEFAULT_DB, Db, Json, parse_time
from commands.showing.printing import print_json, say
from corrigenda.carriers.bounds import read_stream
from corrigenda.carriers.url_files import as_text
from corrigenda.errors import UsageError
from corrigenda.settings import Settings
from corrigenda.wording import count

if TYPE_CHECKING:
    from flows.dry import Forecast
    from flows.request import Request

_MOST_SHOWN = 50
_STANDARD_INPUT = Path("-")
#: Bytes of addresses: they are parameters of a Prefect flow, of which a server takes 512 KiB.
_MOST_TYPED = 400_000


def backfill(
    chosen: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE] [URL]...",
            help="Addresses of releases; before them, or alone, which source. Left out, the one "
            "the URLs belong to, or the only one there is.",
        ),
    ] = None,
    urls: Annotated[
        Path | None,
        typer.Option(
            help="A file of release URLs, one a line; # begins a comment. - reads them from "
            "standard input.",
            metavar="FILE",
        ),
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
        Path | None, typer.Option(help="A WARC or WACZ file, or a folder of them.", metavar="FILE")
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(
            help="A page somebody saved (SingleFile, MHTML, HAR, HTML), or a folder of them; "
            "with --url and --at where it does not tell.",
            metavar="FILE",
        ),
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
    track: Track = False,
    as_json: Json = False,
) -> None:
    """Check releases you choose, however old.

    From the site: their addresses, `--urls FILE`, `--listing 40`, `--sitemap`. From the
    Internet Archive: `--wayback`. From files, asking nobody: `--archive DIR`, `--warc FILE`
    (WACZ, too), `--page SAVED.html`.

    Stopped half-way, the same command goes on where it was. With `--dry-run` it only says
    how many entries and requests it would be, and how long that takes.

    For example: `corrigenda backfill --page ~/Downloads/saved --dry-run`
    """
    from flows import work
    from flows.request import Request, settled_backfill

    source, addresses = _told_apart(chosen or [])
    if urls == _STANDARD_INPUT:
        addresses += _typed()
        urls = None
    request = settled_backfill(
        Request(
            source=source,
            urls=addresses or None,
            urls_file=urls,
            listing=listing,
            sitemap=sitemap,
            archive=archive,
            warc=warc,
            page=page,
            page_url=url,
            page_at=parse_time(at) if at else None,
            wayback=wayback,
            captured_at=parse_time(captured_at) if captured_at else None,
            given_by=given_by,
            since=_day(since),
            until=_day(until),
            minister=minister,
            limit=limit,
            db=db,
            origin=origin,
            wayback_origin=wayback_origin,
        ),
        dry=dry_run,
    )
    if dry_run:
        _foresee(request, as_json=as_json)
    else:
        body = partial(work.backfill, request)
        run_flow("backfill", request, body, track=track, as_json=as_json, **asdict(request))


def _told_apart(chosen: list[str]) -> tuple[str, list[str]]:
    """Return the source named, if one is, and the addresses."""
    names = [text for text in chosen if "/" not in text]
    if len(names) > 1:
        raise UsageError(f"{names[1]!r} is no address; write it with https://")
    return "".join(names), [text for text in chosen if "/" in text]


def _typed() -> list[str]:
    """Return the lines of standard input."""
    name = "standard input"
    data = read_stream(sys.stdin.buffer, name, replace(Settings.from_env(), max_file=_MOST_TYPED))
    return as_text(data, name).splitlines()


def _foresee(request: Request, *, as_json: bool) -> None:
    from commands.showing.terminal import Terminal
    from flows.account.progress import watched_by
    from flows.dry import foresee

    with Terminal() as terminal, watched_by(terminal):
        forecast = foresee(request)
    if as_json:
        print_json(asdict(forecast))
    else:
        say(render_forecast(forecast))


def render_forecast(forecast: Forecast) -> str:
    """Return in sentences how much a backfill would be."""
    todo = forecast.entries - forecast.held
    requests = count(forecast.requests, "request") if forecast.requests else "no requests"
    lines = [
        f"{count(forecast.entries, 'entry', 'entries')} wanted: {forecast.held:,} there already, "
        f"{todo:,} to do; {requests}."
    ]
    if forecast.way == "wayback":
        lines = [
            f"{count(forecast.entries, 'release')} to ask the Internet Archive for: {requests} "
            "for its index, and one for each distinct capture it has, which only the index tells."
        ]
    if forecast.lists:
        lines.append(f"Besides {count(forecast.lists, 'request')} for lists, made again then.")
    if forecast.reading:
        lines.append(f"Reading takes about {_long(forecast.seconds)}.")
    elif forecast.requests or forecast.lists:
        lines.append(
            f"At {forecast.delay:g} s apart that takes at least {_long(forecast.seconds)}."
        )
    if forecast.days > 1:
        lines.append(
            f"At {forecast.budget} requests a day it takes {forecast.days} days; run it once a day."
        )
    if forecast.trouble:
        lines.append(f"There may be more: {forecast.trouble}")
    lines += [f"  {text}: {problem}" for text, problem in forecast.problems[:_MOST_SHOWN]]
    if (more := len(forecast.problems) - _MOST_SHOWN) > 0:
        lines.append(f"  and {more:,} more; --json lists all")
    return "\n".join(lines)


def _long(seconds: float) -> str:
    """Write a length of time for people."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _day(text: str) -> date | None:
    return parse_time(text).date() if text else None
