"""What dies, and what the next start makes of it: the schedule, a run's process, the server."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from commands.demo.site import Replica
from flows.serving.orphans import processes
from storage.file.connection import open_database
from storage.file.lock import run_lock
from tests.serving.conftest import Schedule
from tests.serving.machine import Machine, free_port, kill, until


def a_run_goes_on(machine: Machine, site: Replica, log: Path) -> dict[str, Any]:
    """Return the run that is going on, once it has fetched something."""
    until(lambda: len(site.hits) > 3, log, machine.log)
    return until(lambda: machine.runs("Running"), log, machine.log)[0]


def completed(machine: Machine) -> set[str]:
    return {run["id"] for run in machine.runs("Completed")}


def test_the_schedule_and_its_run_are_killed_outright(
    machine: Machine, schedule: Schedule, site: Replica, db: Path, log: Path
) -> None:
    site.pause = 0.5
    process = schedule()
    run = a_run_goes_on(machine, site, log)
    kill(process)
    assert machine.run_of(run)["state"]["name"] == "Running", "nobody told Prefect"
    assert machine.slots() == 1
    before = completed(machine)
    site.pause = 0
    again = schedule()
    until(lambda: completed(machine) - before, log, machine.log)
    ended = machine.run_of(run)
    assert ended["state_type"] == "CRASHED"
    assert "killed" in ended["state"]["message"]
    assert "marked as crashed" in log.read_text()
    until(lambda: not machine.slots(), log)
    kill(again, signal.SIGTERM)
    with run_lock(db, "a look", wait=0) as turn:
        assert turn.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_schedule_alone_is_killed_and_its_run_ends_by_itself(
    machine: Machine, schedule: Schedule, site: Replica, log: Path
) -> None:
    """Its output leads nowhere any more: it ends at its next word, or before, when it is done."""
    site.pause = 0.5
    process = schedule()
    run = a_run_goes_on(machine, site, log)
    process.kill()  # and not the run's own process
    process.wait(30)
    until(lambda: machine.run_of(run)["state_type"] in ("CRASHED", "COMPLETED"), log, machine.log)
    before = completed(machine)
    site.pause = 0
    schedule()
    until(lambda: completed(machine) - before, log, machine.log)


def test_a_runs_process_is_killed_and_the_schedule_goes_on(
    machine: Machine, schedule: Schedule, site: Replica, log: Path
) -> None:
    site.pause = 0.5
    process = schedule()
    run = a_run_goes_on(machine, site, log)
    ours = processes(psutil.Process(process.pid).children(recursive=True))
    next(iter(ours.values())).kill()
    until(lambda: machine.run_of(run)["state_type"] == "CRASHED", log, machine.log)
    until(lambda: not machine.slots(), log)
    site.pause = 0
    again = machine.ask_for("ingest/scheduled")
    until(lambda: machine.run_of(again)["state_type"] == "COMPLETED", log, machine.log)
    assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_in_the_middle_of_a_run_it_leaves_nothing_waiting(
    machine: Machine, schedule: Schedule, site: Replica, db: Path, log: Path, number: int
) -> None:
    site.pause = 2.0
    process = schedule()
    run = a_run_goes_on(machine, site, log)
    os.killpg(process.pid, number)  # as a terminal does, and as systemd does
    assert process.wait(60) == 0
    assert "Stopped. The schedules stay active" in log.read_text()
    assert machine.run_of(run)["state_type"] in ("CRASHED", "CANCELLED")
    assert machine.slots() == 0
    assert not machine.deployment()["paused"]
    # A process that two signals reach, the group's and ours, may have no time to close its
    # account: the next run does that.
    site.pause = 0
    before = completed(machine)
    again = schedule()
    until(lambda: completed(machine) - before, log, machine.log)
    kill(again, signal.SIGTERM)
    outcomes = open_database(db).execute("SELECT outcome FROM runs ORDER BY id").fetchall()
    assert outcomes[:2] == [("stopped",), ("done",)]


def test_the_server_is_killed_and_comes_back(
    machine: Machine, schedule: Schedule, site: Replica, log: Path
) -> None:
    site.pause = 0.5
    process = schedule("--every", "20s")
    run = a_run_goes_on(machine, site, log)
    assert machine.server is not None
    kill(machine.server)
    until(lambda: "is gone, or was for a while" in log.read_text(), log)
    site.pause = 0
    machine.start_server()
    until(lambda: "server answers." in log.read_text(), log)
    until(lambda: machine.run_of(run)["state_type"] == "CRASHED", log, machine.log)
    before = completed(machine)
    until(lambda: completed(machine) - before, log, machine.log)
    assert process.poll() is None


def test_without_a_server_it_starts_one_that_ends_with_it(
    schedule: Schedule, log: Path, tmp_path: Path
) -> None:
    process = schedule(PREFECT_API_URL="", PREFECT_HOME=str(tmp_path / "prefect"))
    until(lambda: "Finished in state Completed" in log.read_text(), log)
    assert "its pages will be at http://127.0.0.1:" in log.read_text()
    (server,) = [
        child
        for child in psutil.Process(process.pid).children()
        if "flows.serving.host" in child.cmdline()
    ]
    process.kill()
    process.wait(30)
    until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, log)


def test_a_second_schedule_of_a_database_is_refused(
    machine: Machine, schedule: Schedule, log: Path
) -> None:
    schedule()
    until(lambda: "backfill/manual" in log.read_text(), log)
    second = schedule(PREFECT_API_URL=f"http://127.0.0.1:{free_port()}/api")
    assert second.wait(60) == 1
    assert "run by another process already" in log.read_text()
