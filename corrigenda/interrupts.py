"""Ctrl-C, where a command has started other processes; and SIGTERM, where it means the same.

A terminal sends it to every process of the command at once. What works for the command
must not end by itself: the command decides what is still to be finished.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def withheld_from_children() -> Iterator[None]:
    """Start processes in the block that never get Ctrl-C.

    A process inherits which signals are blocked in the thread that starts it, and keeps
    them blocked whatever handlers it installs (signal(7)). Here, Ctrl-C pressed during the
    block comes at its end. On Windows, which has no such mask, nothing is withheld.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def sigterm_interrupts() -> None:
    """Let SIGTERM end this process as Ctrl-C does: in order, through every ``finally``."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
