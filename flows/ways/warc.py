"""The import of WARC files: responses and revisits of releases, among all else a crawl holds.

No Prefect here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urljoin

from corrigenda.carriers import warcs
from corrigenda.carriers.warcs import WarcRecord
from corrigenda.errors import InvalidURL, UsageError
from corrigenda.models import Capture, Verdict, Via
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.session import Session
from flows.ways.captured import bring
from flows.ways.selection import Selection
from storage.record.captures import payload_of

#: Captures to a commit.
_TOGETHER = 50


@dataclass(slots=True, kw_only=True)
class WarcImport:
    """WARC files on their way into the store.

    Attributes:
        session: The run.
        paths: The files.
        given_by: Who gave them.
        chosen: Which releases are wanted, and at most how many captures.
        ignored: Records of other addresses: style sheets, images, other sites.
        unwanted: Captures of releases that were not asked for.
    """

    session: Session
    paths: list[Path]
    given_by: str = ""
    chosen: Selection = field(default_factory=Selection)
    ignored: int = 0
    unwanted: int = 0
    _bodies: dict[str, str] = field(default_factory=dict)
    _others: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Record every response and revisit of a release; a damaged file is an issue."""
        for path in self.paths:
            reporter().say(f"Reading {path.name}.")
            records = warcs.records(path, self.session.settings.max_body)
            try:
                while self._some(path, records):
                    pass
            except UsageError as error:
                self.session.issue(f"file:{path.name}", str(error))
                self.session.tally.stopped = str(error)
                reporter().say(str(error))
        if self.ignored:
            reporter().say(f"{self.ignored:,} other records were passed over.")
        if self.unwanted:
            told = count(self.unwanted, "capture")
            reporter().say(f"{told} of releases that were not asked for passed over.")

    def _some(self, path: Path, records: Iterator[WarcRecord]) -> bool:
        """Record some captures in one transaction; tell whether there may be more."""
        trouble: UsageError | None = None
        with self.session.together():
            for _ in range(_TOGETHER):
                limit = self.chosen.limit
                if limit is not None and self.session.tally.entries >= limit:
                    return False
                try:
                    record = next(records, None)
                except UsageError as error:
                    trouble = error  # what came before it is kept
                    break
                if record is None:
                    return False
                self._record(path, record)
        if trouble is not None:
            raise trouble
        return True

    def _record(self, path: Path, record: WarcRecord) -> None:
        source = self.session.source
        try:
            url = source.canonical(record.url)
        except InvalidURL:
            url = ""
        if not url or source.content_type(url) is None or self._to_itself(record, url):
            self.ignored += 1
            return
        if record.captured_at is None:
            self.session.issue(url, f"{path.name}: record {record.id} has no date; left out")
            self.ignored += 1
            return
        capture = Capture(
            url=url,
            captured_at=record.captured_at,
            via=Via.WARC,
            status=record.status,
            headers=record.headers,
            body=record.body,
            failure=Verdict.BROKEN if record.problem else None,
            detail=record.problem,
        )
        provenance = {"warc": path.name, "record": record.id}
        if self.given_by:
            provenance["given_by"] = self.given_by
        if record.revisit and url not in self._others:
            capture = self._revisited(record, capture)
            provenance["revisit"] = "its body is that of an earlier record"
        # A challenge or an absence does not tell whose it is; an earlier record did.
        if url not in self._others and bring(self.session, capture, provenance, self.chosen):
            self._remember(record, url)
        else:
            self._others.add(url)
            self.unwanted += 1

    def _to_itself(self, record: WarcRecord, url: str) -> bool:
        """Tell a redirect between two spellings of one address: http and https, say."""
        location = dict(record.headers).get("location")
        if not location or not 300 <= (record.status or 0) < 400:
            return False
        try:
            return self.session.source.canonical(urljoin(record.url, location)) == url
        except InvalidURL:
            return False

    def _revisited(self, record: WarcRecord, capture: Capture) -> Capture:
        """Give a revisit the body it refers to, which may be in the store already."""
        sha256 = self._bodies.get(record.digest) if record.digest else None
        target, moment = record.refers_to or ("", None)
        if sha256 is None and moment is not None:
            try:
                address = self.session.source.canonical(target)
            except InvalidURL:
                address = capture.url
            sha256 = payload_of(self.session.store.db, address, moment)
        if sha256 is None:
            return replace(
                capture,
                failure=Verdict.BROKEN,
                detail="a revisit of a record that is neither in the file nor in the store",
            )
        body = self.session.store.payloads.get(sha256)
        # 304 (server-not-modified): the answer had no body, and meant this one.
        status = 200 if capture.status in (None, 304) else capture.status
        return replace(capture, body=body, status=status)

    def _remember(self, record: WarcRecord, url: str) -> None:
        """Keep where the body of a response is, for revisits further on."""
        if record.digest and not record.revisit and record.captured_at:
            sha256 = payload_of(self.session.store.db, url, record.captured_at)
            if sha256:
                self._bodies[record.digest] = sha256
