"""Commands about how changes are ranked: by today's rules, and by what reviewers said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json
from commands.showing.printing import print_json, say

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.record.ranking import Reranked, Weights


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(rank)


def rank(
    from_reviews: Annotated[
        bool, typer.Option("--from-reviews", help="Weigh by the verdicts recorded here.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the weights before.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be ranked otherwise; write nothing.")
    ] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Let recorded verdicts re-weigh the ranking of this database's changes.

    Verdicts (`corrigenda mark`, or the pages) say which changes meant something. Their
    features weigh more or less from then on, and all changes are ranked again. What is
    guaranteed stays: a changed figure, date or denial in prose is high whatever anybody
    said. Try it with --dry-run first; --undo goes back.
    """
    from storage.record import ranking

    if from_reviews is undo:
        raise typer.BadParameter("give --from-reviews, or --undo")
    if undo and dry_run:
        raise typer.BadParameter("--dry-run goes with --from-reviews")
    database = _opened(db)
    if undo:
        ranking.undo(database)
        say("The weights learnt last are withdrawn.", file=sys.stderr)
        _again(database, None, dry_run=False, as_json=as_json)
        return
    weights, reviews = ranking.learn(database)
    say(f"Learnt from {reviews} reviewed changes.", file=sys.stderr)
    if dry_run:
        _again(database, ranking.Weights(id=-1, values=weights), dry_run=True, as_json=as_json)
    else:
        _again(database, ranking.keep(database, weights, reviews), dry_run=False, as_json=as_json)


def rank_again(db: Path, *, everything: bool, as_json: bool) -> None:
    """Rank recorded changes by today's rules: ``reprocess --significance``."""
    _again(_opened(db), None, dry_run=False, as_json=as_json, everything=everything)


def _opened(db: Path) -> Database:
    from storage.file.connection import open_database, open_existing

    open_existing(db).close()  # a database that is not there is an error, not one to be made
    return open_database(db, create=True)


def _again(
    database: Database,
    weights: Weights | None,
    *,
    dry_run: bool,
    as_json: bool,
    everything: bool = False,
) -> None:
    """Rank changes again with a bar, and print which went where."""
    from rich.console import Console
    from rich.progress import Progress

    from storage.record.ranking import rerank

    console = Console(file=sys.stderr)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("ranking", total=None)
        found = rerank(
            database,
            everything=everything,
            dry_run=dry_run,
            weights=weights,
            progress=lambda done, of: progress.update(bar, completed=done, total=of),
        )
    if as_json:
        moved = [{"from": a, "to": b, "changes": n} for (a, b), n in sorted(found.moved.items())]
        print_json({"changes": found.changes, "moved": moved, "dry_run": dry_run})
    else:
        say(_told(found, dry_run=dry_run))


def _told(found: Reranked, *, dry_run: bool) -> str:
    from corrigenda.wording import count

    lines = [f"{count(found.changes, 'change')} ranked again, {found.moved.total():,} otherwise."]
    lines += [f"  {a} to {b}: {n:,}" for (a, b), n in sorted(found.moved.items())]
    if dry_run:
        lines.append("A dry run: nothing was written.")
    return "\n".join(lines)
