"""The Prefect server embedded in a command that has no other to use."""

from __future__ import annotations

import threading
from collections.abc import Callable

from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL

from corrigenda.interrupts import withheld_from_children


def start_embedded(tell: Callable[[], None] = lambda: None) -> None:
    """Start the embedded server, unless there is another to use.

    Prefect would start it by itself with the first request; but then Ctrl-C would end the
    server, too, and the command wait 80 seconds for it to answer. It is started in a thread
    of its own so that Ctrl-C is heard here meanwhile.

    Args:
        tell: Called before it is started: that takes some seconds.

    Raises:
        RuntimeError: It does not start; Prefect says why.
    """
    if PREFECT_API_URL.value():
        return
    tell()
    trouble: list[Exception] = []
    thread = threading.Thread(target=_start, args=[trouble], daemon=True)
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]


def _start(trouble: list[Exception]) -> None:
    try:
        with withheld_from_children(), get_client(sync_client=True):
            pass
    except Exception as error:
        trouble.append(error)
