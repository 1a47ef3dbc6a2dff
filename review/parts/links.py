"""Addresses that a page may link to (pure)."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit


def safe_url(url: str) -> str:
    """Return an address that may become a link, or nothing: only http(s) may.

    Args:
        url: Whatever a publisher wrote. ``javascript:`` and its kind run in the reader's
            name when clicked, so they are shown as text only.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def live_link(url: str) -> str:
    """Return the link to the page as it stands at its publisher now."""
    return safe_url(url)


def archive_link(url: str) -> str:
    """Return the link to the Internet Archive's captures of a page."""
    return f"https://web.archive.org/web/*/{url}" if safe_url(url) else ""


def nearest_capture(url: str, at: datetime) -> str:
    """Return the link to the Internet Archive's capture of a page nearest to a time.

    Args:
        url: The page.
        at: The time. The archive itself leads to the nearest capture; nothing is asked here.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"https://web.archive.org/web/{stamp}/{url}" if safe_url(url) else ""
