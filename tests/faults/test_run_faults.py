"""Every named fault through a whole run: nothing is gained, nothing is lost, and it is told."""

from __future__ import annotations

import pytest

from corrigenda.models import Entry, Verdict
from flows.pipeline import check
from tests.faults.conftest import HOST, Runner, feed, pages, url
from tests.faults.faultsite import FAULTS, Fault, FaultSite, release_page

#: Time-outs that only a fault without end reaches; for those, short ones.
_HASTY = {"read_timeout": 0.2, "total_timeout": 0.5}
#: Verdicts that say where a release is; the run is well.
_ANSWERS = (Verdict.RELEASE, Verdict.UNMODIFIED, Verdict.MISSING, Verdict.MOVED)


def test_there_are_enough() -> None:
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_of_a_page_held_and_of_one_never_seen(
    faults: FaultSite, holding: Runner, fault: Fault
) -> None:
    before = holding.state()
    assert len(before["versions"]) == 3 + 2, "three pages, and what the feed told of two"
    faults.pages |= pages("new")
    for path in ("/release/one", "/release/new"):
        faults.fault(path, fault.name)
    hasty = _HASTY if fault.verdict is Verdict.TIMEOUT else {}
    tally = holding.check("one", "new", **hasty)

    verdicts = {c["url"]: c["verdict"] for c in holding.captures() if c["run_id"] == tally.run}
    honest = fault.verdict is Verdict.RELEASE
    # A check of what is held is conditional: a 304 is the right answer to it.
    right = honest or fault.name == "unasked-304"
    assert verdicts[url("one")] == (Verdict.UNMODIFIED if right else fault.verdict)
    assert verdicts.get(url("new"), fault.verdict) == fault.verdict
    after = holding.state()
    assert len(after["versions"]) == 5 + honest, "only a release becomes a version"
    assert set(before["versions"]) <= set(after["versions"])
    assert set(before["statuses"]) <= set(after["statuses"])
    assert len(after["changes"]) == len(before["changes"]) + honest
    assert tally.versions_added == honest
    assert tally.needs_a_person is (fault.verdict not in _ANSWERS), "the exit status tells"
    assert tally.blocked is (fault.verdict is Verdict.CHALLENGE)

    faults.heal()
    if fault.name.startswith("rate-limited-"):
        return  # some ask to be left alone for a day
    again = holding.check("one")
    assert again.verdicts == {"unmodified": 1}
    assert not again.needs_a_person
    assert holding.state()["versions"] == after["versions"]


#: One of each way to fail, and what only looks like it.
_OF_THE_FEED = (
    "challenge-incapsula-200",
    "challenge-incapsula-403",
    "challenge-cloudflare-503",
    "not-found-404",
    "soft-404",
    "redirect-home",
    "redirect-other-host",
    "redirect-private-address",
    "redirect-loop",
    "truncated-by-close",
    "truncated-unframed",
    "truncated-gzip",
    "length-too-large",
    "reset-mid-body",
    "gzip-bomb",
    "gzip-garbage",
    "garbage-as-html",
    "text-as-html",
    "empty-200",
    "wrong-type-pdf",
    "browser-error-page",
    "partial-206",
    "slow-drip-body",
    "forbidden-403",
    "rate-limited-429",
    "rate-limited-for-a-day",
    "server-error-500",
    "500-then-200",
    "vendor-headers-on-a-good-page",
    "sound-zstd",
)


@pytest.mark.parametrize("name", _OF_THE_FEED)
def test_a_fault_of_the_feed(faults: FaultSite, holding: Runner, name: str) -> None:
    before = holding.state()
    fault = FAULTS[name]
    faults.fault("/rss.xml", name)
    tally = holding.ingest(**(_HASTY if fault.verdict is Verdict.TIMEOUT else {}))
    assert holding.state() == before
    if fault.verdict is Verdict.RELEASE:
        assert tally.told == 2
        assert not tally.needs_a_person
    else:
        assert "could not be read" in tally.failure
        assert tally.needs_a_person
        assert tally.told == 0
        assert tally.blocked is (fault.verdict is Verdict.CHALLENGE)


@pytest.mark.parametrize(
    "fault",
    [f for f in FAULTS.values() if f.verdict in (Verdict.CHALLENGE, Verdict.SERVER_ERROR)],
    ids=lambda fault: fault.name,
)
def test_a_robots_txt_that_cannot_be_read_forbids_and_ends_the_run(
    faults: FaultSite, holding: Runner, fault: Fault
) -> None:
    before = holding.state()
    faults.fault("/robots.txt", fault.name)
    tally = holding.check("one", "two")
    assert tally.verdicts == {"disallowed": 1}
    assert "robots.txt" in tally.stopped
    assert tally.needs_a_person
    assert tally.blocked is (fault.verdict is Verdict.CHALLENGE)
    assert {hit.path for hit in faults.log} == {"/robots.txt"}
    assert holding.state() == before


