"""Flows run for real: the replica over HTTP, a database file, and where it matters Prefect.

`ingest` and `backfill` do what the flows do, in this process, as the commands do without a
server; `tracked_ingest` is the flow itself on a Prefect server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from commands.demo.site import Replica
from flows import work
from flows.account.progress import Silent, watched_by
from flows.account.tally import Tally
from flows.request import Request, settled, settled_backfill

Ingest = Callable[..., Tally]


class Keeper(Silent):
    """A reporter that keeps the account, and what it was told."""

    def __init__(self) -> None:
        self.tally: Tally | None = None
        self.said: list[str] = []

    def say(self, message: str) -> None:
        self.said.append(message)

    def finished(self, tally: Tally) -> None:
        self.tally = tally


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "corrigenda.db"


@pytest.fixture
def ingest(site: Replica, db: Path) -> Ingest:
    """Ingest the replica; returns the run's account."""
    return partial(do_ingest, source="beehive", db=db, origin=site.url)


@pytest.fixture
def backfill(site: Replica, db: Path) -> Ingest:
    """Backfill from the replica; returns the run's account."""
    return partial(do_backfill, source="beehive", db=db, origin=site.url)


@pytest.fixture
def tracked_ingest(prefect_server: None, site: Replica, db: Path) -> Ingest:
    """Run the ingest flow against the replica; returns its account."""
    from flows.ingest import ingest as flow

    return partial(run, flow, source="beehive", db=db, origin=site.url)


def do_ingest(**asked: object) -> Tally:
    request = settled(Request(**asked))  # type: ignore[arg-type]
    return work.run("ingest", request, work.ingest, work.Steps())


def do_backfill(**asked: object) -> Tally:
    request = settled_backfill(Request(**asked))  # type: ignore[arg-type]
    return work.run("backfill", request, partial(work.backfill, request), work.Steps())


def run(flow: Callable[..., object], **parameters: object) -> Tally:
    keeper = Keeper()
    with watched_by(keeper):
        state = flow(**parameters, return_state=True)
    if keeper.tally is None:
        raise state.result(raise_on_failure=False)  # type: ignore[attr-defined]
    return keeper.tally
