"""The polite client: robots.txt, pace, redirects and second tries."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urldefrag, urlsplit

from corrigenda.challenges import challenge_mark
from corrigenda.errors import FetchRefused, SettingsError
from corrigenda.fetch.exchange import Exchange, Outcome
from corrigenda.fetch.guard import Guard, Resolve, resolve
from corrigenda.fetch.pace import Pace
from corrigenda.fetch.robots import ROBOTS_ACCEPT, Robots, read_robots, robots_of
from corrigenda.models import REDIRECTS, Capture, Verdict
from corrigenda.settings import LONGEST_WAIT, Settings
from corrigenda.urls import canonical
from corrigenda.verdicts import retry_after

HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
FEED = "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.1"
#: What the part of a budget is kept for that pages do not get: without robots.txt no feed.
_KEPT_FOR = (FEED, ROBOTS_ACCEPT)


def require_contact(settings: Settings) -> None:
    """Refuse to ask somebody else's server without saying who asks.

    Raises:
        SettingsError: No contact is set, or it cannot be sent.
    """
    if not (settings.contact or settings.on_loopback):
        raise SettingsError(
            "contact",
            "set CORRIGENDA_CONTACT to an address or page where the site's "
            "operators can reach you; live sites are not fetched without",
        )
    if not _is_sendable(settings.user_agent):
        raise SettingsError("contact", "only plain ASCII can be sent; write it without accents")


class Client:
    """Gets a source's pages, one request at a time.

    :meth:`get` answers every failure of network or server with a capture; it raises
    only what is our own doing. Threads may share a client; their requests queue.

    Attributes:
        robots: What robots.txt said, by scheme and host, once it was asked.
    """

    def __init__(
        self,
        settings: Settings,
        hosts: Sequence[str],
        *,
        pace: Pace,
        resolve: Resolve = resolve,
        rng: random.Random | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Prepare to fetch; nothing is requested yet.

        Args:
            settings: Timeouts, limits, contact, origin.
            hosts: The source's hosts; nothing else is contacted.
            pace: When requests may be made, and which hosts are left alone altogether.
            resolve: How host names become addresses.
            rng: Spreads the pauses before second tries.
            now: The time of day, aware, in UTC.

        Raises:
            SettingsError: No contact is set and somebody else's server would be asked, it
                cannot be sent, or the origin is not a usable URL.
        """
        require_contact(settings)
        self.robots: dict[str, Robots] = {}
        self._settings = settings
        self._home = f"https://{hosts[0]}/"
        self._guard = Guard(settings, hosts, resolve=resolve)
        self._exchange = Exchange(settings, self._guard, now)
        self._pace = pace
        self._rng = rng or random.Random()  # noqa: S311 - jitter is no secret
        self._now = now
        self._turn = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._exchange.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = HTML,
    ) -> Capture:
        """Get a URL, through redirects.

        Args:
            url: One of the source's URLs.
            etag: The ``ETag`` of the copy we hold, verbatim: sent as ``If-None-Match``.
            last_modified: Its ``Last-Modified``: sent as ``If-Modified-Since``.
            accept: The ``Accept`` header.

        Returns:
            The last answer, with the redirects that led to it, or a failure:
            ``timeout``, ``unreachable``, ``broken`` (it broke off, is too large, leads
            in circles or to another host), ``disallowed`` (robots.txt; nothing was
            requested) or ``rate_limited`` (the server asked to be left alone for longer
            than an hour; nothing was requested).

        Raises:
            InvalidURL: Not an http(s) URL.
            FetchRefused: Not one of the source's hosts.
            BudgetSpent: The day's requests are used up.
        """
        asked = canonical(url)
        self._guard.check(url)
        headers = {"Accept": accept}
        # A server's own odd validators are no reason to fail: without, the page comes whole.
        if etag and _is_sendable(etag):
            headers["If-None-Match"] = etag
        if last_modified and _is_sendable(last_modified):
            headers["If-Modified-Since"] = last_modified
        with self._turn:
            return replace(self._follow(urldefrag(url).url, headers), url=asked)

    def own_url(self, url: str) -> str:
        """Return the source's URL for one on the origin that stands in for it.

        A mirror's feed links to the mirror; records keep the source's addresses.

        Args:
            url: Any text; what is no URL, or elsewhere, is returned as it is.
        """
        try:
            return self._guard.recall(url, base=self._home) if urlsplit(url).netloc else url
        except (FetchRefused, ValueError):
            return url

    def _follow(self, url: str, headers: dict[str, str], *, heed: bool = True) -> Capture:
        """Request a URL and what it redirects to; ``heed`` robots.txt on each hop."""
        passed: list[str] = []
        while True:
            capture = (self._disallowed(url) if heed else None) or self._ask(url, headers)
            capture = replace(capture, redirects=tuple(canonical(hop) for hop in passed))
            location = capture.header("location")
            if capture.failure or capture.status not in REDIRECTS or not location:
                return capture
            try:
                target = self._guard.recall(location, base=url)
                self._guard.check(target)
            except FetchRefused as error:
                return _broken(capture, f"redirect not followed: {error}")
            passed.append(url)
            if target in passed:
                return _broken(capture, f"redirect loop: back to {target}")
            if len(passed) > self._settings.max_redirects:
                return _broken(capture, f"more than {self._settings.max_redirects} redirects")
            url = target
            headers = {"Accept": headers["Accept"]}  # validators are for the URL asked for

    def _disallowed(self, url: str) -> Capture | None:
        """Return the capture that stands for a request robots.txt forbids."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        robots = self.robots.get(site)
        if robots is None or robots.valid_until <= self._now():
            robots = self.robots[site] = self._read_robots(site)
            if robots.crawl_delay:
                self._pace.slow_to(self._host(url), robots.crawl_delay)
        if robots.allows(url):
            return None
        reason = robots.detail or "robots.txt does not allow it"
        return self._unrequested(url, Verdict.DISALLOWED, reason)

    def _read_robots(self, site: str) -> Robots:
        """Return what robots.txt says: as kept from an earlier run, else asked for."""
        reached = urlsplit(self._guard.reach(f"{site}/"))
        contacted = f"{reached.scheme}://{reached.netloc}"
        kept = self._pace.kept_robots(contacted)
        if kept and kept[1] > self._now():
            return robots_of(*kept)
        answer = self._follow(f"{site}/robots.txt", {"Accept": ROBOTS_ACCEPT}, heed=False)
        robots = read_robots(answer)
        if robots.unreadable is None:
            self._pace.keep_robots(contacted, robots.text, robots.valid_until)
        return robots

    def _ask(self, url: str, headers: dict[str, str]) -> Capture:
        """Request one URL, again where that may help, when its host's turn comes."""
        host = self._host(url)
        for attempt in range(1, self._settings.attempts + 1):
            if (until := self._pace.closed_until(host)) and self._now() < until:
                wish = f"the server asked to be left alone until {until:%Y-%m-%d %H:%M} UTC"
                return self._unrequested(url, Verdict.RATE_LIMITED, wish)
            with self._pace.acquire(host, feed=headers["Accept"] in _KEPT_FOR):
                outcome = self._exchange.send(url, headers)
            if not _worth_repeating(outcome):
                break
            wait = self._wait(outcome.capture, attempt)
            if wait > LONGEST_WAIT:
                self._pace.close(host, self._now() + timedelta(seconds=wait))
                break
            # After the last attempt too: it is the host that needs the rest.
            self._pace.postpone(host, wait)
        capture = outcome.capture
        if capture.status == 304 and not {"If-None-Match", "If-Modified-Since"} & set(headers):
            return _broken(capture, "304, though the request was not conditional")
        return capture

    def _wait(self, capture: Capture, attempt: int) -> float:
        """Return the seconds to leave the host alone after a failed attempt.

        Exponential back-off with full jitter, and what the server wishes if that is more.
        """
        backoff = self._rng.uniform(0.0, self._settings.backoff * 2 ** (attempt - 1))
        # A day at most: a slip of theirs must not blind us for a year. Then one request is made,
        # and what it is answered is obeyed again.
        return min(max(retry_after(capture) or 0.0, backoff), 86_400.0)

    def _host(self, url: str) -> str:
        """Return the host a URL is really requested from."""
        return urlsplit(self._guard.reach(url)).netloc

    def _unrequested(self, url: str, failure: Verdict, detail: str) -> Capture:
        address = canonical(url)
        return Capture(
            url=address,
            final_url=address,
            captured_at=self._now(),
            failure=failure,
            detail=detail,
        )


def _worth_repeating(outcome: Outcome) -> bool:
    """Tell whether a second try may fare better: never against a challenge."""
    capture = outcome.capture
    if outcome.transient:
        return True
    busy = capture.status == 429 or (capture.status or 0) >= 500
    return capture.failure is None and busy and challenge_mark(capture) is None


def _is_sendable(text: str) -> bool:
    """Tell whether text can stand in a request header as it is."""
    return text.isascii() and text.isprintable()


def _broken(capture: Capture, detail: str) -> Capture:
    return replace(capture, failure=Verdict.BROKEN, detail=detail)
