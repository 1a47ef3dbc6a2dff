"""What we depend on is named to the byte, and its check says when it could not be made."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
NAMES = re.compile(r"[-_.]+")


def pins(text: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", text, re.M)
    return {NAMES.sub("-", name).lower(): version for name, version in found}


def test_the_lock_names_every_file_by_hash() -> None:
    blocks = re.split(r"\n(?=\S)", "\n".join(x for x in LOCK.splitlines() if x[:1] != "#").strip())
    assert len(blocks) == len(pins(LOCK)) > 50
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block
    assert "://" not in LOCK
    assert "-index" not in LOCK


def test_the_lock_is_what_was_tested() -> None:
    tested = pins((ROOT / "constraints.txt").read_text("utf-8"))
    locked = pins(LOCK)
    assert {n: v for n, v in locked.items() if tested.get(n, v) != v} == {}


def test_the_lock_holds_all_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {
        NAMES.sub("-", re.match(r"[\w.-]+", d)[0]).lower()  # type: ignore[index]
        for d in project["dependencies"]
    }
    assert asked - pins(LOCK).keys() == set()


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    """With a pip-audit that reaches no list, and one that finds something."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/audit", tmp_path / ".ci/audit")
    tool = tmp_path / ".audit/bin/pip-audit"
    tool.parent.mkdir(parents=True)

    def audit(script: str) -> subprocess.CompletedProcess[str]:
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
        command = [tmp_path / ".ci/audit"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    unreachable = audit("exit 1")
    assert unreachable.returncode == 0
    assert unreachable.stdout.startswith("NOT CHECKED: no list of vulnerabilities")
    found = audit('for last; do :; done; echo "[1 vulnerability]" > "$last"; exit 1')
    assert found.returncode == 1
    assert "1 vulnerability" in found.stdout
    assert "No known vulnerability" in audit("exit 0").stdout
