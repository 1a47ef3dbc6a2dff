"""A message after a run that found something, for people without automations.

The block is Prefect's own kind of notification, sent by Apprise: e-mail, Slack, Matrix, a
webhook and a hundred others, each an address. ``prefect block register -m flows.telling.notify``
offers it in Prefect's pages; ``CORRIGENDA_NOTIFY`` names a saved block, or an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from prefect.blocks.notifications import AbstractAppriseNotificationBlock
from prefect.logging import get_run_logger
from pydantic import Field, SecretStr

from corrigenda.compare import masking
from corrigenda.models import Change, Significance
from corrigenda.wording import count, interval
from flows.session import Session
from storage.queries.log.changes import changes
from storage.queries.log.filters import ChangeFilter

_MOST_CHANGES = 20
_MOST_REASONS = 3


class ChangeNotification(AbstractAppriseNotificationBlock):
    """Tells people what a run found."""

    _block_type_name: ClassVar[str | None] = "Corrigenda notification"
    _block_type_slug: ClassVar[str | None] = "corrigenda-notification"

    url: SecretStr = Field(
        default=...,
        title="Apprise address",
        description="Where to send it, e.g. mailto://… or json://…; several apart by a space",
    )


def notify(session: Session) -> None:
    """Tell what a run found, if it was told whom, and if there is anything worth it.

    A message that cannot be sent is an issue of the run, never its failure: what was found
    is in the store.
    """
    settings = session.settings
    if not settings.notify:
        return
    found = changes(
        session.store.db,
        ChangeFilter(
            run=session.tally.run,
            min_significance=settings.notify_significance,
            status="open",
            noise=False,
        ),
    )
    if not found:
        return
    try:
        block = _block(settings.notify)
        with block.raise_on_failure():
            # Answers a coroutine only when called from async code.
            sent: Any = block.notify(message(found, settings.pages), subject_of(found))
            assert sent is None
    except Exception as error:
        # The address may hold a password: its text stays out of logs and of the store.
        told = f"the notification could not be sent ({type(error).__name__})"
        get_run_logger().warning("%s; check CORRIGENDA_NOTIFY", told)
        session.issue("", told)


def subject_of(changes: Sequence[Change]) -> str:
    """Return the message's subject."""
    high = sum(change.significance is Significance.HIGH for change in changes)
    return f"Corrigenda: {count(len(changes), 'change')}" + (f", {high} high" if high else "")


def message(changes: Sequence[Change], pages: str = "") -> str:
    """Return the message: each change with its first reasons, press contacts withheld."""
    parts = []
    for change in changes[:_MOST_CHANGES]:
        reasons = [masking.reason(r, masked=True) for r in change.reasons[:_MOST_REASONS]]
        silent = ", silently" if change.silent else ""
        link = f"{pages.rstrip('/')}/change/{change.id}" if pages else change.url
        lines = [
            f"{change.significance.upper()}: {change.title}",
            *(f"- {reason}" for reason in reasons),
            f"{change.kind}{silent} {interval(change.after, change.before)}",
            link,
        ]
        parts.append("\n".join(lines))
    if len(changes) > _MOST_CHANGES:
        parts.append(f"and {len(changes) - _MOST_CHANGES} more")
    return "\n\n".join(parts)


def _block(named: str) -> AbstractAppriseNotificationBlock:
    """Return the block for an address, or the saved one of that name."""
    if "://" in named:
        return ChangeNotification(url=SecretStr(named))
    loaded: Any = ChangeNotification.load(named)
    assert isinstance(loaded, ChangeNotification)
    return loaded
