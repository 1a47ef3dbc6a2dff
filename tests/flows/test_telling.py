"""Events on the real Prefect server, and notifications to a real receiver over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL

from commands.demo.site import Replica
from corrigenda.models import ReviewVerdict
from flows.account.progress import watched_by
from storage.file.connection import open_database
from storage.queries.log.changes import changes
from storage.record import reviews
from tests.flows.conftest import Ingest, Keeper

BRIDGE = "harbour-bridge-upgrade-funded"
CLINICS = "rural-clinics-open-longer"


def events(prefix: str, resource: str, telling: str = "") -> list[dict[str, Any]]:
    """Ask the server for events about a resource, waiting until they have arrived.

    Other tests tell the same server of the same release: ``telling`` picks by payload.
    """
    asked = {"filter": {"event": {"prefix": [prefix]}, "related": {"id": [resource]}}, "limit": 50}
    for _ in range(150):
        answer = httpx.post(f"{PREFECT_API_URL.value()}/events/filter", json=asked)
        arrived: list[dict[str, Any]] = answer.raise_for_status().json()["events"]
        found = [e for e in arrived if telling in json.dumps(e["payload"])]
        if found:
            return found
        time.sleep(0.1)
    return []


def edit(site: Replica, figure: str, phone: str = "021 555 0123") -> None:
    bridge = site.items[BRIDGE]
    site.edit(BRIDGE, body=bridge.body.replace("$16,712", figure))
    clinics = site.items[CLINICS]
    site.edit(CLINICS, body=clinics.body.replace("021 555 0123", phone))


def test_each_change_is_an_event_with_its_payload(
    tracked_ingest: Ingest, site: Replica, db: Path
) -> None:
    tracked_ingest()
    edit(site, "$31,415", "021 555 0177")
    tracked_ingest()
    (revised,) = events("corrigenda.change.revised", site.items[BRIDGE].url, "31,415")
    (change,) = (c for c in changes(open_database(db)) if "31,415" in "".join(c.reasons))
    assert revised["resource"]["prefect.resource.id"] == f"corrigenda.change.{change.id}"
    assert revised["resource"]["corrigenda.significance"] == "high"
    told = revised["payload"]
    assert told["url"] == site.items[BRIDGE].url
    assert told["reasons"] == list(change.reasons)
    assert told["silent"] is True
    assert told["when"].startswith("between ")
    roles = {r["prefect.resource.role"] for r in revised["related"]}
    assert {"release", "flow-run"} <= roles
    contact = events("corrigenda.change.revised", site.items[CLINICS].url)
    assert contact
    assert "555 0" not in json.dumps([event["payload"] for event in contact])
    assert events("corrigenda.change.published", site.items[BRIDGE].url)


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook on loopback; yields its Apprise address and what it received."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            received.append(json.loads(self.rfile.read(length)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/hook", received
    server.shutdown()
    server.server_close()


def test_a_run_with_changes_is_told_once_and_one_without_is_not(
    ingest: Ingest,
    site: Replica,
    receiver: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, received = receiver
    monkeypatch.setenv("CORRIGENDA_NOTIFY", address)
    monkeypatch.setenv("CORRIGENDA_PAGES", "http://127.0.0.1:8001/")
    ingest()
    assert received == [], "publications are no news"
    edit(site, "$16,172", "021 555 0177")
    ingest()
    ingest()
    (told,) = received
    assert told["title"] == "Corrigenda: 1 change, 1 high"
    assert 'figure: "$16,712 million" became "$16,172 million"' in told["message"]
    assert "http://127.0.0.1:8001/change/" in told["message"]
    assert "555 0" not in told["message"]


def test_a_saved_block_is_used_by_its_name_and_suppressed_changes_are_not_told(
    tracked_ingest: Ingest,
    site: Replica,
    db: Path,
    receiver: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows.telling.block import ChangeNotification

    address, received = receiver
    ChangeNotification(url=address).save("newsroom", overwrite=True)
    monkeypatch.setenv("CORRIGENDA_NOTIFY", "newsroom")
    monkeypatch.setenv("CORRIGENDA_NOTIFY_SIGNIFICANCE", "low")
    tracked_ingest()
    edit(site, "$16,712", "021 555 0177")
    tracked_ingest()
    (told,) = received
    assert "press-contact line" in told["message"]
    store = open_database(db, create=True)
    (alarm,) = (c.id for c in changes(store) if c.kind == "revised")
    reviews.record(store, [alarm], ReviewVerdict.FALSE_ALARM)
    reviews.suppress(store, alarm, reviews.Scope.RELEASE)
    store.close()
    site.edit(CLINICS, body=site.items[CLINICS].body.replace("0177", "0188"))
    tracked_ingest()
    assert len(received) == 1


def test_a_message_that_cannot_be_sent_is_an_issue_and_never_tells_the_address(
    ingest: Ingest, site: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_NOTIFY", "json://somebody:secret@127.0.0.1:9/hook")
    ingest()
    edit(site, "$16,172")
    tally = ingest()
    assert tally.changes == {"revised": 1}
    assert tally.outcome == "done"
    problems = [row[0] for row in open_database(db).execute("SELECT problem FROM issues")]
    assert any("could not be sent" in problem for problem in problems)
    assert "secret" not in "".join(problems)


def test_without_a_server_a_saved_block_cannot_be_used_and_the_run_says_so(
    ingest: Ingest, site: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_NOTIFY", "newsroom")
    ingest()
    edit(site, "$16,172")
    keeper = Keeper()
    with watched_by(keeper):
        ingest()
    told = "a saved block needs a run that Prefect tracks; give an address"
    assert any(told in said for said in keeper.said)
    problems = [row[0] for row in open_database(db).execute("SELECT problem FROM issues")]
    assert any(told in problem for problem in problems)
