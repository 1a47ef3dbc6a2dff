"""Killed at any moment, an import goes on as if nothing had happened."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.audit.verify import verify
from tests.imports.conftest import archive_of, bring_archive, content_of_store, document

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20

# Small batches, so that there are many moments at which to be killed.
SCRIPT = """
import sys
from pathlib import Path
import flows.ways.archive
from flows.request import Request
from flows.account.progress import Silent, watched_by
from tests.imports.conftest import session_of
flows.ways.archive.BATCH, flows.ways.archive.TOGETHER = 10, 2

class Printer(Silent):
    def advanced(self, entries):
        print(entries, flush=True)

if __name__ == "__main__":
    with session_of(Path(sys.argv[2])) as session, watched_by(Printer()):
        flows.ways.archive.run(Request(archive=Path(sys.argv[1])), session)
"""


HELPED = """
import os, time
from corrigenda.processes import helpers

if __name__ == "__main__":
    with helpers(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive_of(tmp_path_factory.mktemp("archive"), *(document(n) for n in range(2000)))


def kill_after(archive: Path, db: Path, batches: int, pause: float) -> int:
    """Start an import and kill it when it has got so far; returns its status."""
    command = [sys.executable, "-c", SCRIPT, str(archive), str(db)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    for _ in range(batches):
        process.stdout.readline()
    time.sleep(pause)
    process.kill()
    process.stdout.close()
    return process.wait()


def test_killed_at_twenty_moments_it_ends_with_the_same_content(
    archive: Path, tmp_path: Path
) -> None:
    whole, db = tmp_path / "whole.db", tmp_path / "killed.db"
    bring_archive(whole, archive)
    moments = random.Random(4)
    for number in range(KILLS):
        # Each gets a little further than the last, and is killed somewhere in a batch.
        status = kill_after(archive, db, 2 + 3 * number, moments.uniform(0, 0.02))
        assert status == -signal.SIGKILL
    bring_archive(db, archive)
    assert content_of_store(db) == content_of_store(whole)
    assert verify(db).damages == []


def test_the_helpers_of_a_killed_import_are_gone_with_it(archive: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HELPED, str(archive)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert process.stdout is not None
    assert int(process.stdout.readline()) != process.pid
    process.kill()
    process.wait()
    # The helper held the other end of this pipe: it closes when the last of them is gone.
    assert process.stdout.read() == ""
