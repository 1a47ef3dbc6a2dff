"""The deployments as a worker runs them: registered with ``prefect deploy``, no ``schedule``."""

from __future__ import annotations

from pathlib import Path

from commands.demo.site import Replica
from flows.serving.definitions import definitions_file
from storage.file.connection import open_database
from tests.serving.machine import BIN, Machine, until


def test_a_worker_runs_what_the_schedule_makes(
    machine: Machine, site: Replica, db: Path, tmp_path: Path
) -> None:
    often, log, prefect = tmp_path / "prefect.yaml", tmp_path / "worker.log", BIN / "prefect"
    text = definitions_file().read_text("utf-8")
    often.write_text(text.replace('cron: "*/15 6-22 * * *"', "interval: 20"))
    machine.run(prefect, "work-pool", "create", "corrigenda", "--type", "process")
    deployed = machine.run(prefect, "deploy", "--all", "--prefect-file", often, cwd=tmp_path)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    settings = {"CORRIGENDA_DB": str(db), "CORRIGENDA_ORIGIN": site.url}
    machine.spawn([prefect, "worker", "start", "--pool", "corrigenda"], log, tmp_path, **settings)
    runs = until(lambda: machine.runs("Completed", made_by_schedule=True), log, machine.log)
    assert runs[0]["name"] == "ingest beehive"
    assert open_database(db).execute("SELECT count(*) FROM releases").fetchone()[0] == 11
    assert "Traceback" not in machine.log.read_text()
