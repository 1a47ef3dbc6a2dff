"""Clocks that are wrong, and times that no calendar has."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from corrigenda.carriers import archives, warcs
from corrigenda.carriers.feeds import read_feed
from corrigenda.errors import ClockSetBack
from corrigenda.settings import Settings
from corrigenda.sources import get
from tests.faults.conftest import Runner
from tests.faults.faultsite import FaultSite
from tests.faults.test_runs import Clock


def test_a_clock_set_back_is_refused_before_anything_is_fetched(
    faults: FaultSite, runner: Runner
) -> None:
    runner.now = clock = Clock()
    runner.check("one")
    asked = len(faults.log)
    clock.hours = -0.05
    runner.check("one")
    clock.hours = -1
    with pytest.raises(ClockSetBack, match="captured at 2026-03-01 00:00 UTC already"):
        runner.check("one")
    assert len(faults.log) <= asked + 2, "the three minutes' look alone"
    assert len(runner.rows("SELECT 1 FROM runs")) == 2


@pytest.mark.parametrize(
    ("item", "note"),
    [
        ("<pubDate>Fri, 31 Dec 9999 23:59:59 +0000</pubDate>", "its date cannot be read"),
        ("<pubDate>Mon, 1 Jan 99999 00:00:00 +0000</pubDate>", "its date cannot be read"),
        (f"<pubDate>Mon, 1 Jan {'9' * 6000} 00:00:00 +0000</pubDate>", "its date cannot be read"),
        (f"<guid>https://www.beehive.govt.nz/{'9' * 30}</guid>", "its number of 30 digits"),
        (f"<guid>https://www.beehive.govt.nz/{'9' * 6000}</guid>", "its id of 6,028 characters"),
    ],
)
def test_an_items_odd_number_is_an_issue_of_that_item(item: str, note: str) -> None:
    link = "<link>https://www.beehive.govt.nz/release/{}</link>"
    xml = (
        f"<rss><channel><item>{link.format('a')}{item}</item>"
        f"<item>{link.format('b')}<guid>https://www.beehive.govt.nz/7</guid></item></channel></rss>"
    )
    found = read_feed(xml.encode(), "feed", get("beehive"))
    first, second = found.entries
    assert (first.published_at, first.node_id, second.node_id) == (None, None, 7)
    ((url, said),) = found.notes
    assert url == first.url
    assert said.startswith(note)


def test_a_tar_member_of_no_time_is_an_issue_of_that_member(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, time in (("a.md", 10**18), ("b.md", 0)):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = 1, time
            tar.addfile(info, io.BytesIO(b"x"))
    first, second = archives.members(path, Settings())
    assert "date is none" in first.problem
    assert (second.data, second.problem) == (b"x", "")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "x"])
def test_a_warc_date_of_no_calendar_is_none(text: str) -> None:
    assert warcs._moment(text) is None


def test_a_warc_status_of_many_digits_is_none() -> None:
    assert warcs._status("9" * 6000) is None
    assert warcs._status("404") == 404
