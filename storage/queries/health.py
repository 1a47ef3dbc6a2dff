"""How each source is doing: what was seen last, what stands in the way, what is complete.

Nothing here writes, and nothing here judges by counts alone: what needs a person is said in
sentences, with what can be done about it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from corrigenda.wording import count, moment
from storage.file.times import from_text

#: Runs that verdict rates are taken over.
RUNS = 20
#: Documents recorded last, whose fields are held against the usual.
RECENT = 50
_FEWEST_RECENT, _FEWEST_USUAL = 10, 20
#: A field lacking in so much more of the recent documents than usual: the site changed.
_DROP = 0.2
#: The share of answers that tell nothing, above which somebody should look.
_TROUBLED = 0.2
_SILENCE = timedelta(days=2)
_TOLD_NOTHING = """challenge forbidden rate_limited server_error timeout unreachable broken
    disallowed""".split()
#: Of these, what no other need speaks of.
_FAILURES = [verdict for verdict in _TOLD_NOTHING if verdict != "challenge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How often documents lack a field.

    Attributes:
        field: ``ministers`` or ``date``.
        recent: Share among the documents recorded last; None when there are too few.
        usual: Share among those before; None when there are too few.
    """

    field: str
    recent: float | None
    usual: float | None

    @property
    def dropped(self) -> bool:
        """The recent documents lack it much more often than is usual."""
        return (
            self.recent is not None and self.usual is not None and self.recent - self.usual >= _DROP
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One line of the completeness ledger; counts are releases, by publication.

    Attributes:
        month: ``2026-05``, or ``unknown``.
        heard: Announced or found in any way.
        held: With at least one version read from the page.
        told: Without, but with the feed's text.
        blocked: Answered by a challenge when last asked for.
        missing: Not there when last asked for, and not withdrawn (yet).
        withdrawn: Withdrawn.
    """

    month: str
    heard: int
    held: int
    told: int
    blocked: int
    missing: int
    withdrawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One source.

    Attributes:
        source: Its name.
        title: Its title.
        last_success: When a page of it was last seen.
        last_run: The last run: ``run``, ``flow``, ``started_at``, ``outcome``, ``verdicts``;
            or None.
        blocked_since: When it began to answer with challenges; None while it does not.
        blocked_reason: The mark of the last challenge.
        gap_after: The feed did not reach back to this time, and nothing has since.
        oldest_unchecked: The release that waits longest: ``url``, ``last_checked``,
            ``heard``; or None.
        never_checked: Releases never asked for.
        runs: Runs the verdicts are counted over.
        verdicts: Entries of those runs, by verdict.
        coverage: Of each field that documents should have.
        requests_today: Requests by host as contacted, this UTC day.
        closed_until: Hosts that asked to be left alone, and until when.
        ledger: By month, the newest first.
        needs: What needs a person, each with what can be done.
    """

    source: str
    title: str
    last_success: datetime | None
    last_run: Mapping[str, Any] | None
    blocked_since: datetime | None
    blocked_reason: str | None
    gap_after: datetime | None
    oldest_unchecked: Mapping[str, Any] | None
    never_checked: int
    runs: int
    verdicts: Mapping[str, int]
    coverage: tuple[Coverage, ...]
    requests_today: Mapping[str, int]
    closed_until: Mapping[str, datetime]
    ledger: tuple[Month, ...]
    needs: tuple[str, ...] = ()

    @property
    def error_rate(self) -> float | None:
        """Share of the entries counted in ``verdicts`` that told nothing; None without any."""
        return _share(self.verdicts, _TOLD_NOTHING)


def sources(db: Database) -> list[tuple[int, str]]:
    """Return the sources there are, as rows and names."""
    return [(row[0], row[1]) for row in db.execute("SELECT id, name FROM sources ORDER BY name")]


def health(db: Database, source_id: int, now: datetime) -> Health:
    """Return how a source is doing, all but what it needs (see :func:`needs`)."""
    (source,) = db.query("SELECT * FROM sources WHERE id = ?", [source_id])
    last_success, never = db.execute(
        "SELECT (SELECT last_checked_at FROM releases WHERE source_id = :source "
        "AND moved_to IS NULL AND last_verdict IN ('release', 'unmodified') "
        "AND last_checked_at IS NOT NULL ORDER BY last_checked_at DESC LIMIT 1), "
        "(SELECT count(*) FROM releases WHERE source_id = :source "
        "AND moved_to IS NULL AND last_checked_at IS NULL)",
        {"source": source_id},
    ).fetchone()
    runs, verdicts = _verdicts(db, source_id)
    hosts = list(db.query("SELECT * FROM hosts"))
    today, clock = now.astimezone(UTC).date().isoformat(), now.timestamp()
    return Health(
        source=source["name"],
        title=source["title"],
        last_success=_time(last_success),
        last_run=_last_run(db, source_id),
        blocked_since=_time(source["blocked_since"]),
        blocked_reason=source["blocked_reason"],
        gap_after=_time(source["gap_after"]),
        oldest_unchecked=_oldest(db, source_id),
        never_checked=never or 0,
        runs=runs,
        verdicts=verdicts,
        coverage=_coverage(db, source_id),
        requests_today={h["host"]: h["requests"] for h in hosts if h["day"] == today},
        closed_until={
            h["host"]: datetime.fromtimestamp(h["closed_until"], UTC)
            for h in hosts
            if h["closed_until"] > clock
        },
        ledger=_ledger(db, source_id),
    )


def _last_run(db: Database, source_id: int) -> Mapping[str, Any] | None:
    row = db.execute(
        "SELECT id, flow, started_at, outcome, verdicts FROM runs WHERE source_id = ? "
        "ORDER BY id DESC LIMIT 1",
        [source_id],
    ).fetchone()
    if row is None:
        return None
    return {
        "run": row[0],
        "flow": row[1],
        "started_at": from_text(row[2]),
        "outcome": row[3],
        "verdicts": json.loads(row[4]),
    }


def _oldest(db: Database, source_id: int) -> Mapping[str, Any] | None:
    row = db.execute(
        "SELECT url, last_checked_at, first_heard_at FROM releases WHERE source_id = ? "
        "AND moved_to IS NULL AND status <> 'withdrawn' "
        "ORDER BY coalesce(last_checked_at, first_heard_at) LIMIT 1",
        [source_id],
    ).fetchone()
    if row is None:
        return None
    return {"url": row[0], "last_checked": _time(row[1]), "heard": _time(row[2])}


def _verdicts(db: Database, source_id: int) -> tuple[int, dict[str, int]]:
    rows = db.execute(
        "SELECT verdicts FROM runs WHERE source_id = ? AND outcome <> 'running' "
        "ORDER BY id DESC LIMIT ?",
        [source_id, RUNS],
    ).fetchall()
    total: Counter[str] = Counter()
    for (verdicts,) in rows:
        total.update(json.loads(verdicts))
    return len(rows), dict(total)


def _coverage(db: Database, source_id: int) -> tuple[Coverage, ...]:
    """Hold the documents recorded last against all before, each release's newest page."""
    rows = db.execute(
        """
        SELECT place <= :recent, count(*), avg(no_minister), avg(no_date) FROM (
            SELECT row_number() OVER (ORDER BY n.version_id DESC) AS place,
                   json_array_length(n.fields, '$.ministers') = 0 AS no_minister,
                   n.date IS NULL AS no_date
            FROM newest_readings n JOIN releases r ON r.id = n.release_id
            WHERE r.source_id = :source AND n.track = 'page'
        ) GROUP BY 1
        """,
        {"recent": RECENT, "source": source_id},
    ).fetchall()
    enough = {True: _FEWEST_RECENT, False: _FEWEST_USUAL}
    found = {bool(r[0]): r for r in rows if r[1] >= enough[bool(r[0])]}
    return tuple(
        Coverage(
            field=name,
            recent=found[True][column] if True in found else None,
            usual=found[False][column] if False in found else None,
        )
        for name, column in (("ministers", 2), ("date", 3))
    )


def _ledger(db: Database, source_id: int) -> tuple[Month, ...]:
    rows = db.query(
        """
        SELECT coalesce(substr(coalesce(day, claimed), 1, 7), 'unknown') AS month,
               count(*) AS heard, sum(held) AS held, sum(told) AS told,
               sum(last_verdict IS 'challenge') AS blocked,
               sum(last_verdict IS 'missing' AND status <> 'withdrawn') AS missing,
               sum(status = 'withdrawn') AS withdrawn
        FROM (
            SELECT r.status, r.last_verdict, n.date AS day,
                   (SELECT max(published_at) FROM entries WHERE release_id = r.id) AS claimed,
                   n.track IS 'page' AS held, n.track IS 'feed' AS told
            FROM releases r LEFT JOIN newest_readings n ON n.release_id = r.id
            WHERE r.source_id = ? AND r.moved_to IS NULL
        ) GROUP BY 1 ORDER BY 1 DESC
        """,
        [source_id],
    )
    return tuple(Month(**row) for row in rows)


def _share(verdicts: Mapping[str, int], counted: Sequence[str]) -> float | None:
    """Return the share that some verdicts have; None when there are none at all."""
    entries = sum(verdicts.values())
    return sum(verdicts.get(verdict, 0) for verdict in counted) / entries if entries else None


def _time(text: str | None) -> datetime | None:
    return from_text(text) if text else None


def needs(found: Health, now: datetime) -> tuple[str, ...]:
    """Return what needs a person, each in a sentence with what can be done."""
    said: list[str] = []
    run = found.last_run
    if not found.last_success and not found.blocked_since:
        said.append(
            "no page of it was ever seen. `corrigenda ingest` looks, and says what is in the way"
        )
    rate = _share(run["verdicts"], _FAILURES) if run else None
    if found.blocked_since:
        said.append(
            f"blocked since {moment(found.blocked_since)} ({found.blocked_reason}). Each run "
            "probes with one page. Meanwhile the feed's texts are watched; ask the publisher "
            "to let the address in CORRIGENDA_CONTACT through, or import what others hold: "
            "`corrigenda backfill --wayback`, `corrigenda backfill --warc FILE`"
        )
    elif run and run["outcome"] == "blocked":
        met = run["verdicts"].get("challenge", 0)
        said.append(
            f"run {run['run']} met a challenge on {count(met, 'page')}, while others were shown: "
            "what these say is unknown, not unchanged. They are asked for again"
        )
    elif run and run["outcome"] in ("failed", "stopped"):
        said.append(
            f"run {run['run']} ({run['flow']}, {moment(run['started_at'])}) ended "
            f"{run['outcome']}. Run it again; if it ends so again, its issues say why"
        )
    if found.gap_after:
        said.append(
            f"the feed did not reach back to {moment(found.gap_after)}, nor did the listing: "
            "releases may be missing. `corrigenda backfill --listing 50` reads further"
        )
    if rate is not None and rate > _TROUBLED and not found.blocked_since:
        said.append(
            f"{rate:.0%} of the answers in the last run told nothing, "
            f"{found.error_rate or 0.0:.0%} in the last {found.runs} runs: the site or the way to "
            "it is in trouble; what was not seen is asked for again"
        )
    for field in found.coverage:
        if field.dropped:
            said.append(
                f"{field.recent:.0%} of the last {RECENT} documents lack {field.field}, "
                f"usually {field.usual:.0%}: the site may have changed its pages; compare one "
                "with `corrigenda normalise PAGE.html --url URL`"
            )
    if found.last_success and now - found.last_success > _SILENCE and not found.blocked_since:
        said.append(
            f"no page was seen since {moment(found.last_success)}; is `corrigenda schedule` "
            "still running?"
        )
    return tuple(said)
