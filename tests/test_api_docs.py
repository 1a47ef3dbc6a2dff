"""The library as docs/api.md promises it: every example is run, every name is typed."""

from __future__ import annotations

import doctest
import importlib.util
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import storage
from commands.demo.site import Replica
from corrigenda import compare, documents, reading
from corrigenda.errors import NotHeld, StoreError
from corrigenda.models import Entry
from corrigenda.reading import markdown
from corrigenda.settings import Settings
from flows.pipeline import check
from flows.session import open_session

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api.md"
BRIDGE = "harbour-bridge-upgrade-funded"
_BLOCK = re.compile(r"(?:<!-- needs: (\w+) -->\n)?```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a store in which one figure was changed."""
    made = tmp_path_factory.mktemp("api")
    with Replica() as site:
        settings = Settings(db=made / "corrigenda.db", origin=site.url)
        for _ in range(2):
            with open_session(settings, "beehive", "ingest", {}) as session:
                for item in site.items.values():
                    check(session, Entry(url=item.url, channel="feed", node_id=item.node))
            body = site.items[BRIDGE].body
            site.edit(BRIDGE, body=body.replace("$16,712", "$16,172"))
        yield made


def blocks(has_pandas: bool) -> str:
    """The page's examples, those left out whose library is missing."""
    found = _BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(found) == 7
    return "".join(code for needs, code in found if not needs or has_pandas)


def test_every_example_does_what_it_shows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    has_pandas = importlib.util.find_spec("pandas") is not None
    examples = doctest.DocTestParser().get_doctest(
        blocks(has_pandas), {}, "docs/api.md", str(PAGE), 0
    )
    told: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(examples, out=told.append)
    assert outcome.attempted > 20
    assert outcome.failed == 0, "".join(told)


@pytest.mark.parametrize(
    "promised",
    [
        storage.open, documents.read, documents.write, reading.normalise, markdown.to_markdown,
        compare.compare,
    ],
    ids=lambda function: function.__name__,
)  # fmt: skip
def test_what_is_promised_is_documented_and_typed(promised: object) -> None:
    assert promised.__doc__
    signature = inspect.signature(promised)  # type: ignore[arg-type]
    hints = [p.annotation for p in signature.parameters.values()] + [signature.return_annotation]
    assert inspect.Signature.empty not in hints
    assert promised.__name__ in PAGE.read_text("utf-8")  # type: ignore[attr-defined]


def test_every_package_says_that_it_is_typed() -> None:
    for package in ("corrigenda", "storage", "flows", "review", "commands"):
        assert (ROOT / package / "py.typed").is_file(), package


def test_a_function_and_its_module_have_one_name() -> None:
    script = (
        "from corrigenda.reading.normalise import normalise as one\n"
        "from corrigenda.reading import normalise as two\n"
        "assert one is two"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_an_opened_store_is_only_read(folder: Path) -> None:
    before = (folder / "corrigenda.db").read_bytes()
    with storage.open(str(folder / "corrigenda.db")) as store:
        with pytest.raises(Exception, match="readonly"):
            store.db.execute("DELETE FROM issues")
        everything = list(store.versions())
        assert len(everything) == len(list(store.releases())) + 1
        assert {v.url for v in store.versions(everything[0].url)} == {everything[0].url}
        with pytest.raises(NotHeld):
            store.versions("https://www.beehive.govt.nz/release/none-such")
    assert (folder / "corrigenda.db").read_bytes() == before


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        storage.open(tmp_path / "none.db")
