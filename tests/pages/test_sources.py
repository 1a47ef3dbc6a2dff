"""Every source has recorded pages, and gives of each exactly the document beside it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corrigenda import documents, sources
from corrigenda.errors import UnknownSource, UsageError
from corrigenda.models import Capture, Verdict
from corrigenda.reading.normalise import normalise
from corrigenda.sources.protocol import Source
from corrigenda.verdicts import judge
from tests.sources.example import Example

PAGES = Path(__file__).parent
SOURCES = {source.name: source for source in sources.every()}
RECORDED = [
    (name, page) for name in SOURCES for page in sorted((PAGES / name).glob("release-*.html"))
]


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_has_recorded_pages_with_their_documents(name: str) -> None:
    pages = sorted((PAGES / name).glob("release-*.html"))
    assert pages, f"record a page of {name} as tests/pages/{name}/release-WHAT.html"
    for page in pages:
        assert page.with_suffix(".md").exists(), f"{page.name} lacks the document it must give"


@pytest.mark.parametrize(
    ("name", "page"), RECORDED, ids=lambda value: getattr(value, "stem", value)
)
def test_a_recorded_page_is_a_release_and_gives_its_document(name: str, page: Path) -> None:
    source, expected = SOURCES[name], page.with_suffix(".md").read_bytes().decode()
    url = documents.read(expected).url
    capture = Capture(
        url=url, final_url=url, captured_at=datetime.now(UTC),
        body=page.read_bytes(),
    )  # fmt: skip
    judgement = judge(capture, source)
    assert judgement.verdict is Verdict.RELEASE
    assert judgement.article is not None
    for form in (judgement.article, capture.body):
        assert documents.write(normalise(form, url, source).document) == expected


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_its_addresses_are_its_own(source: Source) -> None:
    assert source.hosts
    for url in (source.home, *source.feeds, source.sitemap_url, source.listing_url(0)):
        if url:
            assert source.canonical(url) == url
            assert sources.of_url(url) is source
            assert source.content_type(url) is None


def test_two_sources_share_neither_name_nor_host() -> None:
    sources.register(Example())  # once more is no harm

    class Other(Example):
        name = "other"

    with pytest.raises(UsageError, match="example"):
        sources.register(Other())
    with pytest.raises(UsageError, match="no source"):
        sources.register(object())  # type: ignore[arg-type]
    with pytest.raises(UnknownSource):
        sources.get("other")


def plug_in(folder: Path, target: str) -> dict[str, str]:
    """Install a distribution that brings a source, and return the environment it is seen in."""
    info = folder / "corrigenda_example-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: corrigenda-example\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[corrigenda.sources]\nexample = {target}\n")
    return {"PYTHONPATH": f"{folder}:{PAGES.parent.parent}"}


def normalised(folder: Path, target: str) -> subprocess.CompletedProcess[bytes]:
    page = PAGES / "example" / "release-ferry-timetable.html"
    script = "import sys, commands; sys.argv[0] = 'corrigenda'; commands.main()"
    url = "https://www.example.org/2026/02/winter-ferry-timetable"
    return subprocess.run(
        [sys.executable, "-c", script, "normalise", str(page), "--url", url],
        env=plug_in(folder, target),
        capture_output=True,
        check=False,
    )


def test_another_package_may_bring_a_source(tmp_path: Path) -> None:
    result = normalised(tmp_path, "tests.sources.example:Example")
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout == (PAGES / "example" / "release-ferry-timetable.md").read_bytes()


def test_a_package_that_brings_none_is_named(tmp_path: Path) -> None:
    result = normalised(tmp_path, "tests.sources.none_such:Example")
    assert result.returncode == 2
    assert b"tests.sources.none_such:Example" in result.stderr
    assert b"Traceback" not in result.stderr
