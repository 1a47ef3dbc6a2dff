"""Commands about evidence: is it sound, and out with it again."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from commands.fetching.running import Source, Track, run_flow
from commands.options import DEFAULT_DB, Db, Json
from commands.showing.printing import print_json, say
from corrigenda.wording import count

_MOST_SHOWN = 50


class Format(StrEnum):
    """What an export can be."""

    MARKDOWN = "markdown"
    JSONL = "jsonl"
    CSV = "csv"
    WARC = "warc"
    TIMEMAP = "timemap"
    ATOM = "atom"
    JSONFEED = "jsonfeed"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(verify)
    app.command()(export)
    app.command()(reprocess)


def verify(
    db: Db = DEFAULT_DB,
    every_document: Annotated[
        bool,
        typer.Option(
            "--every-document", help="Read every page again, not a sample of a hundred; slow."
        ),
    ] = False,
    expect_head: Annotated[
        str,
        typer.Option(
            metavar="HASH", help="The head an earlier verify printed; it must be in the chain."
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Check that everything recorded is still what it was.

    Hashes every payload and version again, walks the chain of hashes, reads documents
    again from their payloads, and checks every reference and count. Each damage is named
    with its row; the exit status is 1 when there is any.
    """
    from storage.audit.remembering import remember
    from storage.audit.verify import verify as check

    tell = (lambda what: say(f"checking {what}", file=sys.stderr)) if sys.stderr.isatty() else _no
    report = check(db, every_document=every_document, expect_head=expect_head, progress=tell)
    remember(db, report)
    if as_json:
        print_json(asdict(report))
    else:
        say(
            f"{report.payloads:,} payloads and {report.versions:,} versions hashed, "
            f"{report.documents:,} documents compared with their payloads."
        )
        if report.seals:
            say(f"{count(report.seals, 'seal')} checked.")
        say(f"head of the chain: {report.head}")
        for damage in report.damages[:_MOST_SHOWN]:
            say(f"{damage.kind}: {damage.table} {damage.row}: {damage.problem}")
        if len(report.damages) > _MOST_SHOWN:
            say(f"and {len(report.damages) - _MOST_SHOWN:,} more; --json lists all")
        say("Nothing is damaged." if not report.damages else f"Damaged: {len(report.damages):,}.")
    if report.damages:
        raise typer.Exit(1)


def export(
    to: Annotated[Path, typer.Option(help="The folder to write to; made when not there.")],
    form: Annotated[
        Format, typer.Option("--format", help="What to write.", show_choices=True)
    ] = Format.MARKDOWN,
    git: Annotated[
        bool, typer.Option("--git", help="Markdown as a git repository, a commit for each change.")
    ] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Write everything out again, in a form that other programs read.

    `markdown`: the documents, `YYYY/MM/YYYY-MM-DD-slug.md`. `jsonl`, `csv`: versions and
    changes. `warc`: the captures, for pywb and its like. `timemap`: a TimeMap (RFC 7089) for
    each release. `atom`, `jsonfeed`: the newest changes as a feed, linking to the pages that
    CORRIGENDA_PAGES names. Exporting again writes only what changed.
    """
    from corrigenda.settings import Settings
    from review.exports import FEEDS
    from storage.export import FORMATS
    from storage.file.connection import reading

    if git and form is not Format.MARKDOWN:
        raise typer.BadParameter("--git goes with --format markdown")
    pages = Settings.from_env().pages or "http://127.0.0.1:8001"
    with reading(db) as database:
        if form in FEEDS:
            result = FEEDS[form](database, to, pages=pages)
        else:
            result = FORMATS["git" if git else form](database, to)
    if as_json:
        print_json(asdict(result))
    else:
        say(
            f"{result.items} in {to}: {count(result.written, 'file')} written, "
            f"{result.unchanged:,} unchanged."
        )


def reprocess(
    source: Source = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="What this normaliser has read already, too.")
    ] = False,
    significance: Annotated[
        bool,
        typer.Option("--significance", help="Rank the recorded changes again instead."),
    ] = False,
    db: Db = DEFAULT_DB,
    track: Track = False,
    as_json: Json = False,
) -> None:
    """Read every kept payload again with the normaliser of today.

    For after an upgrade: what reads otherwise is recorded as a derivation of its version.
    No change is recorded, for none is the publisher's.

    With --significance nothing is read again: recorded changes that other rules or weights
    ranked are ranked by those of today. Reviews stay. Ctrl-C loses nothing: it goes on from
    there. With --everything, all of them.
    """
    if significance:
        from commands.keeping.ranking import rank_again

        rank_again(db, everything=everything, as_json=as_json)
        return
    from flows import work
    from flows.request import Request, settled
    from storage.file.connection import open_existing

    open_existing(db).close()
    request = settled(Request(source=source, db=db), asks=False)
    body = partial(work.reprocess, everything=everything)
    parameters = {"source": request.source, "everything": everything, "db": db}
    run_flow("reprocess", request, body, track=track, as_json=as_json, **parameters)


def _no(_what: str) -> None:
    """Tell nobody."""
