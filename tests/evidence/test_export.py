"""Everything comes out again, and out again the same."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrigenda import documents
from corrigenda.errors import CorrigendaError, UsageError
from corrigenda.models import Via
from storage.audit.verify import verify
from storage.export import FORMATS
from storage.export.files import Result, document_path
from storage.file.connection import reading
from storage.record.store import Store
from tests.imports.conftest import MADE, archive_of, bring_archive, document, name_of, session_of
from tests.storage.factory import at, content, seen

BRIDGES = [document(number) for number in range(8)]


def export(db: Path, form: str, to: Path) -> Result:
    with reading(db) as database:
        return FORMATS[form](database, to)


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@pytest.fixture
def store(db: Path, tmp_path: Path) -> Path:
    """An archive's documents, one of them edited twice since, and back."""
    bring_archive(db, archive_of(tmp_path / "archive", *BRIDGES))
    with session_of(db) as session:
        writer: Store = session.store
        for hours, body in enumerate(("A new text, at $5.", "=A newer text, at $7.")):
            what = content(body, url=BRIDGES[2].url, title="=1+1")
            moment = seen(what, 24 * 60 + hours, url=BRIDGES[2].url, via=Via.LIVE)
            writer.record(session.tally.run, moment)
    return db


def test_the_tree_is_the_archive_byte_for_byte(db: Path, tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive", *BRIDGES)
    bring_archive(db, archive)
    result = export(db, "markdown", tmp_path / "out")
    assert (result.written, result.unchanged) == (8, 0)
    assert tree(tmp_path / "out") == tree(archive)


def test_exporting_twice_writes_nothing(store: Path, tmp_path: Path) -> None:
    export(store, "markdown", tmp_path / "out")
    before = tree(tmp_path / "out")
    again = export(store, "markdown", tmp_path / "out")
    assert (again.written, again.unchanged) == (0, 8)
    assert tree(tmp_path / "out") == before


def test_exporting_and_importing_changes_nothing(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(store, "markdown", out)
    assert bring_archive(store, out).verdicts == {"held": 8}
    assert verify(store).damages == []
    fresh = tmp_path / "fresh.db"
    assert bring_archive(fresh, out).verdicts == {"release": 8}
    export(fresh, "markdown", tmp_path / "again")
    assert tree(tmp_path / "again") == tree(out)


def test_the_tree_holds_the_latest_version_of_each(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(store, "markdown", out)
    found = [p for p in out.rglob("*.md") if BRIDGES[2].url.encode() in p.read_bytes()]
    assert "=A newer text" in found[-1].read_text("utf-8")


def test_git_has_a_commit_for_each_change_at_its_time(store: Path, tmp_path: Path) -> None:
    result = export(store, "git", tmp_path / "repo")
    assert result.items == "10 commits"
    log = git(tmp_path / "repo", "log", "--format=%aI %s").splitlines()
    assert log[0].startswith(f"{at(24 * 60 + 1):%Y-%m-%dT%H:%M:%S}")
    assert log[0].endswith("Revise: =1+1")
    assert sum("Publish" in line for line in log) == 8
    assert git(tmp_path / "repo", "status", "--porcelain") == ""
    export(store, "markdown", tmp_path / "tree")
    assert {n: b for n, (b, _) in tree(tmp_path / "repo").items()} == {
        n: b for n, (b, _) in tree(tmp_path / "tree").items()
    }
    export(store, "git", tmp_path / "other")
    heads = {git(tmp_path / name, "rev-parse", "main") for name in ("repo", "other")}
    assert len(heads) == 1, "the same store gives the same commits"
    assert export(store, "git", tmp_path / "repo").written == 0


def test_git_leaves_another_folder_alone(store: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("x")
    with pytest.raises(UsageError, match="not empty"):
        export(store, "git", tmp_path / "mine")


def test_json_lines_hold_versions_and_changes(store: Path, tmp_path: Path) -> None:
    assert export(store, "jsonl", tmp_path).items == "10 versions, 10 changes"
    versions = [json.loads(line) for line in (tmp_path / "versions.jsonl").open("rb")]
    of_one = [v for v in versions if v["url"] == BRIDGES[2].url]
    assert [v["version"] for v in of_one] == [1, 2, 3]
    assert of_one[0]["digest"] == documents.digest(documents.write(BRIDGES[2]))
    changes = [json.loads(line) for line in (tmp_path / "changes.jsonl").open("rb")]
    assert [c["kind"] for c in changes].count("revised") == 2
    assert export(store, "jsonl", tmp_path).unchanged == 2


def test_csv_holds_the_same_and_no_formula(store: Path, tmp_path: Path) -> None:
    export(store, "csv", tmp_path)
    with (tmp_path / "versions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    assert rows[0]["url"].startswith("https://")
    assert {row["title"] for row in rows if "1+1" in row["title"]} == {"'=1+1"}


def test_a_timemap_lists_every_version(store: Path, tmp_path: Path) -> None:
    export(store, "timemap", tmp_path)
    name = name_of(BRIDGES[2]).rsplit("/", 1)[-1].removesuffix(".md")
    text = (tmp_path / "timemaps" / f"{name}.link").read_text("utf-8")
    assert text.startswith(f'<{BRIDGES[2].url}>; rel="original",\n')
    assert text.count("memento") - text.count("mementos") == 3
    assert 'rel="first memento"; datetime="Sat, 28 Feb 2026 00:00:00 GMT"' in text
    assert 'rel="last memento"' in text
    for link in (part.split("<../")[1].split(">")[0] for part in text.split(",\n")[2:]):
        assert (tmp_path / link).is_file()


def test_a_folder_that_cannot_be_written_is_told(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CorrigendaError, match="cannot be written"):
        export(store, "markdown", tmp_path / "file")


@given(
    st.one_of(st.none(), st.dates()),
    st.text(st.sampled_from("./\\%aZ~0é "), min_size=0, max_size=300),
)
def test_no_slug_leads_out_of_the_folder_or_breaks_its_limits(day: date | None, slug: str) -> None:
    path = document_path(day, f"https://www.beehive.govt.nz/release/{slug}", set())
    parts = path.split("/")
    assert len(parts) in (2, 3)
    assert all(part not in ("", ".", "..") and len(part.encode()) <= 255 for part in parts)
    assert os.path.normpath(path) == path


def test_two_documents_of_one_name_have_two_files() -> None:
    taken: set[str] = set()
    url = "https://www.beehive.govt.nz/release/x"
    paths = [document_path(date(2008, 5, 13), url, taken) for _ in range(2)]
    assert paths == ["2008/05/2008-05-13-x.md", "2008/05/2008-05-13-x--2.md"]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_files_are_dated_by_the_first_observation(store: Path, tmp_path: Path) -> None:
    export(store, "markdown", tmp_path)
    path = tmp_path / name_of(BRIDGES[5])
    assert path.stat().st_mtime == MADE.timestamp()
