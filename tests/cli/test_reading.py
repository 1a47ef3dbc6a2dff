"""Commands that read: against a store made by the real store code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corrigenda.models import Track, Verdict, Via
from storage.file.connection import open_database
from tests.cli.conftest import Corrigenda
from tests.storage.factory import URL, content, open_store, seen


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A release with three versions: a figure edited, then put back."""
    path = tmp_path / "corrigenda.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    first, second = content("It costs $16,712 a year."), content("It costs $16,172 a year.")
    for hours, what in enumerate((first, second, first)):
        store.record(run, seen(what, hours))
    store.db.close()
    return path


def test_changes_as_json_has_the_promised_shape(corrigenda: Corrigenda, db: Path) -> None:
    result = corrigenda("changes", "--db", db, "--json", "--kind", "revised")
    found = json.loads(result.stdout.splitlines()[-1])
    assert set(found[0]) >= {
        "id", "url", "title", "kind", "significance", "reasons", "fields", "after", "before",
        "from_version", "to_version", "silent", "revert", "review",
    }  # fmt: skip
    assert [c["revert"] for c in found] == [True, False]
    assert found[1]["after"] == "2026-05-01T00:00:00.000000Z"
    assert found[1]["before"] == "2026-05-01T01:00:00.000000Z"


def test_changes_in_words_begin_with_the_figure(corrigenda: Corrigenda, db: Path) -> None:
    lines = corrigenda("changes", "--db", db).stdout.splitlines()
    assert lines[0].startswith("HIGH")
    assert "16,7" in lines[2]
    assert "between 1 May 2026 01:00 and 02:00 UTC" in lines[1]


def test_history_as_json_has_the_promised_shape(corrigenda: Corrigenda, db: Path) -> None:
    told = json.loads(corrigenda("history", URL, "--db", db, "--json").stdout)
    assert set(told) == {"url", "title", "status", "versions", "changes"}
    assert set(told["versions"][0]) == {
        "number", "digest", "first_observed", "last_observed", "captures", "via"
    }  # fmt: skip
    assert [v["number"] for v in told["versions"]] == [1, 2, 3]
    assert [c["kind"] for c in told["changes"]] == ["published", "revised", "revised"]


def test_show_writes_the_document_and_nothing_else(corrigenda: Corrigenda, db: Path) -> None:
    text = content("It costs $16,172 a year.").text
    assert corrigenda("show", URL, "--db", db, "--version", 2).stdout == text
    assert corrigenda("show", URL, "--db", db, "--at", "2026-05-01T01:30").stdout == text


def test_show_finds_a_release_however_its_address_is_written(
    corrigenda: Corrigenda, db: Path
) -> None:
    result = corrigenda("show", "http://beehive.govt.nz/release/a-bridge/?utm_source=x", "--db", db)
    assert result.stdout.startswith("---\ntitle:")


def test_diff_shows_the_words(corrigenda: Corrigenda, db: Path) -> None:
    result = corrigenda("diff", URL, "--db", db, "--from", 1, "--to", 2)
    assert "It costs $[-16,712-]{+16,172+} a year." in result.stdout


def test_a_mark_is_appended_and_shows_in_the_log(corrigenda: Corrigenda, db: Path) -> None:
    for verdict in ("follow up", "meaningful"):
        assert corrigenda("mark", 2, "--verdict", verdict, "--db", db).returncode == 0
    found = json.loads(corrigenda("changes", "--db", db, "--json").stdout)
    assert {c["id"]: c["review"] for c in found}[2] == "meaningful"
    assert open_database(db).execute("SELECT count(*) FROM reviews").fetchone() == (2,)
    left = json.loads(corrigenda("changes", "--db", db, "--json", "--status", "open").stdout)
    assert 2 not in {c["id"] for c in left}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("show", "https://www.beehive.govt.nz/release/unknown"), 1, "holds no release"),
        (("show", URL, "--version", "9"), 1, "no version 9"),
        (("show", URL, "--at", "one day"), 2, "not a time"),
        (("show", "nonsense"), 2, "not a usable URL"),
        (("changes", "--since", "soon"), 2, "not a time"),
        (("changes", "--status", "sleeping"), 2, "sleeping"),
        (("changes", "--kind", "vanished"), 2, "vanished"),
        (("mark", "99", "--verdict", "meaningful"), 1, "no change 99"),
        (("history",), 2, "URL"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    corrigenda: Corrigenda, db: Path, no_traceback: object, arguments: tuple[str, ...],
    status: int, said: str,
) -> None:  # fmt: skip
    result = corrigenda(*arguments, "--db", db)
    assert result.returncode == status, result.stderr
    assert said in result.stderr
    no_traceback(result)  # type: ignore[operator]


