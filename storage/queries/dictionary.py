"""What each table, view and column holds, read from the comments beside their making.

SQLite keeps the text of every CREATE, comments and all; docs/data.md is made from the same
comments (``python -m tests.data_dictionary``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlite_utils import Database

_HEAD = re.compile(r"\A[^\n]*?  -- ([^\n]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view.

    Attributes:
        name: Its name.
        told: What one row is, or what the view shows; empty where nothing says so.
        columns: Each column with what it holds; empty where the name says it.
        view: It is a view.
    """

    name: str
    told: str
    columns: tuple[tuple[str, str], ...]
    view: bool


def dictionary(db: Database) -> list[Table]:
    """Return the tables and views of a database, by name."""
    rows = db.execute(
        "SELECT m.name, m.type, m.sql FROM (SELECT * FROM sqlite_master UNION ALL "
        "SELECT * FROM sqlite_temp_master) m JOIN pragma_table_list l ON l.name = m.name "
        "AND l.type <> 'shadow' WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%' "
        "AND m.name NOT LIKE '\\_sqlite%' ESCAPE '\\' GROUP BY m.name ORDER BY m.name"
    ).fetchall()
    return [_table(db, *row) for row in rows]


def _table(db: Database, name: str, kind: str, sql: str) -> Table:
    head = _HEAD.match(sql)
    columns = [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", [name])]
    return Table(
        name=name,
        told=head[1] if head else "",
        columns=tuple((column, _told(sql, column)) for column in columns),
        view=kind == "view",
    )


def _told(sql: str, column: str) -> str:
    found = re.search(rf"\b{re.escape(column)}\b[^\n]*?  -- ([^\n]+)$", sql, re.MULTILINE)
    return found[1] if found else ""
