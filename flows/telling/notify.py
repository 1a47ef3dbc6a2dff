"""A message after a run that found something, for people without automations. No Prefect here.

``CORRIGENDA_NOTIFY`` is an address of Apprise's (e-mail, Slack, Matrix, a webhook and a
hundred others), or names a block saved at Prefect's server (:mod:`flows.telling.block`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from corrigenda.compare import masking
from corrigenda.errors import CorrigendaError
from corrigenda.models import Change, Significance
from corrigenda.wording import count, interval
from flows.session import Session
from storage.queries.log.changes import changes
from storage.queries.log.filters import ChangeFilter

_MOST_CHANGES = 20
_MOST_REASONS = 3


#: Sends by a saved block: its name, the message, its subject.
SendBy = Callable[[str, str, str], None]


def notify(session: Session, send_by: SendBy | None = None) -> str:
    """Tell what a run found, if it was told whom, and if there is anything worth it.

    A message that cannot be sent is an issue of the run, never its failure: what was found
    is in the store.

    Args:
        session: The run.
        send_by: How a saved block is used; left out where there is no server to ask for it.

    Returns:
        Why the message could not be sent; empty when it was, or when there was none.
    """
    settings = session.settings
    if not settings.notify:
        return ""
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
        return ""
    text, subject = message(found, settings.pages), subject_of(found)
    try:
        if "://" in settings.notify:
            _send(settings.notify, text, subject)
        elif send_by is None:
            raise _Unsent("a saved block needs a run that Prefect tracks; give an address")
        else:
            send_by(settings.notify, text, subject)
    except Exception as error:
        # The address may hold a password: another's words stay out of logs and of the store.
        why = str(error) if isinstance(error, _Unsent) else type(error).__name__
        trouble = f"the notification could not be sent ({why}); check CORRIGENDA_NOTIFY"
        session.issue("", trouble)
        return trouble
    return ""


class _Unsent(CorrigendaError):
    """A message that was not sent, and why, in words of ours."""


def _send(addresses: str, text: str, subject: str) -> None:
    from apprise import Apprise  # noqa: PLC0415 - brings much that few runs need

    to = Apprise()
    if not to.add(addresses):
        raise _Unsent("not every address is one that Apprise knows")
    if not to.notify(body=text, title=subject):
        raise _Unsent("the receiver did not take it")


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
