"""When the next request to a host may be made, for all processes on one database.

The turn itself is an operating system's lock (``flock`` on a file beside the database,
one a host): it is gone with the process that held it, however that ended. What must
outlive processes stands in the table ``hosts``: the end of the last request, until when a
server asked to be left alone, the requests of the day; and its robots.txt in ``robots``.

Times are the wall clock's, the only one that processes share. Should it be set back, no
wait becomes longer than it could honestly be. No transaction is open while anybody waits.
"""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from filelock import FileLock

from corrigenda.errors import BudgetSpent
from corrigenda.settings import LONGEST_WAIT
from storage.file.connection import BUSY_TIMEOUT, translate

#: Seconds; shorter waits are not worth telling anybody.
_WORTH_TELLING = 30.0
#: Seconds a robots.txt is used for at most (RFC 9309, section 2.4).
_LONGEST_KEPT = 86_400.0
#: Seconds between two looks at whether another process is done with the host.
_POLL = 0.02


class SqlitePace:
    """A :class:`corrigenda.fetch.Pace` kept in a database.

    The file is opened with the first request, by a connection of its own, and must have its
    tables by then. Threads may share one object.
    """

    def __init__(
        self,
        path: Path,
        delay: float,
        budget: int,
        *,
        kept: int = 0,
        waiting: Callable[[str, float], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: The database file.
            delay: Seconds between two requests to a host.
            budget: Requests a UTC day to a host.
            kept: Of these kept for feeds: nothing else gets them.
            waiting: Told the host and the seconds when there is a long wait.
            clock: Seconds since the epoch.
            sleep: Waits that many seconds.
        """
        self._path = path
        self._delay = delay
        self._budget = budget
        self._kept = kept
        self._waiting = waiting
        self._clock = clock
        self._sleep = sleep
        self._connection: sqlite3.Connection | None = None
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def acquire(self, host: str, *, feed: bool = False) -> Iterator[None]:
        """See :meth:`corrigenda.fetch.Pace.acquire`.

        Raises:
            BudgetSpent: The day's requests to this host are used up.
            StoreLocked: The database stayed busy for longer than a few seconds.
        """
        self._refuse_if_spent(self._row(host), host, feed)  # before queueing: it would be in vain
        with self._lock(host).acquire(poll_interval=_POLL):
            self._spend(self._wait(host), host, feed)
            try:
                yield
            finally:
                self._set(host, "last_request_at = :value", self._clock())

    def slow_to(self, host: str, seconds: float) -> None:
        """See :meth:`corrigenda.fetch.Pace.slow_to`; kept for the day, for all processes."""
        self._set(host, "crawl_delay = max(crawl_delay, :value)", seconds)

    def postpone(self, host: str, seconds: float) -> None:
        """See :meth:`corrigenda.fetch.Pace.postpone`; kept for whoever asks next."""
        self._set(host, "not_before = max(not_before, :value)", self._clock() + seconds)

    def close(self, host: str, until: datetime) -> None:
        """See :meth:`corrigenda.fetch.Pace.close`; kept for whoever asks next."""
        self._set(host, "closed_until = :value", until.timestamp())

    def closed_until(self, host: str) -> datetime | None:
        """See :meth:`corrigenda.fetch.Pace.closed_until`."""
        until = self._row(host)["closed_until"]
        return datetime.fromtimestamp(until, UTC) if until else None

    def keep_robots(self, site: str, text: str, valid_until: datetime) -> None:
        """See :meth:`corrigenda.fetch.Pace.keep_robots`; kept for whoever asks next."""
        self._execute(
            "INSERT OR REPLACE INTO robots (site, text, valid_until) VALUES (:site, :text, :until)",
            {"site": site, "text": text, "until": valid_until.timestamp()},
        )

    def kept_robots(self, site: str) -> tuple[str, datetime] | None:
        """See :meth:`corrigenda.fetch.Pace.kept_robots`."""
        rows = self._execute(
            "SELECT text, valid_until FROM robots WHERE site = :site", {"site": site}
        )
        if not rows or rows[0][1] > self._clock() + _LONGEST_KEPT:  # the clock was set back
            return None
        return rows[0][0], datetime.fromtimestamp(rows[0][1], UTC)

    def _wait(self, host: str) -> dict[str, Any]:
        """Sleep until the host may be asked; more than once if somebody postpones meanwhile.

        Returns:
            What is known of the host then.
        """
        told = False
        row = self._row(host)
        while (wait := self._ready_in(row, host)) > 0:
            if self._waiting and not told and wait >= _WORTH_TELLING:
                self._waiting(host, wait)
                told = True
            self._sleep(wait)
            row = self._row(host)
        return row

    def _ready_in(self, row: dict[str, Any], host: str) -> float:
        """Return the seconds until the host may be asked; none or less for now."""
        now = self._clock()
        if row["last_request_at"] > now or row["not_before"] > now + LONGEST_WAIT:
            # The clock was set back. What was written by the old one is brought in reach.
            self._set(host, "last_request_at = min(last_request_at, :value)", now)
            self._set(host, "not_before = min(not_before, :value)", now + LONGEST_WAIT)
            row = self._row(host)
        rest = max(self._delay, row["crawl_delay"])
        return float(max(row["last_request_at"] + rest, row["not_before"]) - now)

    def _refuse_if_spent(self, row: dict[str, Any], host: str, feed: bool) -> None:
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        same = row["day"] == today.isoformat()
        spent, feeds = (row["requests"], row["feed_requests"]) if same else (0, 0)
        kept = 0 if feed else max(0, self._kept - feeds)
        if spent >= self._budget - kept:
            tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)
            raise BudgetSpent(host, self._budget, tomorrow, kept)

    def _spend(self, row: dict[str, Any], host: str, feed: bool) -> None:
        """Count a request to today's budget, or refuse it; under the host's lock."""
        self._refuse_if_spent(row, host, feed)
        now = self._clock()
        # The time is that of the start until the end is known, should this process die.
        self._execute(
            """
            INSERT INTO hosts (host, day, requests, feed_requests, last_request_at)
            VALUES (:host, :day, 1, :feed, :now)
            ON CONFLICT (host) DO UPDATE SET
                crawl_delay = CASE day WHEN :day THEN crawl_delay ELSE 0 END,
                requests = CASE day WHEN :day THEN requests ELSE 0 END + 1,
                feed_requests = CASE day WHEN :day THEN feed_requests ELSE 0 END + :feed,
                day = :day, last_request_at = :now
            """,
            {
                "host": host,
                "day": datetime.fromtimestamp(now, UTC).date().isoformat(),
                "feed": int(feed),
                "now": now,
            },
        )

    def _row(self, host: str) -> dict[str, Any]:
        columns = ("last_request_at", "not_before", "crawl_delay", "closed_until")
        row = self._execute(
            f"SELECT {', '.join(columns)}, day, requests, feed_requests FROM hosts "
            "WHERE host = :host",
            {"host": host},
        )
        values = row[0] if row else (0.0, 0.0, 0.0, 0.0, "", 0, 0)
        return dict(zip((*columns, "day", "requests", "feed_requests"), values, strict=True))

    def _set(self, host: str, what: str, value: float) -> None:
        """Change one value of a host, adding the host when it is new."""
        changed = f"UPDATE hosts SET {what} WHERE host = :host RETURNING 1"
        values = {"host": host, "value": value}
        if not self._execute(changed, values):
            self._execute(
                "INSERT INTO hosts (host) VALUES (:host) ON CONFLICT (host) DO NOTHING", values
            )
            self._execute(changed, values)

    def _execute(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """Run one statement, a transaction of its own."""
        with self._one_at_a_time, translate(self._path):
            if self._connection is None:
                self._connection = _connect(self._path)
            return self._connection.execute(statement, values).fetchall()

    def _lock(self, host: str) -> FileLock:
        """Return a lock of its own for each request: threads must not share one."""
        return FileLock(f"{self._path}.{re.sub(r'[^A-Za-z0-9.-]', '_', host)}.lock")


def _connect(path: Path) -> sqlite3.Connection:
    """Open a connection for small transactions of its own, usable from any thread."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    # A power cut may forget the last request's time; it would have passed by then.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection
