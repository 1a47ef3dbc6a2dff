"""Backfill by a file of URLs, tidy and untidy."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands.demo.site import Replica
from corrigenda.errors import StoreLocked, StoreTooNew, UsageError
from storage.file.connection import open_database
from storage.file.lock import run_lock
from storage.queries.releases import find_release
from tests.flows.conftest import Ingest

HOST = "https://www.beehive.govt.nz"


def test_blank_lines_comments_duplicates_and_nonsense(
    backfill: Ingest, tmp_path: Path, db: Path
) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_text(
        f"""\ufeff# clinics first
{HOST}/release/rural-clinics-open-longer

  {HOST}/release/harbour-bridge-upgrade-funded   # a comment
http://www.beehive.govt.nz/release/harbour-bridge-upgrade-funded/
ftp://www.beehive.govt.nz/release/x
not a url at all
https://example.org/release/elsewhere
{HOST}/minister/hon-somebody
""",
        "utf-8",
    )
    tally = backfill(urls_file=listing)
    assert tally.entries == 2
    assert tally.verdicts == {"release": 2}
    issues = {row[0] for row in open_database(db).execute("SELECT url FROM issues")}
    assert issues == {
        "ftp://www.beehive.govt.nz/release/x",
        "not a url at all",
        "https://example.org/release/elsewhere",
        f"{HOST}/minister/hon-somebody",
    }
    assert tally.issues == 4


def test_a_node_number_leads_to_the_release_it_names(backfill: Ingest, db: Path) -> None:
    backfill(urls=[f"{HOST}/node/2001"])
    release = find_release(open_database(db), f"{HOST}/release/harbour-bridge-upgrade-funded")
    assert release.title == "Harbour bridge upgrade funded"


@pytest.mark.parametrize("text", ["", "\n\n# nothing\n"])
def test_a_file_without_urls_is_wrong_usage(backfill: Ingest, tmp_path: Path, text: str) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_text(text)
    with pytest.raises(UsageError, match="no URLs"):
        backfill(urls_file=listing)


def test_a_file_that_is_not_there_is_wrong_usage(backfill: Ingest, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        backfill(urls_file=tmp_path / "nowhere.txt")


@pytest.mark.parametrize(
    ("removed", "note"),
    [
        ({"ministers": ()}, "no ministers"),
        ({"portfolios": ()}, "no portfolios"),
        ({"body": ""}, "empty body"),
        ({"title": ""}, "empty title"),
    ],
)
def test_what_a_page_lacks_is_a_counted_issue_and_nothing_is_guessed(
    backfill: Ingest, site: Replica, db: Path, removed: dict[str, object], note: str
) -> None:
    site.edit("new-judges-appointed", **removed)
    url = f"{HOST}/release/new-judges-appointed"
    tally = backfill(urls=[url])
    assert tally.verdicts == {"release": 1}
    assert tally.issues >= 1
    problems = [row[0] for row in open_database(db).execute("SELECT problem FROM issues")]
    assert note in problems
    again = backfill(urls=[url])
    assert (again.issues, again.versions_added) == (0, 0)


def test_a_second_run_leaves_with_the_holders_name(
    backfill: Ingest, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_LOCK_WAIT", "0")
    with run_lock(db, "a long import", wait=0), pytest.raises(StoreLocked, match="a long import"):
        backfill(urls=[f"{HOST}/release/new-judges-appointed"])


def test_a_database_from_a_newer_version_is_left_alone(backfill: Ingest, db: Path) -> None:
    store = open_database(db, create=True)
    store.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('corrigenda', 'from_the_future', '2030-01-01')"
    )
    store.close()
    before = db.read_bytes()
    with pytest.raises(StoreTooNew, match="from_the_future"):
        backfill(urls=[f"{HOST}/release/new-judges-appointed"])
    assert db.read_bytes() == before


def test_an_edited_file_of_the_same_name_is_another_backfill(
    backfill: Ingest, site: Replica, tmp_path: Path
) -> None:
    listing = tmp_path / "urls.txt"
    listing.write_text(f"{HOST}/release/new-judges-appointed\n")
    site.challenged.update(site.items)
    assert backfill(urls_file=listing).blocked
    site.challenged.clear()
    listing.write_text(f"{HOST}/release/rural-clinics-open-longer\n")
    tally = backfill(urls_file=listing)
    assert tally.verdicts == {"release": 1}
    assert "/release/rural-clinics-open-longer" in {hit.path for hit in site.hits}


def test_the_same_list_under_another_name_goes_on(
    backfill: Ingest, site: Replica, tmp_path: Path
) -> None:
    urls = [
        f"{HOST}/release/{slug}" for slug in ("new-judges-appointed", "kiwi-sanctuary-extended")
    ]
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("\n".join(urls))
    second.write_text("# the same\n\n" + "\n".join(urls))
    site.challenged.add("kiwi-sanctuary-extended")
    assert backfill(urls_file=first).blocked
    site.challenged.clear()
    tally = backfill(urls_file=second)
    assert tally.verdicts == {"release": 1, "checked earlier": 1}


def test_an_ingest_has_its_turn_beside_a_long_backfill(
    ingest: Ingest, site: Replica, db: Path, tmp_path: Path
) -> None:
    site.pause = 0.3
    listing = tmp_path / "urls.txt"
    listing.write_text("\n".join(item.url for item in site.items.values()))
    long = subprocess.Popen(
        [sys.executable, "-c", "from commands import main; main()", "backfill", "--db", str(db),
         "--origin", site.url, "--urls", str(listing)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while len(site.hits) < 3 and long.poll() is None:
        time.sleep(0.02)
    tally = ingest()
    assert tally.outcome == "done"
    _, said = long.communicate(timeout=120)
    assert long.returncode == 0, said
    store = open_database(db)
    outcomes = store.execute("SELECT flow, outcome FROM runs ORDER BY id").fetchall()
    assert outcomes == [("backfill", "done"), ("ingest", "done")]
    within = "SELECT a.started_at < b.finished_at FROM runs a, runs b WHERE a.id = 2 AND b.id = 1"
    assert store.execute(within).fetchone() == (1,), "the ingest did not wait for its end"
