"""What each flow does, as plain functions of a request and a session. No Prefect here.

:func:`run` is a whole run of one of them. ``flows.ingest``, ``flows.recheck``,
``flows.backfill`` and ``flows.reprocess`` wrap it for Prefect: there the steps are tasks
(:class:`flows.tasks.Tracked`). With :class:`Steps` it does the same untracked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corrigenda.models import Entry
from flows.account.progress import reporter
from flows.account.tally import Tally
from flows.agenda import RECHECK, plan, rechecks
from flows.finding.absences import settle_absences
from flows.pipeline import check_in_turn, probe_first
from flows.request import Request
from flows.rereading import reread_kept
from flows.session import Session, open_session
from flows.telling.notify import notify
from flows.ways import archive, page, site, warc, wayback
from storage.file.connection import transaction
from storage.record.resume import choose

#: Entries to a step: at the default delay that is four minutes' work.
BATCH = 25

_FROM_OTHERS = {"archive": archive.run, "warc": warc.run, "page": page.run, "wayback": wayback.run}


class Steps:
    """The steps of a run, done one after the other.

    Attributes:
        flow_run: Prefect's id of the flow run they belong to; empty where it tracks none.
    """

    flow_run: str = ""

    def discover(self, session: Session) -> Sequence[Entry]:
        """Find what is new or due."""
        return plan(session)

    def check(self, session: Session, entries: Sequence[Entry], first: int) -> None:
        """Check a batch of entries, the first of which has this number, from 1, in the run."""
        del first
        check_in_turn(session, entries)

    def bring_in(self, call: Callable[[], object]) -> None:
        """Bring in what others have kept."""
        call()

    def tell(self, session: Session) -> None:
        """Tell others what was found."""
        if trouble := notify(session):
            reporter().say(trouble)


def run(
    flow: str,
    request: Request,
    body: Callable[[Session, Steps], None],
    steps: Steps,
    parameters: Mapping[str, Any] | None = None,
) -> Tally:
    """Do a whole run, and hand its account to whoever watches.

    Args:
        flow: The flow's name.
        request: What was asked for, settled.
        body: What the flow does.
        steps: How its steps are done.
        parameters: What it was started with, for the account; left out, the request's.

    Returns:
        The account.

    Raises:
        StoreError: The database cannot be used, or another run keeps it too long.
    """
    given = request.parameters if parameters is None else parameters
    with open_session(request.settings, request.source, flow, given, steps.flow_run) as session:
        body(session, steps)
    reporter().finished(session.tally)
    return session.tally


def ingest(session: Session, steps: Steps) -> None:
    """Discover what is new, check it, and check again what is due."""
    check_all(session, steps.discover(session), steps)
    steps.tell(session)


def recheck(session: Session, steps: Steps, number: int | None = None) -> None:
    """Look again where a change is likeliest; see :func:`flows.agenda.rechecks`."""
    check_all(session, rechecks(session, number), steps)
    steps.tell(session)


def backfill(request: Request, session: Session, steps: Steps) -> None:
    """Check chosen releases, or bring in what others have kept of them."""
    if bring := _FROM_OTHERS.get(request.way):
        steps.bring_in(lambda: bring(request, session))
    else:
        _check_chosen(request, session, steps)
    steps.tell(session)


def reprocess(
    session: Session, steps: Steps, *, everything: bool = False, processes: int | None = None
) -> None:
    """Read again what is kept; see :func:`flows.rereading.reread_kept`."""
    steps.bring_in(lambda: reread_kept(session, everything=everything, processes=processes))
    steps.tell(session)
    reporter().say("No change is recorded: these are readings of what was kept.")


def check_all(session: Session, entries: Sequence[Entry], steps: Steps) -> None:
    """Check entries batch by batch."""
    session.tally.entries = len(entries)
    session.hear(entry for entry in entries if entry.channel != RECHECK)
    entries = probe_first(session, entries)
    reporter().expect(len(entries))
    for start in range(0, len(entries), BATCH):
        if session.tally.stopped:
            break
        steps.check(session, entries[start : start + BATCH], start + 1)
    settle_absences(session)
    if session.tally.stopped:
        reporter().say(session.tally.stopped)


def _check_chosen(request: Request, session: Session, steps: Steps) -> None:
    chosen = site.choose(request, session)
    if not chosen.trouble:
        with transaction(session.store.db):
            choose(session.store, session.tally.run, chosen.entries)
    session.done |= chosen.answered
    check_all(session, chosen.entries, steps)
    if chosen.trouble and not session.tally.stopped:
        session.tally.stopped = f"There may be more: {chosen.trouble}"
