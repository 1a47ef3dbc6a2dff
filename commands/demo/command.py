"""``corrigenda demo``: the whole story, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.fetching.running import prepare_prefect


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Leave the database in this folder to look around in."),
    ] = None,
) -> None:
    """Tell the whole story on a small site served from this computer.

    A replica of the first source publishes; we ingest; it edits three releases, withdraws
    one and puts a challenge in front of another; we ingest again and print the change log.
    Nothing leaves this computer.
    """
    prepare_prefect()
    from commands.demo.story import tell

    tell(keep)
