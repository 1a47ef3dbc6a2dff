"""An archive of documents becomes the baseline: all of it, once, whatever is in it."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corrigenda import documents
from corrigenda.carriers import archives
from corrigenda.errors import UsageError
from corrigenda.models import Via
from corrigenda.settings import Settings
from flows.request import Request
from flows.ways.archive import run
from storage.audit.verify import verify
from storage.bulk.baseline import Baseline
from storage.file.connection import open_database
from storage.queries import search_index
from storage.queries.log.changes import changes
from storage.queries.releases import find_release, version, versions
from tests.imports.conftest import (
    HOST,
    MADE,
    archive_of,
    bring_archive,
    content_of_store,
    document,
    name_of,
    session_of,
    tar_of,
    write_archive,
)

Make = Callable[..., Path]
BRIDGES = [document(number) for number in range(12)]


def test_every_document_becomes_a_release_with_its_provenance(archive: Make, db: Path) -> None:
    tally = bring_archive(db, archive(*BRIDGES), given_by="the archivist")
    assert (tally.entries, tally.verdicts) == (12, {"release": 12})
    assert (tally.versions_added, tally.changes) == (12, {"published": 12})
    store = open_database(db)
    held = version(store, find_release(store, BRIDGES[3].url))
    assert held.text == documents.write(BRIDGES[3])
    assert (held.first_observed, held.via, held.captures) == (MADE, "archive", 1)
    row = next(iter(store.query("SELECT * FROM captures WHERE url = ?", [BRIDGES[3].url])))
    assert json.loads(row["provenance"]) == {
        "archive": "archive",
        "file": name_of(BRIDGES[3]),
        "dated": "by the file",
        "given_by": "the archivist",
    }
    assert row["payload_sha256"] == documents.digest(held.text)


def test_a_tar_file_is_the_same_archive(archive: Make, db: Path, tmp_path: Path) -> None:
    folder = archive(*BRIDGES)
    bring_archive(db, folder)
    before = content_of_store(db)
    tally = bring_archive(db, tar_of(folder, tmp_path / "releases.tar.xz"))
    assert tally.verdicts == {"held": 12}
    assert content_of_store(db) == before


def test_a_second_import_adds_nothing_even_unpacked_on_another_day(archive: Make, db: Path) -> None:
    folder = archive(*BRIDGES)
    bring_archive(db, folder)
    before = content_of_store(db)
    for path in folder.rglob("*.md"):
        path.touch()
    tally = bring_archive(db, folder)
    assert (tally.entries, tally.verdicts, tally.versions_added) == (12, {"held": 12}, 0)
    assert content_of_store(db) == before


def test_a_stated_date_is_the_captures_date(archive: Make, db: Path) -> None:
    stated = datetime(2025, 7, 1, tzinfo=UTC)
    bring_archive(db, archive(BRIDGES[0]), captured_at=stated)
    store = open_database(db)
    (held,) = versions(store, find_release(store, BRIDGES[0].url).id)
    assert held.first_observed == stated


def test_a_later_edition_brings_revisions(archive: Make, db: Path) -> None:
    bring_archive(db, archive(*BRIDGES[:3]))
    edited = replace(BRIDGES[1], body=BRIDGES[1].body.replace("$7,000", "$9,000"))
    later = datetime(2026, 9, 1, tzinfo=UTC)
    tally = bring_archive(
        db, archive(BRIDGES[0], edited, BRIDGES[2], name="later"), captured_at=later
    )
    assert tally.changes == {"revised": 1}
    store = open_database(db)
    (revised,) = [c for c in changes(store) if c.kind == "revised"]
    assert (revised.after, revised.before) == (MADE, later)
    assert revised.significance == "high"


def test_two_documents_that_claim_one_url_are_both_kept_and_reported(
    archive: Make, db: Path
) -> None:
    other = replace(document(40), url=BRIDGES[4].url)
    folder = archive(BRIDGES[4], other)
    tally = bring_archive(db, folder)
    assert (tally.verdicts, tally.changes) == ({"release": 2}, {"published": 2})
    assert tally.issues == 1
    store = open_database(db)
    texts = {row[0] for row in store.execute("SELECT text FROM versions")}
    assert texts == {documents.write(BRIDGES[4]), documents.write(other)}
    (problem,) = [row[0] for row in store.execute("SELECT problem FROM issues")]
    assert "both claim it" in problem
    assert not [c for c in changes(store) if c.kind == "revised"], "no false alarm"
    before = content_of_store(db)
    assert bring_archive(db, folder).verdicts == {"held": 2}
    assert content_of_store(db) == before


def test_what_is_no_document_is_kept_reported_and_never_fatal(db: Path, tmp_path: Path) -> None:
    good, legacy = documents.write(BRIDGES[0]), documents.write(BRIDGES[1])
    folder = write_archive(
        tmp_path / "a",
        {
            "README.md": "# An archive\n",
            "2008/01/empty.md": "",
            "2008/01/not-text.md": b"\xff\xfe\x00",
            "2008/01/not-yaml.md": "---\ntitle: [\n---\n\nx",
            "2008/01/elsewhere.md": good.replace(HOST, "https://example.org"),
            name_of(BRIDGES[0]): good,
            name_of(BRIDGES[1]): legacy.replace(
                "  - Transport", "  - Crown Relations: Te Arawhiti"
            ),
            "2008/01/picture.png": b"\x89PNG",
        },
    )
    tally = bring_archive(db, folder)
    assert (tally.entries, tally.verdicts) == (7, {"release": 2, "broken": 5})
    assert tally.issues == 5
    store = open_database(db)
    assert {row[0] for row in store.execute("SELECT url FROM issues")} == {
        "file:README.md",
        "file:2008/01/empty.md",
        "file:2008/01/not-text.md",
        "file:2008/01/not-yaml.md",
        "file:2008/01/elsewhere.md",
    }
    held = version(store, find_release(store, BRIDGES[1].url))
    assert '  - "Crown Relations: Te Arawhiti"' in held.text
    assert bring_archive(db, folder).verdicts == {"held": 7}
    assert verify(db).damages == []


def test_a_damaged_tar_gives_what_came_before_the_damage(
    archive: Make, db: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.tar"
    with tarfile.open(whole, "w") as tar:
        tar.add(archive(*BRIDGES), arcname="releases")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(whole.read_bytes()[:9000])
    with pytest.raises(UsageError, match="damaged"):
        archives.count(cut, Settings())
    with pytest.raises(UsageError, match="neither a folder nor a tar"):
        archives.count(Path(__file__), Settings())


def test_only_what_was_chosen_is_brought(archive: Make, db: Path) -> None:
    folder = archive(*BRIDGES)
    tally = bring_archive(db, folder, minister="reed", since=BRIDGES[3].date)
    wanted = {
        d.url for d in BRIDGES if d.ministers[0].startswith("Rt") and d.date >= BRIDGES[3].date
    }  # type: ignore[operator]
    assert tally.verdicts == {"release": len(wanted)}
    store = open_database(db)
    assert {row[0] for row in store.execute("SELECT url FROM releases")} == wanted
    assert bring_archive(db, folder, limit=2).entries == 2


def test_an_archive_older_than_a_live_page_begins_the_timeline(archive: Make, db: Path) -> None:
    from storage.record.store import Store
    from tests.storage.factory import content, seen

    with session_of(db) as session:
        store: Store = session.store
        what = content("Another body.", url=BRIDGES[0].url)
        store.record(session.tally.run, seen(what, 24 * 40, url=BRIDGES[0].url, via=Via.LIVE))
    bring_archive(db, archive(BRIDGES[0]))
    reader = open_database(db)
    held = versions(reader, find_release(reader, BRIDGES[0].url).id)
    assert [v.via for v in held] == ["archive", "live"]


_DOCUMENTS = st.builds(
    lambda number, title, ministers, body, day: document(
        number, title=title, ministers=tuple(ministers), body=body, date=day
    ),
    st.integers(0, 8),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.lists(st.sampled_from(["Hon A", "Hon Ā: B", "42", "- x"]), max_size=2, unique=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(lambda t: t.strip()),
    st.one_of(st.none(), st.dates()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_DOCUMENTS, min_size=1, max_size=8, unique_by=lambda d: d.url))
def test_the_fast_way_leaves_the_rows_the_general_way_would(
    tmp_path_factory: pytest.TempPathFactory, made: list[documents.Document]
) -> None:
    folder = tmp_path_factory.mktemp("both")
    archive = archive_of(folder / "archive", *made)
    bring_archive(folder / "fast.db", archive)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Baseline, "knows", lambda self, url: "#" not in url)
        bring_archive(folder / "general.db", archive)
    assert content_of_store(folder / "fast.db") == content_of_store(folder / "general.db")
    assert verify(folder / "fast.db").damages == []


def test_many_documents_pass_through_other_processes(tmp_path: Path, db: Path) -> None:
    made = [document(number) for number in range(3000)]
    folder = archive_of(tmp_path / "archive", *made)
    with session_of(db) as session:
        run(Request(archive=folder), session)
        assert session.tally.verdicts == {"release": 3000}
    store = open_database(db)
    first = store.execute("SELECT url FROM captures ORDER BY id LIMIT 1").fetchone()[0]
    names = sorted(name_of(d) for d in made)
    assert first.rsplit("/", 1)[-1] in names[0], "rows are in the archive's order"


def test_the_next_run_indexes_what_an_import_left_behind(archive: Make, db: Path) -> None:
    """By minister it is found at once; by its words when somebody searches, or from then on."""
    found = "SELECT count(*) FROM versions_fts WHERE versions_fts MATCH 'monday'"
    terms = "SELECT count(*) FROM release_terms WHERE name = 'Hon Āwhina Moss'"
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    with session_of(db) as session:
        as_made = session.store.db.execute(triggers).fetchall()
        run(Request(archive=archive(*BRIDGES)), session)
        wanted = sum(d.ministers == ("Hon Āwhina Moss",) for d in BRIDGES)
        assert session.store.db.execute(terms).fetchone() == (wanted,)
        assert session.store.db.execute(triggers).fetchall() == as_made
        assert search_index.behind(session.store.db.conn) == (0, 12)
    with session_of(db) as session:
        assert search_index.behind(session.store.db.conn) == (12, 12)
        assert session.store.db.execute(found).fetchone() == (12,)
        session.store.db.execute(
            "INSERT INTO versions_fts (versions_fts, rank) VALUES ('integrity-check', 1)"
        )
