"""The stored page in its frame, and a published site, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from review.publish.site import publish
from tests.browser.conftest import Browser
from tests.review.serving import Served
from tests.review.test_kit import pages, revision

__all__ = ["pages"]
pytestmark = pytest.mark.browser


def test_the_stored_page_is_shown_and_does_nothing(browser: Browser, pages: Served) -> None:
    page = browser.open()
    refused: list[str] = []
    page.on("requestfailed", lambda r: refused.append(r.url) if r.failure == "csp" else None)
    page.goto(pages.url + pages.sign_in)
    page.goto(f"{pages.url}/change/{revision(pages)}/kit")
    page.locator("details summary").first.click()
    frame = page.frame_locator("iframe.stored").first
    frame.get_by_text("It costs $16,712 a year.").wait_for()
    assert page.evaluate("window.pwned") is None
    # The driver tells of a request that the policy stopped; nothing left the browser.
    assert {url.rsplit("/", 1)[-1] for url in refused} == {"x.css", "x.png"}
    browser.requests[:] = [url for url in browser.requests if url not in refused]
    told = ("elsewhere.example", "sandbox")
    assert [text for text in browser.errors if not any(name in text for name in told)] == []
    browser.errors.clear()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(db: Path, tmp_path: Path) -> Iterator[str]:
    publish(db, tmp_path / "site", base="https://changes.example.org", processes=1)
    handler = partial(_Quiet, directory=str(tmp_path / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_published_site_is_searched_and_read(browser: Browser, site: str) -> None:
    page = browser.open(width=320)
    page.goto(f"{site}/search/?q=bridge 16,712")
    page.locator("#found a").first.wait_for()
    assert page.locator("#told").inner_text().endswith("found.")
    page.locator("#found a").first.click()
    assert "Harbour bridge" in page.locator("h1").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator("text=Changes").first.click()
    assert page.locator("ol.queue > li").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
