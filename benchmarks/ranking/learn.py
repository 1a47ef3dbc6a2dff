"""``make rank``: learn the weights of significance, and measure them by cross-validation.

An ordinal logistic regression with one weight a feature and two cuts (proportional odds). A
difference is as telling as its most telling finding, so each pair is learnt from the finding
that scores highest, and learning is repeated until the choice stands. To 238 pairs come edits
of the battery, of little weight each, so that what pairs alone cannot teach has a direction.

Findings that a guarantee decides teach nothing. The new table is written only where
cross-validated precision and recall do not fall.

``python -m benchmarks.ranking.learn [--write] [--repeats N] [--explain]``
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.ranking.corpus import Pair, pairs, sample
from benchmarks.ranking.edits import ROWS
from corrigenda.compare.rules.findings import HIGH, LOW, MEDIUM, Finding
from corrigenda.compare.rules.score import frozen
from corrigenda.compare.significance import Comparison
from corrigenda.models import Significance

TABLE = Path(__file__).resolve().parents[2] / "corrigenda" / "compare" / "data" / "weights.tsv"
_LEVEL = {"none": 0, "low": 0, "medium": 1, "high": 2}
# So much weighs all of the battery beside all of the pairs.
_BATTERY = 0.5
_EACH_ROW = 40
_STRENGTH = 0.6
_ROUNDS = 4
# Above this likelihood of being labelled so a finding is ranked so; a change of meaning must
# not be small, so medium begins early.
_HIGH_FROM, _MEDIUM_FROM = 0.6, 0.3
_TOLERANCE = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """A difference with its label.

    Attributes:
        findings: All of them.
        level: 0 for low or none, 1 for medium, 2 for high.
        weight: Beside others.
        group: Examples of one group belong into one fold.
        pair: Where it comes from; None for an edit of the battery.
    """

    findings: Sequence[Finding]
    level: int
    weight: float
    group: str
    pair: Pair | None = None

    @property
    def weighed(self) -> list[Finding]:
        """The findings that the score decides; none where a guarantee does."""
        if any(f.at_least is HIGH for f in self.findings):
            return []
        return [f for f in self.findings if f.at_most is HIGH and f.features]

    def rank(self, weights: Mapping[str, float]) -> Significance:
        """Return the rank under some weights."""
        ranks = (f.rank(weights) for f in self.findings)
        return max(ranks, key=lambda r: r.rank, default=Significance.NONE)


def main() -> int:
    """Learn, measure, and write the table when it is no worse."""
    options = _options()
    labelled = [_example(pair) for pair in pairs()]
    drilled = _battery()
    before = measure(labelled, [dict(frozen())] * 1, None)
    print(f"the table at hand, not cross-validated: {before}")
    figures = cross_validated(labelled, drilled, options.repeats, explain=options.explain)
    print(f"cross-validated, {options.repeats} times 5 folds by release: {figures}")
    if not options.write:
        return 0
    recorded = _recorded()
    if recorded and any(
        new < old - _TOLERANCE for new, old in zip(figures[:2], recorded, strict=True)
    ):
        print(f"refused: precision and recall were {recorded}", file=sys.stderr)
        return 1
    _write(learn([*labelled, *drilled]), figures)
    print(f"written: {TABLE}")
    return 0


def _example(pair: Pair) -> Example:
    findings = Comparison(pair.old, pair.new).findings
    return Example(findings, _LEVEL[pair.label], 1.0, pair.group, pair)


def _battery() -> list[Example]:
    """Return edits of the battery's rows, where the score decides."""
    documents = sample(seed=7, most=1500)
    found: list[Example] = []
    for row in ROWS:
        rng, made = random.Random(row.name), 0
        level = 0 if "low" in row.wanted else 1 if "medium" in row.wanted else 2
        for document in documents:
            edited = row.make(document, rng)
            if edited is None or edited == document:
                continue
            example = Example(Comparison(document, edited).findings, level, 1.0, document.url)
            made += 1
            if example.weighed:
                found.append(example)
            if made == _EACH_ROW:
                break
    weight = _BATTERY * 238 / max(len(found), 1)
    return [Example(e.findings, e.level, weight, e.group) for e in found]


def learn(examples: Sequence[Example]) -> dict[str, float]:
    """Return weights and cuts learnt from examples."""
    examples = [e for e in examples if e.weighed]
    names = sorted({name for e in examples for f in e.weighed for name in f.features})
    weights: Mapping[str, float] = frozen()
    learnt: dict[str, float] = {}
    for _ in range(_ROUNDS):
        chosen = [max(e.weighed, key=lambda f: f.score(weights)) for e in examples]
        rows = np.array([[f.features.get(name, 0.0) for name in names] for f in chosen])
        levels = np.array([e.level for e in examples])
        amounts = np.array([e.weight for e in examples])
        learnt = _ordinal(names, rows, levels, amounts)
        weights = learnt
    return learnt


