"""axe on every page, in light and dark, wide and narrow."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Browser
from tests.review.serving import Served

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/change/33",
    "/change/25?view=side",
    "/change/21",
    "/release/4?from=1&to=4",
    "/overview",
    "/search?q=bridge",
    "/rules",
    "/gone",
    "/feeds",
    "/trends",
    "/trends/changes?significance=high",
    "/minister/Hon%20Mere%20Tautahi",
    "/month/2026-05",
    "/digest/2026-05",
    "/data",
    "/data/sql?q=silent-edits",
    "/change/33/kit",
    "/change/33/print",
    "/changes?added=will&quoted=yes",
    "/nothing-here",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(
    browser: Browser, reading: Served, path: str, scheme: str
) -> None:
    page = browser.open(scheme=scheme, width=1280 if scheme == "light" else 390)
    page.goto(reading.url + reading.sign_in)
    page.goto(reading.url + path)
    found = axe.Axe().run(page).response
    assert len(found["passes"]) > 10, "axe looked at the page"
    told = [
        f"{v['impact']}: {v['id']}: {n['html'][:160]} {n.get('failureSummary', '')[:200]}"
        for v in found["violations"]
        for n in v["nodes"]
    ]
    assert told == []
    browser.errors[:] = [e for e in browser.errors if "404" not in e]
