"""What holds through the real flow too: blocks, the witness, withdrawals, the artifact."""

from __future__ import annotations

from pathlib import Path

import pytest
from prefect.artifacts import Artifact

from commands.demo.site import Replica
from storage.file.connection import open_database, transaction
from storage.queries.log.changes import changes
from storage.queries.releases import find_release
from tests.flows.conftest import Ingest
from tests.flows.test_ingest import BRIDGE


def test_a_blocked_source_is_probed_once_and_the_artifact_says_since_when(
    tracked_ingest: Ingest, site: Replica, db: Path
) -> None:
    tracked_ingest()
    site.challenged.update(site.items)
    assert tracked_ingest().verdicts == {"challenge": 3}
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(bridge.slug, body=bridge.body.replace("$16,712", "$16,172"))
    tally = tracked_ingest()
    assert tally.verdicts == {"challenge": 1}
    assert (tally.blocked, tally.unchecked) == (True, 10)
    assert tally.changes == {"revised": 1}, "the feed saw it"
    text = latest_artifact("ingest-beehive")
    assert "**Blocked since" in text
    assert "*not checked* | 10" in text
    assert "16,172" in text
    site.challenged.clear()
    tally = tracked_ingest()
    assert not tally.needs_a_person
    assert tally.changes == {"revised": 1}
    revised = [c for c in changes(open_database(db)) if c.kind == "revised"]
    assert [(c.url, c.track) for c in revised] == [(BRIDGE, "page")], "one edit, told once"


def test_withdrawn_and_restored_are_in_the_log_the_artifact_and_the_account(
    tracked_ingest: Ingest, site: Replica, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_ABSENCE_HOURS", "0")
    tracked_ingest()
    site.withdrawn.add("harbour-bridge-upgrade-funded")
    assert tracked_ingest().changes == {}, "once is not enough"
    assert tracked_ingest().changes == {}, "the feeds still list it"
    gone = site.items.pop("harbour-bridge-upgrade-funded")
    with transaction(store := open_database(db, create=True)):
        store.execute("UPDATE feeds SET next_try_at = NULL")  # an hour later, say
    changed = [tracked_ingest().changes for _ in range(2)]
    assert changed == [{}, {"withdrawn": 1}], "absent twice since no feed lists it"
    assert "withdrawn" in latest_artifact("ingest-beehive")
    assert find_release(open_database(db), BRIDGE).status == "withdrawn"
    site.items[gone.slug] = gone
    site.withdrawn.clear()
    assert tracked_ingest().changes == {"restored": 1}
    kinds = [c.kind for c in changes(open_database(db)) if c.url == BRIDGE]
    assert sorted(kinds) == ["published", "restored", "withdrawn"]
    assert find_release(open_database(db), BRIDGE).status == "live"


def test_the_budget_spans_runs(
    ingest: Ingest, site: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_BUDGET", "8")
    tally = ingest()
    assert tally.verdicts == {"release": 5}, "the rest is robots.txt and the feeds'"
    assert "used up" in tally.stopped
    assert tally.needs_a_person
    again = ingest()
    assert again.entries == 0
    assert again.needs_a_person
    assert len(site.hits) == 8


def latest_artifact(key: str) -> str:
    artifact = Artifact.get(key)
    assert artifact is not None
    return str(artifact.data)
