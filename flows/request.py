"""What a person asked a flow for, and whether it can be done (nothing is written here)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corrigenda import sources
from corrigenda.carriers import saved_pages, warcs, wayback
from corrigenda.carriers.lists import Listed
from corrigenda.carriers.saved_pages import SavedPage
from corrigenda.carriers.url_files import read_text_file, read_url_file
from corrigenda.errors import StoreError, UsageError
from corrigenda.fetch import Client
from corrigenda.settings import Settings
from corrigenda.sources.protocol import Source
from storage.file.connection import require_folder
from storage.file.pace import SqlitePace
from storage.queries.followed import followed

#: The parameters of which a backfill needs one.
WAYS = ("urls", "urls_file", "listing", "sitemap", "archive", "warc", "page", "wayback")
#: Saved pages that are looked into for whose they are.
_LOOKED_INTO = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A flow's parameters, under the names the flows give them.

    ``ingest`` and ``reprocess`` take `source`, `db` and `origin`. What is left out is empty
    or None; ``flows.backfill.backfill`` says of each what it means.
    """

    source: str = ""
    urls: Sequence[str] | None = None
    urls_file: Path | None = None
    listing: int | None = None
    sitemap: bool = False
    archive: Path | None = None
    warc: Path | None = None
    page: Path | None = None
    page_url: str = ""
    page_at: datetime | None = None
    wayback: bool = False
    captured_at: datetime | None = None
    given_by: str = ""
    since: date | None = None
    until: date | None = None
    minister: str = ""
    limit: int | None = None
    db: Path | None = None
    origin: str = ""
    wayback_origin: str = ""

    @property
    def settings(self) -> Settings:
        """The environment's settings with these laid over them."""
        settings = Settings.from_env()
        if self.db is not None:
            settings = replace(settings, db=self.db)
        return replace(settings, origin=self.origin) if self.origin else settings

    @property
    def parameters(self) -> dict[str, Any]:
        """What makes it the same when it is run again: all but where it is kept.

        Of a file of URLs that is what it says, not what it is called: an edited file is
        another backfill, the same list under another name the same one.
        """
        values = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        if self.urls or self.urls_file:
            said = "\n".join(e.url for e in self.given(sources.get(self.source)).entries)
            values |= {"urls": hashlib.sha256(said.encode()).hexdigest(), "urls_file": None}
        return {name: value for name, value in values.items() if value and name != "db"}

    @property
    def way(self) -> str:
        """The one way in that was chosen.

        Raises:
            UsageError: None was, or several.
        """
        ways = {
            "urls": bool(self.urls or self.urls_file) and not self.wayback,
            "listing": self.listing is not None,
            "sitemap": self.sitemap,
            "archive": self.archive is not None,
            "warc": self.warc is not None,
            "page": self.page is not None,
            "wayback": self.wayback,
        }
        taken = [name for name, wanted in ways.items() if wanted]
        if len(taken) == 1:
            return taken[0]
        if taken:
            raise UsageError(f"{' and '.join(taken)} exclude each other; run one after the other")
        raise UsageError(
            "say what to bring in: addresses, --urls FILE, --listing N, --sitemap, --wayback, "
            "--archive DIR, --warc FILE or --page FILE"
        )

    @property
    def chooses(self) -> bool:
        """Not all of what is there is wanted, be it by date or by minister."""
        return bool(self.since or self.until or self.minister)

    def wants(self, published: date | datetime | None, ministers: Sequence[str] | None) -> bool:
        """Tell whether an entry is wanted.

        What is not known about it does not rule it out: it is checked, for the page tells.

        Args:
            published: Day or time of publication, if known.
            ministers: Their names, if known.
        """
        if isinstance(published, datetime):
            published = published.astimezone(UTC).date()
        if published is not None:
            if self.since is not None and published < self.since:
                return False
            if self.until is not None and published >= self.until:
                return False
        if self.minister and ministers is not None:
            wanted = self.minister.casefold()
            return any(wanted in name.casefold() for name in ministers)
        return True

    def given(self, source: Source) -> Listed:
        """Read the URLs a person gave, and the file of them.

        Raises:
            UsageError: The file cannot be read.
        """
        text = read_text_file(self.urls_file, self.settings) if self.urls_file else ""
        return read_url_file("\n".join([*(self.urls or []), text]), source)


def settled(request: Request, *, asks: bool = True) -> Request:
    """Return a request with its source named, once all that can be wrong with it is checked.

    Commands ask this before Prefect is started, and flows again before they wait for the lock.

    Args:
        request: What was asked for.
        asks: The site, or another's server, will be asked for something.

    Raises:
        UsageError: It cannot be carried out.
        StoreError: The database's folder is not there.
    """
    settings = request.settings
    if settings.db.is_dir():
        raise StoreError(settings.db, "is a folder; --db names a file")
    require_folder(settings.db)
    source = _source_of(request, settings.db)
    if asks:  # who asks must say who it is, and an origin must be an address
        check_may_ask(settings, source.hosts)
    return replace(request, source=source.name)


