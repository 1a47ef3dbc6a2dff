"""Real pages in a real browser, with nothing but loopback to talk to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.review.conftest import db, hostile, reading, served

__all__ = ["db", "hostile", "reading", "served"]

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install -e '.[dev]'"
)

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


class Browser:
    """A browser, and what its pages asked for, said and threw.

    Attributes:
        requests: Every address any page asked for.
        errors: Errors a page threw, and what the console was told of refusals.
    """

    def __init__(self, browser: object) -> None:
        self._browser = browser
        self.requests: list[str] = []
        self.errors: list[str] = []

    def open(
        self,
        *,
        scheme: str = "light",
        width: int = 1280,
        height: int = 900,
        script: bool = True,
        zone: str = "UTC",
    ) -> object:
        """Return a page in a fresh profile."""
        context = self._browser.new_context(  # type: ignore[attr-defined]
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
            timezone_id=zone,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._console)
        return page

    def _console(self, message: object) -> None:
        if message.type == "error":  # type: ignore[attr-defined]
            self.errors.append(message.text)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    # Not for the session: while it is driven an event loop counts as running in this
    # thread, and Prefect answers with coroutines to whoever calls it there.
    if not CHROMIUM:
        pytest.skip("no Chromium here: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: object) -> Iterator[Browser]:
    """A browser that must not have asked anybody but this machine, nor thrown."""
    used = Browser(chromium)
    yield used
    elsewhere = [u for u in used.requests if not u.startswith(("http://127.0.0.1:", "data:"))]
    assert elsewhere == []
    assert used.errors == []
