"""Both deployments, served by one process on a real server, as a person would have them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prefect.flows import load_flow_from_entrypoint
from prefect.settings import PREFECT_API_URL

from commands.demo.site import Replica
from flows.serving.definitions import definitions_file, deployments
from storage.file.connection import open_database
from storage.queries.log.changes import changes

PREFECT = str(Path(sys.executable).with_name("prefect"))
BRIDGE = "https://www.beehive.govt.nz/release/harbour-bridge-upgrade-funded"


def test_every_entry_point_loads() -> None:
    for spec in yaml.safe_load(definitions_file().read_text("utf-8"))["deployments"]:
        flow = load_flow_from_entrypoint(spec["entrypoint"], use_placeholder_flow=False)
        assert set(spec["parameters"]) <= set(flow.parameters.properties)


def test_every_parameter_is_described_on_prefects_form() -> None:
    for deployment in deployments():
        schema = deployment._parameter_openapi_schema
        assert all(p.get("description") for p in schema.properties.values())


def test_neither_deployment_overlaps_itself() -> None:
    for deployment in deployments():
        assert deployment.concurrency_limit == 1
        assert str(deployment.concurrency_options.collision_strategy.value) == "CANCEL_NEW"


def test_ingest_runs_every_quarter_of_an_hour_by_day_in_new_zealand() -> None:
    (scheduled,) = [d for d in deployments() if d.name == "scheduled"]
    (schedule,) = [s.schedule for s in scheduled.schedules or []]
    assert (schedule.cron, schedule.timezone) == ("*/15 6-22 * * *", "Pacific/Auckland")


@pytest.fixture
def served(
    prefect_server: None, site: Replica, db: Path, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """``corrigenda schedule`` running; yields the environment to talk to its server."""
    environment = {
        **os.environ,
        "PREFECT_API_URL": str(PREFECT_API_URL.value()),
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    }
    command = "from commands import main; main()"
    log = (tmp_path / "schedule.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-c", command, "schedule", "--db", str(db), "--origin", site.url],
        cwd=tmp_path,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield environment
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        log.close()


def test_a_backfill_triggered_by_hand_shows_in_the_store_and_nonsense_is_refused(
    served: dict[str, str], db: Path, tmp_path: Path
) -> None:
    command = [PREFECT, "deployment", "run", "backfill/manual", "-p"]
    parameter = f"urls={json.dumps([BRIDGE])}"
    _until(lambda: _runs([*command, parameter], served))
    assert not _runs([*command, "limit=-3"], served)
    assert _runs([PREFECT, "deployment", "ls"], served)  # 422 with a FastAPI that is too new
    _until(lambda: db.exists() and _published(db) == [BRIDGE], tmp_path / "schedule.log")


def _runs(command: list[str], environment: dict[str, str]) -> bool:
    return not subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def _published(db: Path) -> list[str]:
    try:
        return [c.url for c in changes(open_database(db))]
    except Exception:
        return []


def _until(condition: object, log: Path | None = None) -> None:
    """Wait for something another process does; give up after a minute."""
    deadline = time.monotonic() + 60
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            pytest.fail(f"it did not happen within a minute\n{log.read_text() if log else ''}")
        time.sleep(0.5)
