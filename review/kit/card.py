"""The image of a change, 1200 by 630 pixels, as SVG and PNG (pure).

Both are drawn from one list of boxes and lines. Pillow draws the PNG: it is wheels without
system libraries, where rendering SVG would need Cairo or a browser.
"""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw, ImageFont

from corrigenda.models import Change
from corrigenda.wording import interval
from review.parts.feeds import sentence
from review.parts.words import headlines

WIDTH, HEIGHT = 1200, 630
_MARGIN = 64
_INK, _MUTED, _PAPER = "#1b1f24", "#57606a", "#fffdf8"
_ACCENT = {"high": "#b3261e", "medium": "#9a5b00", "low": "#3b6ea5", "none": "#57606a"}
_OLD, _NEW = ("#fde7e4", "#8c1d18"), ("#dff3e3", "#14532d")
# Tried in this order, by their files' names; the last resort has no macrons.
_FONTS = {
    False: ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf"),
    True: ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial_Bold.ttf"),
}
#: Width of a letter, as a share of its size: of the widest of these faces, so none runs over.
_LETTER = {False: 0.58, True: 0.64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled rectangle."""

    x: int
    y: int
    width: int
    height: int
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text; ``y`` is its base line."""

    x: int
    y: int
    size: int
    fill: str
    text: str
    bold: bool = False
    struck: bool = False


def drawing(change: Change, *, address: str) -> list[Box | Line]:
    """Return what the image of a change shows.

    Args:
        change: The change, press contacts masked.
        address: The change's page, as it is to be read.
    """
    accent = _ACCENT[change.significance]
    drawn: list[Box | Line] = [
        Box(x=0, y=0, width=WIDTH, height=HEIGHT, fill=_PAPER),
        Box(x=0, y=0, width=18, height=HEIGHT, fill=accent),
    ]
    silent = ", silently" if change.silent else ""
    top = f"{change.kind.upper()}{silent.upper()}"
    drawn.append(Line(x=_MARGIN, y=86, size=26, fill=accent, text=top, bold=True))
    y = 140
    for text in wrap(change.title or change.url, size=40, lines=2, bold=True):
        drawn.append(Line(x=_MARGIN, y=y, size=40, fill=_INK, text=text, bold=True))
        y += 52
    y += 8
    head = headlines(change.reasons)
    if head.old or head.new:
        for words, (paper, ink), struck in ((head.old, _OLD, True), (head.new, _NEW, False)):
            if words:
                y = _passage(drawn, words, y, paper, ink, struck=struck)
    else:
        for text in wrap(sentence(head), size=34, lines=4):
            drawn.append(Line(x=_MARGIN, y=y + 30, size=34, fill=_INK, text=text))
            y += 46
    when = f"{change.kind.capitalize()} {interval(change.after, change.before)}"
    for below, text in ((548, when), (590, address)):
        for line in wrap(text, size=22, lines=1):
            drawn.append(Line(x=_MARGIN, y=below, size=22, fill=_MUTED, text=line))
    return drawn


def _passage(
    drawn: list[Box | Line], words: str, y: int, paper: str, ink: str, *, struck: bool
) -> int:
    """Draw some words in a box; return where the next thing may begin."""
    size = 40 if len(words) <= 60 else 27
    step = round(size * 1.3)
    lines = wrap(words, size=size, lines=2 if size == 40 else 3, inside=24)
    height = step * len(lines) + 28
    drawn.append(Box(x=_MARGIN, y=y, width=WIDTH - 2 * _MARGIN, height=height, fill=paper))
    for number, text in enumerate(lines):
        base = y + 14 + size + number * step
        drawn.append(Line(x=_MARGIN + 24, y=base, size=size, fill=ink, text=text, struck=struck))
    return y + height + 16


def wrap(text: str, *, size: int, lines: int, bold: bool = False, inside: int = 0) -> list[str]:
    """Break text into lines that fit the image; what does not fit ends in an ellipsis."""
    fits = int((WIDTH - 2 * _MARGIN - 2 * inside) / (size * _LETTER[bold]))
    done, line = [], ""
    for word in text.split():
        for part in (word[i : i + fits] for i in range(0, len(word), fits)):
            if line and len(line) + 1 + len(part) > fits:
                done.append(line)
                line = part
            else:
                line = f"{line} {part}".strip()
    done += [line] if line else []
    if len(done) > lines:
        done = done[:lines]
        done[-1] = done[-1][: fits - 1].rstrip() + "…"
    return done


def svg(drawn: list[Box | Line], title: str) -> str:
    """Return a drawing as SVG, its title for those who do not see it."""
    parts = []
    for item in drawn:
        if isinstance(item, Box):
            parts.append(
                f'<rect x="{item.x}" y="{item.y}" width="{item.width}" height="{item.height}" '
                f'fill="{item.fill}"/>'
            )
        else:
            style = ' font-weight="700"' if item.bold else ""
            style += ' text-decoration="line-through"' if item.struck else ""
            parts.append(
                f'<text x="{item.x}" y="{item.y}" font-size="{item.size}" fill="{item.fill}"'
                f"{style}>{escape(_printable(item.text))}</text>"
            )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label={quoteattr(_printable(title))} '
        f'font-family="DejaVu Sans, Noto Sans, Arial, sans-serif">\n{body}\n</svg>\n'
    )


def png(drawn: list[Box | Line]) -> bytes:
    """Return a drawing as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    for item in drawn:
        if isinstance(item, Box):
            right, bottom = item.x + item.width - 1, item.y + item.height - 1
            pen.rectangle((item.x, item.y, right, bottom), fill=item.fill)
            continue
        font, whole = _font(item.bold, item.size)
        text = _printable(item.text) if whole else _without_marks(_printable(item.text))
        pen.text((item.x, item.y), text, fill=item.fill, font=font, anchor="ls")
        if item.struck:
            middle = item.y - round(item.size * 0.32)
            end = item.x + round(pen.textlength(text, font=font))
            pen.line((item.x, middle, end, middle), fill=item.fill, width=max(2, item.size // 16))
    # A palette of what a card holds: a third of the bytes, and of the time to pack them.
    out = io.BytesIO()
    image.quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


@cache
def _font(bold: bool, size: int) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]:
    """Return a face, and whether it has the letters of Māori and curly quotes."""
    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False


def _without_marks(text: str) -> str:
    """Return text in the letters every face has."""
    plain = unicodedata.normalize("NFKD", text)
    return plain.translate({0x2013: "-", 0x2014: "-"}).encode("latin-1", "ignore").decode("latin-1")


def _printable(text: str) -> str:
    """Return text without what would turn or break a line, or could not stand in XML."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
