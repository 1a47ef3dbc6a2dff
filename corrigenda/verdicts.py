"""What a response turned out to be (pure; docs/design.md, "Verdicts").

Nothing becomes a version unless :func:`judge` calls it a release, nothing counts
as absent unless it is ``missing``; whatever is in doubt is ``broken``, which is
evidence of neither.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Protocol

from corrigenda.challenges import challenge_mark
from corrigenda.charset import declared, decode
from corrigenda.models import Article, Capture, ContentType, Judgement, Verdict

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_PAGE_END = re.compile(rb"</html\s*>", re.IGNORECASE)
_META_REFRESH = re.compile(rb"<meta\b[^>]{0,500}\bhttp-equiv\s*=\s*[\"']?refresh\b", re.IGNORECASE)
# What Chromium and Firefox show when they could not load a page; archives saved as
# pages hold such (a public one recorded it as a release).
_BROWSER_ERROR = re.compile(
    rb"id=[\"']?main-frame-error\b|class=[\"']?neterror\b|\b(?:NET::)?ERR_(?:[A-Z]+_)+[A-Z]+\b"
)
_XML_START = re.compile(
    rb"(?:<\?xml[^>]*\?>|<!--(?s:.*?)-->|<\?(?s:.*?)\?>|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?>|\s)*+"
    rb"<([A-Za-z_][\w.:-]*)"
)
_FEED_ROOTS = frozenset({b"rss", b"feed", b"rdf:RDF", b"urlset", b"sitemapindex"})


class Site(Protocol):
    """What judging needs to know of a site; every source adapter is one."""

    def canonical(self, url: str) -> str:
        """Return the canonical form of one of the site's URLs."""

    def content_type(self, url: str) -> ContentType | None:
        """Return what a canonical URL names, or None when it is not an item we follow."""

    def is_listing(self, url: str) -> bool:
        """Tell whether a canonical URL is the home page or a list of items."""

    def find_article(self, page: str) -> str | None:
        """Cut the article out of a page, or return None when its marks are not there."""


def judge(capture: Capture, site: Site) -> Judgement:
    """Judge the answer to a request for a release.

    Args:
        capture: The answer. Without a status (a saved page) it is judged as a 200.
        site: The site it came from.

    Returns:
        The verdict, the mark that decided it, and the article where there is one to read.
    """
    if settled := _settled(capture):
        return settled
    found = site.find_article(decode(capture.body, declared(capture)))
    article = None if found is None else Article(text=found)
    if article is None and (mark := challenge_mark(capture)):
        return _challenge(capture, mark)
    return _by_status(capture) or _by_form(capture) or _by_place(capture, site, article)


def judge_listing(capture: Capture) -> Judgement | None:
    """Judge the answer to a request for a listing page.

    Returns:
        None when it is a whole HTML page, to be read; else what it is instead.
    """
    if settled := _settled(capture):
        return settled
    if mark := challenge_mark(capture):
        return _challenge(capture, mark)
    if judged := _by_status(capture) or _by_form(capture):
        return judged
    if _PAGE.search(capture.body) is None:
        return Judgement(verdict=Verdict.BROKEN, reason="not an HTML page")
    return None


def judge_feed(capture: Capture) -> Judgement | None:
    """Judge the answer to a request for a feed or sitemap.

    The content type is not asked: feeds are served as ``text/html`` and worse. The
    document's first element tells.

    Returns:
        None when it is a whole feed or sitemap, to be parsed; else what it is instead.
    """
    if settled := _settled(capture):
        return settled
    root = _XML_START.match(capture.body.removeprefix(b"\xef\xbb\xbf"))
    name = root.group(1) if root else b""
    if name not in _FEED_ROOTS and (mark := challenge_mark(capture)):
        return _challenge(capture, mark)
    if judged := _by_status(capture) or _empty(capture):
        return judged
    if name not in _FEED_ROOTS:
        what = f"begins with <{name.decode('ascii', 'replace')}>" if name else "is not XML"
        return Judgement(verdict=Verdict.BROKEN, reason=f"no feed: it {what}")
    if b"</" + name not in capture.body[-200:]:
        return Judgement(verdict=Verdict.BROKEN, reason="truncated: its last element is not closed")
    return None


def judge_robots(capture: Capture) -> Judgement | None:
    """Judge the answer to a request for robots.txt (RFC 9309, section 2.3.1).

    Returns:
        None when it says what may be fetched: rules to parse, an empty file, or a
        ``missing`` or ``forbidden`` status, which RFC 9309 calls "unavailable" and reads as
        "everything". Else why it is unreadable, and nothing may be fetched: server
        errors, failures, a challenge, and HTML in place of rules. 429 counts as a
        server error, as it does to the large crawlers: it asks to come back later.
    """
    if settled := _settled(capture):
        return settled
    if mark := challenge_mark(capture):
        return _challenge(capture, mark)
    judged = _by_status(capture)
    if judged and judged.verdict in (Verdict.MISSING, Verdict.FORBIDDEN):
        return None
    if judged:
        return judged
    if capture.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Judgement(verdict=Verdict.BROKEN, reason="markup in place of rules")
    return None


