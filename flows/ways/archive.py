"""An archive of documents. No Prefect here.

::

    members --> prepare (other processes) --> address --> first versions, in batches
    (folder, tar)                             known --> one by one

Each document ends in exactly one place: recorded, held already, or reported. What decides
is the archive's own order and what the store holds, so an import that was stopped goes on
where it was, and a second one adds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path

from corrigenda import documents
from corrigenda.carriers import archives
from corrigenda.carriers.archives import Member
from corrigenda.models import Capture, ContentType, Judgement, Verdict, Via
from corrigenda.processes import shared
from flows.account.progress import reporter
from flows.request import Request
from flows.session import Session
from flows.ways.offers import Offer, Offers, take
from storage.bulk.baseline import REASON, Arrival, Baseline
from storage.bulk.imports import Held, held_documents
from storage.bulk.prepared import Prepared, content_of, prepare_all, prepare_files
from storage.file.connection import bulk
from storage.file.times import to_text
from storage.queries.search_index import left_behind
from storage.record.store import Seen

#: Documents read at a time.
BATCH = 250
_BATCH_BYTES = 8_000_000
#: Such batches to a transaction. Digests fall all over their indexes, so a commit costs
#: about as much for a few hundred documents as for some thousands.
TOGETHER = 16


def run(request: Request, session: Session) -> None:
    """Import every wanted document."""
    assert request.archive is not None
    there = archives.count(request.archive, session.settings)
    reporter().expect(min(there, request.limit or there))
    archive = Archive(request=request, session=session)
    with bulk(session.store.db):
        take(session, archive.offers(), BATCH * TOGETHER, archive.together, archive.look)


@dataclass(slots=True, kw_only=True)
class Archive:
    """One archive on its way into the store.

    Attributes:
        request: Which archive, when it was made, who gave it, what is wanted of it.
        session: The run.
    """

    request: Request
    session: Session
    _held: Held = field(init=False)
    _baseline: Baseline = field(init=False)
    _met: set[str] = field(default_factory=set)  # releases
    _new: dict[str, Arrival] = field(default_factory=dict)  # first versions not yet written

    def __post_init__(self) -> None:
        self.look()

    def look(self) -> None:
        """See what the store holds."""
        store = self.session.store
        self._held = held_documents(store.db)
        self._baseline = Baseline(store, self.session.tally.run)

    def offers(self) -> Offers:
        """Yield the documents that are wanted, in the archive's order."""
        request, session = self.request, self.session
        assert request.archive is not None
        with closing(shared(_work(request.archive, session))) as batches:
            for batch in batches:
                for document in batch:
                    if session.tally.entries == request.limit:
                        return
                    if is_wanted(document, request):
                        yield self._offer(document)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Record in one transaction: all of it, or as if none had come yet."""
        with self.session.together(), left_behind(self.session.store.db):
            yield
            self._flush()

    def _offer(self, document: Prepared) -> Offer:
        """Decide where a document belongs, and whether recording it would say anything new."""
        url = f"file:{document.name}" if document.problem else self._address(document)
        arrival = self._arrival(document, url)
        if document.problem:
            sha256 = document.sha256 if document.size else ""
            held, record = self._held.has(url, sha256), self._report
        else:
            sha256, at = document.sha256, arrival.captured_at
            known = self._held.has(url, sha256, self.request.captured_at)
            held = known or (self._knows(url) and self._held.says(url, document.digest, at))
            record = self._record
        if not held:
            self._met.add(url)
            at_text = to_text(arrival.captured_at)
            self._held.add(url, sha256, document.stem, at_text, document.digest)
        return Offer(record=partial(record, arrival), held=held)

    def _knows(self, url: str) -> bool:
        return url in self._met or self._baseline.knows(url)

    def _address(self, document: Prepared) -> str:
        """Return which release a document belongs to.

        An archive can hold two documents that claim one URL: its maker folded the letters
        in which the addresses differed. Both are kept, and the second stands apart, under
        the URL with its own name behind a ``#``: to call it a revision of the first would be
        a false alarm. A file of the same name as before is the same release.
        """
        claimed = document.url
        apart = f"{claimed}#{document.stem}"
        if self._knows(apart):
            return apart
        first = self._held.stems.get(claimed)
        # A release may have been given another date since, and with it another file name.
        if first in (None, document.stem) or self._held.says(claimed, document.digest):
            self._held.stems.setdefault(claimed, document.stem)
            return claimed
        self.session.issue(
            claimed, f"{first} and {document.stem} both claim it; the second is kept as {apart}"
        )
        return apart

    def _arrival(self, document: Prepared, url: str) -> Arrival:
        assert self.request.archive is not None
        stated = self.request.captured_at
        provenance = {
            "archive": self.request.archive.resolve().name,
            "file": document.name,
            "dated": "as stated" if stated else "by the file",
        }
        if self.request.given_by:
            provenance["given_by"] = self.request.given_by
        return Arrival(
            document=document,
            url=url,
            captured_at=stated or document.modified,
            provenance=provenance,
        )

    def _record(self, arrival: Arrival) -> None:
        """Record a document: with others if it is the first of its release, else by itself."""
        if arrival.url in self._new or self._baseline.knows(arrival.url):
            self._flush()  # the order of recording is the archive's
            self._record_alone(arrival)
            return
        self._new[arrival.url] = arrival
        if len(self._new) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        """Write the first versions gathered so far."""
        tally, number = self.session.tally, len(self._new)
        if not number:
            return
        changes = self._baseline.add(list(self._new.values()))
        tally.verdicts[str(Verdict.RELEASE)] += number
        tally.versions_added += number
        tally.changes["published"] += len(changes)
        for arrival in self._new.values():
            self._note(arrival)
        self._new.clear()
        reporter().advanced(number)

    def _note(self, arrival: Arrival) -> None:
        for note in arrival.document.notes:
            self.session.issue(arrival.url, note)

    def _record_alone(self, arrival: Arrival) -> None:
        """Record a document of a release that is known."""
        document = arrival.document
        seen = Seen(
            capture=_capture(arrival),
            judgement=Judgement(verdict=Verdict.RELEASE, reason=REASON),
            content=content_of(documents.read(document.data.decode("utf-8")), self.session.source),
            content_type=ContentType(document.content_type),
            published_at=document.date,
            provenance=arrival.provenance,
        )
        recorded = self.session.store.record(self.session.tally.run, seen)
        self.session.tally.add(Verdict.RELEASE, recorded)
        self._note(arrival)
        reporter().advanced(1)

    def _report(self, arrival: Arrival) -> None:
        """Keep what is no document of the source as evidence, and say why it is none."""
        problem = arrival.document.problem
        judgement = Judgement(verdict=Verdict.BROKEN, reason=problem)
        self.session.keep_list(_capture(arrival), judgement, arrival.provenance)
        self.session.issue(arrival.url, problem)
        self.session.tally.verdicts[str(Verdict.BROKEN)] += 1
        reporter().advanced(1)


def is_wanted(document: Prepared, request: Request) -> bool:
    """Tell by what a document says whether it was asked for; one that says nothing is told of."""
    if document.problem or not request.chooses:
        return True
    day = date.fromisoformat(document.date) if document.date else None
    return request.wants(day, json.loads(document.fields)["ministers"])


def _capture(arrival: Arrival) -> Capture:
    return Capture(
        url=arrival.url,
        captured_at=arrival.captured_at,
        via=Via.ARCHIVE,
        body=arrival.document.data,
    )


def _work(path: Path, session: Session) -> Iterator[Callable[[], list[Prepared]]]:
    """Yield what there is to do, a batch at a time; a folder's files are read where parsed."""
    name = session.source.name
    if path.is_dir():
        names = archives.names(path)
        while batch := list(islice(names, BATCH)):
            yield partial(prepare_files, name, path, batch)
    else:
        for members in _batches(archives.members(path, session.settings)):
            yield partial(prepare_all, name, members)


def _batches(members: Iterator[Member]) -> Iterator[list[Member]]:
    """Yield members together, fewer where they are large: they wait in memory."""
    batch: list[Member] = []
    size = 0
    for member in members:
        batch.append(member)
        size += len(member.data)
        if len(batch) == BATCH or size > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
