"""Work shared with other processes, that never outlive this one."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context, parent_process
from typing import Generic, ParamSpec, TypeVar

from corrigenda.errors import HelperLost
from corrigenda.interrupts import withheld_from_children

_P = ParamSpec("_P")
_Result = TypeVar("_Result")

#: Fewer pieces of work than this are done sooner than another process begins.
LEAST = 8
#: Pieces given to each helper ahead of what it is doing: enough for as long as the results
#: of the ones before take to be written.
_AHEAD = 12
#: The most helpers that one process keeps busy.
_MOST = 7


def shared(
    work: Iterator[Callable[[], _Result]], *, processes: int | None = None
) -> Generator[_Result, None, None]:
    """Do pieces of work on all cores.

    This process does its share, too, so that one of two processes is not for waiting; and
    all of it until the helpers have begun, which takes some tenths of a second.

    Args:
        work: The pieces, which must be able to be pickled; taken up as they are needed.
        processes: So many, this one among them; as many as there are cores when left out.

    Yields:
        Their results, in order.

    Raises:
        HelperLost: A helper was killed.
    """
    keep_freed_memory()
    processes = min(processes or os.cpu_count() or 1, _MOST + 1)
    first = list(islice(work, LEAST))
    pieces = chain(first, work)
    if processes == 1 or len(first) < LEAST:
        for piece in pieces:
            yield piece()
        return
    try:
        yield from _between(pieces, processes - 1)
    except BrokenProcessPool:
        raise HelperLost from None


def _between(
    pieces: Iterator[Callable[[], _Result]], number: int
) -> Generator[_Result, None, None]:
    """Do pieces here and in so many helpers, and yield their results in order."""
    with helpers(number) as pool:
        awake = pool.submit(os.getpid)
        most = _AHEAD * number
        tasks: deque[_Task[_Result]] = deque()
        for piece in pieces:
            if awake.done() and sum(not task.done() for task in tasks) < most:
                tasks.append(_Task(piece, pool.submit(piece)))
            else:
                tasks.append(_Task(piece))
                tasks[-1].take()
            while tasks and (tasks[0].done() or len(tasks) > 3 * most):
                yield tasks.popleft().result()
        # Nothing is left to give out: what no helper has begun is taken back, the last first.
        while tasks:
            if tasks[0].done() or not any(task.take() for task in reversed(tasks)):
                yield tasks.popleft().result()


class _Task(Generic[_Result]):
    """A piece of work, done here or by a helper.

    Args:
        piece: The work.
        given: What a helper will make of it, if one was given it.
    """

    def __init__(self, piece: Callable[[], _Result], given: Future[_Result] | None = None) -> None:
        self._piece = piece
        self._future = given or Future()

    def done(self) -> bool:
        """Tell whether its result is there."""
        return self._future.done()

    def take(self) -> bool:
        """Do it here, unless it is done or a helper has begun it; tells whether it was."""
        if not self._future.cancel():
            return False
        self._future = Future()
        self._future.set_result(self._piece())
        return True

    def result(self) -> _Result:
        """Return its result, waiting for it."""
        return self._future.result()


class _Helpers(ProcessPoolExecutor):
    """A pool whose processes leave Ctrl-C to this one, and do no more once it has ended."""

    def submit(
        self, fn: Callable[_P, _Result], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[_Result]:
        """Give a piece of work to a helper, starting it if there are fewer than allowed."""
        with withheld_from_children():
            return super().submit(fn, *args, **kwargs)

    def __exit__(self, *_: object) -> None:
        """Wait for what has begun; what has not never will."""
        self.shutdown(cancel_futures=True)


def helpers(number: int) -> ProcessPoolExecutor:
    """Return a pool of so many processes; use it as a context manager.

    Spawned, not forked: a flow has threads, and an open database.
    """
    return _Helpers(number, mp_context=get_context("spawn"), initializer=_begin)


def keep_freed_memory() -> None:
    """Let the C library keep what is freed, up to twice 16 MB, for what is needed next.

    Otherwise glibc gives every freed page of some 350 KB back to the system and asks for it
    anew: 300 page faults a page, a fifth of the time of reading it. Having freed one larger
    piece, it expects more of that size (mallopt(3), M_MMAP_THRESHOLD); elsewhere this does
    nothing.
    """
    bytes(16 << 20)


def _begin() -> None:
    """What a helper does first."""
    keep_freed_memory()
    _stay_near()


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
