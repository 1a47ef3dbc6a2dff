"""Captures that others made: from WARC files, saved pages, the Internet Archive.

Each is judged and read exactly as an answer of the live site would be, and takes the
place in the timeline that its own time gives it. No Prefect here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from corrigenda import warcs
from corrigenda.errors import InvalidURL, UsageError
from corrigenda.models import Capture, Judgement, Verdict, Via
from corrigenda.sources.protocol import Source
from corrigenda.warcs import WarcRecord
from flows.pipeline import interpret
from flows.progress import reporter
from flows.session import Session
from storage.captures import is_held, payload_of
from storage.store import Seen

#: Captures to a commit.
_TOGETHER = 50


def bring(session: Session, capture: Capture, provenance: Mapping[str, object]) -> Verdict | None:
    """Record a capture somebody else made, and count it as one entry.

    Returns:
        The verdict; None when the capture is held already.
    """
    tally = session.tally
    tally.entries += 1
    if is_held(session.store.db, capture.url, capture.captured_at):
        tally.verdicts["held"] += 1
        reporter().advanced(1)
        return None
    redirected = _redirect(capture, session.source)
    if redirected is None:
        seen = interpret(capture, session.source, None, node_id=None)
    else:
        seen = Seen(capture=capture, judgement=redirected)
    recorded = session.store.record(tally.run, replace(seen, provenance=provenance))
    verdict = seen.judgement.verdict
    tally.add(verdict, recorded)
    if verdict is Verdict.BROKEN:
        session.issue(capture.url, seen.judgement.reason)
    if seen.content is not None and recorded.versions_added:
        for note in seen.content.details["notes"]:
            session.issue(capture.url, note)
    kinds = tuple(str(kind) for _, kind in recorded.changes)
    reporter().checked(capture.url, verdict, kinds)
    return verdict


def _redirect(capture: Capture, source: Source) -> Judgement | None:
    """Judge a redirect on its own: here nobody has followed it."""
    location = capture.header("location")
    if capture.status not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        target = source.canonical(urljoin(capture.url, location))
    except InvalidURL:
        return None
    if source.content_type(target) is not None:
        return Judgement(verdict=Verdict.MOVED, reason=f"redirected to {target}", target=target)
    if source.is_listing(target):
        return Judgement(verdict=Verdict.MISSING, reason=f"redirected to a listing: {target}")
    return None


def bring_page(
    session: Session, path: Path, url: str, captured_at: datetime, given_by: str
) -> None:
    """Record a page that a person saved.

    Raises:
        UsageError: The file cannot be read, or the URL is no release of the source.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
    address = session.source.canonical(url)
    if session.source.content_type(address) is None:
        raise UsageError(f"{url} is no release of {session.source.title}; give the page's own")
    provenance = {"file": path.name, "dated": "as stated"}
    if given_by:
        provenance["given_by"] = given_by
    capture = Capture(url=address, captured_at=captured_at, via=Via.FILE, body=body)
    bring(session, capture, provenance)


@dataclass(slots=True, kw_only=True)
class WarcImport:
    """WARC files on their way into the store.

    Attributes:
        session: The run.
        paths: The files.
        given_by: Who gave them.
        limit: At most so many records.
        ignored: Records of other addresses: style sheets, images, other sites.
    """

    session: Session
    paths: list[Path]
    given_by: str = ""
    limit: int | None = None
    ignored: int = 0
    _bodies: dict[str, str] = field(default_factory=dict)

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

    def _some(self, path: Path, records: Iterator[WarcRecord]) -> bool:
        """Record some captures in one transaction; tell whether there may be more."""
        trouble: UsageError | None = None
        with self.session.together():
            for _ in range(_TOGETHER):
                if self.limit is not None and self.session.tally.entries >= self.limit:
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
        if record.revisit:
            capture = self._revisited(record, capture)
            provenance["revisit"] = "its body is that of an earlier record"
        bring(self.session, capture, provenance)
        self._remember(record, url)

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
