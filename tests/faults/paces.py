"""Paces for tests: one that holds nobody up, and a clock for the store's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Recorder:
    """A pace that lets everything pass and remembers what it was told."""

    def __init__(self) -> None:
        self.acquired: list[str] = []
        self.slowed: list[float] = []
        self.postponed: list[float] = []
        self._closed: dict[str, datetime] = {}
        self._robots: dict[str, tuple[str, datetime]] = {}

    @contextmanager
    def acquire(self, host: str, *, feed: bool = False) -> Iterator[None]:
        self.acquired.append(host)
        yield

    def slow_to(self, host: str, seconds: float) -> None:
        self.slowed.append(seconds)

    def close(self, host: str, until: datetime) -> None:
        self._closed[host] = until

    def closed_until(self, host: str) -> datetime | None:
        return self._closed.get(host)

    def keep_robots(self, site: str, text: str, valid_until: datetime) -> None:
        self._robots[site] = (text, valid_until)

    def kept_robots(self, site: str) -> tuple[str, datetime] | None:
        return self._robots.get(site)

    def postpone(self, host: str, seconds: float) -> None:
        self.postponed.append(seconds)


class Clock:
    """Wall-clock time that only sleeping moves."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return NOON.timestamp() + self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.passed += seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)
