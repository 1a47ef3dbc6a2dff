"""Commands that fetch, as processes of their own, with and without a Prefect server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prefect.settings import PREFECT_API_URL

from commands.demo.site import Replica
from storage.file.connection import open_database
from storage.file.lock import run_lock
from tests.cli.conftest import Corrigenda

COMMAND = [sys.executable, "-c", "from commands import main; main()"]


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


def test_ingest_as_json_has_the_promised_shape(
    corrigenda: Corrigenda, site: Replica, tmp_path: Path
) -> None:
    arguments = ("ingest", "--db", tmp_path / "c.db", "--origin", site.url, "--json")
    first = corrigenda(*arguments)
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout.splitlines()[-1])
    assert told == {
        "run": 1,
        "flow": "ingest",
        "source": "beehive",
        "entries": 11,
        "verdicts": {"release": 11},
        "versions_added": 11,
        "changes": {"published": 11},
        "issues": 0,
        "blocked": False,
    }
    again = json.loads(corrigenda(*arguments).stdout.splitlines()[-1])
    assert (again["verdicts"], again["versions_added"], again["changes"]) == (
        {"unmodified": 11}, 0, {},
    )  # fmt: skip


def test_on_a_server_it_is_a_flow_run(
    corrigenda: Corrigenda, site: Replica, prefect_server: None, tmp_path: Path
) -> None:
    url = str(PREFECT_API_URL.value())
    arguments = ("ingest", "--db", tmp_path / "c.db", "--origin", site.url)
    result = corrigenda(*arguments, PREFECT_API_URL=url)
    assert result.returncode == 0, result.stderr
    assert "11 new versions" in result.stdout
    ((identity,),) = open_database(tmp_path / "c.db").execute("SELECT prefect_id FROM runs")
    run = httpx.get(f"{url}/flow_runs/{identity}").raise_for_status().json()
    assert (run["name"], run["state_type"]) == ("ingest beehive", "COMPLETED")


def test_without_a_server_prefect_is_not_even_imported(site: Replica, tmp_path: Path) -> None:
    script = (
        "import atexit, sys; from commands import main;"
        "atexit.register(lambda: print('prefect' in sys.modules));"
        "main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, "ingest", "--db", str(tmp_path / "c.db"),
         "--origin", site.url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "11 new versions" in result.stdout
    assert result.stdout.splitlines()[-1] == "False"
    assert "--track" in result.stderr
    runs = open_database(tmp_path / "c.db").execute("SELECT prefect_id, outcome FROM runs")
    assert runs.fetchall() == [(None, "done")]


def test_a_blocked_source_exits_1_and_says_so(
    corrigenda: Corrigenda, site: Replica, tmp_path: Path
) -> None:
    site.challenged.update(site.items)
    arguments = ("ingest", "--db", tmp_path / "c.db", "--origin", site.url)
    first = corrigenda(*arguments)
    assert first.returncode == 1
    assert "11 published" in first.stdout, "the feed told that much"
    result = corrigenda(*arguments)
    assert result.returncode == 1
    assert "Blocked" in result.stdout
    assert "changes: none" not in result.stdout
    assert "unknown, not unchanged" in result.stdout


def test_interrupted_it_loses_nothing_finished(site: Replica, tmp_path: Path) -> None:
    db, urls = tmp_path / "c.db", tmp_path / "urls.txt"
    urls.write_text("\n".join(item.url for item in site.items.values()))
    site.pause = 0.3
    arguments = ["backfill", "--urls", str(urls), "--db", str(db), "--origin", site.url]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env={name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(site.hits) < 4 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "kept" in said
    assert "Traceback" not in said
    store = open_database(db)
    held = store.execute("SELECT count(*) FROM versions").fetchone()[0]
    assert 1 <= held < 11
    assert store.execute("SELECT outcome FROM runs").fetchone() == ("stopped",)
    site.pause = 0
    again = subprocess.run(
        [*COMMAND, *arguments, "--json"], env={**os.environ}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert json.loads(again.stdout.splitlines()[-1])["versions_added"] == 11 - held


def test_killed_outright_the_file_is_as_if_the_run_had_stopped_between_releases(
    site: Replica, tmp_path: Path
) -> None:
    db, urls = tmp_path / "c.db", tmp_path / "urls.txt"
    urls.write_text("\n".join(item.url for item in site.items.values()))
    site.pause = 0.1
    process = subprocess.Popen(
        [*COMMAND, "backfill", "--urls", str(urls), "--db", str(db), "--origin", site.url],
        env={**os.environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(site.hits) < 6 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait(30)
    with run_lock(db, "a look", wait=0) as turn:  # the dead process's lock is gone with it
        store = turn.db
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        counts = {
            store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("versions", "observations", "spans", "changes")
        }
    assert len(counts) == 1


def test_a_dry_run_says_how_much_and_fetches_nothing(
    corrigenda: Corrigenda, site: Replica, tmp_path: Path
) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("\n".join([*(i.url for i in site.items.values()), "nonsense"]))
    result = corrigenda("backfill", "--urls", urls, "--dry-run")
    assert result.returncode == 0
    assert "11 entries wanted" in result.stdout
    assert "1 min" in result.stdout  # 11 requests, 10 s apart
    assert "nonsense" in result.stdout
    assert not site.hits
    assert not (tmp_path / "corrigenda.db").exists()


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "said"),
    [
        (("ingest",), {}, 2, "contact"),
        (("ingest", "nowhere"), {"CORRIGENDA_CONTACT": "a@b.nz"}, 2, "no source named"),
        (("ingest",), {"CORRIGENDA_DELAY": "soon"}, 2, "CORRIGENDA_DELAY"),
        (("backfill",), {}, 2, "--urls"),
        (("backfill", "--urls", "no.txt"), {}, 2, "cannot be read"),
        (
            ("ingest", "--db", "no/such/folder/x.db", "--origin", "http://127.0.0.1:9"),
            {},
            1,
            "folder",
        ),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    corrigenda: Corrigenda, no_traceback: object,
    arguments: tuple[str, ...], environment: dict[str, str], status: int, said: str,
) -> None:  # fmt: skip
    result = corrigenda(*arguments, **environment)
    assert said in result.stderr
    assert result.returncode == status
    no_traceback(result)  # type: ignore[operator]


def test_a_prefect_server_that_is_not_there_is_told(
    corrigenda: Corrigenda, site: Replica, no_traceback: object, tmp_path: Path
) -> None:
    result = corrigenda(
        "ingest", "--db", tmp_path / "c.db", "--origin", site.url,
        PREFECT_API_URL="http://127.0.0.1:9/api",
    )  # fmt: skip
    assert result.returncode == 1
    assert "Prefect" in result.stderr
    assert "PREFECT_API_URL" in result.stderr
    no_traceback(result)  # type: ignore[operator]
