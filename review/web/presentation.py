"""What the templates may call: times, counts and links in the words used everywhere."""

from __future__ import annotations

from jinja2 import Environment

from corrigenda.wording import count, interval, moment
from review.parts.links import safe_url
from review.parts.words import headlines
from storage.file.times import from_text

#: What each significance is called and drawn as: shape and word, never colour alone.
DOTS = {"high": "●●●", "medium": "●●○", "low": "●○○", "none": "○○○"}

KINDS = {
    "published": "Published",
    "revised": "Revised",
    "withdrawn": "Withdrawn",
    "restored": "Restored",
    "moved": "Moved",
}


def install(environment: Environment) -> None:
    """Add our filters and values to a template environment."""
    environment.filters |= {
        "moment": lambda text: moment(from_text(text)) if text else "",
        "at": moment,
        "when": lambda change: interval(change.after, change.before),
        "headline": headlines,
        "day": lambda time: f"{time.day} {time:%b %Y}",
        "safe_url": safe_url,
        "counted": count,
        "size": size,
    }
    environment.globals |= {"DOTS": DOTS, "KIND_NAMES": KINDS}


def size(number: int | None) -> str:
    """Return a number of bytes for people."""
    if number is None:
        return ""
    if number < 1000:
        return f"{number} bytes"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
