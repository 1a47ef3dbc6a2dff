"""Commands that fetch: ingest. Backfill has a module of its own."""

from __future__ import annotations

import typer

from commands.backfill import backfill
from commands.options import DEFAULT_DB, Db, Json
from commands.running import Origin, Source, Track, run_flow


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(ingest)
    app.command()(backfill)


def ingest(
    source: Source = "",
    db: Db = DEFAULT_DB,
    origin: Origin = "",
    track: Track = False,
    as_json: Json = False,
) -> None:
    """Discover what is new at a source, check it, and record what changed."""
    from flows import work
    from flows.request import Request, settled

    request = settled(Request(source=source, db=db, origin=origin))
    parameters = {"source": request.source, "db": db, "origin": origin}
    run_flow("ingest", request, work.ingest, track=track, as_json=as_json, **parameters)
