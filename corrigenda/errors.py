"""Every error Corrigenda raises on purpose, in one tree.

::

    CorrigendaError                 something a person can act on; exit status 1
    ├── UsageError                  the request cannot be carried out; exit status 2
    │   ├── SettingsError           a setting is missing or nonsense
    │   ├── InvalidURL              not a URL we could ever fetch
    │   └── UnknownSource           no adapter of that name
    ├── DocumentError               text that is not a document in our format
    ├── URLError                    something is wrong with what is at a URL, or with itself
    │   ├── InvalidURL              (above, too)
    │   ├── ArticleError            a page whose article lacks what a release must have
    │   ├── FeedError               a feed, listing or sitemap that cannot be read
    │   └── FetchRefused            a URL we decline to request, for safety
    ├── TimestampError              no trusted timestamp, or none that verifies
    ├── BudgetSpent                 a host's requests for the day are used up
    ├── ClockSetBack                now lies before what was captured already
    ├── HelperLost                  a process that shared the work was killed
    ├── PrefectUnreachable          no Prefect server keeps the schedule
    ├── AlreadyServed               another process runs the schedule of a database
    └── StoreError                  the database cannot be used
        ├── StoreLocked             another run is writing
        ├── StoreReadOnly           the file or its folder cannot be written
        ├── StoreTooNew             made by a newer Corrigenda
        └── NotHeld                 the store has no such release, version or change

Each carries its data as attributes, so callers decide by type and field, never
by reading messages. A message says what happened, to what, and what to do.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


class CorrigendaError(Exception):
    """Base of all errors a person can act on.

    Attributes:
        exit_status: What the command line exits with when this reaches it.
    """

    exit_status: int = 1


class UsageError(CorrigendaError):
    """The request itself is wrong; nothing was done."""

    exit_status = 2


class SettingsError(UsageError):
    """A setting is missing or makes no sense.

    Attributes:
        name: The setting, as a person writes it.
    """

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"{name}: {problem}")


class URLError(CorrigendaError):
    """Something is wrong with what is at a URL.

    Attributes:
        url: The URL, as given.
        problem: What is wrong.
    """

    _words = "{url}: {problem}"

    def __init__(self, url: str, problem: str) -> None:
        self.url = url
        self.problem = problem
        super().__init__(self._words.format(url=url, problem=problem))


class InvalidURL(URLError, UsageError):
    """Text that is not an http(s) URL."""

    _words = "not a usable URL: {url!r} ({problem})"


class UnknownSource(UsageError):
    """No adapter has that name.

    Attributes:
        name: The name asked for.
        known: The names there are.
    """

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(f"no source named {name!r}; there is: {', '.join(known)}")


class DocumentError(CorrigendaError):
    """Text that cannot be read as a document.

    Attributes:
        problem: What is wrong, and on which line where that is known.
        where: The file or URL it came from, if known.
    """

    def __init__(self, problem: str, *, where: str = "") -> None:
        self.problem = problem
        self.where = where
        super().__init__(f"{where}: {problem}" if where else problem)


class ArticleError(URLError):
    """A page that cannot be read as a release; the problem is what its article lacks."""


class FeedError(URLError):
    """A feed, listing or sitemap that does not parse as one."""


class FetchRefused(URLError):
    """A URL that is never requested: another host, another scheme, a private address."""

    _words = "refused to fetch {url}: {problem}"


class TimestampError(CorrigendaError):
    """A timestamp authority gave no timestamp that verifies.

    Attributes:
        authority: Its address, or what else failed.
        problem: What was wrong.
    """

    def __init__(self, authority: str, problem: str) -> None:
        self.authority = authority
        self.problem = problem
        super().__init__(f"{authority} {problem}")


class BudgetSpent(CorrigendaError):
    """No more requests to a host today.

    Attributes:
        host: The host, as it is contacted.
        budget: Requests a day it may get.
        resets_at: When the next day's budget begins (UTC).
        kept: Requests of it that are left, but kept for feeds.
    """

    def __init__(self, host: str, budget: int, resets_at: datetime, kept: int = 0) -> None:
        self.host = host
        self.kept = kept
        self.budget = budget
        self.resets_at = resets_at
        super().__init__(
            f"{host}: the day's {budget} requests are used up"
            + (f", but for {kept} kept for its feeds. " if kept else ". ")
            + f"Run this again after {resets_at:%Y-%m-%d %H:%M} UTC, or raise CORRIGENDA_BUDGET"
        )


class HelperLost(CorrigendaError):
    """A process that shared the work was killed: by a person, or for want of memory."""

    def __init__(self) -> None:
        super().__init__(
            "a helper process was killed, perhaps because memory ran out. What was done before "
            "is kept: run the same command again to go on"
        )


class PrefectUnreachable(CorrigendaError):
    """No Prefect server to keep the schedule.

    Attributes:
        url: Where it should be.
        problem: What is wrong with it.
    """

    def __init__(self, url: str, problem: str) -> None:
        self.url = url
        self.problem = problem
        super().__init__(
            f"Prefect's server at {url} cannot be used: {problem}. Start it with "
            "`prefect server start`, or unset PREFECT_API_URL to have one started with this"
        )


class AlreadyServed(CorrigendaError):
    """Another process runs the schedule of a database.

    Attributes:
        path: The database.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        super().__init__(
            f"{path}: its schedule is run by another process already. Stop that one first, "
            "or name another database with --db"
        )


class StoreError(CorrigendaError):
    """The database cannot be used.

    Attributes:
        path: The database file.
    """

    def __init__(self, path: Path | str, problem: str) -> None:
        self.path = Path(path)
        self.problem = problem
        super().__init__(f"{path}: {problem}")


class ClockSetBack(CorrigendaError):
    """Now lies before the newest capture: what is recorded now would come before it in time.

    Attributes:
        now: What the clock says.
        newest: When something was last captured.
    """

    def __init__(self, now: datetime, newest: datetime) -> None:
        self.now = now
        self.newest = newest
        super().__init__(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, but something was captured at "
            f"{newest:%Y-%m-%d %H:%M} UTC already. Recording now would turn history round, so "
            "nothing was fetched. Set the clock right (`timedatectl`); if it was ahead before, "
            "take up a backup from before that"
        )


class StoreLocked(StoreError):
    """Another process is writing and did not finish in time.

    Attributes:
        holder: Who holds the lock, as they described themselves.
    """

    def __init__(self, path: Path | str, holder: str) -> None:
        self.holder = holder
        super().__init__(
            path, f"in use by {holder}. Wait for it to finish, or stop it, then run this again"
        )


class StoreReadOnly(StoreError):
    """The file or the folder around it cannot be written."""


class StoreTooNew(StoreError):
    """The file carries migrations this program does not know.

    Attributes:
        unknown: Names of those migrations.
    """

    def __init__(self, path: Path | str, unknown: tuple[str, ...]) -> None:
        self.unknown = unknown
        super().__init__(
            path,
            f"was written by a newer Corrigenda (unknown: {', '.join(unknown)}). "
            "Upgrade this one; nothing was changed",
        )


class NotHeld(StoreError):
    """The store has no such release, version or change."""
