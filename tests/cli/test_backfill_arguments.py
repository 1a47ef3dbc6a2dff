"""What a backfill's arguments mean, as a person types them; nothing is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.evidence.pages import BRIDGE, ITEMS


def foreseen(tmp_path: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-c", "from commands import main; main()"),
            *("backfill", *arguments, "--dry-run", "--json"),
        ],
        cwd=tmp_path,
        env=dict(os.environ),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_addresses_without_a_file(tmp_path: Path) -> None:
    urls = [item.url for item in ITEMS[:3]]
    for arguments, typed in (
        (urls, ""),
        (["beehive", *urls], ""),
        (["--urls", "-"], "\n# a comment\n".join(urls)),
        ([urls[0], "--urls", "-"], "\n".join(urls[1:])),
    ):
        done = foreseen(tmp_path, *arguments, typed=typed)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["entries"] == 3
    assert not list(tmp_path.iterdir())


def test_what_is_no_address_is_told(tmp_path: Path) -> None:
    for arguments, typed, said in (
        (["beehive", "release"], "", "is no address"),
        (["nowhere", BRIDGE.url], "", "no source named"),
        (["--urls", "-"], "", "say what to bring in"),
        (["--urls", "-"], "x" * 400_001, "standard input: larger than"),
    ):
        done = foreseen(tmp_path, *arguments, typed=typed)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
        assert "Traceback" not in done.stderr
