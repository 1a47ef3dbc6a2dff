"""Work shared between processes: every piece once, in order, whatever becomes of a helper."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import pytest

from corrigenda.errors import HelperLost
from corrigenda.processes import LEAST, shared


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
    apart = {process for _, process in done} - {os.getpid()}
    assert len(apart) <= (0 if processes == 1 else processes)


def test_little_work_begins_no_process() -> None:
    done = list(shared((partial(piece, n) for n in range(LEAST - 1)), processes=2))
    assert {process for _, process in done} == {os.getpid()}


def test_a_helper_that_is_killed_is_an_error_that_says_what_to_do() -> None:
    done: list[int] = []
    work = shared((partial(fatal, os.getpid(), n) for n in range(500)), processes=2)
    with pytest.raises(HelperLost, match="run the same command again"):
        done.extend(work)
    assert done == list(range(len(done))), "nothing is skipped before the error"


def test_an_error_in_a_piece_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        list(shared((partial(divmod, 1, n % 20 - 10) for n in range(40)), processes=2))
