"""WARC files: responses and revisits of releases, among all else a crawl holds.

No Prefect here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urljoin

from corrigenda.carriers import warcs
from corrigenda.carriers.warcs import WarcRecord
from corrigenda.errors import InvalidURL, UsageError
from corrigenda.models import Capture, Verdict, Via
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.request import Request
from flows.session import Session
from flows.ways.captured import judged, record
from flows.ways.offers import Offer, Offers, take
from storage.queries.readings import facts
from storage.record.captures import is_held, payload_of
from storage.record.store import Seen

#: Captures to a commit.
_TOGETHER = 50
#: What is known of a release: when it was published, by whom.
_Told = tuple[date | None, tuple[str, ...] | None]


def run(request: Request, session: Session) -> None:
    """Record every wanted response and revisit of a release; a damaged file is an issue."""
    take(session, Warcs(request=request, session=session).offers(), _TOGETHER)


@dataclass(slots=True, kw_only=True)
class Warcs:
    """WARC files being read.

    Attributes:
        request: Which files, and what is wanted of them.
        session: The run.
        ignored: Records of other addresses: style sheets, images, other sites.
        unwanted: Captures of releases that were not asked for.
    """

    request: Request
    session: Session
    ignored: int = 0
    unwanted: int = 0
    _met: set[tuple[str, datetime]] = field(default_factory=set)
    _said: dict[str, _Told] = field(default_factory=dict)  # by URL, and by a body's digest
    _bodies: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _others: set[str] = field(default_factory=set)

    def offers(self) -> Offers:
        """Yield the captures that are wanted, and tell at the end what was passed over."""
        assert self.request.warc is not None
        for path in warcs.files(self.request.warc):
            reporter().say(f"Reading {path.name}.")
            try:
                for found in warcs.records(path, self.session.settings):
                    if self.session.tally.entries == self.request.limit:
                        break
                    offer = self._offer(path, found)
                    if offer is not None:
                        yield offer
            except UsageError as error:  # what came before the damage is kept
                self.session.issue(f"file:{path.name}", str(error))
                self.session.tally.stopped = str(error)
                reporter().say(str(error))
        if self.ignored:
            reporter().say(f"{count(self.ignored, 'other record')} passed over.")
        if self.unwanted:
            told = count(self.unwanted, "capture")
            reporter().say(f"{told} of releases that were not asked for passed over.")

    def _offer(self, path: Path, found: WarcRecord) -> Offer | None:
        """Offer a record, if it is a wanted capture of a release."""
        url = self._release(found)
        if url and found.captured_at is None:
            self.session.issue(url, f"{path.name}: record {found.id} has no date; left out")
        if not url or found.captured_at is None:
            self.ignored += 1
            return None
        moment = (url, found.captured_at)
        held = moment in self._met or is_held(self.session.store.db, *moment)
        seen = None
        if self.request.chooses and not held and url not in self._others:
            seen = self._judged(found, url)
        # A challenge or an absence does not tell whose it is; an earlier record did.
        if url in self._others or not self._is_wanted(found, url, seen):
            self._others.add(url)
            self.unwanted += 1
            return None
        self._met.add(moment)
        if found.digest and not found.revisit and not found.problem:
            self._bodies.setdefault(found.digest, moment)
        return Offer(record=lambda: self._record(path, found, url, seen), held=held)

    def _release(self, found: WarcRecord) -> str:
        """Return the address of the release a record is a capture of, or nothing.

        A redirect between two spellings of one address (http and https, say) is none.
        """
        source, location = self.session.source, dict(found.headers).get("location")
        try:
            url = source.canonical(found.url)
        except InvalidURL:
            return ""
        if location and 300 <= (found.status or 0) < 400:
            with suppress(InvalidURL):
                if source.canonical(urljoin(found.url, location)) == url:
                    return ""
        return url if source.content_type(url) is not None else ""

    def _is_wanted(self, found: WarcRecord, url: str, seen: Seen | None) -> bool:
        """Tell by what a capture says, or else by what is known of its release."""
        if not self.request.chooses:
            return True
        told: _Told | None = None
        if seen is not None and seen.content is not None:
            document = seen.content.document
            told = (document.date, document.ministers)
            if found.digest:
                self._said.setdefault(found.digest, told)
        elif found.revisit and found.digest:
            told = self._said.get(found.digest)
        if told is None and (told := self._said.get(url)) is None:
            known = facts(self.session.store.db, url)
            return known is None or self.request.wants(known.date, known.ministers)
        self._said[url] = told
        return self.request.wants(*told)

    def _judged(self, found: WarcRecord, url: str) -> Seen:
        assert found.captured_at is not None
        capture = Capture(
            url=url,
            captured_at=found.captured_at,
            via=Via.WARC,
            status=found.status,
            headers=found.headers,
            body=found.body,
            failure=Verdict.BROKEN if found.problem else None,
            detail=found.problem,
        )
        return judged(self.session, self._revisited(found, capture) if found.revisit else capture)

    def _record(self, path: Path, found: WarcRecord, url: str, seen: Seen | None) -> None:
        provenance = {"warc": path.name, "record": found.id}
        if self.request.given_by:
            provenance["given_by"] = self.request.given_by
        if found.revisit:
            provenance["revisit"] = "its body is that of an earlier record"
        record(self.session, seen or self._judged(found, url), provenance)

    def _revisited(self, found: WarcRecord, capture: Capture) -> Capture:
        """Give a revisit the body it refers to, which is in the store by now."""
        db, sha256 = self.session.store.db, None
        if found.digest in self._bodies:
            sha256 = payload_of(db, *self._bodies[found.digest])
        target, moment = found.refers_to or ("", None)
        if sha256 is None and moment is not None:
            try:
                address = self.session.source.canonical(target)
            except InvalidURL:
                address = capture.url
            sha256 = payload_of(db, address, moment)
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
