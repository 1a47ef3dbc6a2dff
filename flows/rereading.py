"""Reading again what is kept, and recording what it says now. No Prefect here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from corrigenda.wording import count
from flows.account.progress import reporter
from flows.session import Session
from storage.audit.derivations import Derived, record_readings, to_read_again
from storage.bulk.rereading import Reread, reread_all

#: Captures to a round; those of one release follow each other only roughly, so a release
#: may be settled more than once, which costs time and changes nothing.
_ROUND = 2_000


def reread_kept(
    session: Session, *, everything: bool = False, processes: int | None = None
) -> Derived:
    """Read every kept capture again that today's normaliser has not read.

    Args:
        session: The run.
        everything: Those it has read as well.
        processes: So many at once; left out, as many as there are cores.
    """
    store, tally = session.store, session.tally
    captures = to_read_again(store.db, store.source_id, all_of_them=everything)
    tally.entries = len(captures)
    reporter().expect(len(captures))
    path = session.settings.db
    readings = reread_all(path, session.source.name, captures, processes=processes)
    total = Derived()
    while batch := list(islice(_told(readings), _ROUND)):
        done = record_readings(store.db, tally.run, batch)
        total.derivations += done.derivations
        total.artefacts += done.artefacts
        tally.verdicts.update({"read again": len(batch) - len(done.unreadable)})
        tally.verdicts += Counter()  # without what there was none of
        for capture_id, problem in done.unreadable:
            tally.verdicts["unreadable"] += 1
            session.issue(f"capture:{capture_id}", f"cannot be read any more: {problem}")
        for capture_id in done.apart:
            session.issue(
                f"capture:{capture_id}",
                "captures of its version read differently now: perhaps an edit that the "
                "former normaliser could not see",
            )
        session.give_way()
    reporter().say(
        f"{count(total.derivations, 'version')} read otherwise than before; "
        f"{count(total.artefacts, 'change')} turned out to be of our own making."
    )
    return total


def _told(readings: Iterator[Reread]) -> Iterator[Reread]:
    """Pass readings on, moving the bar."""
    for reading in readings:
        reporter().advanced(1)
        yield reading
