"""Edits that only the feed showed, and edits that the page shows too."""

from __future__ import annotations

from pathlib import Path

from corrigenda.models import Track, Via
from tests.review.serving import serve
from tests.storage.factory import content, open_store, seen


def test_an_edit_seen_in_the_feed_is_in_the_queue_until_the_page_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    store = open_store(path)
    run = store.begin_run("ingest", {})
    before, after = content("It costs $5 million."), content("It costs $6 million.")
    store.record(run, seen(before, 0))
    for hour, text in ((1, before), (3, after)):
        store.record(run, seen(text, hour, via=Via.FEED, track=Track.FEED))
    with serve(path) as pages:
        text = pages.client().get("/").text
        assert text.count("<del>") == 1
        assert ">feed</span>" in text
        store.record(run, seen(after, 4))
        text = pages.client().get("/").text
        assert text.count("<del>") == 1, "one edit is one item"
        assert ">feed</span>" not in text
        told = store.db.execute("SELECT id, same_as FROM changes WHERE same_as IS NOT NULL")
        change, shown = told.fetchone()
        page = pages.client().get(f"/change/{change}").text
        assert f'reviewed as <a href="/change/{shown}">' in page
        assert len(pages.client().get("/changes.json").json()["items"]) == 1
    store.db.close()
