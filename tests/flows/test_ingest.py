"""The main job against a real site and a real database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prefect.artifacts import Artifact

from commands.demo.items import SITE, seed_items, seeds_folder
from commands.demo.pages import feed
from commands.demo.site import Replica
from storage.file.connection import open_database
from storage.queries.log.changes import changes
from storage.queries.releases import find_release, version, versions
from tests.flows.conftest import Ingest

BRIDGE = "https://www.beehive.govt.nz/release/harbour-bridge-upgrade-funded"


def test_every_seed_comes_out_of_its_page_byte_for_byte(ingest: Ingest, db: Path) -> None:
    tally = ingest()
    assert tally.verdicts == {"release": 11}
    assert (tally.versions_added, tally.changes) == (11, {"published": 11})
    store = open_database(db)
    expected = {path.read_text("utf-8") for path in seeds_folder().glob("*.md")}
    held = {version(store, find_release(store, item.url)).text for item in seed_items()}
    assert held == expected


def test_running_it_twice_adds_nothing(ingest: Ingest, db: Path) -> None:
    ingest()
    again = ingest()
    assert again.verdicts == {"unmodified": 11}
    assert (again.versions_added, again.changes, again.issues) == (0, {}, 0)


def test_edits_are_found_and_ranked_and_white_space_is_none(
    ingest: Ingest, site: Replica, db: Path
) -> None:
    ingest()
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(bridge.slug, body=bridge.body.replace("$16,712", "$16,172"))
    clinics = site.items["rural-clinics-open-longer"]
    site.edit(clinics.slug, body=clinics.body.replace("a prescription", "a\u00a0prescription"))
    tally = ingest()
    assert tally.changes == {"revised": 2}
    found = [c for c in changes(open_database(db)) if c.kind == "revised"]
    assert [(c.significance, c.title) for c in found] == [
        ("high", "Harbour bridge upgrade funded"),
        ("none", "Rural clinics open longer"),
    ]
    assert "16,712" in found[0].reasons[0]
    assert "16,172" in found[0].reasons[0]
    assert found[0].silent
    assert found[0].fields == ("body",)


def test_an_edit_undone_is_a_revert(ingest: Ingest, site: Replica, db: Path) -> None:
    bridge = site.items["harbour-bridge-upgrade-funded"]
    for body in (bridge.body, "<p>Gone.</p>", bridge.body):
        site.edit(bridge.slug, body=body)
        ingest()
    store = open_database(db)
    assert len(versions(store, find_release(store, BRIDGE).id)) == 3
    revised = [c for c in changes(store) if c.kind == "revised"]
    assert sorted(c.revert for c in revised) == [False, True]


def test_a_challenge_is_never_a_version_and_never_a_change(
    ingest: Ingest, site: Replica, db: Path
) -> None:
    ingest()
    site.challenged.add("harbour-bridge-upgrade-funded")
    tally = ingest()
    assert tally.verdicts == {"unmodified": 10, "challenge": 1}
    assert tally.blocked
    assert tally.needs_a_person
    assert (tally.versions_added, tally.changes) == (0, {})
    store = open_database(db)
    assert find_release(store, BRIDGE).status == "live"
    (payload,) = store.execute(
        "SELECT payload_sha256 FROM captures WHERE verdict = 'challenge'"
    ).fetchone()
    assert payload, "the challenge itself is kept as evidence"


def test_a_missing_page_is_counted_and_takes_nothing_away(
    ingest: Ingest, site: Replica, db: Path
) -> None:
    ingest()
    site.withdrawn.add("harbour-bridge-upgrade-funded")
    tally = ingest()
    assert tally.verdicts["missing"] == 1
    assert tally.changes == {}
    store = open_database(db)
    assert version(store, find_release(store, BRIDGE)).number == 1


def test_several_challenges_in_a_row_stop_the_run(ingest: Ingest, site: Replica) -> None:
    site.challenged.update(site.items)
    tally = ingest()
    assert tally.verdicts == {"challenge": 3}
    assert tally.unchecked == 8
    assert "3 challenges in a row" in tally.stopped
    assert tally.outcome == "blocked"


@pytest.mark.parametrize(
    ("served", "said"),
    [
        (b"<rss><channel><item>", "not closed"),
        (b"<rss><channel><item></channel></rss>", "not valid XML"),
        (b"<!DOCTYPE html><html><body>Welcome</body></html>", "begins with <html>"),
        (b" ", "empty"),
    ],
)
def test_an_unreadable_feed_is_told_and_never_called_no_changes(
    ingest: Ingest, site: Replica, served: bytes, said: str
) -> None:
    site.feed_override = served
    tally = ingest()
    assert said in tally.failure
    assert tally.outcome == "failed", "whatever the feeds beside it told"
    assert tally.needs_a_person
    assert tally.issues == 1


def test_the_summary_counts_every_verdict_and_links_every_change(
    tracked_ingest: Ingest, site: Replica
) -> None:
    tracked_ingest()
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(bridge.slug, body=bridge.body.replace("$16,712", "$16,172"))
    site.withdrawn.add("kiwi-sanctuary-extended")
    tracked_ingest()
    artifact = Artifact.get("ingest-beehive")
    assert artifact is not None
    text = str(artifact.data)
    for line in (
        "| unmodified | 9 |",
        "| missing | 1 |",
        "| release | 1 |",
        "| **all** | **11** |",
    ):
        assert line in text
    assert f"]({BRIDGE})" in text
    assert "high" in text


def test_the_run_is_on_record_with_its_account(ingest: Ingest, db: Path) -> None:
    tally = ingest()
    row = next(iter(open_database(db).query("SELECT * FROM runs")))
    assert (row["flow"], row["outcome"], row["entries"]) == ("ingest", "done", 11)
    assert json.loads(row["verdicts"]) == tally.verdicts


def test_a_mirrors_own_addresses_are_recorded_as_the_sites(
    ingest: Ingest, site: Replica, db: Path
) -> None:
    site.feed_override = feed(site.newest()).replace(SITE, site.url).encode()
    assert ingest().verdicts == {"release": 11}
    assert find_release(open_database(db), BRIDGE).status == "live"
