"""``corrigenda status``, and two runs at once, as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.demo.site import Replica
from corrigenda.models import Entry, Verdict
from storage.file.connection import open_database
from storage.record.entries import set_gap
from tests.cli.conftest import Corrigenda
from tests.storage.factory import URL, at, content, open_store, seen

COMMAND = [sys.executable, "-c", "from commands import main; main()"]


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A source checked a moment ago: three releases, one of them heard of only."""
    path = tmp_path / "corrigenda.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    store.hear([Entry(url=f"{URL}-never", channel="feed", published_at=at(0))])
    store.record(run, seen(content("x"), 0))
    store.record(run, seen(content("y", url=f"{URL}-two"), 0, url=f"{URL}-two"))
    now = time.time() - at(0).timestamp()
    store.record(run, seen(content("x"), now / 3600, verdict=Verdict.UNMODIFIED))
    finish(store, run, {"release": 2, "unmodified": 1})
    store.db.close()
    return path


def finish(store: object, run: int, verdicts: dict[str, int], outcome: str = "done") -> None:
    store.finish_run(  # type: ignore[attr-defined]
        run, outcome, entries=sum(verdicts.values()), verdicts=verdicts, versions_added=0,
        changes={}, issues=0,
    )  # fmt: skip


def status(corrigenda: Corrigenda, db: Path) -> tuple[int, dict[str, object]]:
    result = corrigenda("status", "--db", db, "--json")
    (source,) = json.loads(result.stdout.splitlines()[-1])["sources"]
    return result.returncode, source


def test_all_is_well(corrigenda: Corrigenda, db: Path) -> None:
    code, told = status(corrigenda, db)
    assert code == 0
    assert told["needs"] == []
    assert told["blocked_since"] is None
    assert told["error_rate"] == 0.0
    assert told["verdicts"] == {"release": 2, "unmodified": 1}
    assert told["last_run"]["outcome"] == "done"  # type: ignore[index]
    assert told["oldest_unchecked"]["url"] == f"{URL}-two"  # type: ignore[index]
    assert told["never_checked"] == 1
    assert told["ledger"] == [
        {"month": "2026-05", "heard": 3, "held": 2, "told": 0, "blocked": 0, "missing": 0,
         "withdrawn": 0}
    ]  # fmt: skip
    assert "All is well" in corrigenda("status", "--db", db).stdout


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda s: s.set_blocked("Incapsula iframe"), "blocked since"),
        (lambda s: set_gap(s.db, s.source_id, at(0)), "did not reach back"),
        (lambda s: finish(s, s.begin_run("ingest", {}), {}, "failed"), "ended failed"),
        (
            lambda s: finish(
                s, s.begin_run("ingest", {}), {"challenge": 1, "release": 9}, "blocked"
            ),
            "a challenge on 1 page",
        ),
        (lambda s: finish(s, s.begin_run("ingest", {}), {"timeout": 9}), "told nothing"),
    ],
    ids=["blocked", "gap", "failed", "one page", "errors"],
)
def test_what_needs_a_person_is_said_and_exits_1(
    corrigenda: Corrigenda, db: Path, damage: object, said: str
) -> None:
    store = open_store(db)
    damage(store)  # type: ignore[operator]
    store.db.close()
    code, told = status(corrigenda, db)
    assert code == 1
    assert len(told["needs"]) == 1  # type: ignore[arg-type]
    assert said in told["needs"][0]  # type: ignore[index]
    assert said in corrigenda("status", "--db", db).stdout


def test_fields_that_documents_lack_of_late(corrigenda: Corrigenda, db: Path) -> None:
    """The site changes its pages, and the adapter no longer finds the ministers."""
    store = open_store(db)
    run = store.begin_run("ingest", {})
    for number in range(80):
        ministers = ("Hon A",) if number < 40 else ()
        url = f"{URL}-{number}-x"
        what = content("Words.", url=url, ministers=ministers)
        store.record(run, seen(what, 24.0 + number, url=url))
    finish(store, run, {"release": 80})
    store.db.close()
    code, told = status(corrigenda, db)
    assert code == 1
    assert "lack ministers" in told["needs"][0]  # type: ignore[index]
    ministers, date = told["coverage"]  # type: ignore[misc]
    assert (ministers["recent"], ministers["usual"]) == (0.8, 0.0)
    assert (date["recent"], date["usual"]) == (0.0, 0.0)


