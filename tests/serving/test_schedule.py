"""``corrigenda schedule`` as a person has it: runs that appear, and complete, by themselves."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from commands.demo.site import Replica
from storage.file.connection import open_database
from tests.serving.conftest import Schedule
from tests.serving.machine import BIN, Machine, kill, until

BRIDGE = "https://www.beehive.govt.nz/release/harbour-bridge-upgrade-funded"


def test_the_schedule_makes_runs_and_they_complete(
    machine: Machine, schedule: Schedule, site: Replica, db: Path, log: Path
) -> None:
    before = {run["id"] for run in machine.runs("Completed")}
    process = schedule("--every", "20s")

    def completed(made_by_schedule: bool) -> list[dict[str, object]]:
        found = machine.runs("Completed", made_by_schedule=made_by_schedule)
        return [run for run in found if run["id"] not in before]

    asked = until(lambda: completed(False), log, machine.log)
    assert asked[0]["name"] == "ingest beehive", "one at once, before the schedule's first"
    site.edit("harbour-bridge-upgrade-funded", body="<p>Nothing is funded any more.</p>")
    made = until(lambda: len(completed(True)) > 1 and completed(True), log, machine.log)
    assert {run["name"] for run in made} == {"ingest beehive"}
    held = open_database(db).execute("SELECT kind FROM changes WHERE kind = 'revised'").fetchall()
    assert ("revised",) in held
    until(lambda: "ingest/scheduled: next run" in log.read_text(), log)
    said = log.read_text()
    assert re.search(r"next run .* \d\d:\d\d:\d\d Pacific/Auckland \(\d\d:\d\d:\d\d UTC\)\.", said)
    assert "backfill/manual: runs when it is asked for." in said
    assert "Traceback" not in machine.log.read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()
    assert not machine.deployment()["paused"]
    assert all(plan["active"] for plan in machine.deployment()["schedules"])
    assert not machine.runs("Running")
    assert not machine.runs("Pending")
    assert machine.slots() == 0


def test_a_paused_schedule_stays_paused(
    machine: Machine, schedule: Schedule, log: Path, site: Replica
) -> None:
    first = schedule()
    until(lambda: "ingest/scheduled: next run" in log.read_text(), log, machine.log)
    kill(first, signal.SIGTERM)
    deployment = machine.deployment()
    (plan,) = deployment["schedules"]
    command = [BIN / "prefect", "deployment", "schedule", "pause", "ingest/scheduled", plan["id"]]
    assert machine.run(*command).returncode == 0
    site.hits.clear()
    schedule("--every", "5s")
    until(lambda: "paused in Prefect" in log.read_text(), log)
    assert not any(plan["active"] for plan in machine.deployment()["schedules"])
    assert not site.hits
    command[3] = "resume"
    assert machine.run(*command).returncode == 0


def test_a_run_that_saw_nothing_shows_so_in_prefect(
    machine: Machine, schedule: Schedule, site: Replica, log: Path
) -> None:
    site.challenged.update(site.items)
    schedule()
    blocked = until(lambda: machine.runs("Blocked"), log, machine.log)[0]
    assert blocked["state_type"] == "FAILED"
    assert "challenge" in blocked["state"]["message"]
    site.feed_override = b"this is no feed"
    site.challenged.clear()
    run = machine.ask_for("ingest/scheduled")
    until(lambda: machine.run_of(run)["state_type"] in ("FAILED", "CANCELLED"), log)
    assert machine.run_of(run)["state"]["name"] in ("Unseen", "Blocked")
    assert machine.run_of(run)["state"]["message"]
    assert "TypeError" not in log.read_text()


def test_names_and_what_a_form_is_refused_for(
    machine: Machine, schedule: Schedule, log: Path, db: Path
) -> None:
    schedule()
    until(lambda: "backfill/manual" in log.read_text(), log, machine.log)
    typed = machine.ask_for("backfill/manual", name="before-budget", urls=[BRIDGE])
    until(lambda: machine.run_of(typed)["state_type"] == "COMPLETED", log, machine.log)
    assert machine.run_of(typed)["name"] == "before-budget"
    assert open_database(db).execute("SELECT count(*) FROM releases").fetchone()[0] >= 1
    command = [BIN / "prefect", "deployment", "run", "backfill/manual", "-p"]
    assert machine.run(*command, f"urls={json.dumps([BRIDGE])}", "-p", "limit=-3").returncode != 0
    for empty in ({}, {"source": "beehive"}, {"urls": [], "sitemap": False, "urls_file": None}):
        with pytest.raises(httpx.HTTPStatusError, match="409"):
            machine.ask_for("backfill/manual", **empty)
    assert machine.run(BIN / "prefect", "deployment", "ls").returncode == 0  # 422 with new FastAPI
    assert machine.run(*command, f"urls={json.dumps([BRIDGE])}").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "said"),
    [
        ((), {"CORRIGENDA_ORIGIN": ""}, 2, "CORRIGENDA_CONTACT"),
        (("--origin", "http://127.0.0.1:9", "--every", "soon"), {}, 2, "20s"),
        (("--origin", "http://127.0.0.1:9", "--source", "no"), {}, 2, "no source named"),
        (("--origin", "http://127.0.0.1:9", "--db", "no/x.db"), {}, 1, "folder"),
        (("--origin", "http://127.0.0.1:9", "--db", "junk.db"), {}, 1, "not a Corrigenda"),
        (
            ("--origin", "http://127.0.0.1:9"),
            {"PREFECT_API_URL": "http://127.0.0.1:9/api"},
            1,
            "prefect server start",
        ),
        (("--every", "20s"), {"CORRIGENDA_CONTACT": "a@b.nz"}, 2, "too often"),
    ],
)
def test_what_it_cannot_run_with_is_told_at_once(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], status: int, said: str
) -> None:
    (tmp_path / "junk.db").write_text("no database, this")
    machine = Machine(home=tmp_path)  # no server: that is looked for last
    result = subprocess.run(
        [BIN / "corrigenda", "schedule", *arguments],
        cwd=tmp_path, env={**machine.environment, **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert said in result.stderr
    assert result.returncode == status
    assert "Traceback" not in result.stderr
