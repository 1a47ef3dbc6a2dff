"""Backfill by a file of URLs, tidy and untidy."""

from __future__ import annotations

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
