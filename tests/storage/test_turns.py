"""Whose turn it is to write: one at a time, and nobody waits for ever."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corrigenda.errors import AlreadyServed, StoreLocked
from storage.file.lock import run_lock, sole

HOLDING = """
import sys
from pathlib import Path
from storage.file.lock import run_lock
with run_lock(Path(sys.argv[1]), "a run in between", wait=60) as turn:
    turn.db.execute("PRAGMA user_version")
    print("it has its turn", flush=True)
    sys.stdin.read()
"""


def test_nobody_waits_so_nothing_is_given(tmp_path: Path) -> None:
    with run_lock(tmp_path / "x.db", "a long run", wait=0) as turn:
        assert not turn.give_way()


def test_a_run_that_waits_has_its_turn_and_the_long_one_goes_on(tmp_path: Path) -> None:
    path, said = tmp_path / "x.db", []
    with run_lock(path, "a long run", wait=0) as turn:
        other = subprocess.Popen(
            [sys.executable, "-c", HOLDING, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert other.stdin is not None
        assert other.stdout is not None
        # It ends by itself once it has had its turn: told so by a thread, since we wait here.
        told: list[str] = []

        def let_go() -> None:
            assert other.stdout is not None
            assert other.stdin is not None
            told.append(other.stdout.readline())
            other.stdin.close()

        watcher = threading.Thread(target=let_go)
        watcher.start()
        while not turn.give_way(said.append):
            assert other.poll() is None
        watcher.join()
        assert other.wait(30) == 0
        assert told == ["it has its turn\n"]
        assert "a run in between" in said[0]
        with pytest.raises(StoreLocked, match="a long run"), run_lock(path, "late", wait=0):
            pass


def test_who_gives_up_waiting_leaves_the_queue(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with run_lock(path, "a long run", wait=0) as turn:
        with pytest.raises(StoreLocked, match="a long run"), run_lock(path, "brief", wait=0.1):
            pass
        assert not turn.give_way()


def test_there_is_one_schedule_of_a_database(tmp_path: Path) -> None:
    with sole(tmp_path / "x.db"), pytest.raises(AlreadyServed), sole(tmp_path / "x.db"):
        pass
    with sole(tmp_path / "x.db"):
        pass
