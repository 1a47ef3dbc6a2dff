"""When the next request to a host may be made, and what its robots.txt says.

Everything that talks to a host shares one pace for it: the store has one for all
processes on a database (:mod:`storage.file.pace`).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol


class Pace(Protocol):
    """Permission to make requests, one at a time for a host.

    A host is named as it is contacted: ``www.example.org``, or ``127.0.0.1:8080``
    behind ``--origin``.
    """

    def acquire(self, host: str, *, feed: bool = False) -> AbstractContextManager[None]:
        """Wait for the host's turn, and hold it while the context lasts.

        The delay runs from the *end* of one request to the start of the next, so a
        slow server gets as much rest as a fast one. Every request counts to the
        budget, whatever comes of it: retries, redirects and robots.txt too.
        A part of the budget may be kept for feeds.

        Args:
            host: The host.
            feed: It is a feed, or another machine-readable list, that is asked for.

        Raises:
            BudgetSpent: The day's requests to this host are used up; at once, no waiting.
        """

    def slow_to(self, host: str, seconds: float) -> None:
        """Keep at least this many seconds between requests (``Crawl-delay``)."""

    def close(self, host: str, until: datetime) -> None:
        """Remember that a host asked to be left alone for longer than anybody waits."""

    def closed_until(self, host: str) -> datetime | None:
        """Return until when a host asked to be left alone; None when it never did."""

    def keep_robots(self, site: str, text: str, valid_until: datetime) -> None:
        """Remember what robots.txt says.

        Args:
            site: Scheme, host and port as they are contacted.
            text: What it says; empty when there is none, and all is allowed.
            valid_until: When to ask again.
        """

    def kept_robots(self, site: str) -> tuple[str, datetime] | None:
        """Return what robots.txt says and until when that may be used; None to ask for it."""

    def postpone(self, host: str, seconds: float) -> None:
        """Let the next request start no earlier than this many seconds from now."""
