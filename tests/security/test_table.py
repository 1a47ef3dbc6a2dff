"""SECURITY.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| .* \|$", line)][1:]
THREATS = ("page", "feed", "archive", "reviewer", "network", "database", "dependency")


def test_every_threat_has_rows() -> None:
    origins = " ".join(row.split("|")[1] for row in ROWS)
    assert [threat for threat in THREATS if threat not in origins] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[2].strip())
def test_every_row_names_a_test_that_exists(row: str) -> None:
    match = re.search(r"`(tests/\S+\.py)::(test_\w+)` \|$", row)
    assert match, "no test is named"
    source = (ROOT / match[1]).read_text("utf-8")
    assert re.search(rf"^\s*def {match[2]}\(", source, re.M)
