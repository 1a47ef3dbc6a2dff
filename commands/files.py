"""Commands on saved files: the same code, without a store."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Json
from commands.showing.printing import print_json, say, write_document
from corrigenda.errors import UsageError

if TYPE_CHECKING:
    from corrigenda.models import Document


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(normalise)
    app.command()(compare)


def normalise(
    page: Annotated[Path, typer.Argument(metavar="PAGE.html", help="A saved page.")],
    url: Annotated[str, typer.Option(help="The address it was saved from.")],
) -> None:
    """Print the document that a saved page gives."""
    from corrigenda import documents, sources
    from corrigenda.reading.normalise import normalise as read_page

    source = sources.of_url(url)
    reading = read_page(_read(page), source.canonical(url), source)
    write_document(documents.write(reading.document))
    for note in reading.notes:
        say(f"note: {note}", file=sys.stderr)


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD.md", help="The older document.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.md", help="The newer document.")],
    as_json: Json = False,
) -> None:
    """Print what differs between two documents, and how much it matters."""
    from commands.render import render_difference
    from corrigenda.compare import compare as compare_documents

    before, after = _document(old), _document(new)
    found = compare_documents(before, after)
    if as_json:
        print_json(asdict(found))
    else:
        say(render_difference(before, after, found))


def _document(path: Path) -> Document:
    from corrigenda import documents

    try:
        text = _read(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a text file in UTF-8") from None
    return documents.read(text, where=str(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None
