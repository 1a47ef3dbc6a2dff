"""What the site sees of us: one request at a time, unhurried, counted, and only where welcome."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from corrigenda.errors import BudgetSpent, FetchRefused, InvalidURL, SettingsError
from corrigenda.fetch import Client
from corrigenda.fetch.client import FEED
from corrigenda.fetch.guard import Guard
from corrigenda.models import Verdict
from corrigenda.settings import Settings
from storage.file.connection import open_database
from storage.file.pace import SqlitePace
from tests.fake_site import HOME, HOSTS, url
from tests.faults.faultsite import LAST_MODIFIED, FaultSite, release_page
from tests.faults.paces import NOON, Clock, Recorder

PAGES = {f"/release/{name}": release_page(name) for name in ("one", "two", "three", "four")}
ORIGIN = "http://127.0.0.1:1"


@pytest.fixture
def site():
    with FaultSite(PAGES) as running:
        yield running


@pytest.fixture
def pace():
    return Recorder()


@pytest.fixture
def db(tmp_path):
    path = tmp_path / "corrigenda.db"
    open_database(path, create=True).close()
    return path


@pytest.fixture
def client(site, pace):
    with Client(Settings(origin=site.url, attempts=3), HOSTS, pace=pace) as made:
        yield made


class TestPace:
    def test_never_two_in_flight_nor_closer_than_the_delay(self, db):
        delay = 0.05
        with FaultSite(PAGES, pause=0.02) as site:
            config = Settings(origin=site.url, attempts=2, backoff=0.0)
            site.fault("/release/two", "server-error-500")
            site.redirect("/release/three", "/release/four")
            shared = SqlitePace(db, delay, 1_000)
            clients = [Client(config, HOSTS, pace=shared) for _ in range(2)]
            asking = [
                threading.Thread(target=client.get, args=(url(path),))
                for client in clients
                for path in PAGES
            ]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            for client in clients:
                client.close()
        assert len(site.log) == 2 * (1 + 4 + 1 + 1)  # robots.txt, pages, a redirect, a retry
        for earlier, later in pairwise(sorted(site.log, key=lambda hit: hit.began)):
            assert later.began - earlier.ended >= delay


class TestBudget:
    def test_none_after_the_budget(self, site, db):
        with Client(Settings(origin=site.url), HOSTS, pace=SqlitePace(db, 0.0, 3)) as client:
            client.get(url("/release/one"))
            client.get(url("/release/two"))
            for _ in range(2):
                with pytest.raises(BudgetSpent) as spent:
                    client.get(url("/release/three"))
        assert site.paths() == ["/robots.txt", "/release/one", "/release/two"]
        assert (spent.value.host, spent.value.budget) == (site.url.removeprefix("http://"), 3)
        assert spent.value.resets_at > datetime.now(UTC)

    def test_retries_and_redirects_count(self, site, db):
        site.fault("/release/one", "server-error-500")
        site.redirect("/release/two", "/release/three")
        config = Settings(origin=site.url, attempts=2, backoff=0.0)
        with Client(config, HOSTS, pace=SqlitePace(db, 0.0, 5)) as client:
            client.get(url("/release/one"))
            client.get(url("/release/two"))
            with pytest.raises(BudgetSpent):
                client.get(url("/release/four"))
        assert len(site.log) == 5


class TestConditionalRequests:
    def test_validators_are_sent_and_a_304_believed(self, site, client):
        first = client.get(url("/release/one"))
        again = client.get(
            url("/release/one"),
            etag=first.header("etag"),
            last_modified=first.header("last-modified"),
        )
        assert site.log[-1].headers["if-none-match"] == first.header("etag")
        assert site.log[-1].headers["if-modified-since"] == LAST_MODIFIED
        assert (again.status, again.failure, again.body) == (304, None, b"")

    def test_none_are_sent_unasked(self, site, client):
        client.get(url("/release/one"))
        assert not {"if-none-match", "if-modified-since"} & set(site.log[-1].headers)

    def test_validators_are_not_for_the_target_of_a_redirect(self, site, client):
        site.redirect("/release/one", "/release/two")
        etag = client.get(url("/release/two")).header("etag")
        assert client.get(url("/release/one"), etag=etag).status == 200
        assert "if-none-match" not in site.log[-1].headers

    def test_a_page_edited_since_comes_whole(self, site, client):
        etag = client.get(url("/release/one")).header("etag")
        site.pages["/release/one"] = release_page("one, corrected")
        assert b"corrected" in client.get(url("/release/one"), etag=etag).body

    @pytest.mark.parametrize("odd", ['"é"', '"a\nX-Injected: 1"', "\x00"])
    def test_a_validator_that_cannot_be_sent_is_not(self, site, client, odd):
        assert client.get(url("/release/one"), etag=odd, last_modified=odd).status == 200
        assert not {"if-none-match", "if-modified-since", "x-injected"} & set(site.log[-1].headers)


class TestWhoWeAre:
    def test_a_live_site_is_not_asked_without_a_contact(self):
        for origin in ("", "https://mirror.example.org"):
            with pytest.raises(SettingsError) as error:
                Client(Settings(origin=origin), HOSTS, pace=Recorder())
            assert error.value.name == "contact"
        Client(Settings(contact="ops@example.org"), HOSTS, pace=Recorder()).close()

    @pytest.mark.parametrize("contact", ["Te Māori <ops@example.org>", "a\nb"])
    def test_a_contact_that_cannot_be_sent_is_none(self, contact):
        with pytest.raises(SettingsError):
            Client(Settings(contact=contact), HOSTS, pace=Recorder())

    def test_every_request_says_it(self, site):
        config = Settings(origin=site.url, contact="https://example.org/watch")
        with Client(config, HOSTS, pace=Recorder()) as client:
            client.get(url("/rss.xml"), accept=FEED)
        for hit in site.log:
            assert hit.headers["user-agent"].startswith("corrigenda/")
            assert hit.headers["user-agent"].endswith(" (+https://example.org/watch)")
            assert hit.headers["accept-encoding"] == "gzip, br, zstd"
        assert site.log[-1].headers["accept"] == FEED

    def test_cookies_are_neither_returned_nor_recorded(self, site, client):
        site.fault("/release/one", "vendor-headers-on-a-good-page")
        capture = client.get(url("/release/one"))
        client.get(url("/release/two"))
        assert "cookie" not in site.log[-1].headers
        assert capture.header("set-cookie") is None
        assert capture.header("x-cdn") == "Imperva"

    def test_proxies_of_the_environment_are_ignored(self, site, monkeypatch):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        with Client(Settings(origin=site.url), HOSTS, pace=Recorder()) as client:
            assert client.get(url("/release/one")).status == 200


class TestSecondTries:
    def test_pauses_double_and_are_spread(self, site, pace):
        site.fault("/release/one", "server-error-500")
        config = Settings(origin=site.url, attempts=4, backoff=2.0)
        highest = [0.0] * 4
        for seed in range(50):
            pace.postponed.clear()
            with Client(config, HOSTS, pace=pace, rng=random.Random(seed)) as client:
                client.get(url("/release/one"))
            assert all(0 <= wait <= 2.0 * 2**n for n, wait in enumerate(pace.postponed))
            highest = [max(pair) for pair in zip(highest, pace.postponed, strict=True)]
        assert all(wait > 2.0 * 2**n * 0.9 for n, wait in enumerate(highest))

    def test_retry_after_in_seconds(self, site, pace, client):
        site.answer("/release/one", lambda reply: reply.send(429, headers=[("Retry-After", "77")]))
        client.get(url("/release/one"))
        assert pace.postponed == [77.0] * 3

    def test_retry_after_as_a_date(self, site, pace):
        later = [("Retry-After", "Fri, 20 Nov 2026 12:01:17 GMT")]
        site.answer("/release/one", lambda reply: reply.send(503, headers=later))
        config = Settings(origin=site.url, attempts=2)
        with Client(config, HOSTS, pace=pace, now=lambda: NOON) as client:
            client.get(url("/release/one"))
        assert pace.postponed == [77.0] * 2

    def test_a_server_that_asks_for_hours_is_left_alone_for_them(self, site, pace):
        time = Clock()
        site.answer(
            "/release/one", lambda reply: reply.send(503, headers=[("Retry-After", "7200")])
        )
        with Client(Settings(origin=site.url), HOSTS, pace=pace, now=time.now) as client:
            assert client.get(url("/release/one")).status == 503
            asked = len(site.log)
            refused = client.get(url("/release/two"))
            assert (refused.failure, refused.status) == (Verdict.RATE_LIMITED, None)
            assert "until 2026-11-20 14:00 UTC" in refused.detail
            assert len(site.log) == asked
            time.passed = 7200
            assert client.get(url("/release/two")).status == 200
        assert pace.postponed == []

    def test_not_for_answers_that_stand(self, site, pace, client):
        for name in ("not-found-404", "forbidden-403", "challenge-cloudflare-503", "gzip-bomb"):
            site.fault("/release/one", name)
            client.get(url("/release/one"))
        assert pace.postponed == []


def robots_detail(client):
    """Why robots.txt could not be read; empty when it could."""
    return "; ".join(robots.detail for robots in client.robots.values() if robots.detail)


class TestRobots:
    def test_disallowed_is_not_requested(self, site, client):
        capture = client.get(url("/search?q=bridge"))
        assert capture.failure is Verdict.DISALLOWED
        assert capture.detail == "robots.txt does not allow it"
        assert site.paths() == ["/robots.txt"]
        assert robots_detail(client) == ""

    def test_asked_once(self, site, client):
        for path in PAGES:
            client.get(url(path))
        assert site.paths().count("/robots.txt") == 1

    def test_our_own_group_goes_before_everybodys(self, site, client):
        site.pages["/robots.txt"] = (
            b"User-agent: *\nDisallow:\n\nUser-Agent: Corrigenda\nDisallow: /release/two\n"
        )
        assert client.get(url("/release/one")).status == 200
        assert client.get(url("/release/two")).failure is Verdict.DISALLOWED

    @pytest.mark.parametrize(
        "fault", ["not-found-404", "gone-410", "forbidden-403", "unauthorized-401"]
    )
    def test_unavailable_allows_everything(self, site, client, fault):
        site.fault("/robots.txt", fault)
        assert client.get(url("/search?q=bridge")).failure is None

    @pytest.mark.parametrize(
        ("fault", "verdict"),
        [
            ("challenge-incapsula-200", Verdict.CHALLENGE),
            ("challenge-akamai", Verdict.CHALLENGE),
            ("challenge-incapsula-404", Verdict.CHALLENGE),
            ("soft-404", Verdict.BROKEN),
            ("server-error-500", Verdict.SERVER_ERROR),
            ("unavailable-503", Verdict.SERVER_ERROR),
            ("rate-limited-429", Verdict.RATE_LIMITED),
            ("reset-before-answer", Verdict.BROKEN),
            ("truncated-by-close", Verdict.BROKEN),
            ("redirect-other-host", Verdict.BROKEN),
            ("redirect-loop", Verdict.BROKEN),
            ("redirect-home", Verdict.BROKEN),
            ("gzip-bomb", Verdict.BROKEN),
        ],
    )
    def test_unreadable_allows_nothing(self, site, client, fault, verdict):
        site.fault("/robots.txt", fault)
        for path in PAGES:
            capture = client.get(url(path))
            assert capture.failure is Verdict.DISALLOWED
            assert f"robots.txt unreadable: {verdict}" in capture.detail
        assert not set(site.paths()) & set(PAGES)
        assert client.robots[HOME.rstrip("/")].unreadable.verdict is verdict
        assert str(verdict) in robots_detail(client)

    def test_redirects_are_followed(self, site, client):
        for n in range(4):
            site.redirect(f"/robots{n or ''}.txt", f"/robots{n + 1}.txt")
        site.pages["/robots4.txt"] = b"User-agent: *\nDisallow: /release/\n"
        assert client.get(url("/release/one")).failure is Verdict.DISALLOWED
        assert robots_detail(client) == ""

    def test_byte_order_mark_and_odd_bytes(self, site, client):
        site.pages["/robots.txt"] = (
            b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\xff\nDisallow: /release/\n"
        )
        assert client.get(url("/release/one")).failure is Verdict.DISALLOWED

    def test_the_first_500_kib_count(self, site, client):
        rule = b"Disallow: /release/two\n"
        padding = b"# " + b"x" * (500 * 1024) + b"\n"
        site.pages["/robots.txt"] = b"User-agent: *\nDisallow: /release/one\n" + padding + rule
        assert client.get(url("/release/one")).failure is Verdict.DISALLOWED
        assert client.get(url("/release/two")).status == 200

    @pytest.mark.parametrize(
        ("text", "slowed"),
        [
            (b"30", [30.0]),
            (b"0.5", [0.5]),
            (b"999999", [3600.0]),
            (b"nan", []),
            (b"-3", []),
            (b"x", []),
        ],
    )
    def test_crawl_delay(self, site, pace, client, text, slowed):
        site.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: " + text + b"\nDisallow: /x\n"
        client.get(url("/release/one"))
        assert pace.slowed == slowed

    def test_asked_again_after_a_day(self, site, pace):
        time = Clock()
        with Client(Settings(origin=site.url), HOSTS, pace=pace, now=time.now) as client:
            client.get(url("/release/one"))
            time.passed = 24 * 3600 - 1
            client.get(url("/release/one"))
            assert site.paths().count("/robots.txt") == 1
            time.passed = 24 * 3600
            client.get(url("/release/one"))
            assert site.paths().count("/robots.txt") == 2

    def test_an_unreadable_one_is_asked_for_again_sooner(self, site, pace):
        time = Clock()
        site.fault("/robots.txt", "challenge-incapsula-200")
        with Client(Settings(origin=site.url), HOSTS, pace=pace, now=time.now) as client:
            assert client.get(url("/release/one")).failure is Verdict.DISALLOWED
            site.heal()
            assert client.get(url("/release/one")).failure is Verdict.DISALLOWED
            time.passed = 15 * 60
            assert client.get(url("/release/one")).status == 200


class TestGuard:
    @pytest.mark.parametrize(
        ("text", "error"),
        [
            ("https://elsewhere.example/release/one", FetchRefused),
            ("https://www.example.govt.nz.evil.example/", FetchRefused),
            ("https://example.govt.nz/", FetchRefused),
            ("https://user@www.example.govt.nz/", FetchRefused),
            ("https://www.example.govt.nz@evil.example/", FetchRefused),
            ("https://www.example.govt.nz\\@evil.example/", FetchRefused),
            ("https://www.example.govt.nz:8443/", FetchRefused),
            ("http://www.example.govt.nz:443/", FetchRefused),
            ("http://127.0.0.1/", FetchRefused),
            ("http://2130706433/", FetchRefused),
            ("http://[::ffff:127.0.0.1]/", FetchRefused),
            ("file:///etc/hostname", InvalidURL),
            ("gopher://www.example.govt.nz/", InvalidURL),
            ("javascript:alert(1)", InvalidURL),
            ("/release/one", InvalidURL),
            ("", InvalidURL),
        ],
    )
    def test_urls_that_are_never_asked_for(self, site, client, text, error):
        with pytest.raises(error):
            client.get(text)
        assert site.log == []

    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
            *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
            *("::1", "::", "fe80::1", "fe80::1%1", "fc00::1", "fd12::1", "fec0::1", "ff02::1"),
            *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2001:db8::1"),
            *("64:ff9b::7f00:1", "64:ff9b:1::1", "2001::1"),
        ],
    )
    def test_addresses_that_are_never_connected_to(self, address):
        found = [address]
        guard = Guard(Settings(), HOSTS, resolve=lambda host, port: found)
        with pytest.raises(FetchRefused):
            guard.addresses(HOSTS[0], 443)
        found.insert(0, "8.8.8.8")  # one bad address spoils the good ones
        with pytest.raises(FetchRefused):
            guard.addresses(HOSTS[0], 443)

    @pytest.mark.parametrize("address", ["8.8.8.8", "45.60.11.1", "2606:4700::1111"])
    def test_public_addresses_are(self, address):
        live = Guard(Settings(), HOSTS, resolve=lambda host, port: [address])
        assert live.addresses(HOSTS[0], 443) == [address]
        local = Guard(Settings(origin=ORIGIN), HOSTS, resolve=lambda host, port: [address])
        with pytest.raises(FetchRefused):
            local.addresses("127.0.0.1", 1)

    def test_a_host_that_resolves_to_this_machine_is_not_contacted(self, site, pace):
        """The live site's name, pointed at a server that does listen on loopback."""
        config = Settings(contact="ops@example.org", attempts=3)
        local = lambda host, port: ["127.0.0.1"]  # noqa: E731
        with Client(config, HOSTS, pace=pace, resolve=local) as client:
            capture = client.get(url("/release/one"))
            [robots] = client.robots.values()
        assert capture.failure is Verdict.DISALLOWED
        assert robots.unreadable.verdict is Verdict.UNREACHABLE
        assert "127.0.0.1 is not a public address" in robots.unreadable.reason
        assert site.log == []
        assert len(pace.acquired) == 1, "a refusal is not tried again"

    def test_the_address_checked_is_the_one_connected_to(self, site, pace):
        """``localhost`` would reach the site; the address it was resolved to does not."""
        config = Settings(origin=site.url.replace("127.0.0.1", "localhost"), attempts=1)
        elsewhere = lambda host, port: ["127.0.0.99"]  # noqa: E731
        with Client(config, HOSTS, pace=pace, resolve=elsewhere) as client:
            assert "unreachable" in client.get(url("/release/one")).detail
        assert site.log == []

    def test_a_name_that_changes_between_look_ups_gains_nothing(self, site, pace):
        """DNS rebinding: an allowed address first, another ever after."""
        answers = iter([["127.0.0.1"]])
        asked = []

        def resolve(host, port):
            asked.append(host)
            return next(answers, ["10.0.0.1"])

        config = Settings(origin=site.url.replace("127.0.0.1", "localhost"), attempts=1)
        with Client(config, HOSTS, pace=pace, resolve=resolve) as client:
            assert client.get(url("/release/one")).status == 200
            assert asked == ["localhost"], "one look-up a connection"
            site.fault("/release/two", "closed-without-answer")
            client.get(url("/release/two"))
            refused = client.get(url("/release/three"))
        assert refused.failure is Verdict.UNREACHABLE
        assert "10.0.0.1 is not a loopback address" in refused.detail

    @pytest.mark.parametrize(
        "origin",
        ["ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://a/b", "http://u@a", "http://a:x"],
    )
    def test_origins_that_are_none(self, origin):
        with pytest.raises(SettingsError) as error:
            Client(Settings(origin=origin, contact="ops@example.org"), HOSTS, pace=Recorder())
        assert error.value.name == "origin"


class TestInterruption:
    def test_ctrl_c_passes_and_leaves_the_client_usable(self, site, pace):
        with Client(Settings(origin=site.url), HOSTS, pace=pace) as client:
            client.get(url("/release/one"))
            send = client._exchange.send

            def interrupted(*_):
                raise KeyboardInterrupt

            client._exchange.send = interrupted
            with pytest.raises(KeyboardInterrupt):
                client.get(url("/release/two"))
            client._exchange.send = send
            assert client.get(url("/release/two")).status == 200