def test_the_ledger_counts_what_became_of_each_release(corrigenda: Corrigenda, db: Path) -> None:
    store = open_store(db)
    run = store.begin_run("ingest", {})
    for slug, verdicts in (
        ("blocked", ["release", "challenge"]),
        ("missing", ["release", "missing"]),
        ("gone", ["release", "missing", "missing"]),
        ("never", ["challenge"]),
    ):
        for number, verdict in enumerate(map(Verdict, verdicts)):
            url = f"{URL}-{slug}-y"
            what = content("z", url=url) if verdict is Verdict.RELEASE else None
            store.record(run, seen(what, 30.0 * number, url=url, verdict=verdict, body=b"b"))
    store.db.close()
    _, told = status(corrigenda, db)
    by_month = {line["month"]: line for line in told["ledger"]}  # type: ignore[attr-defined]
    assert by_month["2026-05"] == {
        "month": "2026-05", "heard": 6, "held": 5, "told": 0, "blocked": 1, "missing": 1,
        "withdrawn": 1,
    }  # fmt: skip
    assert by_month["unknown"]["blocked"] == 1


def test_a_blocked_source_says_since_when_and_what_can_be_done(
    corrigenda: Corrigenda, site: Replica, tmp_path: Path
) -> None:
    db = tmp_path / "c.db"
    site.challenged.update(site.items)
    arguments = ("ingest", "--db", db, "--origin", site.url, "--json")
    assert corrigenda(*arguments).returncode == 1
    pages = sum(hit.path.startswith("/release/") for hit in site.hits)
    again = corrigenda(*arguments)
    assert again.returncode == 1
    account = json.loads(again.stdout.splitlines()[-1])
    assert account["blocked"] is True
    assert account["verdicts"] == {"challenge": 1}
    assert sum(hit.path.startswith("/release/") for hit in site.hits) == pages + 1
    result = corrigenda("status", "--db", db)
    assert result.returncode == 1
    assert "blocked since" in result.stdout
    assert "--wayback" in result.stdout
    site.challenged.clear()
    assert corrigenda(*arguments).returncode == 0
    assert corrigenda("status", "--db", db).returncode == 0


def test_a_second_run_waits_or_leaves_with_the_holders_name(
    corrigenda: Corrigenda, site: Replica, tmp_path: Path
) -> None:
    db = tmp_path / "c.db"
    site.pause = 1.0
    arguments = ["ingest", "--db", str(db), "--origin", site.url, "--json"]
    first = subprocess.Popen(
        [*COMMAND, *arguments],
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not site.hits:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    leaving = corrigenda(*arguments, CORRIGENDA_LOCK_WAIT="0")
    assert first.poll() is None, "the first was still going"
    site.pause = 0.0
    waiting = corrigenda(*arguments, CORRIGENDA_LOCK_WAIT="60")
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert leaving.returncode == 1
    assert f"in use by ingest of beehive (process {first.pid}" in leaving.stderr
    assert "Traceback" not in leaving.stderr
    assert waiting.returncode == 0, waiting.stderr
    done, after = (json.loads(text.splitlines()[-1]) for text in (out, waiting.stdout))
    assert (done["versions_added"], after["versions_added"]) == (11, 0)
    store = open_database(db)
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert store.execute("SELECT outcome FROM runs").fetchall() == [("done",), ("done",)]
    paths = [hit.path for hit in site.hits]
    assert sum(path.startswith("/release/") for path in paths) == 2 * 11
    assert paths.count("/robots.txt") == 1


def test_status_of_nothing(corrigenda: Corrigenda, tmp_path: Path) -> None:
    result = corrigenda("status", "--db", tmp_path / "none.db")
    assert result.returncode == 1
    assert "does not exist" in result.stderr
    open_database(tmp_path / "empty.db", create=True).close()
    assert corrigenda("status", "--db", tmp_path / "empty.db").returncode == 0
