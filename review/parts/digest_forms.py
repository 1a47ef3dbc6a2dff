"""A digest written down (pure): Markdown, a page of HTML, a message (RFC 5322) with both."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from html import escape

from corrigenda.models import Change
from corrigenda.wording import interval
from review.parts.digest import Digest
from review.parts.feeds import sentence
from review.parts.words import headlines


def markdown(told: Digest, *, pages: str = "") -> str:
    """Return a digest as Markdown.

    Args:
        told: The digest.
        pages: Address of the review pages, for links; empty for none.
    """
    return "\n".join(_markdown(told, pages.rstrip("/"))) + "\n"


def html(told: Digest, *, pages: str = "") -> str:
    """Return a digest as a whole page of HTML that loads nothing; arguments as before."""
    body = "\n".join(_html(told, pages.rstrip("/")))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(told.title)}</title></head>\n<body>\n{body}\n</body></html>\n"
    )


def email(told: Digest, *, pages: str = "") -> str:
    """Return a digest as a message without sender and receiver; arguments as before."""
    message = EmailMessage()
    message["Subject"] = told.title
    message.set_content(markdown(told, pages=pages))
    message.add_alternative(html(told, pages=pages), subtype="html")
    return message.as_string()


def _markdown(told: Digest, pages: str) -> Iterator[str]:
    yield f"# {told.title}\n\n{told.account}"
    if told.gone:
        yield "\n## Gone or blocked now\n"
        for absence in told.gone:
            yield f"- **{absence.word}** {_plain(absence.title)}: {_plain(absence.text)}"
    for section in told.sections:
        yield f"\n## {section.name}\n"
        for change in section.changes:
            title = _plain(change.title or change.url)
            linked = f"[{title}]({pages}/change/{change.id})" if pages else f"**{title}**"
            yield f"- {linked}  \n  {_plain(sentence(headlines(change.reasons)))}"
            yield f"  ({_plain(_details(change))})"
        if section.more:
            yield f"- and {section.more:,} more"
    if not told.sections:
        yield "\nNo change that matters was seen."


def _html(told: Digest, pages: str) -> Iterator[str]:
    yield f"<h1>{escape(told.title)}</h1>\n<p>{escape(told.account)}</p>"
    if told.gone:
        yield "<h2>Gone or blocked now</h2>\n<ul>"
        for absence in told.gone:
            text = f"{escape(absence.title)}: {escape(absence.text)}"
            yield f"<li><strong>{absence.word}</strong> {text}</li>"
        yield "</ul>"
    for section in told.sections:
        yield f"<h2>{escape(section.name)}</h2>\n<ul>"
        for change in section.changes:
            title = escape(change.title or change.url)
            address = escape(f"{pages}/change/{change.id}")
            linked = f'<a href="{address}">{title}</a>' if pages else f"<strong>{title}</strong>"
            reason = escape(sentence(headlines(change.reasons)))
            yield f"<li>{linked}<br>{reason}<br><small>{escape(_details(change))}</small></li>"
        if section.more:
            yield f"<li>and {section.more:,} more</li>"
        yield "</ul>"
    if not told.sections:
        yield "<p>No change that matters was seen.</p>"


def _details(change: Change) -> str:
    parts = [interval(change.after, change.before), ", ".join(change.ministers)]
    return "; ".join(part for part in [*parts, "silent" if change.silent else ""] if part)


def _plain(text: str) -> str:
    """Escape what Markdown would take for marks; a publisher's words stay words."""
    for mark in "\\`*_[]<>#":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
