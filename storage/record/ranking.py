"""The significance of stored changes: as found, ranked again, re-weighed by reviews.

A rank is our judgement, not what was observed: it may be made again with later rules, in
place. Which rules and weights made it is kept beside it; reviews stay with their change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlite_utils import Database

from corrigenda.compare import compare
from corrigenda.compare.grouping import group_key
from corrigenda.compare.rules.score import RULES_VERSION, Example, enough, relearnt
from corrigenda.compare.significance import most_telling
from corrigenda.errors import UsageError
from corrigenda.models import is_silent
from storage.file.connection import transaction
from storage.file.rows import insert
from storage.file.times import now, to_text
from storage.queries.contents import Content, of_version

# Changes ranked in one transaction: an interruption loses no more, and others may write.
_BATCH = 200
_TELLING = frozenset({"meaningful", "follow up"})
_NOT_TELLING = frozenset({"cosmetic", "false alarm"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights that hold in a store.

    Attributes:
        id: Their row; None for those of the package.
        values: By feature; None for those of the package.
    """

    id: int | None = None
    values: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranked:
    """What ranking again did, or would do.

    Attributes:
        changes: Changes looked at.
        moved: How many got another rank, by (old rank, new rank).
    """

    changes: int = 0
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)


def standing(db: Database) -> Weights:
    """Return the weights that hold: the newest learnt and not undone, or the package's."""
    row = db.execute(
        "SELECT id, weights FROM weight_sets WHERE withdrawn_at IS NULL ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return Weights(id=row[0], values=json.loads(row[1])) if row else Weights()


def judged(before: Content, after: Content, weights: Weights) -> dict[str, object]:
    """Compare two contents.

    Returns:
        The columns of ``changes`` that say what differs and how much it matters.
    """
    found = compare(before.document, after.document, weights.values)
    return {
        "significance": str(found.significance),
        "reasons": json.dumps(found.reasons, ensure_ascii=False),
        "fields": json.dumps(found.fields),
        "kinds": json.dumps(found.kinds),
        "words_added": found.words_added,
        "words_removed": found.words_removed,
        "silent": int(is_silent(before.document, after.document)),
        "group_key": group_key(before.document, after.document, found),
        "rules_version": RULES_VERSION,
        "weights": weights.id,
        "score": found.score,
        "why": found.why,
        "sentences": json.dumps([found.sentence_old, found.sentence_new], ensure_ascii=False),
    }


def rerank(
    db: Database,
    *,
    everything: bool = False,
    dry_run: bool = False,
    weights: Weights | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Reranked:
    """Rank stored changes again with the rules and weights of today.

    Args:
        db: The database.
        everything: Also what these rules and weights have ranked.
        dry_run: Count what would get another rank and write nothing.
        weights: Other weights than those that hold, for a dry run.
        progress: Told how many are done, of how many.

    Returns:
        How many were looked at, and how many moved from which rank to which.
    """
    weights = weights or standing(db)
    stale = "1" if everything else "(rules_version <> :version OR weights IS NOT :weights)"
    ids = [
        row[0]
        for row in db.execute(
            "SELECT id FROM changes WHERE kind = 'revised' AND superseded_by IS NULL "
            f"AND from_version_id IS NOT NULL AND {stale} ORDER BY id",
            {"version": RULES_VERSION, "weights": weights.id},
        )
    ]
    moved: Counter[tuple[str, str]] = Counter()
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        if dry_run:
            moved.update(_ranked(db, batch, weights, write=False))
        else:
            with transaction(db):
                moved.update(_ranked(db, batch, weights, write=True))
        progress(start + len(batch), len(ids))
    return Reranked(changes=len(ids), moved=moved)


def learn(db: Database) -> tuple[dict[str, float], int]:
    """Learn weights from the reviews that stand; nothing is written.

    Returns:
        The weights, and from how many reviews.

    Raises:
        UsageError: There are too few.
    """
    examples: list[Example] = []
    rows = list(
        db.execute(
            "SELECT c.from_version_id, c.to_version_id, s.verdict FROM standing_reviews s "
            "JOIN changes c ON c.id = s.change_id WHERE c.kind = 'revised' "
            "AND c.superseded_by IS NULL AND c.from_version_id IS NOT NULL ORDER BY c.id"
        )
    )
    for old, new, verdict in rows:
        if verdict not in _TELLING | _NOT_TELLING:
            continue
        first = most_telling(_content(db, old).document, _content(db, new).document)
        if first is not None:
            examples.append((first, verdict in _TELLING))
    missing = enough(examples)
    if missing:
        raise UsageError(
            f"too few reviews to learn from: {missing}. Findings that a guarantee ranks teach "
            "nothing. Mark more changes (`corrigenda mark`, or the pages) and try again."
        )
    return relearnt(examples), len(examples)


def keep(db: Database, weights: Mapping[str, float], reviews: int) -> Weights:
    """Let learnt weights hold from now on."""
    with transaction(db):
        row = {"learnt_at": to_text(now()), "reviews": reviews, "weights": json.dumps(weights)}
        return Weights(id=insert(db, "weight_sets", row), values=weights)


def undo(db: Database) -> None:
    """Withdraw the weights learnt last; those before them hold again.

    Raises:
        UsageError: None were learnt.
    """
    held = standing(db)
    if held.id is None:
        raise UsageError("nothing to undo: the weights that come with the package hold")
    with transaction(db):
        db.execute(
            "UPDATE weight_sets SET withdrawn_at = ? WHERE id = ?", [to_text(now()), held.id]
        )


def _ranked(
    db: Database, ids: list[int], weights: Weights, *, write: bool
) -> Iterator[tuple[str, str]]:
    """Rank some changes; yield old and new rank where they differ."""
    for change_id in ids:
        old, new, rank = db.execute(
            "SELECT from_version_id, to_version_id, significance FROM changes WHERE id = ?",
            [change_id],
        ).fetchone()
        values = judged(_content(db, old), _content(db, new), weights)
        if write:
            columns = ", ".join(f"{name} = :{name}" for name in values)
            db.execute(f"UPDATE changes SET {columns} WHERE id = :id", {**values, "id": change_id})
        if values["significance"] != rank:
            yield rank, str(values["significance"])


def _content(db: Database, version_id: int) -> Content:
    """Return a version with every attachment length that its captures told."""
    lengths: dict[str, int] = {}
    for (told,) in db.execute(
        "SELECT lengths FROM observations WHERE version_id = ? AND lengths <> '{}' "
        "ORDER BY observed_at DESC",
        [version_id],
    ):
        lengths = json.loads(told) | lengths
    return of_version(db, version_id).with_lengths(lengths)
