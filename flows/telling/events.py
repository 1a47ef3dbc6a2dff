"""Each change as a Prefect event, so that automations can act on it.

``corrigenda.change.revised``, ``.withdrawn``, ``.restored``, ``.moved`` and ``.published``,
on the resource ``corrigenda.change.<id>``, with the release as a related resource.
Publications are announced by the scheduled flow only: a backfill of a whole archive tells
nobody news.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from prefect.events import emit_event

from corrigenda.compare import masking
from corrigenda.models import Change, ChangeKind
from corrigenda.wording import interval
from flows.session import Session
from storage.queries.log.changes import changes_by_id

_MOST_REASONS = 20
_LONGEST_REASON = 500


def announce(session: Session, change_ids: Sequence[int]) -> None:
    """Emit an event for each of some changes just recorded."""
    for change in changes_by_id(session.store.db, change_ids):
        news = change.kind is not ChangeKind.PUBLISHED or session.tally.flow == "ingest"
        if not (news and change.stands):
            continue
        emit_event(
            event=f"corrigenda.change.{change.kind}",
            resource={
                "prefect.resource.id": f"corrigenda.change.{change.id}",
                "prefect.resource.name": change.title or change.url,
                "corrigenda.significance": str(change.significance),
                "corrigenda.source": session.source.name,
            },
            related=[
                {"prefect.resource.id": change.url, "prefect.resource.role": "release"},
            ],
            payload=payload(change, session.settings.pages),
            # The same change recorded once is one event, however often it is sent.
            id=uuid.uuid5(uuid.NAMESPACE_URL, f"{session.settings.db.resolve()}#{change.id}"),
        )


def payload(change: Change, pages: str = "") -> dict[str, Any]:
    """Return what an event tells; press contacts are withheld, since events travel.

    Args:
        change: The change.
        pages: Address of the review pages, if they are served.
    """
    reasons = [masking.reason(r, masked=True)[:_LONGEST_REASON] for r in change.reasons]
    return {
        "id": change.id,
        "url": change.url,
        "title": change.title,
        "kind": str(change.kind),
        "significance": str(change.significance),
        "reasons": reasons[:_MOST_REASONS],
        "fields": list(change.fields),
        "when": interval(change.after, change.before),
        "after": change.after.isoformat() if change.after else None,
        "before": change.before.isoformat(),
        "silent": change.silent,
        "revert": change.revert,
        "page": f"{pages.rstrip('/')}/change/{change.id}" if pages else None,
    }
