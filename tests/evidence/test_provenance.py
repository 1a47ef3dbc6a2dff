"""Where a version came from, for people and as W3C PROV."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from prov.model import ProvDocument

from corrigenda.models import Capture, Via
from corrigenda.sources import get
from flows.pipeline import interpret
from storage.file.connection import open_database
from storage.queries.provenance import as_prov, describe, provenance
from storage.queries.releases import find_release
from tests.cli.conftest import Corrigenda
from tests.evidence.pages import BRIDGE, WORDINGS, day, page
from tests.imports.conftest import session_of


@pytest.fixture
def store(db: Path) -> Path:
    """A page given by a reader, and an edit of it fetched through a redirect."""
    with session_of(db) as session:
        for number, via in ((1, Via.FILE), (2, Via.LIVE)):
            asked = Capture(
                url=BRIDGE.url,
                final_url=BRIDGE.url,
                redirects=("http://www.beehive.govt.nz/node/2001",) if via is Via.LIVE else (),
                captured_at=day(number),
                status=200,
                headers=(("content-type", "text/html; charset=utf-8"), ("server", "nginx")),
                body=page(WORDINGS[number]),
                via=via,
            )
            seen = interpret(asked, get("beehive"), None)
            given = {"given_by": "a reader"} if via is Via.FILE else {}
            session.store.record(session.tally.run, replace(seen, provenance=given))
    return db


def test_everything_the_issue_asks_for_is_told(store: Path) -> None:
    db = open_database(store)
    release = find_release(db, BRIDGE.url)
    told = provenance(db, release.id, 2)
    (capture,) = told["captures"]
    assert capture["source_url"] == capture["final_url"] == BRIDGE.url
    assert capture["redirects"] == ["http://www.beehive.govt.nz/node/2001"]
    assert capture["captured_at"].startswith("2019-03-02T09:00")
    assert capture["via"] == "live"
    assert ["server", "nginx"] in capture["headers"]
    assert len(capture["payload_sha256"]) == 64
    assert told["normaliser_version"] >= 1
    assert capture["run"]["flow"] == "backfill"
    assert told["previous_version"]["number"] == 1
    assert told["chain"]["previous_hash"] == provenance(db, release.id, 1)["chain"]["hash"]
    text = describe(told)
    for fact in (capture["payload_sha256"], "server: nginx", "node/2001", "revises    version 1"):
        assert fact in text


def test_the_prov_is_read_by_another_program(store: Path) -> None:
    db = open_database(store)
    release = find_release(db, BRIDGE.url)
    for number in (1, 2):
        written = json.dumps(as_prov(provenance(db, release.id, number), "Beehive.govt.nz"))
        read = ProvDocument.deserialize(content=written, format="json")
        kinds = [type(record).__name__ for record in read.get_records()]
        assert kinds.count("ProvEntity") >= 3
        assert kinds.count("ProvActivity") == 2, "the capture, and the reading"
        assert "ProvDerivation" in kinds
        assert "ProvAttribution" in kinds
        labels = {str(label) for r in read.get_records() for label in r.get_attribute("prov:label")}
        assert "Beehive.govt.nz" in labels
        assert ("a reader" in labels) == (number == 1)


def test_show_prints_it(corrigenda: Corrigenda, store: Path) -> None:
    shown = corrigenda("show", BRIDGE.url, "--provenance", "--version", 1, "--db", store)
    assert shown.returncode == 0
    assert "given_by     a reader" in shown.stdout
    as_json = corrigenda("show", BRIDGE.url, "--provenance", "--json", "--db", store)
    assert json.loads(as_json.stdout)["prefix"]["prov"] == "http://www.w3.org/ns/prov#"
    assert corrigenda("show", BRIDGE.url, "--json", "--db", store).returncode == 2
