"""What is gone or blocked now leads the queue, and no page calls it live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from corrigenda.models import Entry, Verdict
from storage.file.connection import open_database
from storage.queries.sight.gone import WITHDRAWN, gone_now, why_unseen
from storage.queries.sight.unseen import Word
from tests.review.serving import Served, serve
from tests.review.test_feeds import validate
from tests.storage.factory import at, content, open_store, seen

SITE = "https://www.beehive.govt.nz/release"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source of which one release is missing, one withdrawn and one behind a challenge."""
    path = tmp_path_factory.mktemp("gone") / "corrigenda.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    for name in ("missing", "withdrawn", "challenged", "there"):
        url = f"{SITE}/{name}"
        store.record(run, seen(content("A text.", url=url, title=name.title()), 0, url=url))

    def answer(name: str, hours: float, verdict: Verdict) -> None:
        store.record(run, seen(None, hours, url=f"{SITE}/{name}", verdict=verdict, body=b"x"))

    for hours in (48, 50):
        answer("missing", hours, Verdict.MISSING)
    for hours in (24, 60):
        answer("withdrawn", hours, Verdict.MISSING)
    answer("challenged", 49, Verdict.CHALLENGE)
    store.hear([Entry(url=f"{SITE}/missing", channel="feed", title="Missing")])
    store.set_blocked("_Incapsula_Resource")
    store.db.close()
    return path


@pytest.fixture(scope="module")
def pages(db: Path) -> Iterator[Served]:
    with serve(db) as served:
        yield served


def test_what_is_gone_is_told_with_since_when_and_who_still_lists_it(db: Path) -> None:
    store = open_database(db)
    found = gone_now(store, at(72))
    assert [(a.word, a.title) for a in found] == [
        (Word.BLOCKED, "Beehive.govt.nz"),
        (Word.MISSING, "Missing"),
        (WITHDRAWN, "Withdrawn"),
        (Word.BLOCKED, "Challenged"),
    ]
    missing = found[1]
    assert missing.since == at(48), "the first absence, not the last"
    assert "3 May 2026 00:00 UTC" in missing.text
    assert "unknown, not deleted" in found[3].text
    assert gone_now(store, at(60) + timedelta(days=30))[-1].word != WITHDRAWN
    (there,) = store.execute("SELECT id FROM releases WHERE title = 'There'").fetchone()
    assert why_unseen(store, there) is None
    store.close()


def test_it_stands_first_on_queue_and_overview(pages: Served) -> None:
    with pages.client() as client:
        queue = client.get("/").text
        assert queue.index("Gone or blocked now") < queue.index('class="queue-head"')
        assert "Missing" in queue
        overview = client.get("/overview").text
        assert overview.index("Gone or blocked now") < overview.index('class="totals"')


def test_no_release_is_live_whose_last_look_said_otherwise(db: Path, pages: Served) -> None:
    store = open_database(db)
    rows = store.execute("SELECT id, title FROM releases").fetchall()
    store.close()
    with pages.client() as client:
        for release, title in rows:
            page = client.get(f"/release/{release}").text
            assert ('class="status status-live"' in page) == (title == "There"), title


def test_an_empty_queue_says_why(pages: Served) -> None:
    client = pages.client(signed_in=True)
    page = client.get("/").text
    token = page.split('name="csrftoken" value="')[1].split('"')[0]
    changes = [part.split('"')[0] for part in page.split('data-mark="')[1:]]
    form = {"csrftoken": token, "verdict": "cosmetic", "change": changes}
    client.post("/mark", data=form).raise_for_status()
    page = client.get("/").text
    client.close()
    assert "0 items" in page
    assert "not all was seen" in page
    assert "Nothing waits for you.<" not in page


def test_the_feed_is_valid_and_an_absence_is_told_once(pages: Served) -> None:
    with pages.client() as client:
        first, second = (client.get("/gone.atom") for _ in range(2))
    validate(first.content)
    assert first.content == second.content
    assert b"[MISSING] Missing" in first.content
