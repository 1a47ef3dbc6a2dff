"""``corrigenda seal``: a trusted timestamp for all that is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json
from commands.showing.printing import print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(seal)


def seal(
    authority: Annotated[
        str,
        typer.Option(
            envvar="CORRIGENDA_TSA", metavar="URL", help="Address of the timestamp authority."
        ),
    ] = "",
    certificates: Annotated[
        Path | None,
        typer.Option(
            "--ca",
            envvar="CORRIGENDA_TSA_CA",
            help="PEM certificates that vouch for it; left out, the system's.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be stamped, and ask nobody.")
    ] = False,
    db: Db = DEFAULT_DB,
    as_json: Json = False,
) -> None:
    """Have the head of the chain of hashes stamped by a timestamp authority (RFC 3161).

    Every version's hash covers the one before it, so one stamp vouches for all that was
    recorded until now: that it existed at that time, and was not rewritten since. Only a
    hash leaves this machine. `corrigenda verify` checks the seals; a story kit holds the
    stamp with the way to it. `corrigenda schedule` seals daily where CORRIGENDA_TSA is set.

    For example: `corrigenda seal --authority https://freetsa.org/tsr --ca freetsa.pem`
    """
    from corrigenda.errors import UsageError
    from corrigenda.settings import Settings
    from corrigenda.timestamps import read_certificates
    from storage.audit.seal import seal as seal_head
    from storage.file.connection import open_existing, reading
    from storage.queries.seals import head

    if dry_run:
        with reading(db) as store:
            found = head(store)
        told = f"It would have {found[1]} stamped." if found else "There is no version to seal."
        say(told)
        return
    if not authority:
        raise UsageError(
            "no timestamp authority is chosen: set CORRIGENDA_TSA, or say --authority URL"
        )
    trusted = read_certificates(certificates) if certificates else ""
    database = open_existing(db)
    done = seal_head(
        database, authority, certificates=trusted, user_agent=Settings.from_env().user_agent
    )
    made = done.seal
    if as_json:
        names = ("id", "version_id", "head", "stamped_at", "authority")
        print_json({name: getattr(made, name) for name in names} | {"new": done.new})
    else:
        verb = "Sealed" if done.new else "Nothing was recorded since it was sealed"
        say(f"{verb}: {made.head}")
        say(f"Stamped {made.stamped_at} by {made.authority}, seal {made.id}.")
