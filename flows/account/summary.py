"""A run's account as Markdown, for Prefect's artifact page (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from corrigenda.models import Change
from corrigenda.wording import moment
from flows.account.tally import Tally


def summary(tally: Tally, changes: Sequence[Change]) -> str:
    """Return the account: every entry counted by verdict, each change linked."""
    lines = [f"# {tally.flow} of {tally.source}, run {tally.run}", ""]
    if tally.failure:
        lines += [f"**Nothing could be seen:** {_cell(tally.failure)}.", ""]
    if tally.blocked:
        since = f" since {moment(tally.blocked_since)}" if tally.blocked_since else ""
        lines += [
            f"**Blocked{since}:** the source answered with a bot challenge. What was not "
            "checked is unknown, not unchanged. `corrigenda status` says what can be done.",
            "",
        ]
    if tally.stopped:
        lines += [f"{_cell(tally.stopped)}", ""]
    lines += ["| verdict | entries |", "|---|---:|"]
    lines += [f"| {name} | {count} |" for name, count in sorted(tally.verdicts.items())]
    if tally.unchecked:
        lines.append(f"| *not checked* | {tally.unchecked} |")
    lines += [f"| **all** | **{tally.entries}** |", ""]
    lines.append(f"{tally.versions_added} new versions, {tally.issues} issues.")
    if changes:
        lines += ["", "| significance | change | release | why |", "|---|---|---|---|"]
        lines += [_row(change) for change in changes]
    return "\n".join(lines)


def _row(change: Change) -> str:
    why = "; ".join(change.reasons[:3])
    return (
        f"| {change.significance} | {change.kind} #{change.id} "
        f"| [{_cell(change.title)}]({change.url}) | {_cell(why)} |"
    )


def _cell(text: str) -> str:
    """Escape what would break out of a table cell: what a page says is data."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())
