"""Take the pictures in docs/images: every page, light and dark, wide and as on a phone.

    make screenshots

They show the sample store, so they are the same whoever takes them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.sample import sample
from tests.review.serving import Served, serve

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
PAGES = {
    "queue": "/",
    "change": "/change/{figure}",
    "release": "/release/{bridge}",
    "overview": "/overview",
    "trends": "/trends",
    "search": "/search?q=will+not+rise",
    "rules": "/rules",
}
#: Bytes a picture may have; a page of prose needs no more.
_MOST = 150_000


def main() -> int:
    """Take them all; returns 1 when one is too large."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        db = Path(scratch) / "corrigenda.db"
        shutil.copy(sample(), db)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serve(db) as served:
            _prepare(served)
            for scheme in ("light", "dark"):
                _take(browser, served, scheme, 1120, 680, "")
            _take(browser, served, "light", 390, 780, "-phone")
        browser.close()
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{name:<28}{size:>9,}")
    return int(max(sizes.values()) > _MOST)


def _prepare(served: Served) -> None:
    """Leave a few verdicts, so that the pages are not all at their beginning."""
    client = served.client(signed_in=True)
    page = client.get("/change/20").text
    token = page.split('name="csrftoken" value="')[1].split('"')[0]
    form = {"csrftoken": token, "change": "20", "verdict": "false alarm"}
    client.post("/mark", data=form).raise_for_status()
    rule = {"csrftoken": token, "change": "20", "scope": "release", "note": "A contact line"}
    client.post("/suppress", data=rule).raise_for_status()


def _take(
    browser: Browser, served: Served, scheme: str, width: int, height: int, suffix: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(served.url + served.sign_in)
    bridge = page.locator(".item h2 a", has_text="Harbour bridge").first
    page.goto(served.url + (bridge.get_attribute("href") or ""))
    figure = page.url.rsplit("/", 1)[1]
    release = page.locator("h1 a").get_attribute("href") or ""
    for name, path in PAGES.items():
        at = path.format(figure=figure, bridge=release.rsplit("/", 1)[1])
        page.goto(served.url + at, wait_until="load")
        page.screenshot(path=FOLDER / f"{name}-{scheme}{suffix}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
