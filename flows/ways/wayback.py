"""Captures of known releases from the Internet Archive. No Prefect here.

For each release one question to the index, then one request for each distinct capture:
what the index gives the same digest is the same bytes, and is not asked for twice. The
answers of the index are kept, so a run that was stopped does not ask them again either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from corrigenda.carriers import wayback
from corrigenda.carriers.wayback import Snapshot
from corrigenda.errors import FeedError
from corrigenda.fetch import Client
from corrigenda.models import REDIRECTS, Capture, Entry, Judgement, Verdict, Via
from corrigenda.verdicts import judge
from corrigenda.wording import count
from flows.account.progress import reporter
from flows.session import Session
from flows.ways.captured import bring
from flows.ways.selection import Selection
from storage.file.pace import SqlitePace
from storage.queries.readings import all_facts, facts
from storage.record.captures import is_held, list_payload
from storage.record.resume import Unfinished, unfinished

_INDEX = Judgement(verdict=Verdict.RELEASE, reason="an index of captures")
_JSON = "application/json,text/plain;q=0.9,*/*;q=0.1"


@dataclass(slots=True, kw_only=True)
class Wayback:
    """One backfill from the Internet Archive.

    Attributes:
        session: The run.
        given: Releases a person named; None for all that are known.
        chosen: Which of them are wanted.
        origin: Another archive to ask, as :func:`corrigenda.carriers.wayback.address` reads it.
    """

    session: Session
    given: Sequence[Entry] | None = None
    chosen: Selection = field(default_factory=Selection)
    origin: str = ""
    _address: wayback.Address = field(init=False)
    _before: Unfinished = field(init=False)
    _failures: int = 0

    def run(self) -> None:
        """Ask for every wanted release, one after the other."""
        self._address = wayback.address(self.origin)
        self._before = unfinished(self.session.store, self.session.tally.run)
        settings = replace(self.session.settings, origin=self._address.origin)
        urls = list(self.releases())
        # The Archive is spared as a source is: its day's requests count over all runs.
        pace = SqlitePace(settings.db, settings.pace_delay, settings.budget)
        with Client(settings, [wayback.HOST], pace=pace) as client, pace:
            for number, url in enumerate(urls, start=1):
                if self.session.tally.stopped:
                    reporter().say(self.session.tally.stopped)
                    break
                snapshots = self._index(client, url)
                pages = [s for s in snapshots if s.is_page]
                reporter().say(
                    f"{number} of {len(urls)}: {url}: {count(len(pages), 'capture')}"
                    + (f", {len(snapshots) - len(pages)} others" if pages != snapshots else "")
                )
                self._captures(client, url, pages)

    def releases(self) -> Iterator[str]:
        """Yield the releases to ask for."""
        db, store = self.session.store.db, self.session.store
        if self.given is None:
            known = all_facts(db, store.source_id)
        else:
            store.hear(self.given)
            known = [fact for entry in self.given if (fact := facts(db, entry.url))]
        wanted = (f.url for f in known if self.chosen.wants(f.date, f.ministers))
        for place, url in enumerate(u for u in wanted if "#" not in u):
            if self.chosen.limit is not None and place >= self.chosen.limit:
                return
            yield url

    def _index(self, client: Client, url: str) -> list[Snapshot]:
        """Return what the archive has of a release; asked once for one backfill."""
        asked = self._address.index_url(url)
        store, tally = self.session.store, self.session.tally
        sha256 = list_payload(store.db, asked, self._before.runs)
        if sha256 is not None:
            return wayback.read_index(store.payloads.get(sha256), asked)
        capture = replace(client.get(asked, accept=_JSON), url=asked, via=Via.WAYBACK)
        trouble = self._trouble(capture)
        found: list[Snapshot] = []
        if trouble is None:
            try:
                found = wayback.read_index(capture.body, asked)
            except FeedError as error:
                trouble = Judgement(verdict=Verdict.BROKEN, reason=error.problem)
        store.record_list(tally.run, capture, trouble or _INDEX, {"release": url})
        self._count(trouble)
        if trouble is not None:
            tally.entries += 1
            tally.verdicts[str(trouble.verdict)] += 1
            self.session.issue(url, f"the index of its captures: {trouble.reason}")
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
                "archive": self._address.origin or f"https://{wayback.HOST}",
                "timestamp": snapshot.timestamp,
                "original": snapshot.url,
                "digest": snapshot.digest,
            }
            if same is not None:
                provenance["revisit"] = "not requested: its digest is that of an earlier capture"
            bring(self.session, replace(capture, captured_at=snapshot.captured_at), provenance)
            bodies[snapshot.digest] = capture

    def _replay(self, client: Client, url: str, snapshot: Snapshot) -> Capture | None:
        """Ask for a capture's bytes; None where the archive itself was in trouble."""
        asked = self._address.replay_url(snapshot)
        capture = replace(client.get(asked), via=Via.WAYBACK)
        outward = capture.status in REDIRECTS and capture.header("location")
        if outward:  # to the site itself, as captured: the client rightly did not follow
            capture = replace(capture, failure=None, detail="")
        trouble = None if wayback.is_memento(capture.headers) else self._trouble(capture)
        self._count(trouble)
        if trouble is not None:
            tally = self.session.tally
            tally.entries += 1
            tally.verdicts[str(trouble.verdict)] += 1
            self.session.store.record_list(
                tally.run, replace(capture, url=asked), trouble, {"release": url}
            )
            self.session.issue(url, f"its capture of {snapshot.timestamp}: {trouble.reason}")
            return None
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

    def _count(self, trouble: Judgement | None) -> None:
        """Stop when the archive answers nothing several times in a row."""
        self._failures = 0 if trouble is None else self._failures + 1
        if trouble is not None and self._failures >= self.session.settings.challenges_to_stop:
            self.session.tally.stopped = (
                f"Stopped: the archive failed {self._failures} times in a row ({trouble.reason}). "
                "Run the same command later to go on."
            )
