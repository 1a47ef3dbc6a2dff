"""What every command that runs a flow needs: Prefect where it is wanted, a watching terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.showing.printing import print_json, say
from corrigenda.errors import CorrigendaError

if TYPE_CHECKING:
    from flows.request import Request
    from flows.session import Session
    from flows.work import Steps

Source = Annotated[
    str,
    typer.Argument(
        metavar="[SOURCE]",
        help="Which source; left out, the one the URLs belong to, or the only one there is.",
    ),
]
Origin = Annotated[
    str,
    typer.Option(
        envvar="CORRIGENDA_ORIGIN",
        help="Send requests to this address instead of the site's own; records keep the "
        "site's addresses. On loopback requests are not spaced out.",
    ),
]
Track = Annotated[
    bool,
    typer.Option(
        "--track",
        help="Make it a flow run of Prefect's, on a server started for it where there is none. "
        "With PREFECT_API_URL every run is one.",
    ),
]

INTERRUPTED = 130
_UNTRACKED = "Prefect does not track this run; it does with --track, or with PREFECT_API_URL set."


def prepare_prefect(*, quiet: bool = True) -> None:
    """Set Prefect's defaults before it is imported; what the user has set stays.

    Its log lines are rows in its database and double the cost of a task, its telemetry
    would call another host, and it prints a traceback for each of our own errors, which
    :func:`commands.main` tells in a sentence.
    """
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    # Twenty seconds by default, which a loaded machine takes to start the embedded server.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def run_flow(
    flow: str,
    request: Request,
    body: Callable[[Session, Steps], None],
    *,
    track: bool,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Do what a flow does under a watching terminal, and leave with the status it deserves.

    With a Prefect server it is a flow run. Without one the same is done in this process,
    and Prefect is not even imported: that takes longer than a check with nothing new.

    Args:
        flow: The flow's name, and its module's.
        request: What was asked for, settled.
        body: What the flow does.
        track: Start a server for it where there is none.
        as_json: Print the account as JSON.
        **parameters: The flow's, checked already.
    """
    from commands.showing.terminal import Terminal, render_tally
    from flows import work
    from flows.account.progress import watched_by

    state: Any = None
    with Terminal() as terminal, watched_by(terminal):
        try:
            if track or os.environ.get("PREFECT_API_URL"):
                state = _tracked(flow, parameters)
            else:
                terminal.say(_UNTRACKED)
                work.run(flow, request, body, work.Steps())
        except KeyboardInterrupt:
            _leave_interrupted()
    tally = terminal.tally
    if tally is None:  # it ended before there was an account: the state holds the reason
        _raise_reason(state)
        return
    if as_json:
        print_json(tally.as_json())
    else:
        say(render_tally(tally))
    if tally.needs_a_person:
        raise typer.Exit(1)


def _tracked(flow: str, parameters: dict[str, Any]) -> Any:
    """Run a flow on Prefect's server, or on one started for it; return its state."""
    prepare_prefect()
    from flows.serving.embedded import embedded

    try:
        with embedded(_announce_server):
            run = getattr(import_module(f"flows.{flow}"), flow)
            return run(**parameters, return_state=True)
    except CorrigendaError:
        raise
    except Exception as error:
        raise _prefect_trouble(error) from error


def _announce_server() -> None:
    """Say why nothing happens for some seconds."""
    say(
        "Starting the embedded Prefect server (about 20 seconds the first time, 5 after).",
        file=sys.stderr,
    )


def _prefect_trouble(error: Exception) -> CorrigendaError:
    """Return what to tell when Prefect itself could not run the flow."""
    if url := os.environ.get("PREFECT_API_URL"):
        return CorrigendaError(
            f"Prefect's server at {url} could not be used ({error}). Start it, or unset "
            "PREFECT_API_URL to run without; nothing was fetched"
        )
    return CorrigendaError(f"Prefect could not run the flow: {type(error).__name__}: {error}")


def _raise_reason(state: Any) -> None:
    """Raise what ended a flow early, as one of our own errors."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, CorrigendaError):
        raise error
    raise CorrigendaError(f"the run failed: {error}") from (
        error if isinstance(error, Exception) else None
    )


def _leave_interrupted() -> None:
    say(
        "\nInterrupted. Everything checked so far is kept; run the same command to go on.",
        file=sys.stderr,
    )
    raise typer.Exit(INTERRUPTED)
