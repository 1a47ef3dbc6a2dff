"""The documentation tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import data_dictionary
from tests.readme import README, ROOT, Shower, blocks, masked, settings_table

ROOMS = ("corrigenda", "storage", "flows", "review", "commands", "tests")


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


def test_the_data_dictionary_describes_every_table_view_and_column(tmp_path: Path) -> None:
    """Of a database made anew; when this fails: ``python -m tests.data_dictionary``."""
    page = data_dictionary.PAGE.read_text("utf-8")
    described = {
        name: re.findall(r"^\| `(\w+)` \| \S.* \|$", section, re.MULTILINE)
        for name, section in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    }
    assert described == data_dictionary.schema(tmp_path / "new.db")
    assert page == data_dictionary.written(tmp_path / "new.db")


def test_what_says_nothing_of_itself_is_named() -> None:
    made = "CREATE TABLE a (  -- a thing\n  id INTEGER,  -- its number\n  note TEXT\n)"
    with pytest.raises(data_dictionary.Undescribed, match=r"a\.note"):
        data_dictionary.page({"a": ["id", "note"]}, made)


def test_every_section_the_code_cites_is_in_the_design() -> None:
    sections = re.findall(r"^## (.+)$", (ROOT / "docs/design.md").read_text("utf-8"), re.M)
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    cited = {
        (str(path.relative_to(ROOT)), section)
        for path in [*files, ROOT / "pyproject.toml"]
        for section in re.findall(
            r'docs/design\.md(?:,\s+\\?"([^"\\]+)\\?")?', path.read_text("utf-8")
        )
        if path != Path(__file__)
    }
    assert len(cited) > 10
    assert {cite for cite in cited if cite[1] not in sections} == set(), "an empty one names none"


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("d*/*.md")], ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target, section in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", prose):
        there = page.parent / target if target else page
        assert there.exists(), target
        headings = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.M) if section else []
        anchors = [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]
        assert not section or section in anchors, f"{target}#{section}"