def check_may_ask(settings: Settings, hosts: Sequence[str]) -> None:
    """Check that hosts may be asked for something; nothing is asked, and nothing opened.

    Raises:
        SettingsError: No contact is set, or the origin is not a usable address.
    """
    pace = SqlitePace(settings.db, settings.pace_delay, settings.budget)
    Client(settings, hosts, pace=pace).close()


def settled_backfill(request: Request, *, dry: bool = False) -> Request:
    """Return a backfill's request as :func:`settled` does, its way in checked as well.

    Args:
        request: What was asked for.
        dry: Only to say how much it would be: for that, nothing but lists is asked for.

    Raises:
        UsageError: What was chosen makes no sense together, or cannot be read.
    """
    way = request.way
    _check_together(request, way)
    request = settled(request, asks=way in ("listing", "sitemap") or (way == "urls" and not dry))
    source = sources.get(request.source)
    if request.archive is not None and not request.archive.exists():
        raise UsageError(f"{request.archive}: is not there")
    if request.warc is not None:
        warcs.files(request.warc)
    if request.page is not None:
        _check_page(request, request.page, source)
    if request.urls or request.urls_file:
        given = request.given(source)
        if not (given.entries or given.problems or given.ignored):
            raise UsageError("there are no URLs to check; give `urls`, or a `urls_file` with some")
    if way == "wayback":
        origin = wayback.address(request.wayback_origin).origin
        if not dry:
            check_may_ask(replace(request.settings, origin=origin), [wayback.HOST])
    return request


def _check_together(request: Request, way: str) -> None:
    """Refuse what would have no effect, or would leave nothing to do."""
    since, until = request.since, request.until
    if since and until and since >= until:
        raise UsageError(f"nothing is published since {since} and before {until}")
    if way == "page" and (request.chooses or request.limit):
        raise UsageError("since, until, minister and limit choose among many; not among pages")
    if way == "page" and (request.page_url or request.page_at) and _is_folder(request.page):
        raise UsageError("--url and --at say where and when one --page was saved, not a folder's")
    if way != "page" and (request.page_url or request.page_at):
        raise UsageError("--url and --at say where and when a --page was saved; there is none")
    if way != "archive" and request.captured_at:
        raise UsageError("--captured-at says when an --archive was made; there is none")


def _check_page(request: Request, page: Path, source: Source) -> None:
    files, url = saved_pages.files(page), request.page_url
    held = [] if _is_folder(page) else saved_pages.read(files[0], request.settings)
    if len(held) == 1:
        _check_told(request, page, held[0])
        url = url or held[0].url
    if url and source.content_type(source.canonical(url)) is None:
        raise UsageError(f"{url} is no release of {source.title}; give the page's own")


def _check_told(request: Request, path: Path, page: SavedPage) -> None:
    lacking = [
        told
        for told, there in (
            ("the address it was saved from (--url)", request.page_url or page.url),
            ("when it was (--at)", request.page_at or page.captured_at),
        )
        if not there
    ]
    if lacking:
        raise UsageError(
            f"{path}: does not tell {' and '.join(lacking)}. Saved with SingleFile, or as "
            "MHTML, it does"
        )


def _is_folder(page: Path | None) -> bool:
    return page is not None and page.is_dir()


def _source_of(request: Request, db: Path) -> Source:
    """Return the source that a request means.

    The one it names; else the one its URLs belong to; else the only one in the store; else
    the only one there is.

    Raises:
        UsageError: There are several to choose from.
    """
    if request.source:
        return sources.get(request.source)
    if request.page_url:
        return sources.of_url(request.page_url)
    if request.page is not None and (told := _told_source(request.page, request.settings)):
        return told
    every = [source.name for source in sources.every()]
    meant = [s.name for s in sources.every() if request.given(s).entries]
    if len(meant) > 1:
        raise UsageError(
            f"the URLs are of {' and '.join(meant)}: put each source's into a file of their own, "
            f"or name the source to check, e.g. `corrigenda backfill {meant[0]} --urls FILE`"
        )
    for names in (meant, followed(db), every):
        if len(names) == 1:
            return sources.get(names[0])
    raise UsageError(f"say which source: one of {', '.join(every)}")


def _told_source(path: Path, settings: Settings) -> Source | None:
    """Return the source that a saved page names by its address, or the first to of a folder."""
    for file in saved_pages.files(path)[:_LOOKED_INTO]:
        with suppress(UsageError):
            for page in saved_pages.read(file, settings):
                with suppress(UsageError):
                    return sources.of_url(page.url)
    return None
