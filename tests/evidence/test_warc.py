"""WARC files in and out, and pages people saved."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from warcio.archiveiterator import ArchiveIterator

from corrigenda.carriers.warcs import files
from corrigenda.errors import UsageError
from corrigenda.models import Capture, Via
from flows.account.tally import Tally
from flows.pipeline import interpret
from flows.request import Request, settled_backfill
from flows.ways import page as saved_page
from flows.ways import warc
from storage.audit.verify import verify
from storage.export import FORMATS
from storage.file.connection import open_database, reading
from storage.queries.log.changes import changes
from storage.queries.releases import find_release, versions
from storage.record.payloads import Payloads
from tests.evidence.pages import BRIDGE, ITEMS, WORDINGS, Stored, challenge, day, page, write_warc
from tests.imports.conftest import session_of


def bring_warc(db: Path, path: Path, **options: Any) -> Tally:
    with session_of(db) as session:
        warc.run(Request(warc=path, **options), session)
        return session.tally


def timeline(db: Path) -> list[tuple[str, object, object, int]]:
    with reading(db) as store:
        held = versions(store, find_release(store, BRIDGE.url).id)
        return [(v.text, v.first_observed, v.last_observed, v.captures) for v in held]


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """What a crawler met: two wordings, one met twice, a challenge, an absence, a style sheet."""
    old, new = page(WORDINGS[0]), page(WORDINGS[1])
    other = f"{BRIDGE.url}-not-there"
    plain = BRIDGE.url.replace("https://www.", "http://")
    css = (("Content-Type", "text/css"),)
    return write_warc(
        tmp_path / "crawl.warc.gz",
        [
            Stored(url=BRIDGE.url, at=day(1), body=old),
            Stored(url="https://www.beehive.govt.nz/x.css", at=day(1), body=b"a{}", headers=css),
            Stored(url=BRIDGE.url, at=day(3), body=old, revisit=True),
            Stored(url=BRIDGE.url, at=day(4), body=challenge()),
            Stored(
                url=plain, at=day(5), body=b"", status="301 Moved",
                headers=(("Location", BRIDGE.url),),
            ),
            Stored(url=BRIDGE.url, at=day(5), body=new),
            Stored(url=other, at=day(5), body=b"<html>no</html>", status="404 Not Found"),
            Stored(url="https://example.org/release/x", at=day(5), body=new),
        ],
    )  # fmt: skip


def test_responses_and_revisits_take_their_place(crawl: Path, db: Path) -> None:
    tally = bring_warc(db, crawl, given_by="the library")
    assert tally.verdicts == {"release": 3, "challenge": 1, "missing": 1}
    assert tally.entries == 5, "a style sheet, a redirect to itself and another site are none"
    first, second = timeline(db)
    assert first[1:] == (day(1), day(3), 2)
    assert second[1:] == (day(5), day(5), 1)
    store = open_database(db)
    (told,) = store.execute("SELECT provenance FROM captures ORDER BY id LIMIT 1").fetchone()
    assert '"given_by": "the library"' in told
    assert '"warc": "crawl.warc.gz"' in told
    assert bring_warc(db, crawl).verdicts == {"held": 5}
    assert verify(db, every_document=True).damages == []


@pytest.mark.parametrize(
    ("chosen", "releases"),
    [
        ({"minister": "tautahi"}, 1),
        ({"since": date(2026, 5, 5)}, 1),
        ({"until": date(2026, 5, 5)}, 1),
        ({"since": date(2026, 5, 1), "until": date(2026, 6, 1)}, 2),
        ({"limit": 1}, 1),
        ({"minister": "nobody"}, 0),
    ],
)
def test_only_the_releases_asked_for_are_brought_in(
    tmp_path: Path, db: Path, chosen: dict[str, Any], releases: int
) -> None:
    clinics = next(item for item in ITEMS if item.slug == "rural-clinics-open-longer")
    bridge, clinic = page(BRIDGE), page(clinics)
    crawl = write_warc(
        tmp_path / "two.warc.gz",
        [
            Stored(url=BRIDGE.url, at=day(1), body=bridge),
            Stored(url=clinics.url, at=day(2), body=clinic),
            Stored(url=BRIDGE.url, at=day(3), body=bridge, revisit=True),
            Stored(url=clinics.url, at=day(4), body=clinic, revisit=True),
        ],
    )
    captures = releases if chosen.get("limit") else 2 * releases
    for verdict in ("release", "held"):
        tally = bring_warc(db, crawl, **chosen)
        assert tally.entries == captures
        assert tally.verdicts == ({verdict: captures} if captures else {})
    store = open_database(db)
    assert store.execute("SELECT count(*) FROM releases").fetchone() == (releases,)
    assert store.execute("SELECT count(*) FROM captures").fetchone() == (captures,)


def test_our_address_in_a_challenge_is_scrubbed(crawl: Path, db: Path) -> None:
    bring_warc(db, crawl)
    store = open_database(db)
    (sha256,) = store.execute(
        "SELECT payload_sha256 FROM captures WHERE verdict = 'challenge'"
    ).fetchone()
    kept = Payloads(store).get(sha256)
    assert b"203.0.113.77" not in kept
    assert b"cip=0.0.0.0" in kept
    assert b"Incapsula incident ID" in kept, "the evidence itself stays"


def test_a_damaged_file_gives_what_came_before_the_damage(crawl: Path, db: Path) -> None:
    cut = crawl.with_name("cut.warc.gz")
    cut.write_bytes(crawl.read_bytes()[:-200] + b"\x00" * 10)
    tally = bring_warc(db, cut)
    assert tally.verdicts["release"] >= 2
    with pytest.raises(UsageError, match="not there"):
        files(crawl.parent / "nowhere")


def test_a_file_that_is_no_warc_is_told(db: Path, tmp_path: Path) -> None:
    other = tmp_path / "x.warc"
    other.write_bytes(b"<html>not a crawl</html>\n" * 50)
    tally = bring_warc(db, other)
    assert "no WARC file" in tally.stopped
    assert (tally.entries, tally.issues) == (0, 1)


def test_a_saved_page_with_a_stated_time(db: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(page(WORDINGS[0]))
    request = Request(page=saved, page_url=BRIDGE.url, page_at=day(2), given_by="a reader")
    with session_of(db) as session:
        saved_page.run(settled_backfill(request), session)
        assert session.tally.verdicts == {"release": 1}
    with pytest.raises(UsageError, match="no release"):
        settled_backfill(replace(request, page_url="https://www.beehive.govt.nz/minister/x"))
    with pytest.raises(UsageError, match="cannot be read"):
        settled_backfill(replace(request, page=tmp_path / "none.html"))
    assert timeline(db)[0][1:] == (day(2), day(2), 1)


@pytest.fixture
def kept(db: Path) -> Path:
    """A store with live captures: a page, the page again, an edit, a 304, a challenge."""
    old, new = page(WORDINGS[0]), page(WORDINGS[1])
    headers = (("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip"))
    with session_of(db) as session:
        for number, (status, body) in enumerate(
            [(200, old), (200, old), (200, new), (304, b""), (200, challenge())], start=1
        ):
            asked = Capture(
                url=BRIDGE.url, final_url=BRIDGE.url, captured_at=day(number), status=status,
                headers=headers, body=body, via=Via.LIVE,
            )  # fmt: skip
            known = session.store.known(BRIDGE.url)
            seen = interpret(asked, session.source, known)
            session.tally.add(seen.judgement.verdict, session.store.record(session.tally.run, seen))
        session.tally.entries = 5
    return db


def export(db: Path, to: Path) -> Path:
    with reading(db) as store:
        FORMATS["warc"](store, to)
    return to / "corrigenda.warc.gz"


def test_the_export_is_valid_and_says_how_captures_came(kept: Path, tmp_path: Path) -> None:
    warc = export(kept, tmp_path / "out")
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("warcio")), "check", "-v", str(warc)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert "digest failed" not in checked.stdout
    with warc.open("rb") as file:
        kinds = [
            (record.rec_type, record.rec_headers.get_header("WARC-Profile") or "")
            for record in ArchiveIterator(file)
        ]
    assert [kind for kind, _ in kinds].count("request") == 5
    assert [kind for kind, _ in kinds].count("metadata") == 5
    revisits = [profile.rsplit("/", 1)[-1] for kind, profile in kinds if kind == "revisit"]
    assert revisits == ["identical-payload-digest", "server-not-modified"]
    before = warc.read_bytes()
    assert export(kept, tmp_path / "out").read_bytes() == before, "byte-stable"


def test_what_was_exported_comes_back_as_the_same_timeline(kept: Path, tmp_path: Path) -> None:
    warc = export(kept, tmp_path / "out")
    assert bring_warc(kept, warc).verdicts == {"held": 5}, "nothing new to where it came from"
    fresh = tmp_path / "fresh.db"
    bring_warc(fresh, warc)
    assert timeline(fresh) == timeline(kept)
    for one, other in zip(found(fresh), found(kept), strict=True):
        assert replace(one, id=0, detected_at=None) == replace(other, id=0, detected_at=None)


def found(db: Path) -> list[Any]:
    with reading(db) as store:
        return sorted(changes(store), key=lambda change: (change.before, change.kind))


@pytest.mark.xdist_group("pywb")
def test_the_export_replays_in_pywb_with_identical_bytes(
    kept: Path, tmp_path: Path, pywb: Callable[..., Any]
) -> None:
    warc = export(kept, tmp_path / "out")
    store = open_database(kept)
    wanted = [
        (at, Payloads(store).get(sha256))
        for at, sha256 in store.execute(
            "SELECT captured_at, payload_sha256 FROM captures "
            "WHERE payload_sha256 IS NOT NULL ORDER BY id"
        )
    ]
    assert len(wanted) == 4
    with pywb(warc) as collection:
        for at, body in wanted:
            stamp = "".join(c for c in at if c.isdigit())[:14]
            answer = httpx.get(f"{collection}/{stamp}id_/{BRIDGE.url}")
            assert answer.status_code == 200
            assert answer.content == body
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
