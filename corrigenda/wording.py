"""Times and intervals in words, the same in the terminal, on pages and in feeds (pure)."""

from __future__ import annotations

from datetime import datetime


def moment(when: datetime) -> str:
    """Return a moment for people, in its own zone: ``9 May 2026 09:02 UTC``."""
    return f"{when.day} {when:%b %Y %H:%M %Z}"


def interval(after: datetime | None, before: datetime) -> str:
    """Say when a change happened, no more precisely than is known.

    Args:
        after: Last observation of the old state; None when there was none.
        before: First observation of the new state.

    Returns:
        ``between 9 May 2026 09:02 and 10:04 UTC``, repeating only what differs.
    """
    if after is None:
        return f"by {moment(before)}"
    if after.date() == before.date():
        clock = "%H:%M" if f"{after:%H:%M}" != f"{before:%H:%M}" else "%H:%M:%S"
        return f"between {after.day} {after:%b %Y {clock}} and {before:{clock} %Z}"
    if after.year == before.year:
        return f"between {after.day} {after:%b %H:%M} and {moment(before)}"
    return f"between {after.day} {after:%b %Y %H:%M} and {moment(before)}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 version`` or ``2 versions``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
