"""Work shared with other processes, that never outlive this one."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from typing import TypeVar

_Result = TypeVar("_Result")

#: Fewer pieces of work than this are done sooner than another process begins.
LEAST = 8
#: Pieces given to each helper ahead of what it is doing.
_AHEAD = 4
#: The most helpers that one process keeps busy.
_MOST = 7


def shared(
    work: Iterator[Callable[[], _Result]], *, processes: int | None = None
) -> Generator[_Result, None, None]:
    """Do pieces of work on all cores.

    This process does its share, too, so that one of two processes is not for waiting; and
    all of it until the helpers have begun, which takes them half a second.

    Args:
        work: The pieces, which must be able to be pickled; taken up as they are needed.
        processes: So many, this one among them; as many as there are cores when left out.

    Yields:
        Their results, in order.
    """
    processes = min(processes or os.cpu_count() or 1, _MOST + 1)
    first = list(islice(work, LEAST))
    pieces = chain(first, work)
    if processes == 1 or len(first) < LEAST:
        for piece in pieces:
            yield piece()
        return
    with helpers(processes - 1) as pool:
        awake = pool.submit(os.getpid)
        most = _AHEAD * (processes - 1)
        waiting: deque[Future[_Result]] = deque()
        for piece in pieces:
            busy = sum(not future.done() for future in waiting)
            if awake.done() and busy < most:
                waiting.append(pool.submit(piece))
            else:
                waiting.append(_done(piece))
            while waiting and (waiting[0].done() or len(waiting) > 3 * most):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def helpers(number: int) -> ProcessPoolExecutor:
    """Return a pool of so many processes; use it as a context manager.

    Spawned, not forked: a flow has threads, and an open database.
    """
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_stay_near)


def _done(piece: Callable[[], _Result]) -> Future[_Result]:
    """Do a piece of work here and now."""
    future: Future[_Result] = Future()
    future.set_result(piece())
    return future


def _stay_near() -> None:
    """End with the process that asked for the work.

    Killed outright it cannot say so, and a helper would wait for more work for ever.
    """
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
