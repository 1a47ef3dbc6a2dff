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
from typing import ParamSpec, TypeVar

from corrigenda.errors import HelperLost
from corrigenda.interrupts import withheld_from_children

_P = ParamSpec("_P")
_Result = TypeVar("_Result")

#: Fewer pieces of work than this are done sooner than another process begins.
LEAST = 8
#: Pieces given to each helper ahead of the one whose result is waited for: enough for as long
#: as the results of the ones before take to be written.
_AHEAD = 12
#: The most helpers that one process keeps busy.
_MOST = 8


def shared(
    work: Iterator[Callable[[], _Result]], *, processes: int | None = None
) -> Generator[_Result, None, None]:
    """Do pieces of work on all cores.

    They are done here until the helpers have begun, which takes some tenths of a second.

    Args:
        work: The pieces, which must be able to be pickled; taken up as they are needed.
        processes: Helpers, or 1 for none; as many as there are cores when left out.

    Yields:
        Their results, in order.

    Raises:
        HelperLost: A helper was killed.
    """
    keep_freed_memory()
    number = min(processes or os.cpu_count() or 1, _MOST)
    first = list(islice(work, LEAST))
    pieces = chain(first, work)
    if number == 1 or len(first) < LEAST:
        for piece in pieces:
            yield piece()
        return
    try:
        with helpers(number) as pool:
            awake = [pool.submit(os.getpid) for _ in range(number)]
            for piece in pieces:
                yield piece()
                if awake[0].done():
                    break
            window: deque[Future[_Result]] = deque()
            for piece in pieces:
                window.append(pool.submit(piece))
                if len(window) > _AHEAD * number:
                    yield window.popleft().result()
            while window:
                yield window.popleft().result()
    except BrokenProcessPool:
        raise HelperLost from None


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
