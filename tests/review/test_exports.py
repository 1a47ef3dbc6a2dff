"""The feeds as files say what the pages' feeds say."""

from __future__ import annotations

import json
from pathlib import Path

import feedparser
import pytest

from corrigenda.errors import CorrigendaError
from review.exports import FEEDS
from storage.file.connection import reading
from tests.storage.factory import content, open_store, seen


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "c.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for hours, figure in enumerate(("$16,712", "$16,172")):
        text = f"It costs {figure} a year.\n\nMedia contact: Jo Field, 021 555 0123"
        store.record(run, seen(content(text), hours))
    store.db.close()
    return path


@pytest.mark.parametrize("form", sorted(FEEDS))
def test_a_feed_is_written_once_and_masks_contacts(db: Path, tmp_path: Path, form: str) -> None:
    to = tmp_path / "out"
    with reading(db) as database:
        first = FEEDS[form](database, to, pages="https://changes.example.org/")
        again = FEEDS[form](database, to, pages="https://changes.example.org/")
    assert (first.written, again.written, again.unchanged) == (1, 0, 1)
    (path,) = to.iterdir()
    text = path.read_text("utf-8")
    assert "16,172" in text
    assert "555 0123" not in text
    if form == "atom":
        entries = feedparser.parse(text).entries
        assert entries[0].link.startswith("https://changes.example.org/")
    else:
        entries = json.loads(text)["items"]
        assert entries[0]["url"].startswith("https://changes.example.org/")
    assert len(entries) == 1, "a first sight is no change worth a feed entry"


def test_a_folder_that_cannot_be_is_told(db: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with reading(db) as database, pytest.raises(CorrigendaError, match="file"):
        FEEDS["atom"](database, tmp_path / "file" / "out", pages="")
