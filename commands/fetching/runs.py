"""Commands that fetch: ingest, recheck, and pins for it. Backfill has a module of its own."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import typer

from commands.fetching.backfill import backfill
from commands.fetching.running import Origin, Source, Track, run_flow
from commands.options import DEFAULT_DB, Db, Json, Url
from commands.showing.printing import print_json, say
from corrigenda.wording import count, moment

#: Looks that a dry run shows without --budget.
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(ingest)
    app.command()(backfill)
    app.command()(recheck)
    app.command()(pin)
    app.command()(unpin)


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


def recheck(
    source: Source = "",
    budget: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Look at so many, due or not. Left out: what is due, within the day's share.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is next, when and why; ask for nothing.")
    ] = False,
    db: Db = DEFAULT_DB,
    origin: Origin = "",
    track: Track = False,
    as_json: Json = False,
) -> None:
    """Look again where a change is likeliest, and never give a release up.

    The younger a release and the more often it was edited, the sooner; every one at least once
    in CORRIGENDA_LONGEST_PAUSE days, as far as the budget reaches. `corrigenda schedule` does it
    every hour.

    For example: `corrigenda recheck --dry-run`, `corrigenda recheck --budget 50`
    """
    from flows import work
    from flows.request import Request, settled

    request = settled(Request(source=source, db=db, origin=origin), asks=not dry_run)
    if dry_run:
        _foretell(request.source, request.settings, budget, as_json=as_json)
        return
    body = partial(work.recheck, number=budget)
    parameters = {"source": request.source, "budget": budget, "db": db, "origin": origin}
    run_flow("recheck", request, body, track=track, as_json=as_json, **parameters)


def pin(url: Url, db: Db = DEFAULT_DB) -> None:
    """Watch a release more closely: it is looked at every day at least, and before others.

    For example: `corrigenda pin https://www.beehive.govt.nz/release/...`
    """
    say(f"Pinned: {_set_pin(url, db, pinned=True)} is looked at every day at least.")


def unpin(url: Url, db: Db = DEFAULT_DB) -> None:
    """Watch a release as closely as any other again."""
    say(f"No longer pinned: {_set_pin(url, db, pinned=False)}.")


def _set_pin(url: str, db: Any, *, pinned: bool) -> str:
    from storage.file.connection import open_existing
    from storage.file.times import now
    from storage.queries.releases import find_release
    from storage.record import dating

    database = open_existing(db)
    release = find_release(database, url)
    dating.pin(database, release.id, now(), wanted=pinned)
    return release.url


def _foretell(source: str, settings: Any, budget: int | None, *, as_json: bool) -> None:
    """Print the looks that come next."""
    from storage.file.connection import reading
    from storage.file.times import now
    from storage.queries import plan as plans

    at = now()
    with reading(settings.db) as store:
        row = store.execute("SELECT id FROM sources WHERE name = ?", [source]).fetchone()
        plan = plans.in_force(store, row[0]) if row else None
        if row is None or plan is None:
            say("There is no plan yet; the next run makes it: `corrigenda ingest`.")
            return
        looks = plans.upcoming(store, row[0], plan, at, budget or _SHOWN)
        trouble = plans.too_small(store, source)
    if budget is None:
        looks.sort(key=lambda look: look.due)
    if as_json:
        print_json([{name: getattr(look, name) for name in _COLUMNS} for look in looks])
        return
    if trouble:
        say(f"Beware: {trouble}.\n")
    say(
        f"{source}: {plan.budget:.0f} requests a day for pages; each release at least once in "
        f"{plan.pause:.0f} days. Next {count(len(looks), 'look')}:\n"
    )
    for look in looks:
        say(f"{_when(look.due, at):<17}  {look.url}\n{'':<17}  {look.why}")


_COLUMNS = ("url", "title", "due", "owed", "why")


def _when(due: datetime, now: datetime) -> str:
    return "due" if due <= now else moment(due).removesuffix(" UTC")
