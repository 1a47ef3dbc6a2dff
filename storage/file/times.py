"""Times as the store writes them: UTC, ISO 8601, fixed width, sortable as text."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Write a moment; a naive one is refused rather than guessed.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    # isoformat, not strftime: the latter drops leading zeros of years before 1000.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_text(text: str) -> datetime:
    """Read a moment that :func:`to_text` wrote."""
    return datetime.fromisoformat(text)
