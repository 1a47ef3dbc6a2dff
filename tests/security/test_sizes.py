"""What is far too large, or was cut off half way, does no harm."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from corrigenda.errors import CorrigendaError
from review.parts.difference import LONGEST, difference
from storage.export.files import Folder
from tests.review.serving import serve
from tests.storage.factory import URL, content, open_store, seen

PARAGRAPH = "A release that goes on and on, as no release does. " * 20


def test_a_release_of_19_megabytes_makes_pages_of_less_than_one(tmp_path: Path) -> None:
    """The text is cut with a word on how much is missing; the document stays whole."""
    path = tmp_path / "large.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    first = content("\n\n".join([PARAGRAPH] * (19_000_000 // len(PARAGRAPH))))
    store.record(run, seen(first, 0))
    store.db.close()
    with serve(path) as pages:
        client = pages.client(signed_in=True)
        for page in ("/", "/change/1", "/release/1", "/search?q=release", "/overview"):
            answer = client.get(page)
            assert answer.status_code == 200
            assert len(answer.content) < 1_000_000, page
        assert "from here on are not shown" in client.get("/release/1").text
        assert client.get("/release/1/1.md").content == first.text.encode()
    assert URL in first.text


def test_of_a_long_difference_what_changed_is_shown_first() -> None:
    same = [f"Paragraph {number}. {PARAGRAPH}" for number in range(600)]
    old, new = "\n\n".join([*same, "It costs $5."]), "\n\n".join([*same, "It costs $6."])
    found = difference(old, new)
    for stretches in (found.words, found.exact):
        unchanged, changed = stretches
        shown = [piece.text for s in stretches for p in s.paragraphs for piece in p.pieces]
        assert sum(map(len, shown)) <= LONGEST
        assert "$6" in "".join(shown)
        assert changed.paragraphs[0].left_out == 0
        gone = unchanged.paragraphs[-1].left_out
        assert gone + sum(map(len, shown)) >= len(new) - 3 * len(same)


def test_a_change_too_long_is_cut_and_says_by_how_much() -> None:
    ((found,)) = difference("", "x" * (LONGEST + 7)).exact
    assert [p.left_out for p in found.paragraphs] == [7]
    assert sum(len(piece.text) for p in found.paragraphs for piece in p.pieces) == LONGEST


def test_an_ordinary_difference_is_shown_to_the_last_letter() -> None:
    found = difference("One.\n\nTwo.", "One.\n\nThree.").exact
    assert [p.left_out for s in found for p in s.paragraphs] == [0, 0]


def _killed_half_way(root: Path) -> None:
    with Folder(root).stream("changes.csv") as file:
        file.write(b"half")
        file.flush()
        os.kill(os.getpid(), 9)


def test_the_half_written_file_of_a_killed_export_goes_with_the_next(tmp_path: Path) -> None:
    process = multiprocessing.get_context("fork").Process(target=_killed_half_way, args=[tmp_path])
    process.start()
    process.join()
    (left,) = tmp_path.iterdir()
    assert left.name == f".{process.pid}.tmp"
    others = tmp_path / f".{os.getppid()}.tmp"  # a process that lives may be writing it
    others.touch()
    (tmp_path / ".notes.tmp").touch()  # nobody's of ours
    Folder(tmp_path).write("2026/05/a.md", b"whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([".notes.tmp", others.name, "2026"])


def test_a_file_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    folder = Folder(tmp_path)
    with pytest.raises(CorrigendaError, match="cannot be written"):
        folder.write("taken", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
