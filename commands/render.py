"""The change log, timelines and differences as text for a terminal (pure)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from corrigenda.compare import Block, BlockKind, Operation, OperationKind, diff_body
from corrigenda.models import Change, ChangeKind, Difference, Document, Significance, Track, Version
from corrigenda.printable import printable
from corrigenda.wording import count, interval, moment
from storage.queries.releases import Release
from storage.queries.sight.unseen import Unseen

_WIDTH = 92
_MOST_REASONS = 6


def render_changes(changes: Sequence[Change], *, all_seen: bool = True) -> str:
    """Return the log: what needs reading in full, what does not as a count.

    Args:
        changes: What to show.
        all_seen: Nothing stood in the way of seeing more.
    """
    read = [c for c in changes if c.significance is not Significance.NONE]
    new = [c for c in changes if c.kind is ChangeKind.PUBLISHED]
    quiet = len(changes) - len(read) - len(new)
    parts = [_change(change) for change in read]
    tail = []
    if new:
        tail.append(f"{count(len(new), 'release')} first seen")
    if quiet:
        tail.append(f"{count(quiet, 'change')} of formatting or white space alone, not shown")
    if not changes:
        return "No changes recorded." if all_seen else "No changes were seen; see above."
    if tail:
        parts.append("Besides: " + "; ".join(tail) + ".")
    return "\n\n".join(parts)


def render_unseen(unseen: Sequence[Unseen]) -> str:
    """Return what could not be seen; nothing where all was."""
    return "\n\n".join(_unseen(item) for item in unseen)


def _unseen(item: Unseen) -> str:
    lines = [f"{item.word:<7} {_line(item.title)}"]
    lines += textwrap.wrap(
        item.text, _WIDTH, initial_indent="        ", subsequent_indent="        "
    )
    return "\n".join([*lines, f"        {item.url}"] if item.release_id else lines)


def _change(change: Change) -> str:
    told = change.track is Track.FEED
    marks = [
        change.review or "",
        "silent" * change.silent,
        "revert" * change.revert,
        "told by the feed" * told,
    ]
    facts = ", ".join(m for m in marks if m)
    numbers = ""
    if change.from_version and change.to_version and not told:
        numbers = f", version {change.from_version} to {change.to_version}"
    lines = [
        f"{change.significance.upper():<7} {_line(change.title)}",
        f"        {change.kind} {interval(change.after, change.before)}"
        + (f" ({facts})" if facts else ""),
    ]
    for reason in change.reasons[:_MOST_REASONS]:
        lines += textwrap.wrap(
            reason, _WIDTH, initial_indent="        - ", subsequent_indent="          "
        )
    if len(change.reasons) > _MOST_REASONS:
        lines.append(f"        - and {len(change.reasons) - _MOST_REASONS} more")
    lines += [f"        {change.url}", f"        change {change.id}{numbers}"]
    return "\n".join(lines)


def render_history(
    release: Release,
    versions: Sequence[Version],
    changes: Sequence[Change],
    *,
    told: int = 0,
    siblings: Sequence[Release] = (),
) -> str:
    """Return a release's timeline, the oldest first.

    Args:
        release: The release.
        versions: Its pages' versions.
        changes: All its changes, those only the feed told among them.
        told: How many texts the feed told.
        siblings: Its re-posts, or what it is a re-post of.
    """
    lines = [_line(release.title or "(no title yet)"), release.url, f"status: {release.status}", ""]
    if not versions and not told:
        lines.append("Heard of, but no version is held yet.")
    elif not versions:
        lines.append(f"No page of it is held; the feed told {count(told, 'text')} of it.")
    # What led to a version stands before it.
    timeline = [(v.first_observed, 1, _version(v)) for v in versions]
    timeline += [(c.before, 0, _event(c)) for c in changes if c.kind is not ChangeKind.PUBLISHED]
    lines += [line for *_, line in sorted(timeline)]
    if siblings:
        lines += ["", "Re-posts, or what this re-posts:"]
        lines += [f"  {sibling.url} ({sibling.status})" for sibling in siblings]
        lines.append("  `corrigenda show URL > FILE` for each, then `corrigenda compare` them.")
    return "\n".join(lines)


def _version(version: Version) -> str:
    return (
        f"version {version.number}  {version.digest[:12]}  "
        f"{moment(version.first_observed)} to {moment(version.last_observed)}  "
        f"{count(version.captures, 'capture')} via {version.via}"
    )


def _event(change: Change) -> str:
    source = " (told by the feed)" if change.track is Track.FEED else ""
    why = f", {_line(change.reasons[0])}" if change.reasons else ""
    when = interval(change.after, change.before)
    return f"  | {change.kind}{source} {when}: {change.significance}{why}"


def render_difference(old: Document, new: Document, found: Difference) -> str:
    """Return what differs: the rank, its reasons, then the words."""
    if not found.fields:
        return "No difference."
    lines = [f"significance: {found.significance}", f"fields: {', '.join(found.fields)}"]
    lines += [f"  - {reason}" for reason in found.reasons]
    if old.body != new.body:
        lines.append(f"words: {found.words_added} added, {found.words_removed} removed")
        lines += [text for block in diff_body(old.body, new.body) if (text := _block(block))]
    return "\n".join(lines)


def _block(block: Block) -> str:
    """Return one paragraph that changed, as ``wdiff`` marks words; nothing for one that did not."""
    match block.kind:
        case BlockKind.EQUAL:
            return ""
        case BlockKind.ADDED:
            return f"\n+ {_quoted(block.new)}"
        case BlockKind.REMOVED:
            return f"\n- {_quoted(block.old)}"
        case BlockKind.MOVED if not block.operations:
            return f"\n> moved: {_quoted(block.new)}"
        case _:
            mark = ">" if block.kind is BlockKind.MOVED else "~"
            words = "".join(_operation(operation) for operation in block.operations)
            return f"\n{mark} {_quoted(words)}"


def _operation(operation: Operation) -> str:
    match operation.kind:
        case OperationKind.INSERT:
            return f"{{+{operation.text}+}}"
        case OperationKind.DELETE:
            return f"[-{operation.text}-]"
        case _:
            return operation.text


def _line(title: str) -> str:
    """Return a title on one line: one with line ends could draw lines of its own."""
    return printable(title, keep="")


def _quoted(text: str) -> str:
    return text.replace("\n", "\n  ")
