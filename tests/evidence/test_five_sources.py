"""A release's history from five sources is the same, in whatever order they come."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commands.demo.site import Replica
from corrigenda import documents
from corrigenda.carriers.feeds import read_feed
from corrigenda.carriers.wayback import address, read_index
from corrigenda.errors import SettingsError
from corrigenda.fetch import Client
from corrigenda.models import Capture, Entry, Track
from corrigenda.reading.normalise import normalise
from corrigenda.settings import Settings
from corrigenda.sources import get
from flows.finding.witness import observe_feed
from flows.pipeline import interpret
from flows.request import Request
from flows.session import open_session
from flows.ways import archive as archives
from flows.ways import warc, wayback
from storage.audit.verify import verify
from storage.file.connection import open_database, reading
from storage.queries.log.changes import changes
from storage.queries.releases import find_release, versions
from tests.evidence.pages import BRIDGE, WORDINGS, Stored, challenge, day, page, write_warc
from tests.faults.paces import Recorder
from tests.imports.conftest import session_of, write_archive

ORDERS = 24
BEEHIVE = get("beehive")


@pytest.fixture
def live() -> tuple[Capture, tuple[Entry, ...], datetime]:
    """The page and the feed as the site serves them, fetched once."""
    with Replica() as site:
        site.items[BRIDGE.slug] = WORDINGS[3]
        with Client(Settings(origin=site.url), BEEHIVE.hosts, pace=Recorder()) as client:
            captured = client.get(BRIDGE.url)
            feed = client.get(BEEHIVE.feed_url)
    listed = read_feed(feed.body, BEEHIVE.feed_url, BEEHIVE).entries
    return captured, tuple(e for e in listed if e.url == BRIDGE.url), feed.captured_at


@pytest.fixture
def ways(
    live: tuple[Capture, tuple[Entry, ...], datetime], tmp_path: Path, pywb: Callable[..., Any]
) -> Any:
    """The five sources, as functions that bring what they have into a database."""
    captured, entries, fed_at = live
    # An archive made between two wordings, a crawl before it, the Archive before and after.
    text = documents.write(normalise(page(WORDINGS[1]), BRIDGE.url, BEEHIVE).document)
    archive = write_archive(tmp_path / "archive", {f"2026/05/x-{BRIDGE.slug}.md": text})
    crawl = write_warc(
        tmp_path / "crawl.warc.gz",
        [
            Stored(url=BRIDGE.url, at=day(10), body=page(WORDINGS[1])),
            Stored(url=BRIDGE.url, at=day(20), body=page(WORDINGS[2])),
        ],
    )
    same = page(WORDINGS[0])
    stored = write_warc(
        tmp_path / "stored.warc.gz",
        [
            Stored(url=BRIDGE.url, at=day(1), body=same),
            Stored(url=BRIDGE.url, at=day(2), body=same),
            Stored(url=BRIDGE.url, at=day(3), body=same),
            Stored(url=BRIDGE.url, at=day(12), body=challenge()),
            Stored(url=BRIDGE.url, at=day(15), body=page(WORDINGS[0])),
        ],
    )

    def by_live(db: Path) -> None:
        with session_of(db) as session:
            seen = interpret(captured, session.source, session.store.known(BRIDGE.url))
            recorded = session.store.record(session.tally.run, seen)
            session.tally.add(seen.judgement.verdict, recorded)

    def by_feed(db: Path) -> None:
        with session_of(db) as session:
            session.store.hear(entries)
            observe_feed(session, entries, fed_at)

    def by_archive(db: Path) -> None:
        with session_of(db) as session:
            archives.run(Request(archive=archive, captured_at=day(11)), session)

    def by_warc(db: Path) -> None:
        with session_of(db) as session:
            warc.run(Request(warc=crawl), session)

    stack = ExitStack()
    collection = stack.enter_context(pywb(stored))

    def by_wayback(db: Path) -> None:
        with open_session(Settings(db=db), "beehive", "backfill", {}) as session:
            asked = Request(wayback=True, urls=[BRIDGE.url], wayback_origin=collection)
            wayback.run(asked, session)
            assert session.tally.verdicts == {"release": 3, "challenge": 1}

    with stack:
        yield [by_live, by_feed, by_archive, by_warc, by_wayback]


def history(db: Path) -> dict[str, Any]:
    """All a reader is told of the release, and nothing of the order in which it came."""
    with reading(db) as store:
        release = find_release(store, BRIDGE.url)
        log = [replace(change, id=0) for change in changes(store)]
        return {
            "release": replace(release, id=0),
            "page": versions(store, release.id),
            "feed": versions(store, release.id, Track.FEED),
            "changes": sorted(log, key=lambda c: (c.before, c.kind, str(c.track))),
        }


def test_the_timeline_is_the_same_for_every_order(ways: list[Any], tmp_path: Path) -> None:
    orders = list(itertools.permutations(ways))
    chosen = [ways, ways[::-1], *random.Random(5).sample(orders, ORDERS - 2)]
    told = []
    for number, order in enumerate(chosen):
        db = tmp_path / f"{number}.db"
        for way in order:
            way(db)
        told.append(history(db))
        assert verify(db, every_document=True).damages == []
    for other in told[1:]:
        assert other == told[0]
    pages = told[0]["page"]
    # Wording 0 to 3 with a return to 0 between: the archive's text joins the crawl's.
    assert [v.via for v in pages] == ["wayback", "warc,archive", "wayback", "warc", "live"]
    assert pages[0].captures == 2
    assert (pages[0].first_observed, pages[0].last_observed) == (day(1), day(3))
    assert [c.revert for c in told[0]["changes"] if c.kind == "revised"].count(True) == 1
    assert len(told[0]["feed"]) == 1


def test_the_index_and_every_capture_are_asked_for_once(
    pywb: Callable[..., Any], tmp_path: Path, db: Path
) -> None:
    same, other = page(WORDINGS[0]), page(WORDINGS[1])
    stored = write_warc(
        tmp_path / "s.warc.gz",
        [Stored(url=BRIDGE.url, at=day(n), body=same if n < 6 else other) for n in range(1, 8)],
    )
    with pywb(stored) as collection:
        for _ in range(2):
            with open_session(Settings(db=db), "beehive", "backfill", {}) as session:
                asked = Request(wayback=True, urls=[BRIDGE.url], wayback_origin=collection)
                wayback.run(asked, session)
                verdicts = dict(session.tally.verdicts)
    assert verdicts == {"held": 4}
    store = open_database(db)
    rows = store.execute(
        "SELECT captured_at, json_extract(provenance, '$.revisit') IS NOT NULL FROM captures "
        "WHERE via = 'wayback' AND release_id IS NOT NULL ORDER BY captured_at"
    ).fetchall()
    assert [(at[:10], bool(same)) for at, same in rows] == [
        ("2019-03-01", False),
        ("2019-03-05", True),
        ("2019-03-06", False),
        ("2019-03-07", True),
    ]


def test_the_internet_archive_through_the_command(
    pywb: Callable[..., Any], corrigenda: Any, tmp_path: Path
) -> None:
    stored = write_warc(
        tmp_path / "s.warc.gz",
        [Stored(url=BRIDGE.url, at=day(n), body=page(WORDINGS[n % 2])) for n in (1, 2, 4)]
        + [Stored(url=BRIDGE.url, at=day(8), body=challenge())],
    )
    (tmp_path / "urls.txt").write_text(f"{BRIDGE.url}\n")
    chosen = ("backfill", "--wayback", "--urls", "urls.txt", "--db", "c.db")
    asked = corrigenda(*chosen, "--dry-run")
    assert "1 release to ask the Internet Archive for" in asked.stdout
    told = []
    with pywb(stored) as collection:
        for _ in range(2):
            run = corrigenda(*chosen, "--wayback-origin", collection, "--json")
            assert run.returncode == 0, run.stderr
            told.append(json.loads(run.stdout.splitlines()[-1])["verdicts"])
    assert told == [{"release": 3, "challenge": 1}, {"held": 4}]
    listed = corrigenda("history", BRIDGE.url, "--db", "c.db", "--json")
    assert [v["first_observed"][:10] for v in json.loads(listed.stdout)["versions"]] == [
        "2019-03-01",
        "2019-03-02",
    ]


def test_the_archives_own_index_is_read(tmp_path: Path) -> None:
    rows = (
        b'[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],'
        b'["nz,govt)/x","20190301090000","http://www.beehive.govt.nz/release/x","text/html","200","AAAA","99"],'
        b'["nz,govt)/x","20180301090000","http://www.beehive.govt.nz/release/x","text/html","301","BBBB","9"]]'
    )
    older, newer = read_index(rows, "u")
    assert (older.timestamp, older.is_page) == ("20180301090000", False)
    assert (newer.captured_at, newer.is_page) == (datetime(2019, 3, 1, 9, tzinfo=UTC), True)
    archive = address("")
    assert archive.replay_url(newer) == (
        "https://web.archive.org/web/20190301090000id_/http://www.beehive.govt.nz/release/x"
    )
    assert archive.index_url("https://a/b?c").endswith("?url=https%3A%2F%2Fa%2Fb%3Fc&output=json")
    assert read_index(b"[]", "u") == []
    with pytest.raises(SettingsError):
        address("not an address")