def test_a_database_that_is_not_there_or_is_none(
    corrigenda: Corrigenda, tmp_path: Path, no_traceback: object
) -> None:
    other = tmp_path / "notes.db"
    other.write_text("these are my notes, not a database at all; they are long enough" * 20)
    for path, said in (
        (tmp_path / "no.db", "does not exist"),
        (other, "not a Corrigenda database"),
        (tmp_path, "is a folder"),
        (tmp_path / "missing" / "x.db", "does not exist"),
    ):
        result = corrigenda("changes", "--db", path)
        assert result.returncode == 1
        assert said in result.stderr
        no_traceback(result)  # type: ignore[operator]
    assert not (tmp_path / "no.db").exists()


def test_history_in_words_tells_lives_feeds_and_re_posts(
    corrigenda: Corrigenda, tmp_path: Path
) -> None:
    path = tmp_path / "lives.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    first, second = content("It costs $16,712."), content("It costs $16,172.")
    for hours, what in ((0, first), (1, second)):
        store.record(run, seen(what, hours, via=Via.FEED, track=Track.FEED))
    store.record(run, seen(first, 0.5))
    for hours in (10, 40):
        store.record(run, seen(None, hours, verdict=Verdict.MISSING, body=b"gone"))
    store.record(run, seen(first, 50))
    store.record(run, seen(content("Again.", url=f"{URL}-0"), 0, url=f"{URL}-0"))
    store.db.close()
    lines = corrigenda("history", URL, "--db", path).stdout.splitlines()
    told = [line.split(" 1 May")[0].split(" 2")[0].strip() for line in lines[4:8]]
    assert [line.split()[0:2] for line in lines[4:8]] == [
        ["version", "1"], ["|", "revised"], ["|", "withdrawn"], ["|", "restored"],
    ], told  # fmt: skip
    assert "(told by the feed)" in lines[5]
    assert f"  {URL}-0 (live)" in lines
    shown = json.loads(corrigenda("history", URL, "--db", path, "--json").stdout)
    assert len(shown["versions"]) == 1, "versions are the pages'"
    (revised,) = [c for c in shown["changes"] if c["kind"] == "revised"]
    assert (revised["from_version"], revised["to_version"]) == (None, None)
    assert "told by the feed" in corrigenda("changes", "--db", path).stdout


def test_a_locale_without_macrons_is_no_reason_to_fail(corrigenda: Corrigenda, db: Path) -> None:
    store = open_store(db)
    url = "https://www.beehive.govt.nz/release/m"
    store.record(
        store.begin_run("ingest", {}),
        seen(content("x", url=url, title="Māori “bridge”"), 9, url=url),
    )
    store.db.close()
    result = corrigenda("history", url, "--db", db, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Māori “bridge”")


def test_the_log_begins_with_what_could_not_be_seen(corrigenda: Corrigenda, tmp_path: Path) -> None:
    """Blocked before anything was seen: "no changes" would be a lie."""
    path = tmp_path / "blocked.db"
    store = open_store(path)
    store.set_blocked("Incapsula iframe")
    store.db.close()
    told = corrigenda("changes", "--db", path).stdout
    assert told.startswith("BLOCKED Beehive.govt.nz\n        behind a bot challenge since")
    assert "No changes recorded" not in told
    as_json = corrigenda("changes", "--db", path, "--json")
    assert as_json.stdout == "[]\n"
    assert "BLOCKED" in as_json.stderr
