"""Every named fault through a whole run: nothing is gained, nothing is lost, and it is told."""

from __future__ import annotations

import pytest

from corrigenda.models import Verdict
from tests.faults.conftest import HOST, Runner, url
from tests.faults.faultsite import FAULTS, FaultSite

#: Time-outs that only a fault without end reaches; for those, short ones.
_HASTY = {"read_timeout": 0.2, "total_timeout": 0.5}
#: Verdicts that say where a release is; the run is well.
_ANSWERS = (Verdict.RELEASE, Verdict.UNMODIFIED, Verdict.MISSING, Verdict.MOVED)


def test_there_are_enough() -> None:
    assert len(FAULTS) >= 40


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_of_a_page(faults: FaultSite, runner: Runner, fault: object) -> None:
    runner.check("one", "two", "elsewhere")
    before = runner.state()
    assert len(before["versions"]) == 3
    faults.fault("/release/one", fault.name)  # type: ignore[attr-defined]
    tally = runner.check("one", **(_HASTY if fault.verdict is Verdict.TIMEOUT else {}))  # type: ignore[attr-defined]

    expected = Verdict.UNMODIFIED if fault.verdict is Verdict.RELEASE else fault.verdict  # type: ignore[attr-defined]
    got = [row["verdict"] for row in runner.captures() if row["run_id"] == 2]
    assert got[0] == expected, runner.captures()[-1]
    assert runner.state() == before, "no version is added; no version, change or status is lost"
    assert tally.versions_added == 0
    assert not tally.changes
    assert tally.needs_a_person is (expected not in _ANSWERS), "the exit status tells"
    assert tally.blocked is (expected is Verdict.CHALLENGE)

    faults.heal()
    if fault.verdict is Verdict.RATE_LIMITED and "for_a_day" in fault.act.__name__:  # type: ignore[attr-defined]
        return
    if fault.verdict is not Verdict.RATE_LIMITED:  # type: ignore[attr-defined]
        again = runner.check("one")
        assert set(again.verdicts) == {"unmodified"}
        assert not again.needs_a_person
        assert runner.state() == before


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_of_a_page_never_seen(faults: FaultSite, runner: Runner, fault: object) -> None:
    """A first sight that fails adds a release heard of, and nothing more."""
    runner.check("elsewhere")
    faults.fault("/release/one", fault.name)  # type: ignore[attr-defined]
    runner.check("one", **(_HASTY if fault.verdict is Verdict.TIMEOUT else {}))  # type: ignore[attr-defined]
    held = {row[0] for row in runner.state()["versions"]}
    assert held == ({url("one"), url("elsewhere")} if fault.verdict is Verdict.RELEASE else {url("elsewhere")})  # type: ignore[attr-defined]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_of_the_feed(faults: FaultSite, runner: Runner, fault: object) -> None:
    runner.ingest()
    before = runner.state()
    faults.fault("/rss.xml", fault.name)  # type: ignore[attr-defined]
    tally = runner.ingest(**(_HASTY if fault.verdict is Verdict.TIMEOUT else {}))  # type: ignore[attr-defined]
    assert runner.state() == before
    if fault.verdict is Verdict.RELEASE:  # type: ignore[attr-defined]
        assert tally.told == 2
        assert not tally.needs_a_person
    else:
        assert "could not be read" in tally.failure
        assert tally.needs_a_person
        assert tally.told == 0
        assert tally.blocked is (fault.verdict is Verdict.CHALLENGE)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "fault",
    [f for f in FAULTS.values() if f.verdict in (Verdict.CHALLENGE, Verdict.SERVER_ERROR)],
    ids=lambda fault: fault.name,
)
def test_a_robots_txt_that_cannot_be_read_forbids_and_ends_the_run(
    faults: FaultSite, runner: Runner, fault: object
) -> None:
    runner.check("one", "two")
    before = runner.state()
    asked = len(faults.log)
    faults.fault("/robots.txt", fault.name)  # type: ignore[attr-defined]
    tally = runner.check("one", "two")
    assert tally.verdicts == {"disallowed": 1}
    assert "robots.txt" in tally.stopped
    assert tally.needs_a_person
    assert tally.blocked is (fault.verdict is Verdict.CHALLENGE)  # type: ignore[attr-defined]
    assert {hit.path for hit in faults.log[asked:]} == {"/robots.txt"}
    assert runner.state() == before


class TestHostileMarkup:
    """Depth and length bounded, through a run; timing is for the benchmarks."""

    @pytest.mark.parametrize(
        "body",
        [
            "<div>" * 50_000,
            "<b><i>" * 20_000 + "deep",
            "<ul><li>" * 10_000 + "x",
            "<p>x</p>" * 30_000,
            "<table><tr><td>" * 10_000,
            "<blockquote>" * 20_000 + "x",
            "<!--" * 50_000,
            "<a href='" + "x" * 500_000 + "'>y</a>",
            "&amp;" * 100_000,
        ],
        ids=["divs", "emphasis", "lists", "siblings", "tables", "quotes", "comments", "href", "amp"],
    )  # fmt: skip
    def test_a_body_made_to_hurt_is_read_or_refused_and_the_run_goes_on(
        self, faults: FaultSite, runner: Runner, body: str
    ) -> None:
        from tests.faults.faultsite import release_page

        faults.pages["/release/one"] = release_page("Made to hurt", body)
        tally = runner.check("one", "two")
        assert tally.verdicts.total() == 2
        assert url("two") in {row[0] for row in runner.state()["versions"]}

    def test_a_feed_item_made_to_hurt(self, faults: FaultSite, runner: Runner) -> None:
        from tests.faults.conftest import feed

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
        from corrigenda.models import Entry
        from flows.pipeline import check

        with runner.session() as session:
            verdict = check(session, Entry(url="http://10.0.0.1/release/x", channel="file"))
        assert verdict is Verdict.DISALLOWED
        assert "refused" in runner.captures()[-1]["reason"]

    def test_a_feed_of_strangers_is_an_issue_each(self, faults: FaultSite, runner: Runner) -> None:
        items = f"<item><link>http://169.254.169.254/x</link></item><item><link>{HOST}/release/one</link></item>"  # noqa: E501
        faults.pages["/rss.xml"] = f"<rss><channel>{items}</channel></rss>".encode()
        tally = runner.ingest()
        assert (tally.entries, tally.issues) == (1, 1)
        assert {hit.path for hit in faults.log} == {"/robots.txt", "/rss.xml", "/release/one"}
