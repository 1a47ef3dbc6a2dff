"""Writing: what a run did, one transaction for each release.

Kill the process anywhere and the file is as if the run had stopped between two
releases: a capture, its payload, the version it showed and the changes that follow
are written together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from corrigenda.due.plan import Plan
from corrigenda.models import (
    Capture,
    ChangeKind,
    ContentType,
    Entry,
    Judgement,
    Track,
    Via,
)
from corrigenda.sources.protocol import Source
from storage.file.connection import transaction
from storage.file.rows import insert
from storage.file.times import from_text, now, to_text
from storage.queries.contents import newest, of_version
from storage.queries.resolve import find
from storage.record import dating, lifecycle
from storage.record import merging as folding
from storage.record.captures import Known, Recorded, Seen
from storage.record.entries import hear
from storage.record.feed_track import link
from storage.record.payloads import Payloads
from storage.record.sight.absences import hold
from storage.record.timeline import Timeline

__all__ = ["Known", "Recorded", "Seen", "Store", "parameters_text"]

#: Response headers that identify us to the site; they are no evidence of its content.
_PRIVATE_HEADERS = frozenset({"set-cookie"})
_KIND = "SELECT kind FROM changes WHERE id = ?"


def parameters_text(parameters: Mapping[str, Any]) -> str:
    """Return what a run was started with, as its row holds it."""
    return json.dumps(parameters, ensure_ascii=False, default=str)


class Store:
    """The writing side of one database, for one source.

    Args:
        db: A database opened for writing, under the run lock.
        source: The source whose releases are recorded.
        absences: Confirmed absences that make a release withdrawn.
        hours: Least hours between the first and last of them.

    Attributes:
        plan: By which releases are dated that are looked at; None to leave that for later.
    """

    def __init__(
        self, db: Database, source: Source, *, absences: int = 2, hours: float = 24.0
    ) -> None:
        self.db = db
        self._absences = absences
        self._hours = hours
        self.plan: Plan | None = None
        self.payloads = Payloads(db)
        self._source = source
        find = "SELECT id FROM sources WHERE name = ?"
        if not db.execute(find, [source.name]).fetchone():
            add = "INSERT INTO sources (name, title, home) VALUES (?, ?, ?)"
            db.execute(add, [source.name, source.title, source.home])
        self.source_id = int(db.execute(find, [source.name]).fetchone()[0])

    # Runs

    def begin_run(self, flow: str, parameters: Mapping[str, Any], prefect_id: str = "") -> int:
        """Record that a run began, and close those that a dead process left open."""
        with transaction(self.db):
            self.db.execute(
                "UPDATE runs SET outcome = 'stopped', finished_at = ? WHERE outcome = 'running'",
                [to_text(now())],
            )
            return insert(
                self.db,
                "runs",
                {
                    "flow": flow,
                    "source_id": self.source_id,
                    "prefect_id": prefect_id or None,
                    "parameters": parameters_text(parameters),
                    "started_at": to_text(now()),
                },
            )

    def finish_run(
        self,
        run_id: int,
        outcome: str,
        *,
        entries: int,
        verdicts: Mapping[str, int],
        versions_added: int,
        changes: Mapping[str, int],
        issues: int,
    ) -> None:
        """Close a run's account."""
        row = {
            "outcome": outcome,
            "finished": to_text(now()),
            "entries": entries,
            "verdicts": json.dumps(verdicts),
            "versions": versions_added,
            "changes": json.dumps(changes),
            "issues": issues,
            "id": run_id,
        }
        with transaction(self.db):
            self.db.execute(
                "UPDATE runs SET outcome = :outcome, finished_at = :finished, entries = :entries, "
                "verdicts = :verdicts, versions_added = :versions, changes = :changes, "
                "issues = :issues WHERE id = :id",
                row,
            )

    def record_issue(self, run_id: int, url: str, problem: str) -> None:
        """Record something a run could not interpret."""
        row = {"run_id": run_id, "url": url, "problem": problem, "noticed_at": to_text(now())}
        with transaction(self.db):
            insert(self.db, "issues", row)

    def set_blocked(self, reason: str | None) -> None:
        """Mark the source as blocked (from now, unless it already is), or as open again."""
        if reason is None and self.blocked_since is None:
            return
        with transaction(self.db):
            self.db.execute(
                "UPDATE sources SET blocked_since = CASE WHEN :reason IS NULL THEN NULL "
                "ELSE coalesce(blocked_since, :now) END, blocked_reason = :reason WHERE id = :id",
                {"reason": reason, "now": to_text(now()), "id": self.source_id},
            )

    @property
    def blocked_since(self) -> datetime | None:
        """When the source began to answer with challenges; None while it does not."""
        find = "SELECT blocked_since FROM sources WHERE id = ?"
        (since,) = self.db.execute(find, [self.source_id]).fetchone()
        return from_text(since) if since else None

    # Entries

    def hear(self, entries: Iterable[Entry]) -> None:
        """Remember that releases were announced; a release merely heard of has no version."""
        with transaction(self.db):
            for entry in entries:
                kind = self._source.content_type(entry.url) or ContentType.RELEASE
                hear(self.db, self.source_id, entry, kind)

    def known(self, url: str) -> Known | None:
        """Return what is known of the release a URL names, or None."""
        release_id = find(self.db, self.source_id, url)
        if release_id is None:
            return None
        columns = (
            "url, node_id, etag, last_modified, article_sha256, last_checked_at, last_verdict, "
            "next_check_at, article_version_id"
        )
        (row,) = self.db.query(f"SELECT {columns} FROM releases WHERE id = ?", [release_id])
        checked, version_id = row.pop("last_checked_at"), row.pop("article_version_id")
        due = row.pop("next_check_at")
        content = of_version(self.db, version_id) if version_id else None
        said = content or newest(self.db, release_id)
        return Known(
            release_id=release_id,
            last_checked_at=from_text(checked) if checked else None,
            next_check_at=from_text(due) if due else None,
            last_verdict=row.pop("last_verdict") or "",
            content=content,
            said=said.document if said else None,
            **row,
        )

    # Captures

    def record_list(
        self, run_id: int, capture: Capture, judgement: Judgement, provenance: Any = None
    ) -> int:
        """Record the capture of a feed, listing or sitemap, which is no release's own."""
        with transaction(self.db):
            seen = Seen(capture=capture, judgement=judgement, provenance=provenance)
            return self._insert_capture(run_id, None, seen)

    def record(self, run_id: int, seen: Seen) -> Recorded:
        """Record one capture and all that follows from it, in one transaction."""
        with transaction(self.db):
            release_id = self._release_of(run_id, seen)
            capture_id = self._insert_capture(run_id, release_id, seen)
            self._note_check(release_id, capture_id, seen)
            if seen.moved_to is not None:
                release_id = folding.settle_move(
                    self.db, self.source_id, release_id, seen.moved_to, run_id
                )
            versions_added, found = 0, list[tuple[int, ChangeKind]]()
            if seen.content is not None:
                track = Timeline(self.db, release_id, seen.track, run_id)
                outcome = track.observe(capture_id, seen.capture, seen.content)
                self._note_content(release_id, seen, outcome.version_id)
                versions_added = outcome.versions_added
                found += [(row, self._kind(row)) for row in outcome.changes]
            if seen.judgement.verdict in lifecycle.EVIDENCE:
                found += lifecycle.sync(
                    self.db, release_id, run_id, absences=self._absences, hours=self._hours
                )
            absorbed = link(self.db, release_id) if found else []
            changes = tuple(change for change in found if change[0] not in absorbed)
            self._date(release_id, seen, [kind for _, kind in changes])
            return Recorded(
                release_id=release_id,
                capture_id=capture_id,
                versions_added=versions_added,
                changes=changes,
                absorbed=tuple(absorbed),
            )

    @property
    def absence(self) -> timedelta:
        """Least time between two looks that confirm an absence."""
        return timedelta(hours=self._hours)

    def date_new(self, at: datetime) -> None:
        """Date what was heard of or brought in, where a plan is in force."""
        if self.plan is not None:
            dating.date_undated(self.db, self.source_id, self.plan, at, self.absence)

    def _date(self, release_id: int, seen: Seen, changes: Sequence[ChangeKind]) -> None:
        """Say when the next look at a release is due, after one or after another's hint."""
        if self.plan is not None and seen.capture.via is Via.LIVE:
            dating.date(self.db, release_id, self.plan, self.absence)
        elif seen.track is Track.FEED and ChangeKind.REVISED in changes:
            dating.hint(self.db, release_id, "feed", seen.capture.captured_at)

    def _release_of(self, run_id: int, seen: Seen) -> int:
        if seen.own:
            folding.part(self.db, self.source_id, seen.capture.url)
        return folding.resolve(
            self.db,
            self.source_id,
            seen.capture.url,
            node_id=seen.node_id,
            content_type=seen.content_type,
            run_id=run_id,
        )

    def _insert_capture(self, run_id: int, release_id: int | None, seen: Seen) -> int:
        capture = seen.capture
        payload = None
        if capture.body:
            # Neither a feed's item nor an archive's document is a good dictionary for pages.
            is_page = (
                seen.content is not None
                and seen.track is Track.PAGE
                and capture.via is not Via.ARCHIVE
            )
            payload = self.payloads.put(capture.body, self.source_id, template=is_page)
        headers = [h for h in capture.headers if h[0] not in _PRIVATE_HEADERS]
        return insert(
            self.db,
            "captures",
            {
                "release_id": release_id,
                "run_id": run_id,
                "url": capture.url,
                "via": str(capture.via),
                "captured_at": to_text(capture.captured_at),
                "verdict": str(seen.judgement.verdict),
                "reason": seen.judgement.reason,
                "status": capture.status,
                "final_url": capture.final_url,
                "redirects": json.dumps(capture.redirects),
                "headers": json.dumps(headers),
                "payload_sha256": payload,
                "elapsed": capture.elapsed,
                "provenance": json.dumps(seen.provenance or {}, default=str),
            },
        )

    def _note_check(self, release_id: int, capture_id: int, seen: Seen) -> None:
        if seen.held:
            hold(self.db, capture_id, release_id)
        if seen.capture.via is Via.LIVE:
            self.db.execute(
                "UPDATE releases SET last_checked_at = max(coalesce(last_checked_at, ''), ?), "
                "last_verdict = ? WHERE id = ?",
                [to_text(seen.capture.captured_at), str(seen.judgement.verdict), release_id],
            )

    def _note_content(self, release_id: int, seen: Seen, version_id: int) -> None:
        """Bring the release's own row up to what its newest observation says."""
        assert seen.content is not None
        document = seen.content.document
        newest = self.db.execute(
            "SELECT max(last_observed) FROM spans WHERE release_id = ?", [release_id]
        ).fetchone()[0]
        if newest == to_text(seen.capture.captured_at):
            self.db.execute(
                "UPDATE releases SET title = :title, published_at = coalesce(:at, published_at), "
                "status = CASE status WHEN 'heard' THEN 'live' ELSE status END WHERE id = :id",
                {"title": document.title, "at": seen.published_at, "id": release_id},
            )
        else:
            self.db.execute(
                "UPDATE releases SET status = 'live' WHERE id = ? AND status = 'heard'",
                [release_id],
            )
        for alias in seen.aliases:
            folding.add_shared(self.db, self.source_id, release_id, alias)
        if seen.capture.via is Via.LIVE:
            self._note_validators(release_id, seen, version_id)

    def _note_validators(self, release_id: int, seen: Seen, version_id: int) -> None:
        """Remember what makes the next live check cheap. A 304 need not repeat validators."""
        self.db.execute(
            "UPDATE releases SET etag = coalesce(:etag, etag), "
            "last_modified = coalesce(:modified, last_modified), "
            "article_sha256 = coalesce(:article, article_sha256), "
            "article_version_id = :version WHERE id = :id",
            {
                "etag": seen.capture.header("etag"),
                "modified": seen.capture.header("last-modified"),
                "article": seen.article_sha256,
                "version": version_id,
                "id": release_id,
            },
        )

    def _kind(self, change_id: int) -> ChangeKind:
        return ChangeKind(self.db.execute(_KIND, [change_id]).fetchone()[0])
