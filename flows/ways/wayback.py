"""Captures of known releases from the Internet Archive. No Prefect here.

For each release one question to the index, then one request for each distinct capture:
what the index gives the same digest is the same bytes, and is not asked for twice. The
answers of the index are kept, so a run that was stopped does not ask them again either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from corrigenda.carriers import wayback
from corrigenda.carriers.wayback import Snapshot
from corrigenda.errors import FeedError
from corrigenda.fetch import Client
from corrigenda.models import REDIRECTS, Capture, Judgement, Verdict, Via
from corrigenda.verdicts import judge
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.request import Request
from flows.session import Session
from flows.ways.captured import judged, record
from storage.file.pace import SqlitePace
from storage.queries.readings import Facts, all_facts, facts
from storage.record.captures import is_held, list_payload
from storage.record.resume import Unfinished, unfinished

_INDEX = Judgement(verdict=Verdict.RELEASE, reason="an index of captures")
_JSON = "application/json,text/plain;q=0.9,*/*;q=0.1"


def run(request: Request, session: Session) -> None:
    """Ask for every wanted release, one after the other."""
    archive = Wayback(request=request, session=session)
    if request.urls or request.urls_file:
        session.hear(request.given(session.source).entries)
    settings = replace(session.settings, origin=archive.address.origin)
    urls = list(archive.releases())
    # The Archive is spared as a source is: its day's requests count over all runs.
    pace = SqlitePace(settings.db, settings.pace_delay, settings.budget)
    with Client(settings, [wayback.HOST], pace=pace) as client, pace:
        for number, url in enumerate(urls, start=1):
            if session.tally.stopped:
                reporter().say(session.tally.stopped)
                break
            archive.bring(client, url, f"{number} of {len(urls)}")
            session.give_way()


@dataclass(slots=True, kw_only=True)
class Wayback:
    """One backfill from the Internet Archive.

    Attributes:
        request: Which releases are wanted; all that are known where none is named.
        session: The run.
        address: Where the archive is asked.
    """

    request: Request
    session: Session
    address: wayback.Address = field(init=False)
    _before: Unfinished = field(init=False)
    _failures: int = 0

    def __post_init__(self) -> None:
        self.address = wayback.address(self.request.wayback_origin)
        tally = self.session.tally
        self._before = unfinished(
            self.session.store, tally.flow, self.request.parameters, tally.run
        )

    def releases(self) -> Iterator[str]:
        """Yield the releases to ask for."""
        store, request = self.session.store, self.request
        if request.urls or request.urls_file:
            given = (entry.url for entry in request.given(self.session.source).entries)
            known: Iterator[Facts] = (
                facts(store.db, url) or Facts(url=url, date=None, ministers=None) for url in given
            )
        else:
            known = iter(all_facts(store.db, store.source_id))
        wanted = (f.url for f in known if request.wants(f.date, f.ministers) and "#" not in f.url)
        yield from islice(wanted, request.limit)

    def is_indexed(self, url: str) -> bool:
        """Tell whether an earlier run of the same backfill has the index of a release."""
        return self._kept_index(self.address.index_url(url)) is not None

    def bring(self, client: Client, url: str, place: str) -> None:
        """Bring in what the archive has of one release."""
        snapshots = self._index(client, url)
        pages = [snapshot for snapshot in snapshots if snapshot.is_page]
        reporter().say(
            f"{place}: {url}: {count(len(pages), 'capture')}"
            + (f", {len(snapshots) - len(pages)} others" if pages != snapshots else "")
        )
        self._captures(client, url, pages)

    def _kept_index(self, asked: str) -> str | None:
        return list_payload(self.session.store.db, asked, self._before.runs)

    def _index(self, client: Client, url: str) -> list[Snapshot]:
        """Return what the archive has of a release; asked once for one backfill."""
        asked = self.address.index_url(url)
        sha256 = self._kept_index(asked)
        if sha256 is not None:
            return wayback.read_index(self.session.store.payloads.get(sha256), asked)
        capture = replace(client.get(asked, accept=_JSON), url=asked, via=Via.WAYBACK)
        trouble = self._trouble(capture)
        found: list[Snapshot] = []
        if trouble is None:
            try:
                found = wayback.read_index(capture.body, asked)
            except FeedError as error:
                trouble = Judgement(verdict=Verdict.BROKEN, reason=error.problem)
        self._keep(capture, trouble, url, "the index of its captures")
        return found

    def _captures(self, client: Client, url: str, pages: Sequence[Snapshot]) -> None:
        """Bring in the first and the last of each run of captures with one digest."""
        bodies: dict[str, Capture] = {}
        for place, snapshot in enumerate(pages):
            around = (pages[place - 1], pages[place + 1]) if 0 < place < len(pages) - 1 else ()
            inside = bool(around) and all(n.digest == snapshot.digest for n in around)
            if (inside and snapshot.digest) or self.session.tally.stopped:
                continue
            if is_held(self.session.store.db, url, snapshot.captured_at):
                self.session.tally.entries += 1
                self.session.tally.verdicts["held"] += 1
                continue
            same = bodies.get(snapshot.digest) if snapshot.digest else None
            capture = same or self._replay(client, url, snapshot)
            if capture is None:
                continue
            provenance = {
                "archive": self.address.origin or f"https://{wayback.HOST}",
                "timestamp": snapshot.timestamp,
                "original": snapshot.url,
                "digest": snapshot.digest,
            }
            if same is not None:
                provenance["revisit"] = "not requested: its digest is that of an earlier capture"
            capture = replace(capture, captured_at=snapshot.captured_at)
            self.session.tally.entries += 1
            record(self.session, judged(self.session, capture), provenance)
            bodies[snapshot.digest] = capture

    def _replay(self, client: Client, url: str, snapshot: Snapshot) -> Capture | None:
        """Ask for a capture's bytes; None where the archive itself was in trouble."""
        asked = self.address.replay_url(snapshot)
        capture = replace(client.get(asked), via=Via.WAYBACK)
        outward = capture.status in REDIRECTS and capture.header("location")
        if outward:  # to the site itself, as captured: the client rightly did not follow
            capture = replace(capture, failure=None, detail="")
        trouble = None if wayback.is_memento(capture.headers) else self._trouble(capture)
        if trouble is not None:
            what = f"its capture of {snapshot.timestamp}"
            self._keep(replace(capture, url=asked), trouble, url, what)
            return None
        self._failures = 0
        final = wayback.replayed(capture.final_url)
        return replace(
            capture,
            url=url,
            final_url=self.session.source.canonical(final[1]) if final else url,
            redirects=(),
            headers=wayback.original_headers(capture.headers),
        )

    def _trouble(self, capture: Capture) -> Judgement | None:
        """Judge an answer that is not a capture; None for a plain 200."""
        if capture.failure is None and capture.status == 200:
            return None
        return judge(capture, self.session.source)

    def _keep(self, capture: Capture, trouble: Judgement | None, url: str, what: str) -> None:
        """Keep an answer that is no release's own capture.

        When the archive answers nothing several times in a row, the run stops.
        """
        tally = self.session.tally
        self.session.keep_list(capture, trouble or _INDEX, {"release": url})
        if trouble is None:
            self._failures = 0
            return
        self._failures += 1
        tally.entries += 1
        tally.verdicts[str(trouble.verdict)] += 1
        self.session.issue(url, f"{what}: {trouble.reason}")
        if self._failures >= self.session.settings.challenges_to_stop:
            tally.stopped = (
                f"Stopped: the archive failed {self._failures} times in a row ({trouble.reason}). "
                "Run the same command later to go on."
            )
