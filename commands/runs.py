"""Commands that fetch: ingest and the schedule. Backfill has a module of its own."""

from __future__ import annotations

import os

import typer

from commands.backfill import backfill
from commands.options import DEFAULT_DB, Db, Json
from commands.running import Origin, Source, prepare_prefect, run_flow


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(ingest)
    app.command()(backfill)
    app.command()(schedule)


def ingest(
    source: Source = "beehive", db: Db = DEFAULT_DB, origin: Origin = "", as_json: Json = False
) -> None:
    """Discover what is new at a source, check it, and record what changed."""
    prepare_prefect()
    from flows.ingest import ingest as flow

    run_flow(lambda: flow(source=source, db=db, origin=origin, return_state=True), as_json=as_json)


def schedule(
    db: Db = DEFAULT_DB,
    origin: Origin = "",
) -> None:
    """Serve ingest on its schedule, and backfill by hand, until interrupted.

    Both appear in Prefect's own pages, where backfill has a form. Point PREFECT_API_URL at
    a Prefect server (`prefect server start`); the embedded one would end with this process.
    """
    prepare_prefect(quiet=False)
    from flows.schedule import serve_all

    os.environ["CORRIGENDA_DB"] = str(db.resolve())
    if origin:
        os.environ["CORRIGENDA_ORIGIN"] = origin
    serve_all()
