"""Serving deployments until interrupted, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import psutil
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_logger
from prefect.runner import Runner

from corrigenda.interrupts import sigterm_interrupts
from flows.serving.next_runs import tell_next_runs
from flows.serving.orphans import clear, processes
from flows.serving.server import Server

#: Seconds a run has to close its account when the schedule ends.
_GRACE = 8.0
#: Seconds between two looks at the server, and looks without an answer until it is gone.
_LOOK, _MISSING = 3.0, 4
#: Failures with a server that is well, after which it is no use.
_FAILURES = 3

Tell = Callable[[str], None]


class _Runner(Runner):
    """Prefect's runner, ended by SIGTERM in order: from its loop, not from a signal handler."""

    main: asyncio.Task[Any] | None = None

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        assert self.main is not None
        self.main.get_loop().call_soon_threadsafe(self.main.cancel)


def serve(server: Server, deployments: Sequence[RunnerDeployment], tell: Tell) -> None:
    """Serve deployments until interrupted by Ctrl-C or SIGTERM.

    `ingest` runs once at the start. When the server goes away it is waited for, and what
    died with it is cleared. Schedules stay as they are: active or paused.

    Args:
        server: Prefect's, answering.
        deployments: What to serve.
        tell: Called with each thing worth knowing, as a sentence.
    """
    served: list[tuple[str, UUID]] = []
    failures = 0
    why = "The schedule was stopped, or killed, and the run with it."
    try:
        while True:
            runner = _Runner(
                name="corrigenda",
                pause_on_shutdown=False,
                # Taken early it would hold its slot early, and what a person asks for be cancelled.
                prefetch_seconds=0,
            )
            try:
                served = _begin(runner, deployments, why, tell)
                # Prefect prints the tracebacks of a server that is gone; one sentence will do.
                with contextlib.redirect_stdout(io.StringIO()):
                    asyncio.run(_run(runner, server, served, tell))
            except Exception as error:
                failures = failures + 1 if server.is_well() else 0
                if failures == _FAILURES:
                    raise
                get_logger("corrigenda").debug("Serving ended.", exc_info=error)
            finally:
                sigterm_interrupts()  # the runner put its own handler there
                _end_runs()
            tell(f"Prefect's server at {server.url} is gone, or was for a while.")
            why = "Prefect's server was gone, and the run with it."
            server.wait(tell)
            tell("Prefect's server answers.")
    except (KeyboardInterrupt, asyncio.CancelledError):
        with suppress(Exception), get_client(sync_client=True) as client:
            _clear(client, served, "The schedule was stopped, and the run with it.", tell)
        tell("Stopped. The schedules stay active, and what was checked is kept.")


def _begin(
    runner: Runner, deployments: Sequence[RunnerDeployment], why: str, tell: Tell
) -> list[tuple[str, UUID]]:
    """Register deployments, clear what died, and ask for the first run."""
    with get_client(sync_client=True) as client:
        for deployment in deployments:
            _keep_paused(client, deployment)
        served = [(d.full_name, _register(runner, d)) for d in deployments]
        _clear(client, served, why, tell)
        for (_, identity), deployment in zip(served, deployments, strict=True):
            if deployment.flow_name == "ingest" and _is_active(client, identity):
                client.create_flow_run_from_deployment(identity)
    return served


def _register(runner: Runner, deployment: RunnerDeployment) -> UUID:
    identity = runner.add_deployment(deployment)
    assert isinstance(identity, UUID)  # a coroutine only when called from async code
    return identity


async def _run(
    runner: _Runner, server: Server, served: Sequence[tuple[str, UUID]], tell: Tell
) -> None:
    """Run what is due until interrupted, or until the server is gone.

    The runs' processes are ended first: the runner would wait for each, and a process whose
    server is gone tries for minutes to tell it something.
    """
    main = runner.main = asyncio.current_task()
    assert main is not None
    serving = asyncio.ensure_future(runner.start())
    watching = asyncio.create_task(_until_gone(server))
    telling = asyncio.create_task(tell_next_runs(served, tell))
    try:
        done, _ = await asyncio.wait({serving, watching}, return_when=asyncio.FIRST_COMPLETED)
        if serving in done:
            serving.result()  # raises what ended it
    finally:
        await asyncio.to_thread(_end_runs)
        for work in (serving, watching, telling):
            work.cancel()
        await asyncio.gather(serving, watching, telling, return_exceptions=True)


async def _until_gone(server: Server) -> None:
    """Wait until the server has not answered for some time."""
    missing = 0
    while missing < _MISSING:
        await asyncio.sleep(_LOOK)
        missing = 0 if await asyncio.to_thread(server.is_well) else missing + 1


def _keep_paused(client: SyncPrefectClient, deployment: RunnerDeployment) -> None:
    """Leave a schedule paused that somebody paused: registering it would switch it on."""
    with suppress(ObjectNotFound):
        found = client.read_deployment_by_name(deployment.full_name)
        deployment.paused = found.paused
        if found.schedules and not any(schedule.active for schedule in found.schedules):
            for schedule in deployment.schedules or []:
                schedule.active = False


def _is_active(client: SyncPrefectClient, identity: UUID) -> bool:
    found = client.read_deployment(identity)
    return not found.paused and any(schedule.active for schedule in found.schedules)


def _clear(
    client: SyncPrefectClient, served: Sequence[tuple[str, UUID]], why: str, tell: Tell
) -> None:
    for sentence in clear(client, [identity for _, identity in served], why):
        tell(sentence)


def _end_runs() -> None:
    """End the processes that this one started for runs; each has time to close its account."""
    ours = list(processes(psutil.Process().children(recursive=True)).values())
    for process in ours:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(ours, timeout=_GRACE)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
