"""docs/data.md, made from the comments beside the migrations and the views.

``python -m tests.data_dictionary`` writes it anew; the test of the same name fails when it
is out of date, or when a table, view or column says nothing of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from storage.file.connection import open_database

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "data.md"
_BEGINNING = """# The data

Every table, view and column of the database. Times are UTC, ISO 8601; arrays and objects are JSON.
Written by `python -m tests.data_dictionary` from the comments beside the tables and views in
`storage/file/`: change it there. What the tables are for, and what is never changed in them, is in
[design.md](design.md#the-store).
"""
_CREATE = re.compile(
    r"(?: *-- (?P<above>[^\n]+)\n)? *CREATE (?P<kind>VIRTUAL TABLE|TABLE|VIEW) (?P<name>\w+) "
    r"[^\n]*?(?:  -- (?P<behind>[^\n]+))?\n(?P<body>.*?)(?=CREATE |\"\"\"|\Z)",
    re.DOTALL,
)
_ADDED = re.compile(r"# ([^\n]+)\n[^\n]*\"ALTER TABLE (\w+) ADD COLUMN (\w+) ")
_OF_TABLES = re.compile(r"\b(?:FROM|JOIN) (\w+) (\w+)\b")


class Undescribed(Exception):
    """Something in the database says nothing of itself."""


def sources() -> str:
    """Return the text of every file that makes tables or views."""
    folder = ROOT / "storage" / "file"
    return "\n".join(
        path.read_text("utf-8") for path in (*sorted(folder.glob("*.py")), *folder.glob("*.sql"))
    )


def schema(path: Path) -> dict[str, list[str]]:
    """Return the tables and views of a newly made database, each with its columns.

    Args:
        path: Where to make it.
    """
    db: Database = open_database(path, create=True)
    ours = (
        row[0]
        for row in db.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' "
            "AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlite%' ESCAPE '\\' ORDER BY name"
        )
    )
    found = {
        name: [row[0] for row in db.execute(f"SELECT name FROM pragma_table_info('{name}')")]
        for name in list(ours)
    }
    db.close()
    return found


def page(tables: dict[str, list[str]], text: str) -> str:
    """Return docs/data.md.

    Args:
        tables: What :func:`schema` returns.
        text: What :func:`sources` returns.

    Raises:
        Undescribed: A table, view or column has no comment.
    """
    made = {match["name"]: match for match in _CREATE.finditer(text)}
    added = {(table, column): told for told, table, column in _ADDED.findall(text)}
    parts = [_BEGINNING]
    for name, columns in tables.items():
        create = made.get(name)
        told = create and (create["behind"] or create["above"])
        if not create or not told:
            raise Undescribed(f"{name}: say behind its CREATE what one row is")
        kind = "View" if create["kind"] == "VIEW" else "One row"
        parts.append(f"\n## {name}\n\n{kind}: {told}.\n\n| column | what |\n|---|---|\n")
        parts += (
            f"| `{column}` | {added.get((name, column)) or _column(create, column)} |\n"
            for column in columns
        )
    return "".join(parts)


def _column(create: re.Match[str], column: str) -> str:
    """Return a column's comment, or the table's column it repeats."""
    body = create["body"]
    lead = r"(?:^|\bAS |\w\.)" if create["kind"] == "VIEW" else "^"
    if told := re.search(rf"{lead}\s*{column}\b[^\n]*?  -- ([^\n]+)$", body, re.MULTILINE):
        return told[1]
    for alias, original in _repeats(body, column):
        if table := {a: t for t, a in _OF_TABLES.findall(body)}.get(alias):
            return f"as `{table}.{original}`"
    if every := re.search(r"(?:(\w+)\.)?\*(?: FROM (\w+))?", body):
        table = {a: t for t, a in _OF_TABLES.findall(body)}.get(every[1], every[2])
        return f"as `{table}.{column}`"
    if content := re.search(r"content='(\w+)'", body):
        return f"as `{content[1]}.{column}`"
    raise Undescribed(f"{create['name']}.{column}: say behind it what it is")


def _repeats(body: str, column: str) -> Iterator[tuple[str, str]]:
    """Yield the alias and column that a view's column may be taken from."""
    yield from re.findall(rf"\b(\w+)\.(\w+) AS {column}\b", body)
    yield from re.findall(rf"\b(\w+)\.({column})\b(?! AS)", body)


def written(path: Path) -> str:
    """Return what docs/data.md should say.

    Args:
        path: Where a database may be made.
    """
    return page(schema(path), sources())


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(written(Path(folder) / "new.db"), "utf-8")
