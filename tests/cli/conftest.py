"""The command line as a person runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Corrigenda = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def corrigenda(tmp_path: Path) -> Corrigenda:
    """Run ``corrigenda ARGUMENTS`` in a folder of its own."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from commands import main; main()", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "100", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def no_traceback() -> Callable[[subprocess.CompletedProcess[str]], None]:
    """Assert that a failure was told as a sentence."""

    def check(result: subprocess.CompletedProcess[str]) -> None:
        assert "Traceback" not in result.stderr
        assert result.stderr.strip(), "said nothing"

    return check
