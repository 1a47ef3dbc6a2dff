"""recheck, pin and unpin as a person runs them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.demo.site import Replica
from storage.file.connection import open_database
from tests.cli.conftest import Corrigenda
from tests.cli.test_runs import COMMAND

BRIDGE = "https://www.beehive.govt.nz/release/harbour-bridge-upgrade-funded"


@pytest.fixture
def site() -> Iterator[Replica]:
    with Replica() as replica:
        yield replica


@pytest.fixture
def db(corrigenda: Corrigenda, site: Replica, tmp_path: Path) -> Path:
    """A store that holds the replica's releases."""
    path = tmp_path / "c.db"
    result = corrigenda("ingest", "--db", path, "--origin", site.url)
    assert result.returncode == 0, result.stderr
    return path


def test_a_dry_run_says_what_is_next_when_and_why_and_asks_for_nothing(
    corrigenda: Corrigenda, site: Replica, db: Path
) -> None:
    site.hits.clear()
    told = corrigenda("recheck", "--dry-run", "--db", db, "--origin", site.url)
    assert told.returncode == 0, told.stderr
    assert "requests a day for pages" in told.stdout
    assert told.stdout.count("old; last looked at 0 hours ago") == 11
    assert not site.hits
    looks = json.loads(corrigenda("recheck", "--dry-run", "--db", db, "--json").stdout)
    assert [look["due"] for look in looks] == sorted(look["due"] for look in looks)
    assert {"url", "title", "due", "owed", "why"} == set(looks[0])


def test_a_pin_stands_until_it_is_lifted(corrigenda: Corrigenda, db: Path) -> None:
    assert "every day" in corrigenda("pin", BRIDGE, "--db", db).stdout
    (look,) = [
        look
        for look in json.loads(corrigenda("recheck", "--dry-run", "--db", db, "--json").stdout)
        if look["url"] == BRIDGE
    ]
    assert look["why"].startswith("pinned; ")
    assert "No longer" in corrigenda("unpin", BRIDGE, "--db", db).stdout
    assert "pinned" not in corrigenda("recheck", "--dry-run", "--db", db).stdout


@pytest.mark.parametrize("command", ["pin", "unpin"])
def test_what_is_not_held_cannot_be_pinned(
    corrigenda: Corrigenda, db: Path, no_traceback: object, command: str
) -> None:
    result = corrigenda(command, f"{BRIDGE}-too", "--db", db)
    assert result.returncode != 0
    assert "holds no release" in result.stderr
    no_traceback(result)  # type: ignore[operator]


def test_before_the_first_run_there_is_no_plan_and_that_is_said(
    corrigenda: Corrigenda, tmp_path: Path, no_traceback: object
) -> None:
    result = corrigenda("recheck", "--dry-run", "--db", tmp_path / "none.db")
    assert result.returncode != 0
    assert "does not exist" in result.stderr
    no_traceback(result)  # type: ignore[operator]
    open_database(tmp_path / "new.db", create=True).close()
    told = corrigenda("recheck", "--dry-run", "--db", tmp_path / "new.db")
    assert "no plan yet" in told.stdout


def test_interrupted_it_loses_nothing(site: Replica, db: Path) -> None:
    for slug, item in list(site.items.items()):
        site.edit(slug, body=item.body + "<p>One sentence more, at the end.</p>")
    site.hits.clear()
    site.pause = 0.3
    arguments = ["recheck", "--budget", "50", "--db", str(db), "--origin", site.url]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(site.hits) < 4 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    store = open_database(db)
    revised = "SELECT count(*) FROM change_log WHERE kind = 'revised'"
    kept = store.execute(revised).fetchone()[0]
    assert 1 <= kept < 11
    undated = "SELECT count(*) FROM releases WHERE next_check_at IS NULL OR check_rung IS NULL"
    assert store.execute(undated).fetchone() == (0,)
    site.pause = 0
    again = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert store.execute(revised).fetchone() == (11,)
