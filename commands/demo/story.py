"""The story ``corrigenda demo`` tells, with the real flow, over real HTTP."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from commands.demo.items import Item
from commands.demo.site import Replica
from commands.render import render_changes, render_unseen
from commands.showing.printing import say
from commands.showing.terminal import Terminal, render_tally
from corrigenda.errors import CorrigendaError, UsageError

if TYPE_CHECKING:
    from flows.account.tally import Tally


def tell(keep: Path | None = None) -> None:
    """Run the demo and print it.

    Args:
        keep: Folder to leave the database in; left out, everything is removed at the end.

    Raises:
        UsageError: ``keep`` holds a database already, or cannot be written.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="corrigenda-")))
        folder = _folder(keep) if keep else scratch
        db = folder / "corrigenda.db"
        # Its own Prefect, so that the story neither needs nor touches the reader's; set
        # before anything imports Prefect, which reads this once.
        os.environ["PREFECT_HOME"] = str(scratch / "prefect")
        for name in ("PREFECT_API_URL", "PREFECT_PROFILE"):
            os.environ.pop(name, None)
        site = stack.enter_context(Replica(challenged={"statement-on-the-storm"}))
        site.withdrawn.add("new-judges-appointed")
        _say(f"A replica of beehive.govt.nz publishes {len(site.items)} releases at {site.url}.")
        _say("Starting Prefect's server for the demo; that takes some seconds.")
        stack.enter_context(_server())
        _chapter("First ingest")
        say(render_tally(_ingest(site, db)))
        _chapter("The publisher edits, silently")
        _edit(site)
        _chapter("Second ingest")
        say(render_tally(_ingest(site, db)))
        _chapter("The change log")
        _print_log(db)
        _chapter("And now")
        _print_hints(db if keep else None)


def _server() -> AbstractContextManager[None]:
    from flows.serving.embedded import embedded  # imports Prefect, which reads its home then

    return embedded()


def _folder(keep: Path) -> Path:
    try:
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{keep}: cannot be made ({error.strerror})") from None
    if (keep / "corrigenda.db").exists():
        raise UsageError(f"{keep} holds a corrigenda.db already; name another folder")
    return keep


def _ingest(site: Replica, db: Path) -> Tally:
    """Run the real flow against the replica."""
    from flows.account.progress import watched_by
    from flows.ingest import ingest

    with Terminal() as terminal, watched_by(terminal):
        state = ingest(source="beehive", db=db, origin=site.url, return_state=True)
    if terminal.tally is None:
        error = state.result(raise_on_failure=False)
        raise error if isinstance(error, CorrigendaError) else CorrigendaError(str(error))
    return terminal.tally


def _edit(site: Replica) -> None:
    """Change the site as publishers do, saying each time what was done."""
    bridge = site.items["harbour-bridge-upgrade-funded"]
    site.edit(bridge.slug, body=bridge.body.replace("$16,712 million", "$16,172 million"))
    _did(bridge, "a figure: $16,712 million becomes $16,172 million")
    clinics = site.items["rural-clinics-open-longer"]
    site.edit(clinics.slug, ministers=("Hon Piripi Rangihuna", "Hon Hana Poutama"))
    _did(clinics, "a minister: Hon Alice Brook becomes Hon Hana Poutama")
    mission = site.items["trade-minister-lead-first-virtual-trade-mission-japan-0"]
    site.edit(mission.slug, body=mission.body.replace(" ‘virtual’ ", "\u00a0‘virtual’\u00a0"))
    _did(mission, "white space only")
    report = site.items["ferry-terminal-report-released"]
    site.withdrawn.add(report.slug)
    _did(report, "withdrawn: the page is gone")
    sanctuary = site.items["kiwi-sanctuary-extended"]
    site.challenged.add(sanctuary.slug)
    _did(sanctuary, "a bot challenge now stands before it")


def _print_log(db: Path) -> None:
    from storage.file.connection import reading
    from storage.file.times import now
    from storage.queries.log.changes import changes
    from storage.queries.sight.unseen import unseen_now

    with reading(db) as database:
        found, unseen = changes(database), unseen_now(database, "", now())
    say(render_changes(found))
    say()
    say(render_unseen([item for item in unseen if item.release_id]))


def _print_hints(db: Path | None) -> None:
    if db is None:
        say("`corrigenda demo --keep DIR` leaves the database, to look around in:")
    name = db or "DIR/corrigenda.db"
    say(f"  corrigenda history URL --db {name}")
    say(f"  corrigenda diff URL --db {name}")
    say(f"  corrigenda changes --db {name} --min-significance high")


def _did(item: Item, what: str) -> None:
    say(f"  {item.title}: {what}")


def _chapter(title: str) -> None:
    say(f"\n== {title} ==\n")


def _say(sentence: str) -> None:
    say(sentence, file=sys.stdout)
