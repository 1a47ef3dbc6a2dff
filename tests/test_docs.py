"""The documentation tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.readme import README, ROOT, Shower, blocks, masked, settings_table


def test_every_block_of_the_readme_is_what_the_command_prints(tmp_path: Path) -> None:
    shower = Shower(tmp_path)
    shown = list(blocks(README.read_text("utf-8")))
    assert shown[0][0] == "corrigenda demo", "the demo makes the database the others read"
    for command, expected in shown:
        assert masked(shower.output(command)) == masked(expected), command


def test_the_settings_table_is_complete() -> None:
    assert settings_table() in README.read_text("utf-8")


def test_every_command_is_in_the_readme_and_explains_itself() -> None:
    from commands import app

    text = README.read_text("utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert f" {command.callback.__name__} " in text
        assert command.callback.__doc__


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("d*/*.md")], ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", prose):
        assert (page.parent / target).exists(), target
