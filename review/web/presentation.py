"""What the templates may call: times, counts and links in the words used everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from corrigenda.models import Change
from corrigenda.wording import count, interval, moment
from review.parts.links import safe_url
from review.parts.words import headlines
from storage.file.times import from_text

#: What each significance is called and drawn as: shape and word, never colour alone.
DOTS = {"high": "●●●", "medium": "●●○", "low": "●○○", "none": "○○○"}

#: Where the publishers that are followed keep their clocks.
HOME_ZONE = "Pacific/Auckland"

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
        "moment": _timed(lambda text: from_text(text) if text else None),
        "at": _timed(lambda time: time),
        "when": _when,
        "headline": headlines,
        "day": lambda time: f"{time.day} {time:%b %Y}",
        "safe_url": safe_url,
        "capfirst": lambda text: text[:1].upper() + text[1:],
        "counted": count,
        "size": size,
    }
    environment.globals |= {
        "DOTS": DOTS,
        "KIND_NAMES": KINDS,
        "HOME_ZONE": HOME_ZONE,
        "known_zone": lambda name: zone_of(name) is not None,
    }


def zone_of(asked: str) -> tzinfo | None:
    """Return the zone that a reader asked for by ``?tz=``; None for none, or no such zone."""
    try:
        return ZoneInfo(asked) if asked else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _zone(context: Context) -> tzinfo:
    request = context.get("request")
    return (zone_of(request.args.get("tz") or "") if request else None) or UTC


def _timed(read: Callable[..., datetime | None]) -> Callable[..., Markup]:
    """Return a filter that shows a moment; a script may put it into the reader's own zone."""

    @pass_context
    def shown(context: Context, value: object) -> Markup:
        time = read(value)
        if time is None:
            return Markup("")
        return _time(time, moment(time.astimezone(_zone(context))))

    return shown


@pass_context
def _when(context: Context, change: Change) -> Markup:
    """Show when a change happened; UTC is in the title whatever the zone."""
    zone = _zone(context)
    after = change.after and change.after.astimezone(zone)
    text = interval(after, change.before.astimezone(zone))
    return Markup(
        '<span class="interval" data-after="{}" data-before="{}" title="{}">{}</span>'
    ).format(_iso(change.after), _iso(change.before), interval(change.after, change.before), text)


def _time(time: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        _iso(time), moment(time.astimezone(UTC)), text
    )


def _iso(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if time else ""


def size(number: int | None) -> str:
    """Return a number of bytes for people."""
    if number is None:
        return ""
    if number < 1000:
        return f"{number} bytes"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
