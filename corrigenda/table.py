"""Rows as a table for a spreadsheet (RFC 4180)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from corrigenda.printable import printable

#: What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(file: TextIO, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> int:
    """Write rows under a head row; lists are joined with ``; ``, truth is 1 or 0.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, as
    spreadsheets themselves do. Escape sequences and marks of direction are shown escaped:
    a table is often looked at on a terminal. JSON is the form that keeps all to the letter.

    Args:
        file: Where to, opened without newline translation.
        rows: Values by column; others are left out.
        columns: The columns, in their order.

    Returns:
        How many rows.
    """
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last is how many
        writer.writerow([_cell(row[name]) for name in columns])
    return number


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = "; ".join(v if isinstance(v, str) else json.dumps(v) for v in value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return f"'{printable(value)}" if value.startswith(_FORMULA) else printable(value)
    return value
