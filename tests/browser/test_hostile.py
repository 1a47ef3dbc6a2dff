"""Releases that attack their reader show as text and run nothing."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Browser
from tests.review.serving import Served

pytestmark = pytest.mark.browser

PATHS = (
    "/",
    "/change/2",
    "/change/2?view=side",
    "/release/1?from=1&to=2",
    "/search?q=spending",
    "/search?q=%3Cscript%3Ewindow.pwned=1%3C/script%3E",
    "/overview",
    "/rules",
    "/corrigenda/releases",
    "/corrigenda/versions",
    "/corrigenda/change_log",
    "/corrigenda?sql=select+title,+reasons+from+change_log",
)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_a_release_runs(browser: Browser, hostile: Served, path: str) -> None:
    page = browser.open()
    page.goto(hostile.url + hostile.sign_in)
    page.goto(hostile.url + path)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img[src=x]").count() == 0
    bad = "Array.from(document.links).filter(a => a.protocol == 'javascript:').length"
    assert page.evaluate(bad) == 0


def test_the_attack_is_shown_to_the_letter(browser: Browser, hostile: Served) -> None:
    page = browser.open()
    page.goto(hostile.url + "/release/1")
    text = page.inner_text("main")
    assert "<script>window.pwned = 1</script>" in text
    assert "\nclick\n" in text  # the words of a Markdown link, which leads nowhere
    assert page.locator("main a[href^='javascript:']").count() == 0
    assert "javascript:window.pwned=6" in text
    assert "{{ 7 * 7 }}" in text


def test_the_policy_forbids_what_escaping_would_have_missed(
    browser: Browser, hostile: Served
) -> None:
    page = browser.open()
    page.goto(hostile.url + "/")
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.pwned = 7';
            document.body.append(script);
            const image = document.createElement('img');
            image.src = 'http://192.0.2.1/beacon';
            document.body.append(image);
            document.body.setAttribute('onclick', 'window.pwned = 8');
            document.body.click();
        }"""
    )
    assert page.evaluate("window.pwned") is None
    refused = [error for error in browser.errors if "Content Security Policy" in error]
    assert len(refused) >= 3
    browser.errors.clear()
    browser.requests[:] = [u for u in browser.requests if "192.0.2.1" not in u]
