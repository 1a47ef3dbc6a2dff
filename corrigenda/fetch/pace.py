"""When the next request to a host may be made.

Everything that talks to a host shares one pace for it. :class:`MemoryPace` serves one
process; the store has one for all processes on a database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from corrigenda.errors import BudgetSpent


class Pace(Protocol):
    """Permission to make requests, one at a time for a host.

    A host is named as it is contacted: ``www.example.org``, or ``127.0.0.1:8080``
    behind ``--origin``.
    """

    def acquire(self, host: str) -> AbstractContextManager[None]:
        """Wait for the host's turn, and hold it while the context lasts.

        The delay runs from the *end* of one request to the start of the next, so a
        slow server gets as much rest as a fast one. Every request counts to the
        budget, whatever comes of it: retries, redirects and robots.txt too.

        Raises:
            BudgetSpent: The day's requests to this host are used up; at once, no waiting.
        """

    def slow_to(self, host: str, seconds: float) -> None:
        """Keep at least this many seconds between requests (``Crawl-delay``)."""

    def postpone(self, host: str, seconds: float) -> None:
        """Let the next request start no earlier than this many seconds from now."""


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Host:
    """What is known of one host's turn."""

    delay: float
    ready: float = 0.0  # on the spacing clock
    day: date = date.min
    spent: int = 0
    turn: threading.RLock = field(default_factory=threading.RLock)


class MemoryPace:
    """A :class:`Pace` for the threads of one process."""

    def __init__(
        self,
        delay: float,
        budget: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Start with every host free and nothing spent.

        Args:
            delay: Seconds between two requests to a host.
            budget: Requests a UTC day to a host.
            clock: Seconds that never step, for spacing.
            sleep: Waits that many seconds.
            now: The time of day, for the budget.
        """
        self._delay = delay
        self._budget = budget
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._hosts: dict[str, _Host] = {}
        self._adding = threading.Lock()

    @contextmanager
    def acquire(self, host: str) -> Iterator[None]:
        """See :meth:`Pace.acquire`."""
        state = self._host(host)
        with state.turn:
            self._spend(host, state)
            if (wait := state.ready - self._clock()) > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                self._rest(state, state.delay)

    def slow_to(self, host: str, seconds: float) -> None:
        """See :meth:`Pace.slow_to`."""
        state = self._host(host)
        with state.turn:
            state.delay = max(state.delay, seconds)
            # The last request, robots.txt as a rule, rested for less.
            self._rest(state, state.delay)

    def postpone(self, host: str, seconds: float) -> None:
        """See :meth:`Pace.postpone`."""
        state = self._host(host)
        with state.turn:
            self._rest(state, seconds)

    def _host(self, host: str) -> _Host:
        with self._adding:
            return self._hosts.setdefault(host, _Host(delay=self._delay))

    def _rest(self, state: _Host, seconds: float) -> None:
        state.ready = max(state.ready, self._clock() + seconds)

    def _spend(self, host: str, state: _Host) -> None:
        """Count a request to today's budget, or refuse it."""
        today = self._now().date()
        if state.day != today:
            state.day, state.spent = today, 0
        if state.spent >= self._budget:
            tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)
            raise BudgetSpent(host, self._budget, tomorrow)
        state.spent += 1
