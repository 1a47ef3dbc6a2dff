"""Commands about evidence: is it sound, and out with it again."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from corrigenda.cli.options import DEFAULT_DB, Db, Json, print_json

_MOST_SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(verify)


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
    from storage.verify import verify as check

    tell = (lambda what: print(f"checking {what}", file=sys.stderr)) if sys.stderr.isatty() else _no
    report = check(db, every_document=every_document, expect_head=expect_head, progress=tell)
    if as_json:
        print_json(asdict(report))
    else:
        print(
            f"{report.payloads:,} payloads and {report.versions:,} versions hashed, "
            f"{report.documents:,} documents compared with their payloads."
        )
        print(f"head of the chain: {report.head}")
        for damage in report.damages[:_MOST_SHOWN]:
            print(f"{damage.kind}: {damage.table} {damage.row}: {damage.problem}")
        if len(report.damages) > _MOST_SHOWN:
            print(f"and {len(report.damages) - _MOST_SHOWN:,} more; --json lists all")
        print("Nothing is damaged." if not report.damages else f"Damaged: {len(report.damages):,}.")
    if report.damages:
        raise typer.Exit(1)


def _no(_what: str) -> None:
    """Tell nobody."""
