"""What is dropped into a folder is brought in once, and nothing of it is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from corrigenda.errors import StoreLocked, UsageError
from flows.request import Request
from flows.serving.definitions import deployments
from flows.serving.inbox import take_in
from flows.work import Steps
from storage.file.connection import reading
from storage.file.lock import run_lock
from storage.queries.releases import find_release, versions
from tests.evidence.pages import BRIDGE, WORDINGS, Stored, day, page, write_warc
from tests.evidence.test_saved_pages import single_file


def settle(folder: Path) -> None:
    """Let what lies there be a minute old."""
    for path in folder.iterdir():
        if path.is_file():
            os.utime(path, (time.time() - 60,) * 2)


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_what_is_dropped_is_brought_in_and_moved(tmp_path: Path, db: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    request = Request(source="beehive", db=db)
    write_warc(folder / "a.warc.gz", [Stored(url=BRIDGE.url, at=day(1), body=page(WORDINGS[0]))])
    saved = single_file(page(WORDINGS[1]), BRIDGE.url, "2026-03-05T10:00:00Z")
    (folder / "b.html").write_bytes(saved)
    (folder / "c.har").write_text("{")
    (folder / "d.docx").write_text("x")
    (folder / "e.mhtml.crdownload").write_text("x")
    settle(folder)
    (folder / "f.html").write_text("half a pa")
    assert take_in(folder, request, Steps) == {"done": 2, "failed": 2}
    assert names(folder) == [
        *("done/a.warc.gz", "done/b.html", "e.mhtml.crdownload", "f.html"),
        *("failed/c.har", "failed/c.har.txt", "failed/d.docx", "failed/d.docx.txt"),
    ]
    assert "not a HAR file" in (folder / "failed/c.har.txt").read_text()
    assert "none of .warc" in (folder / "failed/d.docx.txt").read_text()
    with reading(db) as store:
        assert len(versions(store, find_release(store, BRIDGE.url).id)) == 2
    assert take_in(folder, request, Steps) == {"done": 0, "failed": 0}
    (folder / "f.html").unlink()
    (folder / "b.html").write_bytes(saved)
    settle(folder)
    assert take_in(folder, request, Steps) == {"done": 1, "failed": 0}
    assert (folder / "done/b-2.html").exists(), "the one before is not overwritten"


def test_a_busy_database_leaves_the_files_for_the_next_look(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRIGENDA_LOCK_WAIT", "0")
    folder = tmp_path / "inbox"
    folder.mkdir()
    write_warc(folder / "a.warc.gz", [Stored(url=BRIDGE.url, at=day(1), body=page(BRIDGE))])
    settle(folder)
    with run_lock(db, "a test", wait=0), pytest.raises(StoreLocked):
        take_in(folder, Request(source="beehive", db=db), Steps)
    assert names(folder) == ["a.warc.gz"]
    with pytest.raises(UsageError, match="is no folder"):
        take_in(tmp_path / "nowhere", Request(db=db), Steps)


def test_it_is_served_when_it_is_asked_for(tmp_path: Path) -> None:
    without = {made.full_name for made in deployments(["beehive"])}
    (made,) = [m for m in deployments(["beehive"], inbox=tmp_path) if m.full_name not in without]
    assert (made.full_name, made.parameters) == ("inbox/dropped", {"folder": str(tmp_path)})
