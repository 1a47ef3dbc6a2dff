"""A Prefect server and a schedule as processes of their own, and what the server says of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import pytest

T = TypeVar("T")
BIN = Path(sys.executable).parent
#: Seconds after which what should have happened is given up: no verdict, but an end.
PATIENCE = 90.0


def until(condition: Callable[[], T], *logs: Path) -> T:
    """Wait for something another process does, and return what it was."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            said = "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in logs)
            pytest.fail(f"it did not happen within {PATIENCE:.0f} s\n{said}")
        time.sleep(0.2)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class Machine:
    """One machine: its Prefect server, and what runs against it."""

    home: Path
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    others: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PREFECT_HOME": str(self.home / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_DEFAULT_WORK_POOL_NAME": "corrigenda",
            "PREFECT_LOGGING_LEVEL": "INFO",
            "CORRIGENDA_BACKOFF": "0",
        }

    def start_server(self) -> None:
        command = [BIN / "prefect", "server", "start", "--port", str(self.port), "--no-ui"]
        self.server = self.spawn(command, self.log, cwd=self.home)
        until(self.answers, self.log)

    def answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.api}/health").is_success
        return False

    def spawn(
        self, command: Sequence[object], log: Path, cwd: Path, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, its output in a file."""
        with log.open("ab") as out:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.others.append(process)
        return process

    def run(self, *command: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd or self.home,
            env={**self.environment, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def ask(self, path: str, **body: Any) -> Any:
        """Ask the server's API as its own pages do."""
        answer = httpx.post(f"{self.api}/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str = "ingest/scheduled") -> dict[str, Any]:
        answer = httpx.get(f"{self.api}/deployments/name/{name}", timeout=30)
        answer.raise_for_status()
        return dict(answer.json())

    def runs(
        self, state: str = "", *, made_by_schedule: bool | None = None
    ) -> list[dict[str, Any]]:
        """Return flow runs, the latest first."""
        chosen = {"flow_runs": {"state": {"name": {"any_": [state]}}}} if state else {}
        found = self.ask("flow_runs/filter", sort="START_TIME_DESC", **chosen)
        return [
            run
            for run in found
            if made_by_schedule is None or run["auto_scheduled"] == made_by_schedule
        ]

    def ask_for(
        self, deployment: str, name: str | None = None, **parameters: Any
    ) -> dict[str, Any]:
        """Trigger a deployment as the form does."""
        body: dict[str, Any] = {"parameters": parameters} | ({"name": name} if name else {})
        path = f"deployments/{self.deployment(deployment)['id']}/create_flow_run"
        return dict(self.ask(path, **body))

    def run_of(self, run: dict[str, Any]) -> dict[str, Any]:
        return dict(httpx.get(f"{self.api}/flow_runs/{run['id']}", timeout=30).json())

    def slots(self, deployment: str = "ingest/scheduled") -> int:
        return int(self.deployment(deployment)["global_concurrency_limit"]["active_slots"])

    def close(self) -> None:
        for process in reversed(self.others):
            kill(process)


def kill(process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
    """Kill a process and all that it started."""
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.Error):
                child.send_signal(number)
    with suppress(ProcessLookupError):
        process.send_signal(number)
    process.wait(30)
