"""``corrigenda review`` and its companions as a person runs them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.browser.sample import sample
from tests.cli.conftest import Corrigenda


@pytest.fixture
def db(tmp_path: Path) -> Path:
    copy = tmp_path / "corrigenda.db"
    shutil.copy(sample(), copy)
    return copy


def of_group(corrigenda: Corrigenda, db: Path) -> int:
    """A change that is the same edit as five others."""
    found = json.loads(corrigenda("changes", "--db", db, "--json").stdout)
    return next(c["id"] for c in found if "Hon Ana Teira-Moss" in "".join(c["reasons"]))


def test_it_serves_prints_a_sign_in_link_that_works_and_ends_on_ctrl_c(db: Path) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from commands import main; main()", "review"),
            *("--db", str(db), "--port", "0", "--reviewer", "Mere", "--reviewer", "Ana"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(3)]
    base = re.fullmatch(r"Reading: (http://127\.0\.0\.1:\d+)/\n", told[0])
    assert base
    links = [re.fullmatch(r"Reviewing as (\w+): (http://\S+)\n", line) for line in told[1:]]
    assert [link and link[1] for link in links] == ["Mere", "Ana"]
    with httpx.Client(follow_redirects=True, transport=httpx.HTTPTransport(retries=20)) as client:
        assert "To review" in client.get(base[1]).text
        assert links[1]
        assert '<span class="reviewer">Ana</span>' in client.get(links[1][2]).text
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors


def test_a_port_that_is_taken_and_a_database_that_is_not_there_are_told(
    corrigenda: Corrigenda, db: Path, tmp_path: Path, no_traceback: Callable[..., None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = corrigenda("review", "--db", db, "--port", port)
    assert result.returncode == 2
    assert "choose another with --port" in result.stderr
    no_traceback(result)
    result = corrigenda("review", "--db", tmp_path / "none.db")
    assert result.returncode == 1
    no_traceback(result)
    assert not (tmp_path / "none.db").exists(), "looking makes no database"


def test_a_group_is_marked_and_undone_and_both_stay_on_record(
    corrigenda: Corrigenda, db: Path
) -> None:
    change = of_group(corrigenda, db)
    result = corrigenda("mark", change, "--db", db, "--verdict", "cosmetic", "--group")
    assert (
        result.stdout
        == f"Change {change} is marked as cosmetic, with 5 changes of the same edit.\n"
    )
    reviewed = corrigenda("changes", "--db", db, "--status", "cosmetic", "--json")
    assert len(json.loads(reviewed.stdout)) == 6
    assert corrigenda("mark", change, "--db", db, "--undo").returncode == 0
    reviewed = corrigenda("changes", "--db", db, "--status", "cosmetic", "--json")
    assert len(json.loads(reviewed.stdout)) == 5
    again = corrigenda("mark", change, "--db", db, "--undo")
    assert again.returncode == 1
    assert "no verdict" in again.stderr
    assert corrigenda("mark", change, "--db", db).returncode == 2


def test_a_rule_is_tried_made_listed_and_lifted(corrigenda: Corrigenda, db: Path) -> None:
    change = of_group(corrigenda, db)
    tried = corrigenda("suppress", change, "--db", db, "--dry-run")
    assert tried.stdout == "It would hide 6 changes.\n"
    assert corrigenda("suppressions", "--db", db).stdout == "No suppression rules.\n"
    made = corrigenda("suppress", change, "--db", db, "--note", "renamed", "--reviewer", "Mere")
    assert "Rule 1 hides 6 changes" in made.stdout
    (rule,) = json.loads(corrigenda("suppressions", "--db", db, "--json").stdout)
    assert (rule["hides"], rule["note"], rule["lifted_at"]) == (6, "renamed", None)
    hidden = corrigenda("changes", "--db", db, "--status", "suppressed", "--json")
    assert len(json.loads(hidden.stdout)) == 6
    assert corrigenda("lift", 1, "--db", db).returncode == 0
    assert "lifted" in corrigenda("suppressions", "--db", db).stdout
    assert corrigenda("lift", 99, "--db", db).returncode == 1
    assert corrigenda("suppress", change, "--db", db, "--scope", "all").returncode == 2


def test_changes_as_a_table_say_what_changes_as_json_say(corrigenda: Corrigenda, db: Path) -> None:
    listed = json.loads(corrigenda("changes", "--db", db, "--json").stdout)
    table = list(csv.DictReader(io.StringIO(corrigenda("changes", "--db", db, "--csv").stdout)))
    assert [int(row["id"]) for row in table] == [change["id"] for change in listed]
    assert table[0].keys() == listed[0].keys()
    assert table[0]["before"] == listed[0]["before"]
    assert corrigenda("changes", "--db", db, "--csv", "--json").returncode == 2
