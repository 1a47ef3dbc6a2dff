"""A site that fails by name, and runs over it without a Prefect flow for each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from corrigenda.models import Entry
from corrigenda.settings import Settings
from flows.account.tally import Tally
from flows.agenda import plan, rechecks
from flows.finding.absences import settle_absences
from flows.pipeline import check_in_turn, probe_first
from flows.session import Session, open_session
from storage.file.connection import open_database
from tests.faults.faultsite import FaultSite, release_page

HOST = "https://www.beehive.govt.nz"
PUBLISHED = datetime(2026, 2, 16, 2, 43, 54, tzinfo=UTC)


def url(slug: str) -> str:
    return f"{HOST}/release/{slug}"


def entry(slug: str, channel: str = "file") -> Entry:
    return Entry(url=url(slug), channel=channel)


def text_of(slug: str) -> str:
    """Return a body of its own for each release, so that none is taken for another."""
    return f"<p>{' '.join(f'{slug}{n}' for n in range(30))} opens at $16,712 a day.</p>"


def feed(*slugs: str, when: datetime = PUBLISHED, **edited: str) -> bytes:
    """Build the feed's XML; ``edited`` gives other bodies."""
    items = "".join(
        f"<item><title>About {slug}</title><link>{url(slug)}</link>"
        f"<description>{escape(edited.get(slug, text_of(slug)))}</description>"
        f"<pubDate>{format_datetime(when)}</pubDate><guid>{HOST}/{number_of(slug)}</guid></item>"
        for slug in slugs
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()


def number_of(slug: str) -> int:
    return 1000 + sum(map(ord, slug))


def pages(*slugs: str) -> dict[str, bytes]:
    return {f"/release/{slug}": release_page(f"About {slug}", text_of(slug)) for slug in slugs}


@dataclass(slots=True)
class Runner:
    """Runs over a site, each with an account of its own.

    Attributes:
        settings: As every run is started with, unless it says otherwise.
        now: The time, when a test sets it.
    """

    settings: Settings
    now: Callable[[], datetime] | None = None
    accounts: list[Tally] = field(default_factory=list)

    @property
    def db(self) -> Path:
        return self.settings.db

    @contextmanager
    def session(self, flow: str = "backfill", **changes: Any) -> Iterator[Session]:
        clock = {"now": self.now} if self.now else {}
        settings = replace(self.settings, **changes)
        with open_session(settings, "beehive", flow, {}, **clock) as opened:  # type: ignore[arg-type]
            yield opened
        self.accounts.append(opened.tally)

    def check(self, *slugs: str, **changes: Any) -> Tally:
        """Check releases as a backfill does."""
        with self.session(**changes) as session:
            entries = [entry(slug) for slug in slugs]
            session.store.hear(entries)
            return _check_all(session, entries)

    def ingest(self, **changes: Any) -> Tally:
        """Read the feed and check what is due, as an ingest does."""
        with self.session("ingest", **changes) as session:
            return _check_all(session, plan(session))

    def recheck(self, number: int | None = None, **changes: Any) -> Tally:
        """Look again at what is due, or at so many."""
        with self.session("recheck", **changes) as session:
            return _check_all(session, rechecks(session, number))

    def state(self) -> dict[str, Any]:
        """Return all that must not be lost: versions, timelines, statuses."""
        db = open_database(self.db)
        try:
            return {
                "versions": db.execute(
                    "SELECT r.url, s.track, s.number, v.text FROM spans s "
                    "JOIN versions v ON v.id = s.version_id "
                    "JOIN releases r ON r.id = s.release_id ORDER BY 1, 2, 3"
                ).fetchall(),
                "statuses": db.execute("SELECT url, status FROM releases ORDER BY 1").fetchall(),
                "changes": db.execute(
                    "SELECT url, track, kind, from_version, to_version FROM change_log ORDER BY id"
                ).fetchall(),
            }
        finally:
            db.close()

    def captures(self) -> list[dict[str, Any]]:
        db = open_database(self.db)
        try:
            return list(db.query("SELECT * FROM captures ORDER BY id"))
        finally:
            db.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        db = open_database(self.db)
        try:
            return list(db.execute(sql).fetchall())
        finally:
            db.close()

    def changes(self) -> list[dict[str, Any]]:
        db = open_database(self.db)
        try:
            found = list(db.query("SELECT * FROM change_log ORDER BY before, id"))
        finally:
            db.close()
        for row in found:
            row["reasons"] = json.loads(row["reasons"])
        return found


def _check_all(session: Session, entries: Sequence[Entry]) -> Tally:
    session.tally.entries = len(entries)
    check_in_turn(session, probe_first(session, entries))
    settle_absences(session)
    return session.tally


@pytest.fixture
def faults() -> Iterator[FaultSite]:
    """A site with three releases and a feed that names two of them."""
    with FaultSite(pages("one", "two", "elsewhere")) as site:
        site.pages["/rss.xml"] = feed("one", "two")
        yield site


@pytest.fixture
def runner(faults: FaultSite, tmp_path: Path) -> Runner:
    """Runs over that site: two tries without pauses, and no more."""
    return Runner(_settings(faults, tmp_path))


@pytest.fixture(scope="session")
def _held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with FaultSite(pages("one", "two", "elsewhere")) as site:
        site.pages["/rss.xml"] = feed("one", "two")
        first = Runner(_settings(site, tmp_path_factory.mktemp("held")))
        first.ingest()
        first.check("elsewhere")
        return first.db


@pytest.fixture
def holding(runner: Runner, _held: Path) -> Runner:
    """The same, with the site's three releases and its feed in store already."""
    shutil.copy(_held, runner.db)
    return runner


def _settings(site: FaultSite, folder: Path) -> Settings:
    return Settings(origin=site.url, db=folder / "t.db", attempts=2, backoff=0.0, lock_wait=0.0)