def _ordinal(
    names: list[str], rows: np.ndarray, levels: np.ndarray, amounts: np.ndarray
) -> dict[str, float]:
    """Fit one weight a feature and a cut for each of the two upper ranks."""
    stacked = np.vstack([np.hstack([rows, np.full((len(rows), 1), k)]) for k in (0.0, 1.0)])
    passed = np.concatenate([levels > 0, levels > 1])
    model = LogisticRegression(C=_STRENGTH, max_iter=2000)
    model.fit(stacked, passed, sample_weight=np.concatenate([amounts, amounts]))
    *weights, step = model.coef_[0]
    intercept = model.intercept_[0]
    odds = {share: float(np.log(share / (1 - share))) for share in (_HIGH_FROM, _MEDIUM_FROM)}
    return {
        "cut high": odds[_HIGH_FROM] - intercept - step,
        "cut medium": odds[_MEDIUM_FROM] - intercept,
        **{name: float(w) for name, w in zip(names, weights, strict=True)},
    }


def cross_validated(
    labelled: Sequence[Example], drilled: Sequence[Example], repeats: int, *, explain: bool
) -> tuple[float, float, float]:
    """Return precision of high, recall of labelled-high as high or medium, and as high, in %."""
    weights: list[dict[str, float]] = []
    held: list[list[Example]] = []
    for repeat in range(repeats):
        folds = GroupKFold(5, shuffle=True, random_state=repeat)
        groups = [e.group for e in labelled]
        for train, test in folds.split(labelled, groups=groups):
            weights.append(learn([*(labelled[i] for i in train), *drilled]))
            held.append([labelled[i] for i in test])
    if explain:
        _explain(held, weights)
    return measure(labelled, weights, held)


def measure(
    labelled: Sequence[Example],
    weights: Sequence[Mapping[str, float]],
    held: Sequence[Sequence[Example]] | None,
) -> tuple[float, float, float]:
    """Return the three figures over held-out examples, each under the weights that missed it."""
    held = [labelled] if held is None else held
    ranked = [
        (e.level, e.rank(w)) for w, examples in zip(weights, held, strict=True) for e in examples
    ]
    high = [level for level, rank in ranked if rank is HIGH]
    meant = [rank for level, rank in ranked if level == 2]
    return (
        round(100 * sum(level > 0 for level in high) / max(len(high), 1), 1),
        round(100 * sum(rank in (HIGH, MEDIUM) for rank in meant) / max(len(meant), 1), 1),
        round(100 * sum(rank is HIGH for rank in meant) / max(len(meant), 1), 1),
    )


def _explain(held: Sequence[Sequence[Example]], weights: Sequence[Mapping[str, float]]) -> None:
    """Print the pairs that are ranked too high, or a labelled-high ranked low, and how often."""
    wrong: dict[str, tuple[int, Example, str]] = {}
    for examples, table in zip(held, weights, strict=True):
        for e in examples:
            rank = e.rank(table)
            if e.pair and (
                (rank is HIGH and e.level == 0) or (e.level == 2 and rank.rank <= LOW.rank)
            ):
                count = wrong.get(e.pair.number, (0,))[0]
                best = max(e.findings, key=lambda f: (f.rank(table).rank, f.score(table)))
                wrong[e.pair.number] = (count + 1, e, f"{rank}: {best.reason}")
    for number, (count, e, told) in sorted(wrong.items()):
        assert e.pair
        print(f"  {number} x{count} labelled {e.pair.label} ({e.pair.why}), ranked {told}")


def _recorded() -> tuple[float, float] | None:
    """Return the figures in the table's head, if it has any."""
    head = TABLE.read_text("utf-8").splitlines()[0]
    _, found, rest = head.partition("cross-validated ")
    if not found:
        return None
    precision, recall = rest.split(" ")[:2]
    return float(precision), float(recall)


def _write(weights: Mapping[str, float], figures: tuple[float, float, float]) -> None:
    """Write the table, the heaviest features first."""
    cuts = [name for name in weights if name.startswith("cut ")]
    rest = sorted((n for n in weights if n not in cuts), key=lambda n: -weights[n])
    # Features only guarantees have order findings among themselves.
    rest += [name for name in frozen() if name not in weights]
    lines = [f"{name}\t{weights.get(name, frozen().get(name, 0.0)):.2f}" for name in (*cuts, *rest)]
    figure = (
        f"cross-validated {figures[0]} {figures[1]} %: precision of high, recall of labelled-high"
    )
    head = f"# feature, what one unit adds to the score; {figure} (make rank)"
    TABLE.write_text("\n".join([head, *lines]) + "\n", "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table if no worse")
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("--explain", action="store_true", help="name the pairs ranked wrongly")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
