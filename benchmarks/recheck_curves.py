"""Delay by age as an SVG, drawn by hand: both axes logarithmic, one line for each policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from math import log10
from statistics import median

WIDTH, HEIGHT = 840, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 280, 30, 52

#: Marks of the axes, in days.
_AGES = ((1 / 24, "1 h"), (1, "1 d"), (7, "1 wk"), (30, "1 mo"), (365, "1 y"), (3652, "10 y"))
_DELAYS = ((1 / 96, "15 min"), (1 / 24, "1 h"), (1, "1 d"), (7, "1 wk"), (30, "1 mo"),
           (365, "1 y"))  # fmt: skip
_BINS = (0, 0.25, 1, 3, 7, 14, 30, 100, 365, 1500, 4000, 1e9)
_COLOURS = ("#8c6d31", "#888888", "#7b4173", "#3182bd", "#d62728", "#31a354")
_STYLE = """
text{font:13px system-ui,sans-serif;fill:#222}.grid{stroke:#ddd}.frame{stroke:#999}
path{fill:none;stroke-width:2}.ours{stroke-width:3.5}
@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}.frame{stroke:#777}
.back{fill:#161616}}.back{fill:#fff}
"""


def draw(results: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    """Return the picture.

    Args:
        results: Of each policy its name and its (age at the edit, delay) in days.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="t d">',
        '<title id="t">How late an edit is seen, by the age of the release</title>',
        f'<desc id="d">{escape(_in_words(results))}</desc>',
        f"<style>{_STYLE.strip()}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        *_axes(),
    ]
    ordered = sorted(results, key=lambda result: result[0] == "ours")  # on top
    lines = [(name, _points(delays)) for name, delays in ordered]
    for (name, points), colour in zip(lines, _COLOURS, strict=False):
        path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
        kind = ' class="ours"' if name == "ours" else ""
        parts.append(f'<path d="{path}" stroke="{colour}"{kind}/>')
    ends = sorted(
        (points[0][1], name, colour)
        for (name, points), colour in zip(lines, _COLOURS, strict=False)
    )
    for place, (_, name, colour) in enumerate(ends):
        x, y = WIDTH - RIGHT + 12, TOP + 16 + place * 22
        parts.append(f'<path d="M{x} {y - 4}h18" stroke="{colour}"/>')
        parts.append(f'<text x="{x + 24}" y="{y}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _axes() -> Iterable[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for days, label in _AGES:
        x = _x(days)
        yield f'<path class="grid" d="M{x:.0f} {TOP}V{bottom}"/>'
        yield f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{label}</text>'
    for days, label in _DELAYS:
        y = _y(days)
        yield f'<path class="grid" d="M{LEFT} {y:.0f}H{right}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{label}</text>'
    yield f'<path class="frame" d="M{LEFT} {TOP}V{bottom}H{right}"/>'
    middle = (LEFT + right) // 2
    yield f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">age at the edit</text>'
    yield f'<text x="{LEFT}" y="18">median delay until it is seen</text>'


def _points(delays: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the middle of each span of ages with enough edits, as places in the picture."""
    points = []
    for low, high in pairwise(_BINS):
        inside = [(age, delay) for age, delay in delays if low <= age < high]
        if len(inside) >= 8:
            points.append((_x(median(a for a, _ in inside)), _y(median(d for _, d in inside))))
    return points


def _x(days: float) -> float:
    low, high = log10(1 / 24), log10(9200)
    return LEFT + (log10(max(days, 1 / 24)) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def _y(days: float) -> float:
    low, high = log10(1 / 96), log10(600)
    part = (log10(max(days, 1 / 96)) - low) / (high - low)
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)


def _in_words(results: Sequence[tuple[str, Sequence[tuple[float, float]]]]) -> str:
    said = []
    for name, delays in results:
        first = [delay for age, delay in delays if age < 1]
        old = [delay for age, delay in delays if age >= 365]
        if first and old:
            said.append(f"{name}: {median(first) * 24:.1f} h in the first day, "
                        f"{median(old):.0f} d after a year")  # fmt: skip
    return "Median delays. " + "; ".join(said) + "."
