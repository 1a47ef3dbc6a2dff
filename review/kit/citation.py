"""A change as a source to cite (pure): Chicago, BibTeX, Markdown and plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from corrigenda.wording import interval

_BIBTEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What a citation is made from.

    Attributes:
        id: The change's row.
        title: The release's title.
        publisher: The source's name for people.
        day: The publisher's date, if it gives one.
        url: The release.
        kind: What happened.
        after: It happened after this, if known.
        before: And not later than this.
        address: The change's page.
        digests: SHA-256 of the documents as recorded, by ``before`` and ``after``.
    """

    id: int
    title: str
    publisher: str
    day: date | None
    url: str
    kind: str
    after: datetime | None
    before: datetime
    address: str
    digests: dict[str, str]


def citations(cited: Cited) -> dict[str, str]:
    """Return a change's citation in each form, by the form's name."""
    return {
        "Chicago": chicago(cited),
        "BibTeX": bibtex(cited),
        "Markdown": markdown(cited),
        "Plain text": plain(cited),
    }


def chicago(cited: Cited) -> str:
    """Cite as the Chicago Manual of Style does a web page (17th edition, 14.207)."""
    day = f" {_day(cited.day)}." if cited.day else ""
    return (
        f"{cited.publisher}. “{_line(cited.title)}.”{day} {cited.url}. {_happened(cited)}. "
        f"Recorded by Corrigenda, {cited.address}."
    )


def bibtex(cited: Cited) -> str:
    """Cite as BibTeX's ``misc``."""
    sums = "; ".join(f"SHA-256 {label} {digest}" for label, digest in cited.digests.items())
    fields = {
        "title": f"{{{_tex(_line(cited.title))}}}",
        "author": f"{{{_tex(cited.publisher)}}}",
        "year": str(cited.day.year) if cited.day else "",
        "howpublished": f"\\url{{{cited.url}}}",
        "note": _tex(f"{_happened(cited)}. {sums}"),
        "url": cited.address,
        "urldate": cited.before.astimezone(UTC).date().isoformat(),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{corrigenda-{cited.id},\n{lines}}}"


def markdown(cited: Cited) -> str:
    """Cite as a line of Markdown."""
    title = re.sub(r"([\\\[\]*_`<>])", r"\\\1", _line(cited.title))
    day = f", {_day(cited.day)}" if cited.day else ""
    return (
        f"[{title}](<{cited.url}>), {cited.publisher}{day}. "
        f"[{_happened(cited)}](<{cited.address}>)."
    )


def plain(cited: Cited) -> str:
    """Cite with everything spelt out, the digests too."""
    day = f", {_day(cited.day)}" if cited.day else ""
    sums = "\n".join(f"SHA-256 {label}: {digest}" for label, digest in cited.digests.items())
    return (
        f"{_line(cited.title)}. {cited.publisher}{day}. {cited.url}\n{_happened(cited)}. "
        f"{cited.address}\n{sums}"
    ).rstrip()


def _happened(cited: Cited) -> str:
    return f"{cited.kind.capitalize()} {interval(cited.after, cited.before)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _line(text: str) -> str:
    return " ".join(text.split()) or "(no title)"


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in text)
