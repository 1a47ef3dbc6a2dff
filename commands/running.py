"""What every command that runs a flow needs: Prefect made ready, a watching terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from commands.options import print_json
from corrigenda.errors import CorrigendaError

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

INTERRUPTED = 130


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


def run_flow(load: Callable[[], Callable[..., Any]], *, as_json: bool, **parameters: Any) -> None:
    """Run a flow under a watching terminal, and leave with the status it deserves.

    Args:
        load: Imports the flow, and Prefect with it; called once that is made ready.
        as_json: Print the account as JSON.
        **parameters: The flow's, checked already.
    """
    prepare_prefect()
    from commands.terminal import Terminal, render_tally
    from flows.account.progress import watched_by
    from flows.serving.embedded import start_embedded

    with Terminal() as terminal, watched_by(terminal):
        try:
            start_embedded(_announce_server)
            state = load()(**parameters, return_state=True)
        except KeyboardInterrupt:
            _leave_interrupted()
        except CorrigendaError:
            raise
        except Exception as error:
            raise _prefect_trouble(error) from error
    tally = terminal.tally
    if tally is None:  # it ended before there was an account: the state holds the reason
        _raise_reason(state)
        return
    if as_json:
        print_json(tally.as_json())
    else:
        print(render_tally(tally))
    if tally.needs_a_person:
        raise typer.Exit(1)


def _announce_server() -> None:
    """Say why nothing happens for some seconds."""
    print(
        "Starting the embedded Prefect server (about 20 seconds the first time, 5 after).",
        file=sys.stderr,
    )


def _prefect_trouble(error: Exception) -> CorrigendaError:
    """Return what to tell when Prefect itself could not run the flow."""
    if url := os.environ.get("PREFECT_API_URL"):
        return CorrigendaError(
            f"Prefect's server at {url} could not be used ({error}). Start it, or unset "
            "PREFECT_API_URL to use the embedded one; nothing was fetched"
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
    print(
        "\nInterrupted. Everything checked so far is kept; run the same command to go on.",
        file=sys.stderr,
    )
    raise typer.Exit(INTERRUPTED)
