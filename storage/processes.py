"""Other processes to share work with, that never outlive this one."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def helpers(number: int) -> ProcessPoolExecutor:
    """Return a pool of so many processes; use it as a context manager.

    Spawned, not forked: a flow has threads, and an open database.
    """
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_stay_near)


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
