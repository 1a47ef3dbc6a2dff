"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import json
import re
import sys
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


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; letters stay letters."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    """Write what JSON has no form for: times as the store writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return str(value)


def change_json(change: Change) -> dict[str, Any]:
    """Return a change in the shape ``changes --json`` promises.

    Versions are numbered by page; a text only the feed told has no number there.
    """
    told = change.track is Track.FEED
    return {
        "id": change.id,
        "url": change.url,
        "title": change.title,
        "kind": change.kind,
        "significance": change.significance,
        "reasons": change.reasons,
        "fields": change.fields,
        "after": change.after,
        "before": change.before,
        "from_version": None if told else change.from_version,
        "to_version": None if told else change.to_version,
        "silent": change.silent,
        "revert": change.revert,
        "review": change.review,
    }


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
    """Write UTF-8 whatever the terminal's locale says: documents are UTF-8, byte for byte."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
