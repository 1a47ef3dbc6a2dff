"""Going on with a backfill that was stopped: what it had found, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from corrigenda.models import Entry, Verdict, Via
from storage.file.connection import transaction
from storage.file.times import from_text, to_text
from storage.record.store import Store, parameters_text

#: Answers that settle an entry for one backfill; a failure or a challenge is asked again.
_SETTLED = (
    Verdict.RELEASE,
    Verdict.UNMODIFIED,
    Verdict.MISSING,
    Verdict.MOVED,
    Verdict.BROKEN,
    Verdict.FORBIDDEN,
    Verdict.DISALLOWED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """What earlier runs of the same backfill left.

    Attributes:
        runs: Their rows: all since the last that came to its end, with the same parameters.
        chosen: The entries they found to check, if they got that far.
    """

    runs: tuple[int, ...] = ()
    chosen: tuple[Entry, ...] = field(default=(), repr=False)


def unfinished(store: Store, flow: str, parameters: Mapping[str, Any], run_id: int) -> Unfinished:
    """Return what a run goes on with.

    Args:
        store: The store.
        flow: The flow.
        parameters: What makes it the same run when it is started again.
        run_id: The run that begins; 0 for one that does not, only to know.
    """
    rows = store.db.execute(
        "SELECT id, outcome FROM runs WHERE flow = ? AND source_id = ? AND parameters = ? "
        "AND id <> ? ORDER BY id DESC",
        [flow, store.source_id, parameters_text(parameters), run_id],
    )
    runs = [row for row, _ in takewhile(lambda found: found[1] != "done", rows)]
    chosen = next(filter(None, (chosen_by(store, row) for row in runs)), ())
    return Unfinished(runs=tuple(runs), chosen=chosen)


def reopen(store: Store, run_id: int) -> None:
    """Record that a run goes on, which another one took for dead when it began."""
    with transaction(store.db):
        store.db.execute(
            "UPDATE runs SET outcome = 'running', finished_at = NULL WHERE id = ?", [run_id]
        )


def answered(store: Store, before: Unfinished, via: Via = Via.LIVE) -> frozenset[str]:
    """Return the URLs that those runs asked for and got an answer to."""
    rows = store.db.execute(
        f"SELECT DISTINCT url FROM captures WHERE via = ? AND run_id IN ({_marks(before.runs)}) "
        f"AND verdict IN ({_marks(_SETTLED)})",
        [str(via), *before.runs, *map(str, _SETTLED)],
    )
    return frozenset(row[0] for row in rows)


def choose(store: Store, run_id: int, entries: Sequence[Entry]) -> None:
    """Keep the entries a run is to check, inside the caller's transaction or its own."""
    rows = [
        (
            *(run_id, place, entry.url, entry.channel, entry.title),
            to_text(entry.published_at) if entry.published_at else None,
            entry.node_id,
        )
        for place, entry in enumerate(entries)
    ]
    store.db.conn.executemany("INSERT INTO chosen VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def chosen_by(store: Store, run_id: int) -> tuple[Entry, ...]:
    """Return the entries a run had found to check, in order."""
    rows = store.db.execute(
        "SELECT url, channel, title, published_at, node_id FROM chosen "
        "WHERE run_id = ? ORDER BY place",
        [run_id],
    )
    return tuple(
        Entry(
            url=url,
            channel=channel,
            title=title,
            published_at=from_text(published) if published else None,
            node_id=node_id,
        )
        for url, channel, title, published, node_id in rows
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
