"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from corrigenda.errors import UsageError
from corrigenda.models import Change, Track

Db = Annotated[
    Path,
    typer.Option("--db", envvar="CORRIGENDA_DB", help="The database file."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value, on the last line.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="A release's address, old or new.")]
DEFAULT_DB = Path("corrigenda.db")

#: What ``changes --json`` gives of each change, and ``--csv`` in this order.
CHANGE_COLUMNS = (
    "id url title kind significance reasons fields after before from_version to_version silent "
    "revert review"
).split()


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; letters stay letters."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def print_csv(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table for a spreadsheet (RFC 4180), with the keys of JSON as its head.

    A cell that a spreadsheet would run as a formula begins with an apostrophe.
    """
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(CHANGE_COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in CHANGE_COLUMNS])


def _cell(value: Any) -> str:
    if isinstance(value, tuple | list):
        value = "; ".join(map(str, value))
    text = "" if value is None else value if isinstance(value, str) else _plain(value)
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _plain(value: object) -> str:
    """Write what JSON has no form for: times as the store writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return str(value)


def change_json(change: Change) -> dict[str, Any]:
    """Return a change in the shape ``changes --json`` promises.

    Versions are numbered by page; a text only the feed told has no number there.
    """
    row = {name: getattr(change, name) for name in CHANGE_COLUMNS}
    if change.track is Track.FEED:
        row |= {"from_version": None, "to_version": None}
    return row


def parse_time(text: str) -> datetime:
    """Read a date or time as people write it; without a zone it is UTC.

    Args:
        text: ``2026-05-09``, ``2026-05-09T10:04`` or with a zone; or ``3d``, ``12h``,
            ``30m`` for so long ago.

    Raises:
        UsageError: It is none of these.
    """
    if match := re.fullmatch(r"(\d{1,5})([dhm])", text):
        from datetime import timedelta

        unit = {"d": "days", "h": "hours", "m": "minutes"}[match.group(2)]
        return datetime.now(UTC) - timedelta(**{unit: int(match.group(1))})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"not a time: {text!r}. Write 2026-05-09, 2026-05-09T10:04, or 3d for three days ago"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: titles hold macrons, and reasons curly quotes.

    What not even UTF-8 can write (a lone surrogate from a broken page) is shown escaped.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