def retry_after(capture: Capture) -> float | None:
    """Read ``Retry-After`` (RFC 9110, section 10.2.3).

    Args:
        capture: An answer; dates count from its ``captured_at``.

    Returns:
        Seconds to wait, not negative; None without the header or when it is nonsense.
    """
    text = (capture.header("retry-after") or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - capture.captured_at).total_seconds())
    except (ValueError, OverflowError, IndexError):
        return None


def _settled(capture: Capture) -> Judgement | None:
    """Judge what needs no look at the body: failures and 304."""
    if capture.failure is not None:
        return Judgement(
            verdict=capture.failure,
            reason=capture.detail or str(capture.failure),
            retry_after=retry_after(capture),
        )
    if capture.status == 304:
        return Judgement(verdict=Verdict.UNMODIFIED, reason="HTTP 304")
    return None


def _challenge(capture: Capture, mark: str) -> Judgement:
    return Judgement(verdict=Verdict.CHALLENGE, reason=mark, retry_after=retry_after(capture))


def _by_status(capture: Capture) -> Judgement | None:
    """Judge by status alone; None for 200, and for 203, which is 200 through a proxy.

    Of the statuses no rule names, 4xx say that the server declines what we ask
    (``forbidden``: 400, 401, 405, 451 and so on) and are not evidence about the
    release; 2xx other than 200 carry no page, and neither does a 3xx that the
    fetcher could not follow.
    """
    status = capture.status
    if status in (None, 200, 203):
        return None
    if status in (404, 410):
        verdict = Verdict.MISSING
    elif status == 408:
        verdict = Verdict.TIMEOUT
    elif status == 429:
        verdict = Verdict.RATE_LIMITED
    elif 400 <= status < 500:
        verdict = Verdict.FORBIDDEN
    elif 500 <= status < 600:
        verdict = Verdict.SERVER_ERROR
    else:
        verdict = Verdict.BROKEN
    return Judgement(verdict=verdict, reason=f"HTTP {status}", retry_after=retry_after(capture))


def _empty(capture: Capture) -> Judgement | None:
    if capture.body.strip():
        return None
    return Judgement(verdict=Verdict.BROKEN, reason="empty body")


def _by_form(capture: Capture) -> Judgement | None:
    """Judge whether the body is HTML, and all of it.

    A page that opens ``<html>`` must close it: connections that end without a length
    leave no other trace of truncation. Fragments (pages saved without their frame)
    never open it.
    """
    if empty := _empty(capture):
        return empty
    mime = (capture.header("content-type") or "text/html").split(";")[0].strip().lower()
    if mime not in _HTML_TYPES:
        return Judgement(verdict=Verdict.BROKEN, reason=f"wrong type: {mime}")
    if b"\x00" in capture.body:  # in no text but UTF-16 and UTF-32, which nobody serves
        return Judgement(verdict=Verdict.BROKEN, reason="not text: it holds NUL bytes")
    if _PAGE.search(capture.body) and not _PAGE_END.search(capture.body):
        return Judgement(verdict=Verdict.BROKEN, reason="truncated: <html> is not closed")
    return None


def _by_place(capture: Capture, site: Site, article: Article | None) -> Judgement:
    """Judge a whole page by where it was found and whether it holds the article."""
    asked = site.canonical(capture.url)
    found = site.canonical(capture.final_url or capture.url)
    if found != asked and site.is_listing(found):
        return Judgement(verdict=Verdict.MISSING, reason=f"redirected to a listing: {found}")
    if article is None:
        return _without_article(capture)
    if found == asked:
        reason = "the article is there"
        return Judgement(verdict=Verdict.RELEASE, reason=reason, article=article)
    if site.content_type(found) is None:
        return Judgement(verdict=Verdict.BROKEN, reason=f"redirected to what is no item: {found}")
    reason = f"redirected to {found}"
    return Judgement(verdict=Verdict.MOVED, reason=reason, target=found, article=article)


def _without_article(capture: Capture) -> Judgement:
    """Tell a soft 404 from pages that say nothing about the release."""
    if _BROWSER_ERROR.search(capture.body):
        return Judgement(verdict=Verdict.BROKEN, reason="a browser's error page")
    if _META_REFRESH.search(capture.body):
        return Judgement(verdict=Verdict.BROKEN, reason="no article, but a meta refresh")
    if not _PAGE.search(capture.body):
        return Judgement(verdict=Verdict.BROKEN, reason="no article, and not a whole page")
    return Judgement(verdict=Verdict.MISSING, reason="a page without an article")
