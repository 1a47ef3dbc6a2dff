"""Settings, and where they come from.

Nothing happens at import: :meth:`Settings.from_env` reads an environment when
told to, and the command line overrides single values with ``replace``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corrigenda import __version__
from corrigenda.errors import SettingsError

#: Seconds. A server that asks for more is not waited for: it is left alone that long. A
#: ``Crawl-delay`` beyond it is a typing error most likely, and would hang a run.
LONGEST_WAIT = 3600.0
_SIGNIFICANCES = ("high", "medium", "low", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything adjustable. Each is ``CORRIGENDA_<NAME>`` in the environment.

    Attributes:
        db: The database file.
        contact: Who runs this: an address or page given in ``User-Agent``.
        origin: Base URL that receives all requests for a source's host (a mirror, a
            test site); records keep the canonical URLs. Empty for the site itself.
        delay: Seconds between two requests to a host; None for 10, or 0 on loopback.
        budget: Requests a day to a host.
        feed_share: Share of the budget kept for feeds and robots.txt; pages never get it.
        longest_pause: Days in which every release is looked at once, as far as the budget
            reaches.
        recheck_hours: Least hours between two checks of a release by ``ingest``; None
            for 1, or 0 on loopback.
        connect_timeout: Seconds to connect.
        read_timeout: Seconds without a byte.
        total_timeout: Seconds for one request altogether.
        attempts: Tries of one request before its failure stands.
        backoff: Seconds before the second try; doubles with each further one.
        max_body: Bytes a body may have once decompressed.
        max_file: Bytes that a saved page, or a file of addresses, may have.
        max_expansion: How many times its own size an archive may unpack to.
        max_members: Files or records that one archive may hold.
        max_redirects: Redirects followed before giving up.
        challenges_to_stop: Challenges in a row after which a run stops.
        absences: Confirmed absences that make a release withdrawn.
        absence_hours: Least hours between the first and last of them.
        lock_wait: Seconds to wait for another run to finish.
        notify: Where a run tells what changed: an Apprise address (``mailto://…``,
            ``json://…``; several apart by a space), or the name of a saved
            ``corrigenda-notification`` block. Empty for nowhere.
        notify_significance: The least significance worth telling.
        pages: Address of the review pages, for links in notifications and feeds.
        tsa: Address of the timestamp authority (RFC 3161) that `seal` and the daily seal of
            `schedule` ask. Empty for none.
        tsa_ca: File of PEM certificates that vouch for it; empty for the system's.
        archive_origin: Base URL that receives what the pages ask of web.archive.org (a test).
    """

    db: Path = Path("corrigenda.db")
    contact: str = ""
    origin: str = ""
    delay: float | None = None
    budget: int = 300
    feed_share: float = 0.23
    longest_pause: float = 400.0
    recheck_hours: float | None = None
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0
    attempts: int = 3
    backoff: float = 2.0
    max_body: int = 20_000_000
    max_file: int = 100_000_000
    max_expansion: int = 200
    max_members: int = 1_000_000
    max_redirects: int = 5
    challenges_to_stop: int = 3
    absences: int = 2
    absence_hours: float = 24.0
    lock_wait: float = 30.0
    notify: str = ""
    notify_significance: str = "medium"
    pages: str = ""
    tsa: str = ""
    tsa_ca: str = ""
    archive_origin: str = ""

    @property
    def on_loopback(self) -> bool:
        """Requests go to this machine, so politeness has nobody to spare."""
        host = (urlsplit(self.origin).hostname or "") if self.origin else ""
        return host in ("localhost", "::1") or host.startswith("127.")

    @property
    def pace_delay(self) -> float:
        """Seconds between two requests to a host, the default settled."""
        if self.delay is not None:
            return self.delay
        return 0.0 if self.on_loopback else 10.0

    @property
    def kept_for_feeds(self) -> int:
        """Requests a day that only feeds get."""
        return int(self.budget * self.feed_share)

    @property
    def for_pages(self) -> int:
        """Requests a day for all that is no feed."""
        return self.budget - self.kept_for_feeds

    @property
    def least_pause(self) -> timedelta:
        """Least time between two checks of a release by ``ingest``, the default settled."""
        if self.recheck_hours is not None:
            return timedelta(hours=self.recheck_hours)
        return timedelta(hours=0 if self.on_loopback else 1)

    @property
    def user_agent(self) -> str:
        """The ``User-Agent`` header: program, version and contact."""
        return f"corrigenda/{__version__}" + (f" (+{self.contact})" if self.contact else "")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read settings from ``CORRIGENDA_*`` variables.

        Args:
            environ: The environment; the process's own when left out.

        Raises:
            SettingsError: A value is not of its type, or out of range.
        """
        env = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for spec in fields(cls):
            name = f"CORRIGENDA_{spec.name.upper()}"
            if text := env.get(name, ""):
                wanted = float if spec.default is None else type(spec.default)
                values[spec.name] = _convert(name, text, wanted)
        return cls(**values)

    def __post_init__(self) -> None:
        for spec in fields(self):
            value = getattr(self, spec.name)
            if isinstance(value, int | float) and value < 0:
                raise SettingsError(spec.name, "must not be negative")
        for name in ("attempts", "challenges_to_stop", "absences"):
            if getattr(self, name) < 1:
                raise SettingsError(name, "must be at least 1")
        if self.feed_share >= 1:
            raise SettingsError("feed_share", "is a share: at least 0, and less than 1")
        if self.longest_pause < 1:
            raise SettingsError("longest_pause", "must be at least 1")
        if self.notify_significance not in _SIGNIFICANCES:
            raise SettingsError("notify_significance", f"is none of {', '.join(_SIGNIFICANCES)}")


def _convert(name: str, text: str, wanted: type) -> object:
    """Turn a variable's text into the type of its default."""
    try:
        return wanted(text)
    except ValueError:
        kind = {"int": "a whole number", "float": "a number"}.get(wanted.__name__, "valid")
        raise SettingsError(name, f"{text!r} is not {kind}") from None
