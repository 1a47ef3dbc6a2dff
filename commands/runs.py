"""Commands that fetch: ingest. Backfill has a module of its own."""

from __future__ import annotations

import typer

from commands.backfill import backfill
from commands.options import DEFAULT_DB, Db, Json
from commands.running import Origin, Source, prepare_prefect, run_flow


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(ingest)
    app.command()(backfill)


def ingest(
    source: Source = "beehive", db: Db = DEFAULT_DB, origin: Origin = "", as_json: Json = False
) -> None:
    """Discover what is new at a source, check it, and record what changed."""
    prepare_prefect()
    from flows.ingest import ingest as flow

    run_flow(lambda: flow(source=source, db=db, origin=origin, return_state=True), as_json=as_json)
