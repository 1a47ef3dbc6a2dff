"""Asking for changes: one filter for the command, the pages, feeds and exports."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corrigenda.models import Capture, Reading, Via
from corrigenda.reading.normalise import NORMALISER_VERSION
from corrigenda.sources import get
from flows.pipeline import interpret
from storage.export.tables import export_csv, export_jsonl
from storage.file.connection import reading
from storage.queries.contents import Content, from_reading
from tests.cli.conftest import Corrigenda
from tests.evidence.pages import BRIDGE, WORDINGS, day, page
from tests.review.serving import Served, serve
from tests.storage.factory import content, open_store, seen

SITE = "https://www.beehive.govt.nz/release/"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three releases: a figure changed silently, one put back, one by another minister."""
    path = tmp_path_factory.mktemp("asking") / "corrigenda.db"
    store = open_store(path)
    for hours, name, body, fields in (
        (0, "bridge", "It costs $5.", {}),
        (0, "school", "It costs $7.", {"ministers": ("Hon Māia B",), "portfolios": ("Education",)}),
        (1, "bridge", "It costs $6.", {}),
        (1, "school", "It costs\n$7 from July.", {"ministers": ("Hon Māia B",)}),
        (30, "bridge", "It costs $5.", {}),
    ):
        run = store.begin_run("ingest", {})
        url = f"{SITE}{name}"
        what = content(body, url=url, title=f"=A {name}", **fields)
        store.record(run, seen(what, hours, url=url))
    store.db.close()
    return path


@pytest.fixture(scope="module")
def pages(db: Path) -> Iterator[Served]:
    with serve(db) as served:
        yield served


@pytest.mark.parametrize(
    ("options", "query", "found"),
    [
        ((), "", ["bridge", "bridge", "school"]),
        (("--minister", "māia"), None, ["school"]),
        (("--minister", "Māia"), None, ["school"]),
        (("--portfolio", "educ"), "portfolio=Education", ["school"]),
        (("--silent",), "silent=yes", ["bridge", "bridge", "school"]),
        (("--not-silent",), "silent=no", []),
        (("--reverted",), "reverted=yes", ["bridge"]),
        (("--not-reverted",), "reverted=no", ["bridge", "school"]),
        (("--words", "july"), "words=july", ["school"]),
        (("--words", '"costs 6"'), "words=%22costs+6%22", ["bridge", "bridge"]),
        (("--source", "beehive"), "source=beehive", ["bridge", "bridge", "school"]),
        (("--until", "2026-05-02"), "until=2026-05-01", ["bridge", "school"]),
        (("--since", "2026-05-02"), "since=2026-05-02", ["bridge"]),
        (("--noticed-until", "2026-05-02"), "noticed_until=2026-05-01", []),
        (("--significance", "low"), "significance=low", []),
        (("--min-significance", "high"), "min_significance=high", ["bridge", "bridge", "school"]),
        (("--limit", 1, "--offset", 2), None, None),
    ],
)  # fmt: skip
def test_the_command_the_pages_and_the_feeds_choose_alike(
    corrigenda: Corrigenda, db: Path, pages: Served, options: tuple[object, ...],
    query: str | None, found: list[str] | None,
) -> None:  # fmt: skip
    result = corrigenda("changes", "--db", db, "--kind", "revised", "--json", *options)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    if found is None:
        assert len(told) == 1
        return
    assert sorted(change["url"].removeprefix(SITE) for change in told) == found
    if query is not None:
        with pages.client() as client:
            rows = csv.DictReader(
                io.StringIO(client.get(f"/changes.csv?kind=revised&{query}").text)
            )
            assert sorted(row["url"].removeprefix(SITE) for row in rows) == found
            items = client.get(f"/changes.json?kind=revised&{query}").json()["items"]
            assert sorted(item["external_url"].removeprefix(SITE) for item in items) == found
            queue = client.get(f"/?status=all&kind=revised&{query}").text
            assert queue.count('data-change="') == len(found)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--minister", "nobody"), "no minister on record has 'nobody'"),
        (("--portfolio", "%"), "no portfolio on record"),
        (("--source", "gazette"), "there is beehive"),
        (("--words", "..."), "no word"),
        (("--status", "sleeping"), "they are open, reviewed"),
    ],
)
def test_a_value_there_is_not_is_an_error(
    corrigenda: Corrigenda, db: Path, options: tuple[str, ...], said: str
) -> None:
    result = corrigenda("changes", "--db", db, *options)
    assert result.returncode == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_status_of_one_source(corrigenda: Corrigenda, db: Path) -> None:
    told = json.loads(corrigenda("status", "--db", db, "--source", "beehive", "--json").stdout)
    assert [source["source"] for source in told["sources"]] == ["beehive"]
    assert corrigenda("status", "--db", db, "--source", "gazette").returncode == 2


