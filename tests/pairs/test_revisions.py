"""The labelled re-posts: 119 real pairs, judged by reading, against our verdicts."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from corrigenda import documents
from corrigenda.compare import compare
from corrigenda.models import Significance

RANKS = list(Significance)


@pytest.mark.corpus
def test_the_labelled_pairs(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that matters is buried, and little that does not is raised."""
    folder = corpus / "revisions"
    matrix: Counter[tuple[Significance, Significance]] = Counter()
    misses: list[str] = []
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        old, new = (
            documents.read((folder / f"{row['pair']}-{side}.md").read_bytes().decode("utf-8"))
            for side in "ab"
        )
        found, label = compare(old, new), Significance(row["significance"])
        matrix[label, found.significance] += 1
        if found.significance is not label:
            misses.append(
                f"{row['pair']}: labelled {label.value} ({row['why']}), ranked "
                f"{found.significance.value} for {found.reasons[0]}"
            )
    with capsys.disabled():
        _show(matrix, misses)
    high, medium, low, none = RANKS
    assert not sum(matrix[high, ours] for ours in (low, none))
    ranked_high = sum(matrix[label, high] for label in RANKS)
    assert matrix[high, high] + matrix[medium, high] >= 0.8 * ranked_high
    assert not sum(matrix[none, ours] for ours in (high, medium))


def _show(matrix: Counter[tuple[Significance, Significance]], misses: list[str]) -> None:
    print("\nlabelled \\ ranked" + "".join(f"{rank.value:>8}" for rank in RANKS))
    for label in RANKS:
        print(f"{label.value:>17}" + "".join(f"{matrix[label, ours]:8}" for ours in RANKS))
    print(*misses, sep="\n")