class TestHostileMarkup:
    """Depth and length bounded, through a run; timing is for the benchmarks."""

    @pytest.mark.parametrize(
        "body",
        [
            "<div>" * 20_000,
            "<b><i>" * 20_000 + "deep",
            "<ul><li>" * 10_000 + "x",
            "<p>x</p>" * 30_000,
            "<table><tr><td>" * 10_000,
            "<blockquote>" * 20_000 + "x",
            "<!--" * 20_000,
            "<script>" * 20_000,
            '<article class="' * 20_000,
            '<!--<article class="node--type-article">' * 20_000,
            "<a href='" + "x" * 500_000 + "'>y</a>",
            "&amp;" * 100_000,
        ],
        ids=[
            "divs",
            "emphasis",
            "lists",
            "siblings",
            "tables",
            "quotes",
            "comments",
            "scripts",
            "open-quotes",
            "hidden",
            "href",
            "amp",
        ],
    )
    def test_a_body_made_to_hurt_is_read_or_refused_and_the_run_goes_on(
        self, faults: FaultSite, runner: Runner, body: str
    ) -> None:
        faults.pages["/release/one"] = release_page("Made to hurt", body)
        tally = runner.check("one", "two")
        assert tally.verdicts.total() == 2
        assert url("two") in {row[0] for row in runner.state()["versions"]}

    @pytest.mark.parametrize(
        "page",
        [
            b"<html>" + b"<meta " * 20_000,
            b"<html>" + b"<title " * 20_000,
            b"<html>" + b'<article "' * 20_000,
            b" " * 500_000 + b"x",
            b"<!--" * 20_000,
            b"<iframe " * 20_000,
        ],
        ids=["metas", "titles", "articles", "spaces", "comments", "iframes"],
    )
    def test_a_page_made_to_hurt_is_no_release(
        self, faults: FaultSite, runner: Runner, page: bytes
    ) -> None:
        faults.answer("/release/one", lambda reply: reply.send(200, page))
        faults.answer("/rss.xml", lambda reply: reply.send(200, page))
        assert runner.check("one").verdicts.keys() <= {"broken", "missing"}
        assert "could not be read" in runner.ingest().failure
        assert runner.state()["versions"] == []
        faults.answer("/robots.txt", lambda reply: reply.send(200, page))
        runner.check("two")

    def test_a_feed_item_made_to_hurt(self, faults: FaultSite, runner: Runner) -> None:
        faults.pages["/rss.xml"] = feed("one", "two", one="<div><b>" * 20_000 + "x")
        tally = runner.ingest()
        assert tally.told == 2
        assert url("two") in {row[0] for row in runner.state()["versions"]}


class TestLeavingTheSource:
    """What would make us ask somebody else, through a run."""

    @pytest.mark.parametrize(
        "target",
        [
            "http://169.254.169.254/latest/meta-data/",
            "http://10.0.0.1/",
            "http://[::1]/",
            "https://elsewhere.example/release/one",
            "file:///etc/hostname",
        ],
    )
    def test_a_redirect_out_is_broken_and_never_followed(
        self, faults: FaultSite, runner: Runner, target: str
    ) -> None:
        runner.check("one")
        before = runner.state()
        faults.redirect("/release/one", target)
        tally = runner.check("one")
        assert tally.verdicts == {"broken": 1}
        assert tally.issues == 1
        assert runner.state() == before

    def test_a_page_that_names_another_sites_address_as_its_own(
        self, faults: FaultSite, runner: Runner
    ) -> None:
        share = '<a class="social__link" href="https://t.example/?url=http://10.0.0.1/release/x">'
        page = faults.pages["/release/one"]
        faults.pages["/release/one"] = page.replace(b"<h1", share.encode() + b"</a><h1")
        runner.check("one")
        assert runner.rows("SELECT count(*) FROM aliases") == [(0,)]

    def test_an_entry_of_another_host_is_not_asked_for(self, runner: Runner) -> None:
        with runner.session() as session:
            verdict = check(session, Entry(url="http://10.0.0.1/release/x", channel="file"))
        assert verdict is Verdict.DISALLOWED
        assert "refused" in runner.captures()[-1]["reason"]

    def test_a_feed_of_strangers_is_an_issue_each(self, faults: FaultSite, runner: Runner) -> None:
        items = f"<item><link>http://169.254.169.254/x</link></item><item><link>{HOST}/release/one</link></item>"
        faults.pages["/rss.xml"] = f"<rss><channel>{items}</channel></rss>".encode()
        tally = runner.ingest()
        feeds = {"/rss.xml", "/releases/feed", "/speeches/feed", "/features/feed"}
        assert (tally.entries, tally.issues) == (1, 1 + 3), "the three other feeds are not there"
        assert {hit.path for hit in faults.log} == {"/robots.txt", "/release/one"} | feeds
