"""Ctrl-C as a terminal sends it: to every process of the command at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands.demo.site import Replica
from storage.file.connection import open_database

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups")

COMMAND = [sys.executable, "-c", "from commands import main; main()"]
SHARING = """
import os, sys, time
from functools import partial
from pathlib import Path
from corrigenda.processes import shared

def piece(parent, folder, number):
    time.sleep(0.02)
    if os.getpid() != parent:
        (folder / "helped").touch()

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    work = (partial(piece, os.getpid(), folder, number) for number in range(100_000))
    try:
        for _ in shared(work, processes=3):
            pass
    except KeyboardInterrupt:
        print("interrupted")
"""


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str]:
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=60)


@pytest.mark.parametrize("options", [(), ("--track",)])
def test_ctrl_c_ends_a_run_in_order(options: tuple[str, ...], tmp_path: Path) -> None:
    """The embedded server must outlive it: the command waited 80 seconds for one that did not."""
    db, urls = tmp_path / "c.db", tmp_path / "urls.txt"
    with Replica() as site:
        site.pause = 0.5
        urls.write_text("\n".join(item.url for item in site.items.values()))
        process = subprocess.Popen(
            [*COMMAND, "backfill", "--urls", str(urls), "--db", str(db), "--origin", site.url,
             *options],
            env={**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )  # fmt: skip
        while len(site.hits) < 4 and process.poll() is None:
            time.sleep(0.02)
        _, said = interrupt(process)
    assert process.returncode == 130, said
    assert "Everything checked so far is kept" in said
    assert "Traceback" not in said
    assert "Connect" not in said
    store = open_database(db)
    assert store.execute("SELECT outcome FROM runs").fetchone() == ("stopped",)
    assert store.execute("SELECT count(*) FROM versions").fetchone()[0] >= 1


def test_helpers_leave_ctrl_c_to_the_process_that_asked_for_the_work(tmp_path: Path) -> None:
    script = tmp_path / "sharing.py"
    script.write_text(SHARING)
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (tmp_path / "helped").exists() and process.poll() is None:
        time.sleep(0.02)
    told, said = interrupt(process)
    assert (process.returncode, told, said) == (0, "interrupted\n", "")
