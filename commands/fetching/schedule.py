"""The command that keeps everything running by itself."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from commands.fetching.running import Origin, prepare_prefect
from commands.options import DEFAULT_DB, Db
from commands.showing.printing import say
from corrigenda import sources
from corrigenda.errors import StoreLocked, UsageError
from corrigenda.interrupts import sigterm_interrupts
from corrigenda.settings import Settings

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
#: Seconds; a live site's feed is not asked for more often.
_LEAST = 60


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(schedule)


def schedule(
    every: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="Ingest so often (20s, 5m, 2h), day and night, in place of every quarter of "
            "an hour by day.",
        ),
    ] = "",
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="Which source; may be given several times. Left out, all in the database.",
        ),
    ] = None,
    inbox: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Bring in what is dropped there: WARC and WACZ files, saved pages, archives.",
        ),
    ] = None,
    db: Db = DEFAULT_DB,
    origin: Origin = "",
) -> None:
    """Ingest on a schedule, and backfill by hand, until interrupted.

    One ingest runs at once, then every quarter of an hour by day. What runs, ran and comes
    next shows in Prefect's own pages, where backfill has a form and a schedule can be paused.

    The schedule is kept by a Prefect server: the one that PREFECT_API_URL names (`prefect
    server start`), else one that is started here and ends with this command.

    For example: `corrigenda schedule --every 30m --db /var/lib/corrigenda/corrigenda.db`
    """
    interval = _interval(every) if every else None
    sigterm_interrupts()
    # Runs are processes of their own, started wherever this is: they find all by these.
    os.environ["CORRIGENDA_DB"] = str(db.resolve())
    if origin:
        os.environ["CORRIGENDA_ORIGIN"] = origin
    settings = Settings.from_env()
    if interval and interval.total_seconds() < _LEAST and not settings.on_loopback:
        raise UsageError(f"--every {every} is too often for a live site; say {_LEAST}s or more")
    if inbox is not None and not inbox.is_dir():
        raise UsageError(f"--inbox {inbox}: is no folder. Make it first")
    folder = inbox.resolve() if inbox else None
    from storage.file.lock import sole

    with suppress(KeyboardInterrupt), sole(settings.db):
        names = _checked(settings, source or [])
        prepare_prefect(quiet=False)
        from flows.serving.definitions import deployments
        from flows.serving.serve import serve
        from flows.serving.server import server

        with server(_tell) as found, _neutral_folder():
            chosen = deployments(names, interval, sealing=bool(settings.tsa), inbox=folder)
            serve(found, chosen, _tell)


def _checked(settings: Settings, chosen: list[str]) -> list[str]:
    """Return the sources to follow, once all that runs need is there.

    Raises:
        UsageError: No such source, or no contact for a live one.
        StoreError: The database cannot be used.
    """
    from corrigenda.fetch import require_contact
    from storage.file.connection import reading
    from storage.file.lock import run_lock
    from storage.queries.health import sources as held

    with suppress(StoreLocked), run_lock(settings.db, "a look by `schedule`", wait=0):
        pass
    followed = [source.name for source in sources.every()]
    with reading(settings.db) as store:
        known = [name for _, name in held(store) if name in followed]
    names = list(dict.fromkeys(chosen)) or known or followed
    for name in names:
        sources.get(name)
    require_contact(settings)
    return names


def _interval(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([smh])", text)
    if not found or not int(found.group(1)):
        raise UsageError(f"--every {text}: write 20s, 5m or 2h")
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})


@contextmanager
def _neutral_folder() -> Iterator[None]:
    """Work in an empty folder inside the block, as the processes of the runs then do.

    Prefect looks for a flow in the current folder first: one named flows there, somebody's
    own, would hide ours.
    """
    with tempfile.TemporaryDirectory(prefix="corrigenda-") as folder:
        here = Path.cwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)


def _tell(sentence: str) -> None:
    say(sentence, file=sys.stderr)
