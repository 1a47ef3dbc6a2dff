"""One Prefect server a module, with a home of its own; the replica as the site."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands.demo.site import Replica
from tests.serving.machine import BIN, Machine, kill

Schedule = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(home=tmp_path_factory.mktemp("machine"))
    try:
        machine.start_server()
        yield machine
    finally:
        machine.close()


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "corrigenda.db"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "schedule.log"


@pytest.fixture
def schedule(
    machine: Machine, site: Replica, db: Path, log: Path, tmp_path: Path
) -> Iterator[Schedule]:
    """Start ``corrigenda schedule`` in a folder that has a ``flows`` package of its own."""
    folder = tmp_path / "somebody's"
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "__init__.py").write_text("raise SystemExit('not these flows')\n")
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
        command = [BIN / "corrigenda", "schedule", "--db", db, "--origin", site.url, *arguments]
        started.append(machine.spawn(command, log, folder, **environment))
        return started[-1]

    yield start
    for process in started:
        kill(process)
