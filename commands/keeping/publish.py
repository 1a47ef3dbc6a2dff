"""``corrigenda publish``: the change log as a site of files."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json
from commands.showing.printing import print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(publish)


def publish(
    to: Annotated[Path, typer.Option(help="The folder to write to; made when not there.")],
    url: Annotated[
        str,
        typer.Option(
            envvar="CORRIGENDA_PAGES", help="The address the site will have, for feeds and cards."
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many pages would be written, write none.")
    ] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Write the change log as a site that any web server serves, and nobody can write to.

    Pages, feeds, images and documents, press contacts withheld; a search that runs in the
    reader's browser, and no script needed to read. Run it again and only what changed is
    written; interrupted, run it again.

    For example: `corrigenda publish --to site --url https://changes.example.org`, then
    `python -m http.server --directory site`
    """
    from corrigenda.wording import count
    from review.publish.site import publish as write
    from review.publish.site import waiting

    if dry_run:
        total, new = waiting(db, to, base=url)
        say(f"{count(total, 'change')}; pages of {new:,} would be written to {to}.")
        return
    result = write(db, to, base=url, progress=_tell if sys.stderr.isatty() else _silent)
    if as_json:
        print_json(asdict(result))
        return
    say(
        f"{result.items} in {to}: {count(result.written, 'file')} written, "
        f"{result.unchanged:,} unchanged."
    )
    if not url:
        say("Without --url feeds and cards cannot name the site's address.", file=sys.stderr)


def _tell(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    say(end="\r", file=sys.stderr)
    say(f"{done:,} of {of:,} changes", end=end, file=sys.stderr)


def _silent(_done: int, _of: int) -> None:
    """Tell nobody."""
