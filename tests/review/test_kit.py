"""What is taken away of a change can be checked with other people's tools."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from markdown_it import MarkdownIt
from PIL import Image

from corrigenda.models import Via
from review.kit import card, citation
from storage.file.connection import reading
from storage.queries.log.changes import changes
from storage.queries.log.filters import ChangeFilter
from tests.review.serving import Served, serve
from tests.storage.factory import content, open_store, seen

URL = "https://www.beehive.govt.nz/release/a-bridge"
PAGE = (
    "<html><head><link rel=stylesheet href=https://elsewhere.example/x.css></head><body>"
    "<p>{}</p><script>window.pwned = 1; parent.pwned = 1</script>"
    "<img src=https://elsewhere.example/x.png></body></html>"
)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Served]:
    """One release, revised once, with a press contact in both texts."""
    path = tmp_path / "c.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for hours, figure in ((24, "$16,712"), (48, "$16,172")):
        text = f"It costs {figure} a year.\n\nMedia contact: Jo Field, 021 555 0123"
        store.record(run, seen(content(text), hours, body=PAGE.format(text).encode()))
    store.db.close()
    with serve(path) as served:
        yield served


def revision(pages: Served) -> int:
    with reading(pages.db) as db:
        return changes(db, ChangeFilter(kind="revised"))[0].id


@pytest.mark.parametrize("signed_in", [False, True])
def test_what_is_downloaded_hashes_to_what_is_printed(pages: Served, signed_in: bool) -> None:
    with closing(pages.client(signed_in=signed_in)) as client:
        page = client.get(f"/change/{revision(pages)}/kit").text
        addresses = re.findall(r'"(/version/[0-9a-f]{64}\.md)"', page)
        assert len(set(addresses)) == 2
        for address in addresses:
            answer = client.get(address)
            sha256 = hashlib.sha256(answer.content).hexdigest()
            assert f"<code>{sha256}</code>" in page
            assert sha256[:12] in answer.headers["content-disposition"]
            assert answer.headers["etag"] == f'"{sha256}"'
            assert (b"555 0123" in answer.content) == signed_in
            assert (sha256 in address) == signed_in, "a masked copy has a hash of its own"
        for capture in re.findall(r'"(/payload/\d+)"', page):
            answer = client.get(capture)
            assert f"<code>{hashlib.sha256(answer.content).hexdigest()}</code>" in page
            assert ".html" in answer.headers["content-disposition"]


def test_an_address_by_digest_outlives_an_import_of_something_older(pages: Served) -> None:
    with closing(pages.client()) as client:
        first = client.get("/release/1/1.md")
        lasting = first.url.path
        assert lasting.startswith("/version/")
        store = open_store(pages.db)
        run = store.begin_run("backfill", {})
        store.record(run, seen(content("It costs nothing."), 1, via=Via.WAYBACK))
        store.db.close()
        assert client.get("/release/1/1.md").url.path != lasting
        assert client.get(lasting).content == first.content


def unpack(data: bytes, to: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(to)
        return archive.namelist()


def test_the_whole_kit_is_checked_by_others(pages: Served, tmp_path: Path) -> None:
    number = revision(pages)
    with closing(pages.client(signed_in=True)) as client:
        answer = client.get(f"/change/{number}/kit.zip")
        again = client.get(f"/change/{number}/kit.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == again.content
    to = tmp_path / "kit"
    names = unpack(answer.content, to)
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=to, capture_output=True, text=True, check=True
    )
    assert checked.stdout.count(": OK") == len(names) - 2
    warcio = [str(Path(sys.executable).with_name("warcio"))]
    index = subprocess.run(
        [*warcio, "index", "captures.warc.gz", "-f", "offset,warc-type"],
        cwd=to,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    subprocess.run([*warcio, "check", "captures.warc.gz"], cwd=to, check=True)
    told = (to / "README.md").read_text("utf-8")
    offsets = re.findall(r'"offset": "(\d+)", "warc-type": "response"', index)
    assert len(offsets) == 2
    for offset in offsets:
        payload = subprocess.run(
            [*warcio, "extract", "--payload", "captures.warc.gz", offset],
            cwd=to,
            capture_output=True,
            check=True,
        ).stdout
        assert hashlib.sha256(payload).hexdigest() in told
    html = MarkdownIt("commonmark").enable("table").render(told)
    assert html.count("<tr>") == 3
    assert f"/change/{number}" in html
    for name in names:
        if name.endswith(".md") and name != "README.md":
            assert "<p>It costs" in MarkdownIt().render((to / name).read_text("utf-8"))


def test_the_public_kit_withholds_contacts_and_says_so(pages: Served, tmp_path: Path) -> None:
    with closing(pages.client()) as client:
        answer = client.get(f"/change/{revision(pages)}/kit.zip")
    to = tmp_path / "kit"
    names = unpack(answer.content, to)
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=to, check=True)
    assert not any("payload" in name or name.endswith(".gz") for name in names)
    assert all(b"555 0123" not in (to / name).read_bytes() for name in names)
    assert "What is withheld" in (to / "README.md").read_text("utf-8")


def test_the_stored_page_may_do_nothing(pages: Served) -> None:
    with closing(pages.client(signed_in=True)) as client:
        answer = client.get("/stored/1")
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox; default-src 'none'")
        assert "script" not in policy
        assert 'sandbox title="' in client.get(f"/change/{revision(pages)}/kit").text
    with closing(pages.client()) as client:
        assert client.get("/stored/1").status_code == 403


def test_the_image_is_a_card_of_the_change(pages: Served) -> None:
    number = revision(pages)
    with closing(pages.client()) as client:
        page = client.get(f"/change/{number}").text
        address = re.findall(r'property="og:image" content="([^"]+)"', page)[0]
        image = Image.open(io.BytesIO(client.get(address).content))
        assert (image.size, image.format) == ((1200, 630), "PNG")
        drawn = fromstring(client.get(f"/change/{number}/card.svg").text)
        assert drawn.get("width") == "1200"
        words = " ".join(drawn.itertext())
        assert "$16,712" in words
        assert "$16,172" in words
        sheet = client.get(f"/change/{number}/print").text
        assert f"/change/{number}</dd>" in sheet
        assert len(re.findall(r"<code>[0-9a-f]{64}</code>", sheet)) == 4


def test_a_card_holds_a_title_of_any_kind(pages: Served) -> None:
    with reading(pages.db) as db:
        from dataclasses import replace

        change = changes(db)[0]
        hostile = replace(change, title="<b>&\x00\u202e" + "Māori “x” " * 60, reasons=())
    drawn = card.drawing(hostile, address="https://changes.example.org/change/1")
    text = card.svg(drawn, hostile.title)
    fromstring(text)
    assert "<b>" not in text
    assert Image.open(io.BytesIO(card.png(drawn))).size == (1200, 630)


def test_citations_name_page_time_and_digests(pages: Served) -> None:
    from datetime import UTC, date, datetime

    cited = citation.Cited(
        id=7,
        title="Tax & {spend} 100%_now",
        publisher="Beehive",
        day=date(2026, 5, 1),
        url=URL,
        kind="revised",
        after=datetime(2026, 5, 2, tzinfo=UTC),
        before=datetime(2026, 5, 3, tzinfo=UTC),
        address="https://changes.example.org/change/7",
        digests={"before": "a" * 64, "after": "b" * 64},
    )
    told = citation.citations(cited)
    assert told["Chicago"].startswith("Beehive. “Tax & {spend} 100%_now.” 1 May 2026. https://")
    assert r"Tax \& \{spend\} 100\%\_now" in told["BibTeX"]
    assert told["BibTeX"].count("{") - told["BibTeX"].count(r"\{") == (
        told["BibTeX"].count("}") - told["BibTeX"].count(r"\}")
    )
    links = re.findall(r'href="([^"]+)"', MarkdownIt().render(told["Markdown"]))
    assert links == [URL, cited.address]
    assert all(digest in told["Plain text"] for digest in cited.digests.values())
    assert all("2026" in text and cited.address in text for text in told.values())


@pytest.fixture
def wayback() -> Iterator[tuple[str, list[str]]]:
    """A server that answers as web.archive.org/save does, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path.startswith("/save/"):
                self.send_response(302)
                self.send_header("Location", f"/web/20260601000000/{self.path[6:]}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = b"" if self.path == "/robots.txt" else b"<p>kept</p>"
            self.send_response(200)
            kind = "text/plain" if self.path == "/robots.txt" else "text/html"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


def test_the_archive_is_asked_only_when_a_reviewer_presses_the_button(
    pages: Served, wayback: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    origin, asked = wayback
    monkeypatch.setenv("CORRIGENDA_ARCHIVE_ORIGIN", origin)
    number = revision(pages)
    address = f"/change/{number}/keep"
    with closing(pages.client()) as client:
        assert client.get(f"/change/{number}/kit").status_code == 200
        assert client.get(address).status_code == 403
    with closing(pages.client(signed_in=True)) as client:
        page = client.get(f"/change/{number}/kit").text
        assert client.get(address).status_code == 403
        assert asked == []
        token = re.findall(r'name="csrftoken" value="([^"]+)"', page)[0]
        answer: httpx.Response = client.post(address, data={"csrftoken": token})
    assert answer.status_code == 200, answer.text
    assert f"https://web.archive.org/web/20260601000000/{URL}" in answer.text
    assert [path for path in asked if path.startswith("/save/")] == [f"/save/{URL}"]
