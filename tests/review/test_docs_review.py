"""What docs/review.md tells people to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from commands import app
from review.plugin import register_routes

PAGE = Path(__file__).resolve().parents[2] / "docs" / "review.md"
TEXT = PAGE.read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", re.findall(r"^corrigenda .+$", TEXT, re.MULTILINE))
def test_every_command_shown_exists_with_its_options(line: str) -> None:
    name = line.split()[1]
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", line)) <= known


@pytest.mark.parametrize("path", re.findall(r"^(/changes\.\w+)", TEXT, re.MULTILINE))
def test_every_address_shown_is_answered(path: str) -> None:
    assert any(re.match(pattern, path) for pattern, _ in register_routes())


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT)
    assert len(pictures) >= 6
    for picture in pictures:
        assert (PAGE.parent / picture).stat().st_size < 150_000
