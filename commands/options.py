"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrigenda.errors import UsageError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.queries.log.filters import ChangeFilter

Db = Annotated[
    Path,
    typer.Option("--db", envvar="CORRIGENDA_DB", help="The database file."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value, on the last line.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="A release's address, old or new.")]
_DAYS = {"today": 0, "yesterday": 1}
_UNITS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}
_AGO = re.compile(r"(\d{1,5}) ?(m|h|d|w|minutes?|hours?|days?|weeks?)(?: ago)?")
DEFAULT_DB = Path("corrigenda.db")


def change_filter(db: Database, **asked: Any) -> ChangeFilter:
    """Return the filter that the options of a command ask for.

    Args:
        db: The database, which has to know the names.
        asked: Attributes of the filter as typed, times as :func:`parse_time` reads them;
            None or empty for what was not asked for.

    Raises:
        UsageError: A value is none there could be.
    """
    from storage.file.times import to_text
    from storage.queries.log import facets, filters
    from storage.queries.search import match_expression

    values = {name: value for name, value in asked.items() if value not in (None, "")}
    for name in ("since", "until", "noticed_since", "noticed_until"):
        if name in values:
            values[name] = to_text(parse_time(values[name]))
    if values.get("status", "all") not in filters.STATUSES:
        raise UsageError(
            f"{values['status']!r} is no status; they are {', '.join(filters.STATUSES)}"
        )
    for kind in ("minister", "portfolio"):
        if kind in values and not facets.is_named(db, kind, values[kind]):
            raise UsageError(
                f"no {kind} on record has {values[kind]!r} in the name. "
                "A part of a name is enough; mind macrons and accents"
            )
    if "source" in values:
        require_source(db, values["source"])
    if "words" in values and not match_expression(values["words"]):
        raise UsageError(f"there is no word in {values['words']!r}")
    return filters.ChangeFilter(**values)


def require_source(db: Database, name: str) -> None:
    """Refuse a source that the database knows nothing of.

    Raises:
        UsageError: It is none of those there are.
    """
    from storage.queries import health

    names = [known for _, known in health.sources(db)]
    if name not in names:
        raise UsageError(f"{name!r} is no source on record; there is {', '.join(names) or 'none'}")


def parse_time(text: str) -> datetime:
    """Read a date or time as people write it; without a zone it is UTC.

    Args:
        text: ``2026-05-09``, ``2026-05-09T10:04`` or with a zone; ``3d``, ``12h``, ``30m`` or
            ``2 days ago`` counted back from now; ``today`` or ``yesterday``, from
            midnight UTC.

    Raises:
        UsageError: It is none of these.
    """
    words = text.strip().lower()
    if words in _DAYS:
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=_DAYS[words])
    if match := _AGO.fullmatch(words):
        unit = next(unit for unit in _UNITS if unit.startswith(match.group(2)))
        return datetime.now(UTC) - int(match.group(1)) * _UNITS[unit]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"not a time: {text!r}. Write 2026-05-09, 2026-05-09T10:04, yesterday, 2 days ago or 3d"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
