"""The published site, read from ``python -m http.server``."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import httpx
import pytest

from corrigenda.errors import UsageError
from review.publish.site import MANIFEST, publish, waiting
from tests.browser.sample import build_hostile
from tests.storage.factory import content, open_store, seen

BASE = "https://changes.example.org"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "c.db"
    record(path, 0, 4)
    return path


def record(path: Path, first: int, last: int) -> None:
    """Revise a release each hour; each text has a press contact."""
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for hours in range(first, last):
        text = f"It costs ${hours} million.\n\nMedia contact: Jo Field, 021 555 0123"
        store.record(run, seen(content(text, title="Māori bridge"), 24 + hours))
    store.db.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[httpx.Client]:
    """What ``python -m http.server`` serves of the folder ``site``."""
    to = tmp_path / "site"
    to.mkdir()
    asked = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        [*asked, "--directory", str(to)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        port = re.findall(r"port (\d+)", server.stdout.readline())[0]
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as client:
                yield client
        finally:
            server.terminate()


def test_every_link_of_the_site_leads_to_a_file_of_it(
    db: Path, tmp_path: Path, serve: httpx.Client
) -> None:
    publish(db, tmp_path / "site", base=BASE, processes=1)
    seen_pages, waiting_pages = set[str](), ["/"]
    documents = 0
    while waiting_pages:
        page = waiting_pages.pop()
        if page in seen_pages:
            continue
        seen_pages.add(page)
        answer = serve.get(page)
        assert answer.status_code == 200, page
        assert b"555 0123" not in answer.content
        if page.endswith(".md"):
            documents += 1
            assert hashlib.sha256(answer.content).hexdigest() in page
        if "html" not in answer.headers["content-type"]:
            continue
        for link in re.findall(r'(?:href|src)="([^"#]+)"', answer.text):
            if not link.startswith("http"):
                waiting_pages.append(urljoin(page, link))
    assert documents == 4
    assert len([page for page in seen_pages if page.startswith("/change/")]) == 6
    assert serve.get("/change/2/card.png").content.startswith(b"\x89PNG")


def test_feeds_lead_to_the_pages(db: Path, tmp_path: Path, serve: httpx.Client) -> None:
    publish(db, tmp_path / "site", base=BASE, processes=1)
    entries = feedparser.parse(serve.get("/changes.atom").content).entries
    assert len(entries) == 3
    for entry in entries:
        page = serve.get(entry.link.removeprefix(BASE))
        assert "Māori bridge" in page.text
        assert f'property="og:image" content="{entry.link}/card.png"' in page.text
    assert len(serve.get("/changes.csv").text.splitlines()) == 4


def test_again_writes_only_what_is_new(db: Path, tmp_path: Path) -> None:
    to = tmp_path / "site"
    first = publish(db, to, base=BASE, processes=1)
    assert first.items == "3 changes"
    assert publish(db, to, base=BASE, processes=1).written == 0
    record(db, 4, 5)
    assert waiting(db, to, base=BASE) == (4, 1)
    again = publish(db, to, base=BASE, processes=1)
    assert 0 < again.written < first.written
    shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
    publish(db, tmp_path / "fresh", base=BASE, processes=1)
    assert files(to) == files(tmp_path / "fresh"), "bit by bit gives what at once gives"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_the_log_has_pages(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.publish.site._A_PAGE", 2)
    publish(db, tmp_path / "site", processes=1)
    assert 'rel="next" href="page/2/index.html"' in (tmp_path / "site/index.html").read_text()
    older = (tmp_path / "site/page/2/index.html").read_text()
    assert 'rel="prev" href="../../index.html"' in older


def test_another_folder_is_left_alone(db: Path, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="no published site"):
        publish(db, tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letter.txt"]


def test_what_a_release_says_runs_nowhere(tmp_path: Path) -> None:
    build_hostile(tmp_path / "hostile.db")
    publish(tmp_path / "hostile.db", tmp_path / "site", processes=1)
    for path in (tmp_path / "site").rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<script>window" not in text
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text
