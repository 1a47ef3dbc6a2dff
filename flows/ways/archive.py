"""The import of an archive of documents. No Prefect here.

::

    members --> prepare (other processes) --> address --> first versions, in batches
    (folder, tar)                             known --> one by one

Each document ends in exactly one place: recorded, held already, or reported. What decides
is the archive's own order and what the store holds, so an import that was stopped goes on
where it was, and a second one adds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from corrigenda import documents
from corrigenda.carriers import archives
from corrigenda.models import Capture, ContentType, Judgement, Verdict, Via
from flows.account.progress import reporter
from flows.session import Session
from flows.ways.selection import Selection
from storage.bulk.baseline import REASON, Arrival, Baseline
from storage.bulk.imports import Held, held_documents, says
from storage.bulk.prepared import Prepared, content_of, prepare_all, prepare_files
from storage.bulk.processes import shared
from storage.file.connection import bulk
from storage.file.times import to_text
from storage.queries.search_index import left_behind
from storage.record.store import Seen

_Item = TypeVar("_Item")

#: Documents read at a time.
BATCH = 250
#: Such batches to a transaction. Digests fall all over their indexes, so a commit costs
#: about as much for a few hundred documents as for some thousands.
TOGETHER = 16


@dataclass(slots=True, kw_only=True)
class Import:
    """One archive on its way into the store.

    Attributes:
        session: The run.
        path: The folder or tar file.
        captured_at: When the archive was made, if a person says so; else each file's date.
        given_by: Who gave it.
        chosen: Which documents are wanted.
    """

    session: Session
    path: Path
    captured_at: datetime | None = None
    given_by: str = ""
    chosen: Selection = field(default_factory=Selection)
    _name: str = field(init=False)
    _held: Held = field(init=False)
    _baseline: Baseline = field(init=False)
    _claims: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        store = self.session.store
        self._name = self.path.resolve().name
        self._held = held_documents(store.db)
        self._baseline = Baseline(store, self.session.tally.run)

    def run(self) -> None:
        """Import every wanted document, batch by batch."""
        expected = archives.count(self.path)
        if self.chosen.limit is not None:
            expected = min(expected, self.chosen.limit)
        reporter().expect(expected)
        with bulk(self.session.store.db):
            batches = shared(_work(self.path, self.session.source.name))
            with closing(batches):
                while not self._full and self._write(islice(batches, TOGETHER)):
                    pass

    @property
    def _full(self) -> bool:
        limit = self.chosen.limit
        return limit is not None and self.session.tally.entries >= limit

    def _wanted(self, batch: Sequence[Prepared]) -> Iterator[Prepared]:
        """Yield what was asked for, and count it as entries."""
        for document in batch:
            if self._full:
                return
            if is_wanted(document, self.chosen):
                self.session.tally.entries += 1
                yield document

    def _write(self, batches: Iterable[list[Prepared]]) -> bool:
        """Record batches in one transaction: all of it, or as if none had come yet.

        Returns:
            Whether there were any.
        """
        some = False
        with self.session.together(), left_behind(self.session.store.db):
            for batch in batches:
                some = True
                wanted = list(self._wanted(batch))
                self._record_all(wanted)
                reporter().advanced(len(wanted))
        return some

    def _record_all(self, batch: Sequence[Prepared]) -> None:
        new: dict[str, Arrival] = {}
        for document in batch:
            if document.problem:
                self._report(document)
                continue
            url = self._address(document)
            if url in new:
                self._flush(new)
            if self._is_held(document, url):
                self.session.tally.verdicts["held"] += 1
            elif self._baseline.knows(url):
                self._flush(new)  # the order of recording is the archive's
                self._record(self._arrival(document, url))
            else:
                new[url] = self._arrival(document, url)
        self._flush(new)

    def _flush(self, new: dict[str, Arrival]) -> None:
        """Write the first versions gathered so far."""
        if not new:
            return
        changes = self._baseline.add(list(new.values()))
        tally = self.session.tally
        tally.verdicts[str(Verdict.RELEASE)] += len(new)
        tally.versions_added += len(new)
        tally.changes["published"] += len(changes)
        for arrival in new.values():
            self._note(arrival)
        new.clear()

    def _note(self, arrival: Arrival) -> None:
        """Remember a document recorded, and record what is odd about it."""
        document = arrival.document
        self._held.add(arrival.url, document.sha256, document.stem, to_text(arrival.captured_at))
        for note in document.notes:
            self.session.issue(arrival.url, note)

    def _arrival(self, document: Prepared, url: str) -> Arrival:
        provenance = {
            "archive": self._name,
            "file": document.name,
            "dated": "as stated" if self.captured_at else "by the file",
        }
        if self.given_by:
            provenance["given_by"] = self.given_by
        return Arrival(
            document=document,
            url=url,
            captured_at=self.captured_at or document.modified,
            provenance=provenance,
        )

    def _address(self, document: Prepared) -> str:
        """Return which release a document belongs to.

        An archive can hold two documents that claim one URL: its maker folded the letters
        in which the addresses differed. Both are kept, and the second stands apart, under
        the URL with its own name behind a ``#``: to call it a revision of the first would be
        a false alarm. A file of the same name as before is the same release.
        """
        claimed = document.url
        apart = f"{claimed}#{document.stem}"
        if self._baseline.knows(apart):
            return apart
        first = self._claims.get(claimed) or self._held.stem(claimed)
        same = first in (None, document.stem)
        # A release may have been given another date since, and with it another file name.
        if same or says(self.session.store.db, claimed, document.digest):
            self._claims.setdefault(claimed, document.stem)
            return claimed
        self.session.issue(
            claimed, f"{first} and {document.stem} both claim it; the second is kept as {apart}"
        )
        return apart

    def _is_held(self, document: Prepared, url: str) -> bool:
        """Tell whether recording a document would say nothing new."""
        if self._held.has(url, document.sha256, self.captured_at):
            return True
        if not self._baseline.knows(url):
            return False
        moment = self.captured_at or document.modified
        return says(self.session.store.db, url, document.digest, moment)

    def _record(self, arrival: Arrival) -> None:
        """Record a document of a release that is known."""
        document = arrival.document
        capture = Capture(
            url=arrival.url,
            captured_at=arrival.captured_at,
            via=Via.ARCHIVE,
            body=document.data,
        )
        seen = Seen(
            capture=capture,
            judgement=Judgement(verdict=Verdict.RELEASE, reason=REASON),
            content=content_of(documents.read(document.data.decode("utf-8")), self.session.source),
            content_type=ContentType(document.content_type),
            published_at=document.date,
            provenance=arrival.provenance,
        )
        recorded = self.session.store.record(self.session.tally.run, seen)
        self.session.tally.add(Verdict.RELEASE, recorded)
        self._note(arrival)

    def _report(self, document: Prepared) -> None:
        """Keep what is no document of the source as evidence, and say why it is none."""
        tally = self.session.tally
        url = f"file:{document.name}"
        sha256 = document.sha256 if document.size else ""
        if self._held.has(url, sha256):
            tally.verdicts["held"] += 1
            return
        capture = Capture(
            url=url,
            captured_at=self.captured_at or document.modified,
            via=Via.ARCHIVE,
            body=document.data,
        )
        judgement = Judgement(verdict=Verdict.BROKEN, reason=document.problem)
        provenance = self._arrival(document, url).provenance
        self.session.store.record_list(tally.run, capture, judgement, provenance)
        self._held.add(url, sha256, document.stem, to_text(capture.captured_at))
        self.session.issue(url, document.problem)
        tally.verdicts[str(Verdict.BROKEN)] += 1


def is_wanted(document: Prepared, chosen: Selection) -> bool:
    """Tell by what a document says whether it was asked for; one that says nothing is told of."""
    if document.problem:
        return True
    day = date.fromisoformat(document.date) if document.date else None
    ministers = json.loads(document.fields)["ministers"] if chosen.minister else None
    return chosen.wants(day, ministers)


def _work(path: Path, source_name: str) -> Iterator[Callable[[], list[Prepared]]]:
    """Yield what there is to do, a batch at a time; a folder's files are read where parsed."""
    if path.is_dir():
        for names in _batches(archives.names(path)):
            yield partial(prepare_files, source_name, path, names)
    else:
        for members in _batches(archives.members(path)):
            yield partial(prepare_all, source_name, members)


def _batches(items: Iterator[_Item]) -> Iterator[list[_Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch
