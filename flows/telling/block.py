"""Prefect's own kind of notification, which people save at its server under a name.

``prefect block register -m flows.telling.block`` offers it in Prefect's pages.
"""

from __future__ import annotations

from typing import Any, ClassVar

from prefect.blocks.notifications import AbstractAppriseNotificationBlock
from pydantic import Field, SecretStr


class ChangeNotification(AbstractAppriseNotificationBlock):
    """Tells people what a run found."""

    _block_type_name: ClassVar[str | None] = "Corrigenda notification"
    _block_type_slug: ClassVar[str | None] = "corrigenda-notification"

    url: SecretStr = Field(
        default=...,
        title="Apprise address",
        description="Where to send it, e.g. mailto://… or json://…; several apart by a space",
    )


def send_by(name: str, text: str, subject: str) -> None:
    """Send a message by the block saved under a name.

    Raises:
        Exception: There is none, or it could not send; Prefect says why.
    """
    block: Any = ChangeNotification.load(name)
    assert isinstance(block, ChangeNotification)
    with block.raise_on_failure():
        # Answers a coroutine only when called from async code.
        sent: Any = block.notify(text, subject)
        assert sent is None
