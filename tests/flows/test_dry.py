"""A dry run goes the way of the run: it counts what the run then does, and leaves no trace."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from commands.demo.site import Replica
from commands.fetching.backfill import render_forecast
from corrigenda.errors import SettingsError, UsageError
from corrigenda.settings import Settings
from flows.dry import Forecast, foresee
from flows.request import Request, settled, settled_backfill
from flows.session import open_session
from flows.work import Steps
from flows.work import backfill as work
from storage.file.connection import open_database
from tests.evidence.pages import BRIDGE, ITEMS, WORDINGS, Stored, challenge, day, page, write_warc
from tests.imports.conftest import archive_of, document

HOST = "https://www.beehive.govt.nz"
CHOICES: list[dict[str, Any]] = [
    {},
    {"limit": 2},
    {"since": date(2008, 4, 1)},
    {"until": date(2026, 5, 5)},
    {"since": date(2008, 3, 1), "until": date(2026, 5, 6)},
    {"minister": "moss"},
    {"minister": "tautahi", "limit": 3},
]


def dry(request: Request) -> Forecast:
    return foresee(settled_backfill(request, dry=True))


def done(request: Request) -> tuple[int, int]:
    """Run a backfill without Prefect; returns entries, and those that were there already."""
    request = settled_backfill(request)
    parameters = request.parameters
    with open_session(request.settings, request.source, "backfill", parameters) as session:
        work(request, session, Steps())
        verdicts = session.tally.verdicts
        return session.tally.entries, verdicts["held"] + verdicts["checked earlier"]


def an_archive(folder: Path) -> Path:
    """Documents, twins that claim one URL, one text in two files, and what is no document."""
    made = [document(n) for n in range(7)]
    archive = archive_of(folder / "archive", *made)
    twin = replace(document(40), url=made[4].url)
    (archive / "2008" / "twin.md").write_bytes(_text(twin))
    (archive / "again.md").write_bytes(_text(made[5]))
    (archive / "again-otherwise.md").write_bytes(_text(made[5]).replace(b'title: "', b'title:  "'))
    (archive / "README.md").write_text("# not a document")
    return archive


def _text(made: Any) -> bytes:
    from corrigenda import documents

    return documents.write(made).encode()


def a_crawl(folder: Path) -> Path:
    """Two releases, revisits, a challenge, an absence, one capture twice, all else passed over."""
    other = next(item for item in ITEMS if item.slug != BRIDGE.slug)
    old, new, second = page(WORDINGS[0]), page(WORDINGS[1]), page(other)
    return write_warc(
        folder / "crawl.warc.gz",
        [
            Stored(url=BRIDGE.url, at=day(1), body=old),
            Stored(url=other.url, at=day(1), body=second),
            Stored(url=f"{HOST}/x.css", at=day(1), body=b"a{}"),
            Stored(url=BRIDGE.url, at=day(3), body=old, revisit=True),
            Stored(url=BRIDGE.url, at=day(4), body=challenge()),
            Stored(url=other.url, at=day(4), body=challenge()),
            Stored(url=BRIDGE.url, at=day(1), body=old),
            Stored(url=BRIDGE.url, at=day(5), body=new),
            Stored(url=other.url, at=day(6), body=second, revisit=True),
            Stored(url=f"{HOST}/release/not-there", at=day(5), body=b"no", status="404 Not Found"),
        ],
    )


@pytest.fixture
def ways(tmp_path: Path, site: Replica) -> dict[str, Request]:
    """Every way in that can be gone here, by name."""
    urls = tmp_path / "urls.txt"
    urls.write_text("\n".join([*(item.url for item in site.items.values()), "nonsense"]))
    saved = tmp_path / "saved.html"
    saved.write_bytes(page(WORDINGS[0]))
    base = Request(source="beehive", db=tmp_path / "c.db", origin=site.url)
    return {
        "urls": replace(base, urls_file=urls),
        "listing": replace(base, listing=2),
        "sitemap": replace(base, sitemap=True),
        "archive": replace(base, archive=an_archive(tmp_path)),
        "warc": replace(base, warc=a_crawl(tmp_path)),
        "page": replace(base, page=saved, page_url=BRIDGE.url, page_at=day(9)),
    }


@pytest.mark.parametrize("choice", CHOICES, ids=str)
@pytest.mark.parametrize("way", ["urls", "listing", "sitemap", "archive", "warc", "page"])
def test_a_dry_run_counts_what_the_run_then_does(
    ways: dict[str, Request], way: str, choice: dict[str, Any]
) -> None:
    if way == "page" and choice:
        pytest.skip("one page is not chosen from")
    request = replace(ways[way], **choice)
    for _ in range(2):  # into nothing, and into what the run before left
        told = dry(request)
        assert (told.entries, told.held) == done(request)
        assert told.entries or choice


@pytest.mark.parametrize("way", ["archive", "warc"])
@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_what_is_held_from_elsewhere_is_counted_as_such(
    ways: dict[str, Request], way: str, choice: dict[str, Any]
) -> None:
    done(replace(ways[way], limit=3))
    request = replace(ways[way], **choice)
    told = dry(request)
    assert (told.entries, told.held) == done(request)


def test_a_backfill_that_was_stopped_is_seen_as_begun(
    ways: dict[str, Request], site: Replica
) -> None:
    site.challenged.update(item.slug for item in site.newest()[4:])
    done(ways["listing"])
    site.challenged.clear()
    told = dry(ways["listing"])
    assert (told.entries, told.held, told.requests) == (11, 4, 7)
    assert (told.entries, told.held) == done(ways["listing"])


@pytest.mark.parametrize("way", ["urls", "listing", "sitemap", "archive", "warc", "page"])
def test_a_dry_run_leaves_no_trace(
    ways: dict[str, Request], way: str, site: Replica, tmp_path: Path
) -> None:
    request = ways[way]
    before = set(tmp_path.iterdir())
    dry(request)
    assert set(tmp_path.iterdir()) == before
    done(request)
    data, before = (tmp_path / "c.db").read_bytes(), set(tmp_path.iterdir())
    site.hits.clear()
    dry(request)
    assert (tmp_path / "c.db").read_bytes() == data
    assert set(tmp_path.iterdir()) == before
    assert not [hit for hit in site.hits if hit.path.startswith("/release/")]


def test_releases_the_internet_archive_is_to_be_asked_for(
    ways: dict[str, Request], tmp_path: Path
) -> None:
    done(ways["sitemap"])
    all_of_them = dry(Request(wayback=True, db=ways["urls"].db))
    assert (all_of_them.entries, all_of_them.requests, all_of_them.delay) == (11, 11, 10.0)
    assert dry(Request(wayback=True, db=ways["urls"].db, limit=3)).entries == 3
    named = Request(wayback=True, urls=[BRIDGE.url], db=tmp_path / "none.db")
    assert dry(named).entries == 1


def test_a_file_made_by_an_older_program_is_read_and_left_as_it_is(
    ways: dict[str, Request], tmp_path: Path
) -> None:
    done(ways["archive"])
    db = open_database(tmp_path / "c.db", create=True)
    db.execute("DELETE FROM _sqlite_migrations WHERE name = 'keep_what_hosts_asked_for'")
    for column in ("crawl_delay", "closed_until"):
        db.execute(f"ALTER TABLE hosts DROP COLUMN {column}")
    for index in ("idx_captures_lists", "idx_releases_moved"):
        db.execute(f"DROP INDEX {index}")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = (tmp_path / "c.db").read_bytes()
    assert dry(ways["archive"]).held == dry(ways["archive"]).entries == 11
    assert (tmp_path / "c.db").read_bytes() == data


def test_without_a_contact_only_what_asks_is_refused(
    ways: dict[str, Request], tmp_path: Path
) -> None:
    for way in ("urls", "archive", "warc", "page"):
        dry(replace(ways[way], origin=""))
    for request in (replace(ways["listing"], origin=""), replace(ways["sitemap"], origin="")):
        with pytest.raises(SettingsError, match="contact"):
            dry(request)
    for way in ("urls", "listing"):
        with pytest.raises(SettingsError, match="contact"):
            settled_backfill(replace(ways[way], origin=""))
    with pytest.raises(SettingsError, match="contact"):
        settled_backfill(Request(source="beehive", wayback=True, db=tmp_path / "c.db"))


def test_how_long_it_takes_at_the_sites_own_pace(tmp_path: Path) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_text("\n".join(f"{HOST}/release/x-{n}" for n in range(1000)) + "\nnonsense")
    told = render_forecast(dry(Request(urls_file=listing, db=tmp_path / "none.db")))
    assert told.splitlines() == [
        "1,000 entries wanted: 0 there already, 1,000 to do; 1,000 requests.",
        "At 10 s apart that takes at least 2 h 46 min.",
        "At 300 requests a day it takes 4 days; run it once a day.",
        "  nonsense: not a URL: it does not begin with http:// or https://",
    ]
    archive = archive_of(tmp_path / "a", *(document(n) for n in range(7)))
    told = render_forecast(dry(Request(source="beehive", archive=archive, db=tmp_path / "none.db")))
    assert told == (
        "7 entries wanted: 0 there already, 7 to do; no requests.\nReading takes about 0 min 0 s."
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "say what to bring in"),
        ({"listing": 1, "sitemap": True}, "exclude each other"),
        ({"archive": Path("nowhere")}, "is not there"),
        ({"warc": Path("nowhere")}, "is not there"),
        ({"page": Path("nowhere"), "page_url": BRIDGE.url, "page_at": day(1)}, "cannot be read"),
        ({"page": Path("x.html")}, "cannot be read"),
        ({"urls_file": Path("nowhere")}, "cannot be read"),
        ({"listing": 1, "captured_at": datetime(2020, 1, 1, tzinfo=UTC)}, "there is none"),
        ({"listing": 1, "page_url": BRIDGE.url}, "there is none"),
        ({"sitemap": True, "since": date(2020, 1, 2), "until": date(2020, 1, 2)}, "nothing is"),
        ({"sitemap": True, "source": "nowhere"}, "no source named"),
        ({"wayback": True, "wayback_origin": "nonsense"}, "not an address"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_opened(
    wrong: dict[str, Any], said: str, tmp_path: Path, site: Replica
) -> None:
    request = Request(**{"source": "beehive", "db": tmp_path / "c.db", "origin": site.url} | wrong)
    for is_dry in (False, True):
        with pytest.raises(UsageError, match=said):
            settled_backfill(request, dry=is_dry)
    assert not list(tmp_path.iterdir())


def test_the_parameters_of_a_request_are_those_of_the_flow() -> None:
    from flows.backfill import backfill

    request = Request(source="beehive", listing=2, minister="moss", db=Path("x.db"))
    assert request.parameters == {"source": "beehive", "listing": 2, "minister": "moss"}
    assert set(backfill.parameters.properties) == set(Request.__slots__)
    assert json.dumps(request.parameters)
    assert Settings.from_env().db == Path("corrigenda.db")


#: A release of the second source that the tests follow.
OTHERS = "https://www.example.org/2026/02/first"


def test_a_url_names_its_source_and_two_sources_are_two_runs(tmp_path: Path) -> None:
    db = tmp_path / "c.db"

    def named(*urls: str, **others: Any) -> str:
        request = Request(urls=urls, db=db, origin="http://127.0.0.1:9", **others)
        return settled_backfill(request).source

    assert named(BRIDGE.url, "https://unknown.nz/x") == "beehive"
    assert named(OTHERS) == "example"
    with pytest.raises(UsageError, match="are of beehive and example: put each source's"):
        named(BRIDGE.url, OTHERS)
    assert named(BRIDGE.url, OTHERS, source="beehive") == "beehive"


def test_without_urls_it_is_the_only_source_in_the_store(
    ways: dict[str, Request], tmp_path: Path, site: Replica
) -> None:
    request = Request(db=tmp_path / "c.db", origin=site.url)
    with pytest.raises(UsageError, match="say which source: one of beehive, example"):
        settled(request)
    done(ways["page"])
    assert settled(request).source == "beehive"
    with open_session(request.settings, "example", "ingest", {}):
        pass
    with pytest.raises(UsageError, match="say which source"):
        settled(request)
