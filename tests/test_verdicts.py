"""Judging, on pages whose file names say what they are, and on answers built here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrigenda.challenges import challenge_mark, scrub
from corrigenda.models import Capture, Judgement, Verdict
from corrigenda.verdicts import judge, judge_feed, judge_listing, judge_robots, retry_after
from tests.fake_site import HOME, FakeSite, url

PAGES = sorted((Path(__file__).parent / "pages" / "verdicts").glob("*.html"))
CHALLENGES = [page for page in PAGES if page.stem.startswith("challenge-")]
ASKED = url("/release/one")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def stem(page: Path) -> str:
    return page.stem


def recorded(name: str) -> bytes:
    return next(page for page in PAGES if page.stem == name).read_bytes()


def answer(
    body: bytes = b"",
    status: int | None = 200,
    *,
    final: str = ASKED,
    failure: Verdict | None = None,
    **headers: str,
) -> Capture:
    fields = {"content_type": "text/html; charset=UTF-8"} | headers
    return Capture(
        url=ASKED,
        captured_at=NOON,
        final_url=final,
        status=status,
        headers=tuple((name.replace("_", "-"), value) for name, value in fields.items()),
        body=body,
        failure=failure,
    )


def judged(capture: Capture) -> Judgement:
    return judge(capture, FakeSite())


@pytest.mark.parametrize("page", PAGES, ids=stem)
def test_each_recorded_page_is_what_its_name_says(page):
    verdict = judged(answer(page.read_bytes()))
    assert verdict.verdict == page.stem.split("-")[0], verdict.reason


@pytest.mark.parametrize("page", PAGES, ids=stem)
def test_a_saved_page_is_judged_as_one_just_fetched(page):
    capture = Capture(url=ASKED, captured_at=NOON, body=page.read_bytes())
    assert judged(capture).verdict == judged(answer(page.read_bytes())).verdict


@pytest.mark.parametrize("status", [202, 403, 404, 405, 429, 500, 503])
@pytest.mark.parametrize("page", [p for p in CHALLENGES if "noindex" not in p.stem], ids=stem)
def test_a_challenge_is_one_whatever_its_status(page, status):
    assert judged(answer(page.read_bytes(), status)).verdict is Verdict.CHALLENGE


@pytest.mark.parametrize("status", [201, 206, 304, 400, 403, 404, 500, 503])
def test_no_release_without_a_200(status):
    assert judged(answer(recorded("release-plain"), status)).verdict is not Verdict.RELEASE


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (304, Verdict.UNMODIFIED),
        (404, Verdict.MISSING),
        (410, Verdict.MISSING),
        (400, Verdict.FORBIDDEN),
        (401, Verdict.FORBIDDEN),
        (403, Verdict.FORBIDDEN),
        (405, Verdict.FORBIDDEN),
        (418, Verdict.FORBIDDEN),
        (451, Verdict.FORBIDDEN),
        (408, Verdict.TIMEOUT),
        (429, Verdict.RATE_LIMITED),
        (500, Verdict.SERVER_ERROR),
        (503, Verdict.SERVER_ERROR),
        (599, Verdict.SERVER_ERROR),
        (101, Verdict.BROKEN),
        (202, Verdict.BROKEN),
        (204, Verdict.BROKEN),
        (206, Verdict.BROKEN),
        (300, Verdict.BROKEN),
        (302, Verdict.BROKEN),
        (999, Verdict.BROKEN),
    ],
)
def test_statuses(status, verdict):
    assert judged(answer(b"<html><p>Words.</p></html>", status)).verdict is verdict


def test_what_the_fetcher_knows_is_not_judged_again():
    capture = answer(recorded("release-plain"), failure=Verdict.BROKEN)
    assert judged(capture).verdict is Verdict.BROKEN


def test_a_small_404_page_that_asks_not_to_be_indexed_is_just_that():
    page = b'<html><meta name="robots" content="noindex"><h1>Not found</h1></html>'
    assert judged(answer(page, 404)).verdict is Verdict.MISSING
    assert judged(answer(page, 200)).verdict is Verdict.CHALLENGE
    assert judged(answer(page + b" " * 5_000, 200)).verdict is Verdict.MISSING


def test_headers_that_only_challenges_have():
    for headers in ({"cf_mitigated": "challenge"}, {"x_amzn_waf_action": "captcha"}):
        assert judged(answer(b"<html></html>", 403, **headers)).verdict is Verdict.CHALLENGE
        assert judged(answer(recorded("release-plain"), **headers)).verdict is Verdict.RELEASE


class TestRedirects:
    def test_to_another_release_is_a_move(self):
        target = url("/release/two")
        verdict = judged(answer(recorded("release-plain"), final=target))
        assert (verdict.verdict, verdict.target) == (Verdict.MOVED, target)

    def test_to_another_kind_of_item_is_a_move_too(self):
        target = url("/speech/two")
        assert judged(answer(recorded("release-plain"), final=target)).target == target

    @pytest.mark.parametrize("listing", [HOME, url("/releases")])
    @pytest.mark.parametrize("page", ["release-plain", "missing-front-page-in-place"])
    def test_to_a_listing_is_an_absence(self, listing, page):
        assert judged(answer(recorded(page), final=listing)).verdict is Verdict.MISSING

    def test_to_a_challenge_says_nothing(self):
        capture = answer(recorded("challenge-incapsula"), final=HOME)
        assert judged(capture).verdict is Verdict.CHALLENGE

    def test_to_a_release_that_is_gone_is_an_absence(self):
        capture = answer(recorded("missing-soft-404"), 404, final=url("/release/two"))
        assert judged(capture).verdict is Verdict.MISSING

    def test_to_something_else_with_an_article_says_nothing(self):
        capture = answer(recorded("release-plain"), final=url("/about"))
        assert judged(capture).verdict is Verdict.BROKEN

    def test_to_the_same_canonical_url_is_none(self):
        capture = answer(recorded("release-plain"), final=ASKED + "/")
        assert judged(capture).verdict is Verdict.RELEASE


@pytest.mark.parametrize("mime", ["application/pdf", "image/png", "application/json", "text/plain"])
def test_a_wrong_type_is_broken_even_around_an_article(mime):
    assert judged(answer(recorded("release-plain"), content_type=mime)).verdict is Verdict.BROKEN


def test_the_real_pages_that_others_took_for_releases(corpus):
    for page in (corpus / "not-releases").iterdir():
        for status in (200, 203, 403, 404, 503, None):
            verdict = judged(answer(page.read_bytes(), status)).verdict
            assert verdict is not Verdict.RELEASE
            assert status == 404 or verdict is not Verdict.MISSING
        if page.stem.startswith("challenge"):
            assert judged(answer(page.read_bytes())).verdict is Verdict.CHALLENGE


class TestFeeds:
    RSS = b'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel></channel></rss>\n'

    @pytest.mark.parametrize(
        "feed",
        [
            RSS,
            b"\xef\xbb\xbf" + RSS,
            b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>",
            b"<!-- made by hand -->\n<urlset></urlset>",
            b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x 'y'>]><rss></rss>",
            b"<sitemapindex><sitemap/></sitemapindex><!-- 3 ms -->",
        ],
    )
    def test_feeds_are_to_be_parsed(self, feed):
        assert judge_feed(answer(feed, content_type="application/rss+xml")) is None

    def test_a_feed_may_quote_a_challenge(self):
        feed = self.RSS.replace(b"<channel>", b"<channel><title>Pardon Our Interruption</title>")
        assert judge_feed(answer(feed)) is None

    @pytest.mark.parametrize(
        ("capture", "verdict"),
        [
            (answer(recorded("challenge-incapsula")), Verdict.CHALLENGE),
            (answer(recorded("challenge-cloudflare"), 503), Verdict.CHALLENGE),
            (answer(recorded("missing-soft-404")), Verdict.BROKEN),
            (answer(recorded("missing-soft-404"), 404), Verdict.MISSING),
            (answer(RSS[:-8]), Verdict.BROKEN),
            (answer(b""), Verdict.BROKEN),
            (answer(b'{"version": "1.1"}'), Verdict.BROKEN),
            (answer(b"", 304), Verdict.UNMODIFIED),
            (answer(b"", 500), Verdict.SERVER_ERROR),
            (answer(RSS, failure=Verdict.TIMEOUT), Verdict.TIMEOUT),
        ],
    )
    def test_everything_else_says_what_it_is(self, capture, verdict):
        assert judge_feed(capture).verdict is verdict


@pytest.mark.parametrize(
    ("capture", "verdict"),
    [
        (answer(recorded("missing-front-page-in-place")), None),
        (answer(recorded("challenge-incapsula")), Verdict.CHALLENGE),
        (answer(b"Words."), Verdict.BROKEN),
        (answer(b"<html><p>Half a"), Verdict.BROKEN),
        (answer(b"", 502), Verdict.SERVER_ERROR),
    ],
)
def test_listings(capture, verdict):
    judgement = judge_listing(capture)
    assert (judgement and judgement.verdict) is verdict


@pytest.mark.parametrize(
    ("capture", "verdict"),
    [
        (answer(b"User-agent: *\nDisallow: /search\n", content_type="text/plain"), None),
        (answer(b""), None),
        (answer(b"", 404), None),
        (answer(recorded("missing-soft-404"), 404), None),
        (answer(b"", 403), None),
        (answer(b"", 410), None),
        (answer(recorded("challenge-incapsula")), Verdict.CHALLENGE),
        (answer(recorded("challenge-akamai"), 403), Verdict.CHALLENGE),
        (answer(recorded("missing-soft-404")), Verdict.BROKEN),
        (answer(b"", 429), Verdict.RATE_LIMITED),
        (answer(b"", 503), Verdict.SERVER_ERROR),
        (answer(b"", failure=Verdict.UNREACHABLE), Verdict.UNREACHABLE),
    ],
)
def test_robots(capture, verdict):
    judgement = judge_robots(capture)
    assert (judgement and judgement.verdict) is verdict


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Fri, 20 Nov 2026 12:01:30 GMT", 90.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("Friday, 20-Nov-26 12:01:30 GMT", 90.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Fri, 99 Nov 99999 12:01:30 GMT", None),
    ],
)
def test_retry_after(text, seconds):
    assert retry_after(answer(b"", 429, retry_after=text)) == seconds


class TestScrubbing:
    @pytest.mark.parametrize("page", CHALLENGES, ids=stem)
    def test_no_address_is_left_and_the_mark_stays(self, page):
        clean = scrub(page.read_bytes())
        assert b"198.51.100.23" not in clean
        assert b"2001:db8" not in clean
        assert challenge_mark(answer(clean)) == challenge_mark(answer(page.read_bytes()))

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b"&amp;cip=203.0.113.7&amp;mth=GET", b"&amp;cip=0.0.0.0&amp;mth=GET"),
            (b"cip=2001%3Adb8%3A%3A1&", b"cip=0.0.0.0&"),
            (b"IP: 2001&#58;db8&#58;&#58;1.", b"IP: 0.0.0.0."),
            (b"Your IP: <b>2001:DB8:0:0:0:0:0:1</b>", b"Your IP: <b>0.0.0.0</b>"),
            (b"at 12:30:59, version 1.2.3.4.5, 999.1.1.1", None),
            (b"a::before { content: '' }", None),
        ],
    )
    def test_addresses_and_what_only_looks_like_them(self, before, after):
        assert scrub(before) == (before if after is None else after)
