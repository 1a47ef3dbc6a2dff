"""What robots.txt allows us (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from corrigenda.models import Capture, Judgement
from corrigenda.settings import LONGEST_WAIT
from corrigenda.verdicts import judge_robots

ROBOTS_ACCEPT = "text/plain,*/*;q=0.5"
_AGENT = "corrigenda"  # the product token of our User-Agent (RFC 9309, section 2.2.1)
_PARSED = 500 * 1024  # bytes; the least a crawler must parse (section 2.5)
_VALID = timedelta(hours=24)  # the longest a copy should be used (section 2.4)
# An unreadable one forbids everything; a long backfill should not lose a day to a
# restarting server, nor ask before every single page.
_RETRY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """One host's robots.txt, or why there is none to go by.

    Attributes:
        rules: What it means; None when it could not be read, and nothing is allowed.
        text: What it says.
        unreadable: The verdict on an unreadable one (``challenge``, ``server_error``).
        valid_until: When to ask again.
    """

    rules: Protego | None
    unreadable: Judgement | None
    valid_until: datetime
    text: str = ""

    @property
    def detail(self) -> str:
        """What is wrong with it, for people; empty when nothing is."""
        if self.unreadable is None:
            return ""
        return f"robots.txt unreadable: {self.unreadable.verdict} ({self.unreadable.reason})"

    @property
    def crawl_delay(self) -> float:
        """Seconds it asks us to keep between requests, an hour at most; 0 for no wish."""
        delay = self.rules.crawl_delay(_AGENT) if self.rules else None
        return min(delay, LONGEST_WAIT) if delay and delay > 0 else 0.0

    def allows(self, url: str) -> bool:
        """Tell whether a URL may be requested."""
        return self.rules is not None and self.rules.can_fetch(url, _AGENT)


def read_robots(capture: Capture) -> Robots:
    """Read the answer to a request for robots.txt, whatever it is.

    A missing or forbidden one allows everything (RFC 9309, section 2.3.1.3); one that
    cannot be had or read allows nothing (2.3.1.4).
    """
    if unreadable := judge_robots(capture):
        return Robots(rules=None, unreadable=unreadable, valid_until=capture.captured_at + _RETRY)
    text = capture.body[:_PARSED].decode("utf-8-sig", "replace") if capture.status == 200 else ""
    return robots_of(text, capture.captured_at + _VALID)


def robots_of(text: str, valid_until: datetime) -> Robots:
    """Return what a robots.txt means that could be read."""
    return Robots(rules=Protego.parse(text), unreadable=None, valid_until=valid_until, text=text)
