"""A store of full-size pages, for the benchmarks of reprocess and verify."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.payloads import chrome, items, page
from corrigenda.models import Capture, Via
from corrigenda.settings import Settings
from corrigenda.sources import get
from flows.pipeline import interpret
from flows.session import open_session


def make(db: Path, releases: int, captures: int) -> None:
    """Record so many captures of so many releases, each 350 KB, unedited."""
    around, source = chrome(350_000), get("beehive")
    first = datetime(2026, 1, 1, tzinfo=UTC)
    some = items()
    with open_session(Settings(db=db), "beehive", "benchmark", {}) as session:
        for number in range(releases):
            like = some[number % len(some)]
            item = replace(like, slug=f"release-{number}", node=9000 + number)
            content = None
            for again in range(captures):
                body = page(item, around)
                asked = Capture(
                    url=item.url,
                    final_url=item.url,
                    captured_at=first + timedelta(days=again),
                    via=Via.WARC,
                    status=200,
                    body=body,
                )
                if content is None:
                    seen = interpret(asked, source, None)
                    content = seen.content
                else:
                    seen = replace(seen, capture=asked)
                session.store.record(session.tally.run, seen)
