"""Charts and the timeline as data for SVG templates (pure).

The server computes every coordinate; the page draws rectangles and lines, with a table of
the same numbers beneath for whoever reads rather than looks. Nothing runs in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from corrigenda.models import Change, Version
from corrigenda.wording import moment

_SIGNIFICANCES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A rectangle, a dot or a line's end.

    Attributes:
        x: Left edge or centre.
        y: Top edge or centre.
        width: Extent; 0 for a dot.
        height: Likewise.
        kind: CSS class: a significance, ``held`` and so on.
        title: What it stands for, told when pointed at.
    """

    x: float
    y: float
    width: float = 0
    height: float = 0
    kind: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word in a chart."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing.

    Attributes:
        width: Of its view box.
        height: Likewise.
        marks: Rectangles or dots.
        labels: Words.
        rules: Thin lines, as (x1, y1, x2, y2).
        gaps: Dashed lines likewise: time in which something happened unseen.
        head: Column heads of its table.
        rows: The table's rows.
        summary: What it shows, in a sentence.
    """

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    gaps: list[tuple[float, float, float, float]] = field(default_factory=list)
    head: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    summary: str = ""


def stacked_days(days: Sequence[tuple[str, dict[str, int]]], *, summary: str) -> Chart:
    """Draw a column a day, stacked by significance, the weightiest at the bottom.

    Args:
        days: Each day with its counts by significance.
        summary: What it shows, in a sentence.
    """
    width, height, base, left = 720.0, 220.0, 188.0, 34.0
    most = max((sum(counts.values()) for _, counts in days), default=0)
    top = _round_up(most)
    step = (width - left) / max(1, len(days))
    marks: list[Mark] = []
    for index, (day, counts) in enumerate(days):
        y = base
        for name in _SIGNIFICANCES:
            tall = counts.get(name, 0) / top * (base - 12)
            if tall:
                y -= tall
                marks.append(
                    Mark(
                        x=_r(left + index * step + step * 0.1),
                        y=_r(y),
                        width=_r(max(1.0, step * 0.8)),
                        height=_r(tall),
                        kind=name,
                        title=f"{day}: {counts[name]} {name}",
                    )
                )
    every = max(1, len(days) // 6)
    labels = [
        Label(x=_r(left + (i + 0.5) * step), y=base + 18, text=_day(day))
        for i, (day, _) in enumerate(days)
        if i % every == 0 and i <= len(days) - every / 2
    ]
    rules, scale = _scale(top, base, left, width)
    return Chart(
        width=width,
        height=height,
        marks=marks,
        labels=labels + scale,
        rules=rules,
        head=("day", *_SIGNIFICANCES),
        rows=[(day, *(c.get(s, 0) for s in _SIGNIFICANCES)) for day, c in days if sum(c.values())],
        summary=summary,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar of a list of shares.

    Attributes:
        name: Whose.
        part: How many of.
        whole: How many altogether.
    """

    name: str
    part: int
    whole: int

    @property
    def percent(self) -> float:
        """The share, 0 to 100."""
        return 100 * self.part / self.whole if self.whole else 0.0


def timeline(versions: Sequence[Version], led: Mapping[int | None, Change], status: str) -> Chart:
    """Draw a release's versions on a line of time, each a bar from first to last sight.

    Times are spaced by their order as much as by their distance: an edit minutes after
    publication and one years later must both be visible.

    Args:
        versions: Its versions, in order.
        led: The change that led to each, by the version's row.
        status: The release's status.
    """
    moments = sorted({v.first_observed for v in versions} | {v.last_observed for v in versions})
    at = dict(zip(moments, _places(moments), strict=True))
    row, left, right = 46.0, 16.0, 704.0
    span = right - left
    marks: list[Mark] = []
    labels: list[Label] = []
    gaps: list[tuple[float, float, float, float]] = []
    ended = left
    for index, version in enumerate(versions):
        y = 18.0 + index * row
        start, end = (
            left + at[time] * span for time in (version.first_observed, version.last_observed)
        )
        change = led.get(version.id)
        kind = change.significance if change and change.kind == "revised" else "first"
        told = (
            f"version {version.number}: {moment(version.first_observed)} "
            f"to {moment(version.last_observed)}"
        )
        wide = max(10.0, end - start)
        start = min(start, right - wide)
        marks.append(Mark(x=_r(start), y=_r(y), width=_r(wide), height=12, kind=kind, title=told))
        if index:
            corner = max(start + 5, ended)
            gaps.append((_r(ended), _r(y - row + 6), _r(corner), _r(y - row + 6)))
            gaps.append((_r(corner), _r(y - row + 6), _r(corner), _r(y)))
        ended = start + wide
        anchor, x = ("start", start) if start < left + span / 2 else ("end", start + wide)
        labels.append(
            Label(
                x=_r(x),
                y=_r(y + 27),
                text=f"Version {version.number}, {moment(version.first_observed)}",
                anchor=anchor,
            )
        )
    return Chart(
        width=720,
        height=18 + row * len(versions),
        marks=marks,
        labels=labels,
        gaps=gaps,
        summary=f"Timeline of {len(versions)} versions; the release is {status}",
    )


def _places(moments: Sequence[datetime]) -> list[float]:
    """Return a place between 0 and 1 for each moment: half by order, half by time."""
    if len(moments) < 2:
        return [0.0] * len(moments)
    whole = (moments[-1] - moments[0]).total_seconds() or 1.0
    return [
        0.5 * i / (len(moments) - 1) + 0.5 * (m - moments[0]).total_seconds() / whole
        for i, m in enumerate(moments)
    ]


def _scale(
    top: int, base: float, left: float, width: float
) -> tuple[list[tuple[float, float, float, float]], list[Label]]:
    """Return grid lines and their numbers."""
    rules, labels = [], []
    for number in sorted({0, top // 2, top}):
        y = _r(base - number / top * (base - 12))
        rules.append((left, y, width, y))
        labels.append(Label(x=left - 6, y=y + 4, text=f"{number:,}", anchor="end"))
    return rules, labels


def _round_up(number: int) -> int:
    """Return the next round number, at least 2."""
    for power in (1, 10, 100, 1_000, 10_000, 100_000):
        for factor in (2, 4, 6, 10):
            if number <= factor * power:
                return factor * power
    return number


def _day(day: str) -> str:
    when = datetime.fromisoformat(day)
    return f"{when.day} {when:%b}"


def _r(number: float) -> float:
    return round(number, 1)
