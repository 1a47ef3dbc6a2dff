"""``corrigenda digest``: what was changed in a while, to be mailed or published."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands.options import DEFAULT_DB, Db, parse_time
from commands.showing.printing import say


class Form(StrEnum):
    """What a digest may be written as."""

    MD = "md"
    HTML = "html"
    EMAIL = "email"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(digest)


def digest(
    db: Db = DEFAULT_DB,
    since: Annotated[str, typer.Option(help="The first day: 2026-11-01, or 7d.")] = "7d",
    until: Annotated[str, typer.Option(help="The last day; today when left out.")] = "",
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.MD,
    source: Annotated[str, typer.Option(help="Only of this source.")] = "",
    pages: Annotated[
        str,
        typer.Option(envvar="CORRIGENDA_PAGES", help="Address of the review pages, for links."),
    ] = "",
) -> None:
    """Print a digest: what is gone or blocked, what was withdrawn, what says something else.

    Days are UTC. The message of ``--format email`` has neither sender nor receiver: give it
    to your mail program, or ``(echo To: desk@example.org; corrigenda digest --format email) |
    sendmail -t``.
    """
    from review.parts import digest_forms as forms
    from review.parts.digest import make
    from storage.file.connection import reading
    from storage.file.times import now

    first = parse_time(since).date()
    last = parse_time(until).date() if until else now().date()
    if first > last:
        raise typer.BadParameter(f"--since {first} is after --until {last}")
    with reading(db) as database:
        told = make(database, first, last, source)
    write = {Form.MD: forms.markdown, Form.HTML: forms.html, Form.EMAIL: forms.email}[form]
    say(write(told, pages=pages), end="")
