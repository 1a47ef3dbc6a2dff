"""What an ingest looks up is found by indexes: its time must not grow with the archive."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from commands.demo.site import Replica
from storage.file.connection import open_database
from tests.flows.conftest import Ingest

#: What grows with the archive, or with its age.
GROWING = "releases versions captures payloads spans observations entries changes runs aliases"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that any connection is asked from now on."""
    statements: list[str] = []
    real = sqlite3.connect

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = real(*arguments, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    return statements


def walks(db: Path, statements: list[str]) -> set[str]:
    """Return the statements that walk over a table that grows, and are not content with a few."""
    store = open_database(db)
    found = set()
    for statement in statements:
        if not re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)", statement) or "LIMIT" in statement:
            continue
        plan = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}")]
        names = {step.split()[1] for step in plan if step.startswith("SCAN")}
        names |= {
            table
            for table, alias in re.findall(r"(?:FROM|JOIN) (\w+) (\w)\b", statement)
            if alias in names
        }
        if names & set(GROWING.split()):
            found.add(statement)
    return found


def test_an_ingest_walks_over_nothing(
    ingest: Ingest, site: Replica, db: Path, asked: list[str]
) -> None:
    ingest()  # makes the plan of the day, once
    asked.clear()
    site.edit("harbour-bridge-upgrade-funded", body="<p>Another text.</p>")
    assert ingest().changes == {"revised": 1}
    assert len(asked) > 100
    assert walks(db, asked) == set()


def test_the_walk_would_be_seen(ingest: Ingest, db: Path) -> None:
    ingest()
    statements = ["SELECT count(*) FROM releases r WHERE r.title = 'x'", "SELECT max(id) FROM runs"]
    assert walks(db, statements) == set(statements[:1])


def test_absences_and_announcements_are_found_by_their_index(
    ingest: Ingest, db: Path, asked: list[str]
) -> None:
    ingest()
    store = open_database(db)
    for words, index in (
        ("last_verdict NOT IN", "idx_releases_unconfirmed"),
        ("FROM entries e ", "idx_entries_announced"),
        ("UPDATE runs", "idx_runs_running"),
    ):
        (statement, *_) = [s for s in asked if words in s and "CREATE" not in s]
        plan = "\n".join(row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert index in plan, statement
