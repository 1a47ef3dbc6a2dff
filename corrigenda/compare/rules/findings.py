"""A finding: one thing the rules have to say about a difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from corrigenda.compare.rules import score
from corrigenda.compare.text.plain import Passage
from corrigenda.compare.text.tokens import Token, quoted
from corrigenda.models import Significance

HIGH, MEDIUM, LOW, NONE = (
    Significance.HIGH,
    Significance.MEDIUM,
    Significance.LOW,
    Significance.NONE,
)

# What a reader wants to see first within one significance, and the names of the kinds.
KINDS = (
    "figures",
    "dates",
    "date",
    "negation",
    "direction",
    "quantifier",
    "commitment",
    "approval",
    "names",
    "paragraph-removed",
    "paragraph-added",
    "title",
    "quote",
    "wording",
    "attachments",
    "link",
    "ministers",
    "contact",
    "portfolios",
    "moved",
    "url",
    "typo",
    "formatting",
    "whitespace",
)
# So many reasons of one kind are given in full; the rest are counted.
_SHOWN = 8
_SENTENCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found.

    Attributes:
        kind: One of :data:`KINDS`.
        reason: What it is, quoting the words.
        features: What the score weighs, by the names in ``data/weights.tsv``.
        at_least: A guarantee above the score.
        at_most: What never counts for more.
        why: The change in a clause of plain words.
        old: The sentence it stands in, before.
        new: The sentence it stands in, after.
    """

    kind: str
    reason: str
    features: Mapping[str, float] = field(default_factory=dict)
    at_least: Significance = NONE
    at_most: Significance = HIGH
    why: str = ""
    old: str = ""
    new: str = ""

    def score(self, weights: Mapping[str, float] | None = None) -> float:
        """Return how much it matters, as learnt."""
        return score.of(self.features, weights)

    def rank(self, weights: Mapping[str, float] | None = None) -> Significance:
        """Return its significance: the score's, within the bounds."""
        by_score = score.rank(self.score(weights), weights)
        return min(max(by_score, self.at_least, key=_rank), self.at_most, key=_rank)


def _rank(significance: Significance) -> int:
    return significance.rank


def low(kind: str, reason: str, **more: str) -> Finding:
    """Return a finding that is ``low`` whatever the score."""
    return Finding(kind=kind, reason=reason, at_least=LOW, at_most=LOW, **more)  # type: ignore[arg-type]


def nothing(kind: str, reason: str) -> Finding:
    """Return a finding that is ``none``."""
    return Finding(kind=kind, reason=reason, at_most=NONE)


def sentence(passages: Sequence[Passage]) -> str:
    """Return the sentence, or sentences, an edit stands in."""
    return " ".join(p.shown for p in passages)[:_SENTENCE]


def most_telling_first(
    findings: Iterable[Finding], weights: Mapping[str, float] | None = None
) -> list[Finding]:
    """Sort by significance, then by score, then by kind; the text's order is kept within."""
    return sorted(
        findings,
        key=lambda f: (
            -f.rank(weights).rank,
            f.at_least is not HIGH,
            KINDS.index(f.kind) if f.at_least is HIGH else 0,
            -round(f.score(weights), 3),
            KINDS.index(f.kind),
        ),
    )


def reasons(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the reasons in the order given, each once, long series cut and counted."""
    shown: dict[str, list[str]] = {}
    hidden: dict[str, int] = {}
    for finding in findings:
        series = shown.setdefault(finding.kind, [])
        if finding.reason in series:
            continue
        if len(series) < _SHOWN:
            series.append(finding.reason)
        else:
            hidden[finding.kind] = hidden.get(finding.kind, 0) + 1
    kept = dict.fromkeys(f.reason for f in findings if f.reason in shown[f.kind])
    return (*kept, *(f"{kind}: and {count} more" for kind, count in hidden.items()))


def became(label: str, old: str, new: str) -> str:
    """Word a reason: what became what, or what was removed or added.

    Args:
        label: What it is about.
        old: The old words in quotation marks; empty when there were none.
        new: The new words likewise.
    """
    if old and new:
        return f"{label}: {old} became {new}"
    return f"{label}: {old} removed" if old else f"{label}: {new} added"


def around(words: Sequence[Token], passages: Sequence[Passage]) -> str:
    """Quote words; one or two with their neighbours, so that no orphan is told."""
    if not words:
        return ""
    if len(words) > 2:
        return quoted(words)
    inside = [t for p in passages for t in p.tokens]
    at = next((i for i, t in enumerate(inside) if t.start == words[0].start), None)
    if at is None:
        return quoted(words)
    return quoted(inside[max(at - 1, 0) : at + len(words) + 1])
