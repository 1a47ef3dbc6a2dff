"""A store of real releases, for the stories: the even-year archive, and 238 real revisions.

    python -m tests.browser.corpus_store FILE [--without-archive]

Each pair of ``../shared/corpus/revisions*`` becomes a release of its own, first seen an hour
after the day it is dated, its revision seen minutes to years later. Beside them stand what
a newsroom looks for first: a release that vanished, one that is missing since this morning,
and a source that answers with challenges.
"""

from __future__ import annotations

import argparse
import atexit
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

from corrigenda import documents
from corrigenda.models import (
    Capture,
    Document,
    Entry,
    Judgement,
    Reading,
    Verdict,
    Via,
)
from corrigenda.settings import Settings
from flows.request import Request
from flows.session import open_session
from flows.ways import archive
from storage.queries.contents import from_reading
from storage.record.store import Seen, Store
from tests.storage.factory import open_store

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ARCHIVE = CORPUS / "releases-even-years.tar.xz"
#: When the store is looked at.
TODAY = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
#: Hours after publication at which revisions were seen: minutes to years, most soon.
_AGES = (0.7, 3, 5, 9, 20, 26, 50, 75, 120, 170, 300, 700, 1_500, 4_000, 9_000, 20_000)
_VANISHED, _MISSING, _CHALLENGED = 7, (11, 23, 42), (50, 51)


@cache
def corpus_store(*, with_archive: bool = True) -> Path:
    """Return such a store, made once in a process; copy it to write to it."""
    folder = tempfile.TemporaryDirectory(prefix="corrigenda-corpus-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "corrigenda.db"
    build(path, with_archive=with_archive)
    return path


def pairs() -> Iterator[tuple[Document, Document]]:
    """Yield the 238 pairs, both sides under the first one's address."""
    number = 0
    for folder in ("revisions", "revisions-more"):
        for file in sorted((CORPUS / folder).glob("*-a.md")):
            old = documents.read(file.read_text("utf-8"))
            new = documents.read(file.with_name(file.name[:-4] + "b.md").read_text("utf-8"))
            # An address of its own: the archive holds both under theirs, as re-posts.
            address = f"{old.url}-pair-{number}"
            yield replace(old, url=address), replace(new, url=address)
            number += 1


def build(path: Path, *, with_archive: bool = True) -> None:
    """Fill a new database."""
    store = open_store(path)
    recorded = []
    begun = store.begin_run("backfill", {"story": "revisions"})
    for number, (old, new) in enumerate(pairs()):
        assert old.date is not None
        first = datetime.combine(old.date, time(20, 0), UTC)
        later = first + timedelta(hours=_AGES[number % len(_AGES)], minutes=7 * number)
        _see(store, begun, old, first + timedelta(hours=1), first)
        _see(store, begun, new, min(later, TODAY - timedelta(days=2)), first)
        recorded.append(new)
    _finish(store, begun, len(recorded) * 2)
    _absent(store, recorded)
    store.db.close()
    if with_archive:
        _import(path)


def _absent(store: Store, recorded: list[Document]) -> None:
    """Let one vanish, some be missing of late, and some stand behind a challenge."""
    run = store.begin_run("ingest", {})
    gone = recorded[_VANISHED]
    for days in (6, 4):
        _answer(store, run, gone.url, TODAY - timedelta(days=days), Verdict.MISSING, 404)
    for hours, number in enumerate(_MISSING, start=1):
        at = TODAY - timedelta(hours=hours)
        _answer(store, run, recorded[number].url, at, Verdict.MISSING, 404)
    store.hear(
        [Entry(url=recorded[_MISSING[0]].url, channel="feed", title=recorded[_MISSING[0]].title)]
    )
    for number in _CHALLENGED:
        at = TODAY - timedelta(minutes=30)
        _answer(store, run, recorded[number].url, at, Verdict.CHALLENGE, 200)
    store.set_blocked("_Incapsula_Resource")
    _finish(store, run, len(_MISSING) + len(_CHALLENGED) + 2)


def _see(store: Store, run: int, document: Document, at: datetime, published: datetime) -> None:
    content = from_reading(Reading(document=document), 1)
    capture = Capture(
        url=document.url, captured_at=at, via=Via.LIVE, status=200, body=content.text.encode()
    )
    judgement = Judgement(verdict=Verdict.RELEASE, reason="a document of the corpus")
    stamp = published.isoformat()
    store.record(
        run, Seen(capture=capture, judgement=judgement, content=content, published_at=stamp)
    )


def _answer(store: Store, run: int, url: str, at: datetime, verdict: Verdict, status: int) -> None:
    capture = Capture(url=url, captured_at=at, via=Via.LIVE, status=status, body=b"<html></html>")
    judgement = Judgement(verdict=verdict, reason="an answer of the story")
    store.record(run, Seen(capture=capture, judgement=judgement, content=None))


def _finish(store: Store, run: int, entries: int) -> None:
    store.finish_run(
        run, "done", entries=entries, verdicts={}, versions_added=0, changes={}, issues=0
    )


def _import(path: Path) -> None:
    """Import the archive, as ``corrigenda backfill --archive`` does."""
    request = Request(archive=ARCHIVE, db=path, given_by="the public archive")
    with open_session(Settings(db=path), "beehive", "backfill", request.parameters) as session:
        archive.run(request, session)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("db", type=Path)
    parser.add_argument("--without-archive", action="store_true")
    chosen = parser.parse_args()
    build(chosen.db, with_archive=not chosen.without_archive)
