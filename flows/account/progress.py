"""How a run tells a watching person where it is.

The command line sets a reporter; a scheduled run has none and writes to Prefect's log
only. A context variable, because a flow's parameters must be plain data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from corrigenda.models import Verdict
from flows.account.tally import Tally


class Reporter(Protocol):
    """Somebody watching a run."""

    def say(self, message: str) -> None:
        """Tell something in a sentence."""

    def expect(self, entries: int) -> None:
        """Tell how many entries there are to check."""

    def checked(self, url: str, verdict: Verdict, changes: tuple[str, ...]) -> None:
        """Tell that one entry is done, and the kinds of change it showed."""

    def advanced(self, entries: int) -> None:
        """Tell that so many more entries are done, with nothing to say of each."""

    def finished(self, tally: Tally) -> None:
        """Hand over the run's account."""


class Silent:
    """A reporter for nobody."""

    def say(self, message: str) -> None:
        """Say nothing."""

    def expect(self, entries: int) -> None:
        """Say nothing."""

    def checked(self, url: str, verdict: Verdict, changes: tuple[str, ...]) -> None:
        """Say nothing."""

    def advanced(self, entries: int) -> None:
        """Say nothing."""

    def finished(self, tally: Tally) -> None:
        """Say nothing."""


_reporter: ContextVar[Reporter] = ContextVar("reporter", default=Silent())  # noqa: B039 - stateless


def reporter() -> Reporter:
    """Return whoever is watching."""
    return _reporter.get()


@contextmanager
def watched_by(watcher: Reporter) -> Iterator[None]:
    """Report to ``watcher`` inside the block."""
    token = _reporter.set(watcher)
    try:
        yield
    finally:
        _reporter.reset(token)
