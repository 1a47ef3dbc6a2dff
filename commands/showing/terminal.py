"""A run as a person at a terminal sees it: a bar while it goes on, the account at its end."""

from __future__ import annotations

import sys
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from corrigenda.models import Verdict
from corrigenda.printable import printable
from corrigenda.wording import count
from flows.account.tally import Tally

_QUIET = (Verdict.RELEASE, Verdict.UNMODIFIED)


class Terminal:
    """A :class:`flows.account.progress.Reporter` on standard error.

    On a terminal it draws a bar; into a file or a pipe it writes a line only for what
    is worth one. Standard output is left to the result.

    Attributes:
        tally: The run's account once it is finished.
    """

    def __init__(self) -> None:
        self.tally: Tally | None = None
        self._console = Console(file=sys.stderr, highlight=False, markup=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._bar = self._progress.add_task("checking", total=None, visible=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def say(self, message: str) -> None:
        """Print a sentence above the bar."""
        self._console.print(printable(message))

    def expect(self, entries: int) -> None:
        """Set the bar's length."""
        self._progress.update(self._bar, total=entries, visible=entries > 0)
        if entries == 0:
            self.say("Nothing to check.")

    def checked(self, url: str, verdict: Verdict, changes: tuple[str, ...]) -> None:
        """Move the bar, and name what is not as usual."""
        self._progress.advance(self._bar)
        if verdict not in _QUIET:
            self.say(f"  {verdict}: {url}")
        for kind in changes:
            if kind != "published":
                self.say(f"  {kind}: {url}")

    def advanced(self, entries: int) -> None:
        """Move the bar."""
        self._progress.advance(self._bar, entries)

    def finished(self, tally: Tally) -> None:
        """Keep the account."""
        self.tally = tally


def render_tally(tally: Tally) -> str:
    """Return a run's account in sentences."""
    verdicts = ", ".join(f"{n} {name}" for name, n in tally.verdicts.most_common())
    changes = ", ".join(f"{n} {kind}" for kind, n in tally.changes.most_common())
    lines = [
        f"Run {tally.run}: {count(tally.entries, 'entry', 'entries')}"
        + (f" ({verdicts})" if verdicts else ""),
        f"  {count(tally.versions_added, 'new version')}, changes: {changes or _none(tally)}, "
        f"{count(tally.issues, 'issue')}",
    ]
    if tally.blocked:
        lines.append(
            "  Blocked: the source answered with a bot challenge. What is behind it is unknown, "
            "not unchanged."
        )
    if tally.failure:
        lines.append(f"  {tally.failure[0].upper()}{tally.failure[1:]}.")
    if tally.stopped:
        lines.append(f"  {tally.stopped}")
    if tally.unchecked:
        lines.append(f"  Not checked: {count(tally.unchecked, 'entry', 'entries')}.")
    return "\n".join(lines)


def _none(tally: Tally) -> str:
    """Say that there were none, if that could be seen at all."""
    seen = sum(tally.verdicts[v] for v in ("release", "unmodified", "missing", "moved"))
    if seen or (tally.told and not tally.entries and not tally.needs_a_person):
        return "none"
    if tally.told:
        return "unknown on the pages; the feed's texts are as before"
    return "unknown, nothing could be seen"
