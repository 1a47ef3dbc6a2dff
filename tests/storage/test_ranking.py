"""Stored changes ranked again, and weighed by the reviews recorded beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corrigenda.compare.rules.score import RULES_VERSION, frozen
from corrigenda.errors import UsageError
from corrigenda.models import ReviewVerdict
from storage.queries.log.changes import changes
from storage.record import ranking, reviews
from storage.record.store import Store
from tests.storage.factory import content, open_store, seen

LEAD = "Ana Example announced the grants for the harbour in Westport this week."
FIGURE = (f"{LEAD}\n\nIt costs $5 million.", f"{LEAD}\n\nIt costs $6 million.")


def edited(n: int) -> tuple[str, str]:
    """Return a body and its revision: a caption-like note, or a passage of substance."""
    if n % 2:
        return LEAD, f"{LEAD}\n\nMore background for editors is in the folder number {'x' * n}"
    return LEAD, f"{LEAD}\n\nOwners of small boats lose their moorings in the old basin {'y' * n}."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = open_store(tmp_path / "c.db")
    run = store.begin_run("ingest", {})
    for n, (old, new) in enumerate([FIGURE, *(edited(n) for n in range(1, 31))]):
        url = f"https://www.beehive.govt.nz/release/r-{n}"
        for hour, body in ((0, old), (1, new)):
            store.record(run, seen(content(body, url=url), hour, url=url))
    return store


def rows(store: Store) -> list[tuple[object, ...]]:
    return list(
        store.db.execute(
            "SELECT id, significance, rules_version, weights, score, why FROM changes "
            "WHERE kind = 'revised' ORDER BY id"
        )
    )


def test_a_change_keeps_by_which_rules_it_was_ranked_and_why(store: Store) -> None:
    first = rows(store)[0]
    assert first[1:4] == ("high", RULES_VERSION, None)
    assert first[5] == 'a figure changed: "$5 million" became "$6 million"'


def test_old_ranks_are_made_again_and_reviews_stay(store: Store) -> None:
    before = rows(store)
    reviews.record(store.db, [int(str(before[0][0]))], ReviewVerdict.MEANINGFUL)
    store.db.execute("UPDATE changes SET significance = 'low', rules_version = 1, why = ''")
    dry = ranking.rerank(store.db, dry_run=True)
    assert dry.changes == len(before)
    assert {row[1] for row in rows(store)} == {"low"}
    done: list[tuple[int, int]] = []
    found = ranking.rerank(store.db, progress=lambda n, of: done.append((n, of)))
    assert found.moved == dry.moved
    assert done[-1] == (len(before), len(before))
    assert rows(store) == before
    assert ranking.rerank(store.db).changes == 0
    assert [c.review for c in changes(store.db) if c.review] == ["meaningful"]


def test_few_verdicts_teach_nothing(store: Store) -> None:
    reviews.record(store.db, [int(str(rows(store)[3][0]))], ReviewVerdict.COSMETIC)
    with pytest.raises(UsageError, match="too few reviews"):
        ranking.learn(store.db)


def test_verdicts_weigh_the_score_and_undoing_brings_the_old_back(store: Store) -> None:
    before = rows(store)
    for number, row in enumerate(before[1:], start=1):
        verdict = ReviewVerdict.COSMETIC if number % 2 == 0 else ReviewVerdict.MEANINGFUL
        reviews.record(store.db, [int(str(row[0]))], verdict)
    weights, count = ranking.learn(store.db)
    assert count >= 20
    assert weights["passage points"] > frozen()["passage points"]
    assert weights["cut high"] == frozen()["cut high"]
    held = ranking.keep(store.db, weights, count)
    ranking.rerank(store.db)
    after = rows(store)
    assert {row[3] for row in after} == {held.id}
    assert after[0][1] == "high"  # a guarantee stays
    scores = [(float(str(a[4])), float(str(b[4]))) for a, b in zip(before, after, strict=True)]
    assert all(b > a for a, b in scores[1::2])
    assert all(b < a for a, b in scores[2::2])
    ranking.undo(store.db)
    ranking.rerank(store.db)
    assert rows(store) == before
    with pytest.raises(UsageError, match="nothing to undo"):
        ranking.undo(store.db)
