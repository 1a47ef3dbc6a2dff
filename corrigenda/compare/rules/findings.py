"""A finding: one thing a rule has to say about a difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corrigenda.models import Significance

# What a reader wants to see first within one significance, and the names of the kinds.
KINDS = (
    "figures",
    "dates",
    "date",
    "names",
    "negation",
    "commitment",
    "paragraph-removed",
    "paragraph-added",
    "title",
    "quote",
    "wording",
    "attachments",
    "link",
    "contact",
    "ministers",
    "portfolios",
    "url",
    "moved",
    "typo",
    "formatting",
    "whitespace",
)
# So many reasons of one kind are given in full; the rest are counted.
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found.

    Attributes:
        kind: One of :data:`KINDS`.
        significance: How much it matters.
        reason: What it is, quoting the words.
    """

    kind: str
    significance: Significance
    reason: str


def most_important_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by significance, then by kind; the order of the text is kept within."""
    return sorted(findings, key=lambda f: (-f.significance.rank, KINDS.index(f.kind)))


def reasons(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the reasons, most important first, each once, long series cut and counted."""
    shown: dict[str, list[str]] = {}
    hidden: dict[str, int] = {}
    for finding in most_important_first(findings):
        series = shown.setdefault(finding.kind, [])
        if finding.reason in series:
            continue
        if len(series) < _SHOWN:
            series.append(finding.reason)
        else:
            hidden[finding.kind] = hidden.get(finding.kind, 0) + 1
    for kind, count in hidden.items():
        shown[kind].append(f"{kind}: and {count} more")
    order = [(f.kind, f.reason) for f in most_important_first(findings)]
    ranked = dict.fromkeys(reason for kind, reason in order if reason in shown[kind])
    return (*ranked, *(shown[kind][-1] for kind in hidden))


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
