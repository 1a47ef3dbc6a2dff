"""SQL for everybody, on what everybody may see.

A statement runs on a connection of its own that can only read, for a second, and whose
authorizer (https://www.sqlite.org/c3ref/set_authorizer.html) lets it read the public tables
and views and nothing else, whatever way it asks.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from review.web.access import PUBLIC_TABLES
from storage.file.connection import refresh_views

#: What everybody may read.
PUBLIC = PUBLIC_TABLES | {"public_changes", "public_versions", "public_captures"}
#: Rows shown; a download has more.
MOST_SHOWN = 200
MOST = 20_000
_SECONDS = 1.0
_STEPS = 5_000
_REFUSED_FUNCTIONS = frozenset("load_extension readfile writefile edit fts3_tokenizer".split())
_VIEWS = frozenset({"standing_changes", *PUBLIC})


class Refused(Exception):
    """A statement that cannot be answered; the message is for whoever wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a statement gave.

    Attributes:
        columns: Names of the columns.
        rows: The rows.
        more: There are more than were wanted.
    """

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool


def run(path: Path, sql: str, values: Mapping[str, str], *, most: int = MOST_SHOWN) -> Rows:
    """Run one statement.

    Args:
        path: The database file.
        sql: A SELECT.
        values: What its ``:names`` stand for.
        most: Rows wanted at most.

    Raises:
        Refused: It is no reading of public tables, takes too long, or is wrong.
    """
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as conn:
        refresh_views(Database(conn), lasting=False)
        conn.execute("PRAGMA query_only = ON")
        conn.set_authorizer(_may)
        end = time.monotonic() + _SECONDS
        conn.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            cursor = conn.execute(sql, _Values(values))
            found = cursor.fetchmany(most + 1)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise Refused(_told(error)) from None
        columns = [column[0] for column in cursor.description or ()]
        return Rows(columns=columns, rows=found[:most], more=len(found) > most)


class _Values(dict[str, str]):
    """Values by name; one that was not given is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _may(
    action: int, first: str | None, second: str | None, _schema: str | None, inside: str | None
) -> int:
    """Answer SQLite's question whether a statement may do something."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        refused = second in _REFUSED_FUNCTIONS
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        # `inside` names the view that a table is read by; a view of ours chooses its columns.
        # The name of a table in FROM alone comes without a column.
        public = first in PUBLIC or (inside is not None and inside in _VIEWS)
        return sqlite3.SQLITE_OK if public else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY


def _told(error: Exception) -> str:
    text = str(error)
    if "interrupted" in text:
        return "That takes longer than a second. Narrow it with WHERE, or LIMIT."
    if "prohibited" in text or "not authorized" in text:
        return f"Only the public tables may be read: {', '.join(sorted(PUBLIC))}. ({text})"
    if "one statement" in text:
        return "One statement at a time."
    return f"SQLite says: {text}."
