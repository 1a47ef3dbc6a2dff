"""Flows run for real: the replica over HTTP, a Prefect server, a database file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands.demo.site import Replica
from flows.account.progress import Silent, watched_by
from flows.account.tally import Tally

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
def ingest(prefect_server: None, site: Replica, db: Path) -> Ingest:
    """Run the ingest flow against the replica; returns its account."""
    from flows.ingest import ingest as flow

    return lambda **parameters: run(
        flow, **{"source": "beehive", "db": db, "origin": site.url, **parameters}
    )


@pytest.fixture
def backfill(prefect_server: None, site: Replica, db: Path) -> Ingest:
    """Run the backfill flow against the replica; returns its account."""
    from flows.backfill import backfill as flow

    return lambda **parameters: run(
        flow, **{"source": "beehive", "db": db, "origin": site.url, **parameters}
    )


def run(flow: Callable[..., object], **parameters: object) -> Tally:
    keeper = Keeper()
    with watched_by(keeper):
        state = flow(**parameters, return_state=True)
    if keeper.tally is None:
        raise state.result(raise_on_failure=False)  # type: ignore[attr-defined]
    return keeper.tally
