"""``corrigenda status``: is all well, and if not, what can be done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.options import DEFAULT_DB, Db, Json, require_source
from commands.showing.printing import print_json, say
from corrigenda.wording import count, moment

if TYPE_CHECKING:
    from storage.queries.health import Health

_MONTHS = 12


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(
    db: Db = DEFAULT_DB,
    source: Annotated[str, typer.Option(help="Only this source.")] = "",
    as_json: Json = False,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Print OpenMetrics, for Prometheus and its like.")
    ] = False,
    accept_absences: Annotated[
        bool,
        typer.Option(
            "--accept-absences",
            help="Say that what is missing is gone indeed, when most was missing at once.",
        ),
    ] = False,
) -> None:
    """Tell how each source is doing: last success, blocks, gaps, and how complete it is.

    Exits 1 when something needs a person, and says what can be done about it.

    For example: `corrigenda status --source beehive`
    """
    from dataclasses import asdict, replace

    from storage.file.connection import reading
    from storage.file.lock import is_held
    from storage.file.times import now
    from storage.queries import health
    from storage.queries.sight.alarms import alarms

    if as_json and metrics:
        raise typer.BadParameter("--json and --metrics exclude each other")
    if accept_absences:
        _accept(db, source)
    locked = is_held(db)
    with reading(db) as database:
        if source:
            require_source(database, source)
        found = [
            health.health(database, source_id, now())
            for source_id, name in health.sources(database)
            if not source or name == source
        ]
        also = {
            name: alarms(database, source_id, now(), locked=locked)
            for source_id, name in health.sources(database)
        }
    found = [replace(one, needs=health.needs(one, now()) + also[one.source]) for one in found]
    if metrics:
        from commands.metrics import render

        say(render(found), end="")
    elif as_json:
        print_json({"sources": [{**asdict(one), "error_rate": one.error_rate} for one in found]})
    else:
        say("\n\n".join("\n".join(_lines(one)) for one in found) or "No source was asked yet.")
    if any(one.needs for one in found):
        raise typer.Exit(1)


def _accept(db: Path, source: str) -> None:
    """Take a person's word that what is missing is gone, and say what follows."""
    from corrigenda.settings import Settings
    from storage.file.connection import open_existing
    from storage.file.lock import run_lock
    from storage.file.times import now
    from storage.queries import health
    from storage.record.sight.absences import Patience, accept

    settings = Settings.from_env()
    open_existing(db).close()
    with run_lock(db, "accept-absences", wait=settings.lock_wait) as turn:
        database = turn.db
        if source:
            require_source(database, source)
        for source_id, name in health.sources(database):
            if source and name != source:
                continue
            (run,) = database.execute(
                "SELECT max(id) FROM runs WHERE source_id = ?", [source_id]
            ).fetchone()
            patience = Patience(settings.absences, settings.absence_hours)
            gone, changes = accept(database, source_id, run or 0, now(), patience)
            say(
                f"{name}: {count(gone, 'release')} taken for gone, {len(changes):,} of them called "
                "withdrawn now; the others once they are missing at a second look.\n"
            )


def _lines(one: Health) -> Iterator[str]:
    """Yield what there is to say of a source."""
    yield f"{one.source}: {one.title}"
    for need in one.needs:
        yield f"  ! {need}."
    if not one.needs:
        yield "  All is well."
    seen = f"{moment(one.last_success)}" if one.last_success else "never"
    yield f"  last page seen   {seen}"
    if run := one.last_run:
        yield (
            f"  last run         {moment(run['started_at'])}: {run['flow']} "
            f"(run {run['run']}), {run['outcome']}"
        )
    yield f"  waits longest    {_waiting(one.oldest_unchecked, one.never_checked)}"
    yield f"  last {count(one.runs, 'run'):<11} {_rates(one)}"
    yield f"  lacking a field  {_coverage(one)}"
    for host, requests in one.requests_today.items():
        yield f"  requests today   {requests} to {host}"
    for host, until in one.closed_until.items():
        yield f"  left alone       {host} asked for it, until {moment(until)}"
    if one.ledger:
        yield ""
        yield "  month     heard   held  feed only  blocked  missing  withdrawn"
    for line in one.ledger[:_MONTHS]:
        yield (
            f"  {line.month:<8}{line.heard:>7}{line.held:>7}{line.told:>11}"
            f"{line.blocked:>9}{line.missing:>9}{line.withdrawn:>11}"
        )
    if len(one.ledger) > _MONTHS:
        yield f"  ({len(one.ledger) - _MONTHS} earlier months: --json)"


def _waiting(oldest: Any, never_checked: int) -> str:
    if oldest is None:
        return "nothing"
    checked = oldest["last_checked"]
    what = f"last asked for {moment(checked)}" if checked else f"heard {moment(oldest['heard'])}"
    rest = f"; {count(never_checked, 'release')} never asked for" if never_checked else ""
    return f"{oldest['url']} ({what}){rest}"


def _rates(one: Health) -> str:
    total = sum(one.verdicts.values())
    if not total:
        return "nothing was asked for"
    ranked = sorted(one.verdicts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {number / total:.0%}" for name, number in ranked if number)


def _coverage(one: Health) -> str:
    if all(field.recent is None for field in one.coverage):
        return "too few documents to tell"
    return ", ".join(
        f"{field.field} {field.recent:.0%}"
        + (f" (usually {field.usual:.0%})" if field.usual is not None else "")
        for field in one.coverage
        if field.recent is not None
    )
