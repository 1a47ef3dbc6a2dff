"""``corrigenda issues``: what runs could not interpret."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json, parse_time, require_source
from commands.showing.printing import print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(issues)


def issues(
    db: Db = DEFAULT_DB,
    run: Annotated[int | None, typer.Option(min=1, help="Only of this run.")] = None,
    since: Annotated[str, typer.Option(help="Noticed since: 2026-05-09, yesterday, 3d.")] = "",
    source: Annotated[str, typer.Option(help="Only of this source.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 100,
    as_json: Json = False,
) -> None:
    """List what runs could not interpret: nothing was guessed, and nothing is lost.

    The same problem of the same address is one line, however often it was met.

    For example: `corrigenda issues --run 12`
    """
    from corrigenda.wording import count, moment
    from storage.file.connection import reading
    from storage.queries.sight import issues as noted

    after = parse_time(since) if since else None
    with reading(db) as database:
        if source:
            require_source(database, source)
        found, total = noted.issues(database, run=run, since=after, source=source, limit=limit)
    if as_json:
        print_json([asdict(issue) for issue in found])
        return
    for issue in found:
        often = f", {issue.times} times since run {issue.first_run}" if issue.times > 1 else ""
        say(f"{issue.url}\n  {issue.problem}\n  run {issue.run}, {moment(issue.noticed)}{often}\n")
    if total > len(found):
        say(f"and {count(total - len(found), 'issue')} more: --limit {total}")
    if not found:
        say("No issues.")
