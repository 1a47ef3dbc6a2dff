"""Commands on saved files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.demo.items import seed_items
from commands.demo.pages import article_page
from tests.cli.conftest import Corrigenda


def test_normalise_prints_the_document_of_a_saved_page(
    corrigenda: Corrigenda, tmp_path: Path, seeds: Path
) -> None:
    for item, seed in zip(seed_items(), sorted(seeds.glob("*.md")), strict=True):
        page = tmp_path / "page.html"
        page.write_text(article_page(item, seed_items()), "utf-8")
        result = corrigenda("normalise", page, "--url", item.url)
        assert result.stdout == seed.read_text("utf-8")


def test_compare_as_json_has_the_promised_shape(
    corrigenda: Corrigenda, tmp_path: Path, seeds: Path
) -> None:
    old = sorted(seeds.glob("*.md"))[0]
    new = tmp_path / "new.md"
    new.write_text(old.read_text("utf-8").replace("$7.3 billion", "$73 billion"), "utf-8")
    result = corrigenda("compare", old, new, "--json")
    told = json.loads(result.stdout)
    assert set(told) == {
        "significance", "reasons", "fields", "kinds", "words_added", "words_removed",
        "score", "why", "sentence_old", "sentence_new",
    }  # fmt: skip
    assert told["significance"] == "high"
    assert told["fields"] == ["body"]
    assert "7.3" in told["reasons"][0]


@pytest.mark.parametrize(
    ("name", "text", "arguments", "status", "said"),
    [
        (
            "a.html",
            "<p>hello</p>",
            ("--url", "https://www.beehive.govt.nz/release/a"),
            1,
            "article",
        ),
        ("a.html", "<p>hello</p>", ("--url", "https://example.org/a"), 2, "example.org"),
        ("a.html", None, ("--url", "https://www.beehive.govt.nz/release/a"), 2, "cannot be read"),
    ],
)
def test_normalise_tells_what_is_wrong(
    corrigenda: Corrigenda, tmp_path: Path, no_traceback: object, name: str, text: str | None,
    arguments: tuple[str, ...], status: int, said: str,
) -> None:  # fmt: skip
    if text is not None:
        (tmp_path / name).write_text(text)
    result = corrigenda("normalise", name, *arguments)
    assert (result.returncode, result.stdout) == (status, "")
    assert said in result.stderr
    no_traceback(result)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["no front matter", "---\ntitle: [\n---\n\nx", "\x00\xff"])
def test_compare_tells_what_is_no_document(
    corrigenda: Corrigenda, tmp_path: Path, seeds: Path, no_traceback: object, text: str
) -> None:
    broken = tmp_path / "broken.md"
    broken.write_bytes(text.encode("latin-1"))
    result = corrigenda("compare", sorted(seeds.glob("*.md"))[0], broken)
    assert result.returncode in (1, 2)
    assert "broken.md" in result.stderr
    no_traceback(result)  # type: ignore[operator]


def test_a_saved_page_is_decoded_as_one_just_fetched(
    corrigenda: Corrigenda, tmp_path: Path
) -> None:
    page = article_page(seed_items()[0], seed_items()).replace('<meta charset="utf-8">', "")
    text = "<p>“hi”, the Minister said – and it’s free. “The bridge opens on Monday.”</p>"
    start = page.index("<p>", page.index("field--name-body"))
    page = page[:start] + text + page[page.index("</div>", start) :]
    saved = tmp_path / "page.html"
    saved.write_bytes(page.encode("cp1252", "xmlcharrefreplace"))
    result = corrigenda("normalise", saved, "--url", seed_items()[0].url)
    assert "“hi”, the Minister said – and it’s free." in result.stdout
    assert "\ufffd" not in result.stdout
