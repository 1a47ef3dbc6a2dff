"""Work shared between processes: every piece once, in order, whatever becomes of a helper."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from corrigenda.errors import HelperLost
from storage.bulk.processes import LEAST, shared


def piece(number: int, seconds: float = 0.0) -> tuple[int, int]:
    """Return the number, and the process that was given it."""
    time.sleep(seconds)
    return number, os.getpid()


def fatal(parent: int, number: int) -> int:
    """End whichever process does this, unless it is the one that asked."""
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_every_piece_is_done_once_and_in_order(processes: int) -> None:
    work = (partial(piece, number, 0.002 * (number % 5)) for number in range(200))
    done = list(shared(work, processes=processes))
    assert [number for number, _ in done] == list(range(200))
    assert len({process for _, process in done}) <= processes


def test_little_work_begins_no_process() -> None:
    done = list(shared((partial(piece, n) for n in range(LEAST - 1)), processes=2))
    assert {process for _, process in done} == {os.getpid()}


#: Pieces done in this process, and how many of them it takes before the helper may go on.
HERE: list[int] = []
ENOUGH: list[int] = []


def held_up(parent: int, folder: Path, number: int) -> bool:
    """In a helper, wait until the other process has done nearly everything; tell if it did."""
    if os.getpid() != parent:
        (folder / "begun").touch()
        until = time.monotonic() + 30
        while not (folder / "done").exists() and time.monotonic() < until:
            time.sleep(0.01)
        return (folder / "done").exists()
    HERE.append(number)
    if ENOUGH and len(HERE) >= ENOUGH[0]:
        (folder / "done").touch()
    time.sleep(0.005)
    return True


def test_what_a_busy_helper_has_not_begun_is_taken_back(tmp_path: Path) -> None:
    def work() -> Iterator[Callable[[], bool]]:
        total = 0
        while not (tmp_path / "begun").exists():
            yield partial(held_up, os.getpid(), tmp_path, total)
            total += 1
            time.sleep(0.1)
        for number in range(30):
            yield partial(held_up, os.getpid(), tmp_path, total + number)
        # One is being done over there, and two are on their way and cannot be called back.
        ENOUGH.append(total + 30 - 4)

    assert all(shared(work(), processes=2)), "this process waited for the helper"


def test_a_helper_that_is_killed_is_an_error_that_says_what_to_do() -> None:
    done: list[int] = []
    work = shared((partial(fatal, os.getpid(), n) for n in range(500)), processes=2)
    with pytest.raises(HelperLost, match="run the same command again"):
        done.extend(work)
    assert done == list(range(len(done))), "nothing is skipped before the error"


def test_an_error_in_a_piece_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        list(shared((partial(divmod, 1, n % 20 - 10) for n in range(40)), processes=2))
