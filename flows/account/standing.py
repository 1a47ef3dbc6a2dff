"""How a source answers during a run, and when there is no use in asking on. No Prefect here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corrigenda.fetch import Robots
from corrigenda.models import Capture, Judgement, Verdict
from corrigenda.settings import LONGEST_WAIT
from flows.account.tally import Tally
from storage.record.store import Store


@dataclass(slots=True, kw_only=True)
class Standing:
    """The source's standing: blocked since its first challenge, open after a page.

    Attributes:
        store: Where it is remembered for the next run.
        tally: The run's account, which it may stop.
        most: Challenges in a row that stop a run.
        probing: The source was blocked when the run began, and has shown no page since:
            one challenge more ends the run.
        challenged: Challenges in a row.
    """

    store: Store
    tally: Tally
    most: int
    probing: bool = False
    challenged: int = 0

    def __post_init__(self) -> None:
        self.tally.blocked_since = self.store.blocked_since
        self.probing = self.tally.blocked = self.tally.blocked_since is not None

    def note(
        self, judgement: Judgement, robots: Mapping[str, Robots], capture: Capture | None = None
    ) -> None:
        """Take note of an answer.

        Several challenges in a row stop the run: asking on would only confirm the block.
        So does what makes all further asking vain: a robots.txt that cannot be read, a
        server that asked to be left alone for longer than an hour.

        Args:
            judgement: What came of a request.
            robots: What robots.txt said, by host.
            capture: The answer itself, where there is one.
        """
        reason = judgement.reason
        if judgement.verdict in (Verdict.RELEASE, Verdict.UNMODIFIED):
            if self.probing:
                self.tally.blocked = False
                self.tally.blocked_since = None
            self.challenged, self.probing = 0, False
            self.mark(None)
        elif judgement.verdict is Verdict.CHALLENGE:
            self._challenged(reason)
        elif judgement.verdict is Verdict.DISALLOWED:
            self._disallowed(reason, robots)
        elif judgement.verdict is Verdict.RATE_LIMITED:
            unasked = capture is not None and capture.status is None
            if unasked or (judgement.retry_after or 0.0) > LONGEST_WAIT:
                self.tally.stopped = f"Stopped: rate limited ({reason})."

    def mark(self, reason: str | None) -> None:
        """Remember that the source is blocked, or open again."""
        self.store.set_blocked(reason)

    def _disallowed(self, reason: str, robots: Mapping[str, Robots]) -> None:
        """Stop when it was for a robots.txt that cannot be read: it forbids all the rest."""
        read = next((r for r in robots.values() if r.detail and r.detail == reason), None)
        if read is None or read.unreadable is None:
            return
        if read.unreadable.verdict is Verdict.CHALLENGE:
            self._challenged(reason)
        self.tally.stopped = f"Stopped: {reason}. Until it can be read nothing may be fetched."

    def _challenged(self, reason: str) -> None:
        self.challenged += 1
        self.tally.blocked = True
        self.mark(reason)
        self.tally.blocked_since = since = self.store.blocked_since
        if self.probing:
            when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
            self.tally.stopped = f"Still blocked{when}: one request was made to see ({reason})."
        elif self.challenged >= self.most:
            self.tally.stopped = f"Stopped after {self.challenged} challenges in a row ({reason})."
