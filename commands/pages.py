"""``corrigenda review``: the pages; and suppression rules by hand."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import DEFAULT_DB, Db, Json
from commands.showing.printing import print_json, say

if TYPE_CHECKING:
    from datasette.app import Datasette

_Reviewer = Annotated[str, typer.Option(envvar="USER", help="Who decides.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(review)
    app.command()(suppress)
    app.command()(suppressions)
    app.command()(lift)


def review(
    db: Db = DEFAULT_DB,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 8001,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for every reader of your network.")
    ] = "127.0.0.1",
    reviewer: Annotated[
        list[str] | None,
        typer.Option(help="Print a sign-in link for this person; may be given several times."),
    ] = None,
    answer_to: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A host name readers use, as pages.example.org; several times for several. "
            "localhost, --host, this machine's name and address are known.",
        ),
    ] = None,
) -> None:
    """Serve the pages: the queue, each change and release, search, charts, feeds, SQL.

    Everybody who reaches the address may read; press contacts' numbers are withheld from
    them. Whoever opens a sign-in link may leave verdicts, and sees the originals. The links
    last a day, and end with this process unless DATASETTE_SECRET is set.
    """
    import os

    from review.app import make_datasette
    from review.web.server import address_of, bind, server_of

    datasette = make_datasette(db, names=[host, *(answer_to or [])])
    listener = bind(host, port)
    names = reviewer or [os.environ.get("USER") or "reviewer"]
    _announce(datasette, address_of(listener), names)
    server_of(datasette).run(sockets=[listener])


def _announce(datasette: Datasette, base: str, names: list[str]) -> None:
    from review.web.access import sign_in_path

    say(f"Reading: {base}/")
    for name in names:
        say(f"Reviewing as {name}: {base}{sign_in_path(datasette, name)}")
    say("Ctrl-C stops it.", file=sys.stderr)
    sys.stdout.flush()


def suppress(
    change: Annotated[int, typer.Argument(metavar="CHANGE", help="A change, a false alarm.")],
    scope: Annotated[
        str,
        typer.Option(
            help="edit: this same edit on any release. release: edits of these kinds on this one.",
            metavar="edit|release",
        ),
    ] = "edit",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many changes it would hide, make nothing.")
    ] = False,
    db: Db = DEFAULT_DB,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    reviewer: _Reviewer = "",
) -> None:
    """Hide changes like a false alarm from the queue, until the rule is lifted."""
    from corrigenda.wording import count
    from storage.file.connection import open_existing, reading
    from storage.record import reviews

    if scope not in list(reviews.Scope):
        raise typer.BadParameter(f"{scope!r} is neither edit nor release")
    if dry_run:
        with reading(db) as store:
            hidden = reviews.would_hide(store, change).get(reviews.Scope(scope), 0)
        say(f"It would hide {count(hidden, 'change')}.")
        return
    database = open_existing(db)
    rule = reviews.suppress(database, change, reviews.Scope(scope), note=note, reviewer=reviewer)
    hidden = next(r.hides for r in reviews.suppressions(database) if r.id == rule)
    say(f"Rule {rule} hides {count(hidden, 'change')}. `corrigenda lift {rule}` shows them again.")


def suppressions(db: Db = DEFAULT_DB, as_json: Json = False) -> None:
    """Print the suppression rules, and how many changes each hides."""
    from corrigenda.printable import printable
    from corrigenda.wording import count, moment
    from storage.file.connection import reading
    from storage.record import reviews

    with reading(db) as database:
        rules = reviews.suppressions(database)
    if as_json:
        print_json([{name: getattr(rule, name) for name in rule.__slots__} for rule in rules])
        return
    if not rules:
        say("No suppression rules.")
    for rule in rules:
        state = f"lifted {moment(rule.lifted_at)}" if rule.lifted_at else "holds"
        say(
            f"rule {rule.id}: {rule.scope}, {state}, hides {count(rule.hides, 'change')}\n"
            f"        from change {rule.change_id} of {printable(rule.title, keep='')}"
            + (f"\n        {printable(rule.note, keep='')}" if rule.note else "")
        )


def lift(
    rule: Annotated[int, typer.Argument(metavar="RULE", help="The rule's number.")],
    db: Db = DEFAULT_DB,
    reviewer: _Reviewer = "",
) -> None:
    """End a suppression rule; what it hid shows again."""
    from storage.file.connection import open_existing
    from storage.record import reviews

    reviews.lift(open_existing(db), rule, reviewer=reviewer)
    say(f"Rule {rule} is lifted.")