def test_everywhere_a_change_is_the_same_row(
    corrigenda: Corrigenda, db: Path, pages: Served, tmp_path: Path
) -> None:
    """As JSON and as CSV, by the command, the pages and the exports."""
    told = json.loads(corrigenda("changes", "--db", db, "--json").stdout)
    rows = {row["id"]: row for row in told}
    with reading(db) as database:
        export_jsonl(database, tmp_path)
        export_csv(database, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "changes.jsonl").read_text().splitlines()]
    assert {line["id"] for line in lines} == rows.keys()
    for line in lines:
        assert line == {name: rows[line["id"]][name] for name in line}
    tables = [
        (tmp_path / "changes.csv").read_bytes().decode(),
        corrigenda("changes", "--db", db, "--csv").stdout,
    ]
    with pages.client() as client:
        tables.append(client.get("/changes.csv?kind=revised").text)
        items = client.get("/changes.json?kind=revised").json()["items"]
    for item in items:
        there = item["_corrigenda"]
        row = rows[there["change"]]
        assert there == {name: row[name] for name in there if name in row} | {
            "change": row["id"],
            "when": there["when"],
        }
    for table in tables:
        for row in csv.DictReader(io.StringIO(table)):
            change = rows[int(row["id"])]
            assert row["title"] == f"'{change['title']}"
            assert row["silent"] == str(int(change["silent"]))
            assert row["reasons"] == "; ".join(change["reasons"])
            assert row.get("source", "beehive") == change["source"]


def _older(capture: Capture) -> Content:
    """Read a page as a normaliser did that wrote bodies in another way."""
    found = interpret(capture, get("beehive"), None).content
    assert found is not None
    body = found.document.body.replace("The bridge", "The  *old* bridge")
    return from_reading(
        Reading(document=replace(found.document, body=body)), NORMALISER_VERSION - 1
    )


def test_after_reprocess_a_difference_is_the_publishers_alone(
    corrigenda: Corrigenda, tmp_path: Path
) -> None:
    """What our own normaliser reads otherwise now was told as the publisher's edit."""
    path = tmp_path / "corrigenda.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for number in (0, 1):
        capture = Capture(
            url=BRIDGE.url, final_url=BRIDGE.url, captured_at=day(1 + number), status=200,
            body=page(WORDINGS[number]), via=Via.LIVE,
        )  # fmt: skip
        found = interpret(capture, get("beehive"), None)
        store.record(run, found if number else replace(found, content=_older(capture)))
    store.db.close()
    before = corrigenda("diff", BRIDGE.url, "--db", path).stdout
    assert "old" in before
    done = corrigenda("reprocess", "--db", path)
    assert done.returncode == 0, done.stderr
    told = corrigenda("diff", BRIDGE.url, "--db", path).stdout
    assert "$[-5-]{+6+} million" in told
    assert "old" not in told
    as_json = json.loads(corrigenda("diff", BRIDGE.url, "--db", path, "--json").stdout)
    assert as_json["kinds"] == ["figures"]
