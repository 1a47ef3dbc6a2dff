"""What a run's absences amount to, once it has looked at the whole. No Prefect here."""

from __future__ import annotations

from corrigenda.wording import count
from flows.session import Session
from storage.record.sight.absences import Patience, settle


def settle_absences(session: Session) -> None:
    """Let the absences that this run met count, or hold them back; the account says which.

    When most of what was live is missing, the run saw nothing that can be relied on: it ends
    "Unseen".
    """
    settings, tally = session.settings, session.tally
    settled = settle(
        session.store.db,
        session.store.source_id,
        tally.run,
        session.now(),
        Patience(settings.absences, settings.absence_hours),
    )
    for row, kind in settled.changes:
        tally.changes[str(kind)] += 1
        tally.change_ids.append(row)
    if settled.held and not tally.failure:
        tally.failure = (
            f"{settled.missing:,} of {count(settled.looked, 'page')} that were live, looked at "
            "within a day, are missing. That is taken for a failure of ours or the site's: "
            "nothing is called withdrawn. If they are gone indeed, say so with "
            "`corrigenda status --accept-absences`"
        )
