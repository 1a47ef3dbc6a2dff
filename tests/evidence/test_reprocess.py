"""A new normaliser makes derivations, and never a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import storage.audit.derivations
import storage.bulk.rereading
from corrigenda.errors import ArticleError
from corrigenda.models import Capture, Reading, ReviewVerdict, Via
from corrigenda.sources import get
from flows.pipeline import interpret
from flows.rereading import reread_kept
from flows.session import Session
from storage.audit.verify import verify
from storage.bulk.rereading import reread_all
from storage.file.connection import open_database
from storage.queries.contents import Content, from_reading
from storage.queries.log.changes import changes
from storage.queries.releases import find_release, versions
from storage.record.reviews import record as add_review
from storage.record.store import Recorded
from tests.evidence.pages import BRIDGE, WORDINGS, day, page
from tests.imports.conftest import archive_of, bring_archive, document, session_of

READ = storage.bulk.rereading.content_of_capture


def see(session: Session, number: int, wording: int) -> Recorded:
    """Record a page of the bridge's release."""
    asked = Capture(
        url=BRIDGE.url, final_url=BRIDGE.url, captured_at=day(number), status=200,
        body=page(WORDINGS[wording]), via=Via.LIVE,
    )  # fmt: skip
    seen = interpret(asked, get("beehive"), None)
    recorded = session.store.record(session.tally.run, seen)
    session.tally.add(seen.judgement.verdict, recorded)
    session.tally.entries += 1
    return recorded


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], str]], None]:
    """Make the normaliser a newer one, which writes bodies otherwise."""

    def install(change: Callable[[str], str]) -> None:
        def read(capture: Capture, source_name: str) -> Content:
            old = READ(capture, source_name)
            body = change(old.document.body)
            return from_reading(Reading(document=replace(old.document, body=body)), 99)

        monkeypatch.setattr(storage.bulk.rereading, "content_of_capture", read)
        for module in ("storage.audit.derivations", "storage.audit.consistency"):
            monkeypatch.setattr(f"{module}.NORMALISER_VERSION", 99)

    return install


def test_a_new_reading_is_a_derivation_and_no_change(db: Path, upgrade: Any) -> None:
    with session_of(db) as session:
        see(session, 1, 0), see(session, 2, 0), see(session, 3, 1)
    upgrade(lambda body: body.replace("bridge", "Bridge"))
    before = open_database(db)
    log = changes(before)
    with session_of(db) as session:
        done = reread_kept(session, processes=1)
        assert session.tally.verdicts == {"read again": 3}
        assert session.tally.changes == {}
    assert (done.derivations, done.artefacts, done.unreadable, done.apart) == (2, 0, [], [])
    # The key of the same edit elsewhere is made from the words, as they are read now.
    again = [replace(change, group_key=None) for change in changes(open_database(db))]
    assert again == [replace(change, group_key=None) for change in log]
    store = open_database(db)
    rows = store.execute(
        "SELECT version_id, normaliser_version, text FROM derivations ORDER BY version_id"
    ).fetchall()
    assert [(row[0], row[1]) for row in rows] == [(1, 99), (2, 99)]
    assert all("Bridge costs" in row[2] for row in rows)
    assert verify(db, every_document=True).damages == []


def test_a_second_time_reads_nothing(db: Path, upgrade: Any) -> None:
    with session_of(db) as session:
        see(session, 1, 0)
    upgrade(str.upper)
    with session_of(db) as session:
        reread_kept(session, processes=1)
    with session_of(db) as session:
        reread_kept(session, processes=1)
        assert session.tally.entries == 0
        reread_kept(session, everything=True, processes=1)
        assert session.tally.entries == 1
    assert open_database(db).execute("SELECT count(*) FROM derivations").fetchone() == (1,)


def test_what_our_normaliser_alone_told_apart_becomes_one(db: Path, upgrade: Any) -> None:
    """Two neighbours that read alike now were never an edit."""
    with session_of(db) as session:
        see(session, 1, 0), see(session, 2, 1), see(session, 3, 2)
        (artefact,) = [c for c in changes(session.store.db) if c.to_version == 2]
        add_review(session.store.db, [artefact.id], ReviewVerdict.COSMETIC)
    upgrade(lambda body: body.replace("$5", "$6"))
    with session_of(db) as session:
        done = reread_kept(session, processes=1)
    assert done.artefacts == 1
    store = open_database(db)
    held = versions(store, find_release(store, BRIDGE.url).id)
    assert [(v.number, v.first_observed, v.last_observed, v.captures) for v in held] == [
        (1, day(1), day(2), 2),
        (2, day(3), day(3), 1),
    ]
    revised = [c for c in changes(store) if c.kind == "revised"]
    assert [(c.from_version, c.to_version, c.after) for c in revised] == [(1, 2, day(2))]
    (superseded,) = store.execute(
        "SELECT superseded_by FROM changes WHERE id = ?", [artefact.id]
    ).fetchone()
    (kind,) = store.execute("SELECT kind FROM changes WHERE id = ?", [superseded]).fetchone()
    assert kind == "published", "the change that leads to what is one version now"
    assert store.execute("SELECT count(*) FROM reviews").fetchone() == (1,)
    assert verify(db).damages == []


def test_an_old_wording_seen_again_after_the_upgrade_is_a_revisit(db: Path, upgrade: Any) -> None:
    with session_of(db) as session:
        see(session, 1, 0)
    upgrade(str.upper)
    with session_of(db) as session:
        reread_kept(session, processes=1)
        assert see(session, 2, 0).versions_added == 0


def test_a_page_that_cannot_be_read_any_more_is_an_issue(
    db: Path, monkeypatch: pytest.MonkeyPatch, upgrade: Any
) -> None:
    with session_of(db) as session:
        see(session, 1, 0)
    upgrade(str.upper)

    def refuse(capture: Any, source_name: str) -> Content:
        raise ArticleError(capture.url, "no article")

    monkeypatch.setattr(storage.bulk.rereading, "content_of_capture", refuse)
    with session_of(db) as session:
        done = reread_kept(session, processes=1)
        assert (session.tally.verdicts, session.tally.issues) == ({"unreadable": 1}, 1)
    assert done.derivations == 0
    store = open_database(db)
    assert len(versions(store, find_release(store, BRIDGE.url).id)) == 1


def test_other_processes_read_the_same(db: Path, tmp_path: Path) -> None:
    bring_archive(db, archive_of(tmp_path / "a", *(document(n) for n in range(200))))
    ids = list(range(1, 201))
    alone = list(reread_all(db, "beehive", ids, processes=1))
    together = list(reread_all(db, "beehive", ids, processes=2))
    assert alone == together
    assert not any(reading.problem for reading in alone)
