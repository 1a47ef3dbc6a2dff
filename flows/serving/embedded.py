"""The Prefect server embedded in a command that has no other to use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)

from corrigenda.errors import PrefectUnreachable
from corrigenda.interrupts import withheld_from_children

#: Seconds between two looks whether it is up, and for it to leave at the end.
_LOOK, _LEAVE = 0.1, 5.0
#: What Prefect sets for the server it would embed itself: no pages, no scheduler.
_EMBEDDED = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
}


@contextmanager
def embedded(tell: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Have a server inside the block: the one Prefect is configured for, else one of our own.

    Prefect would embed one by itself with the first request. But for that it imports the
    whole server into this process (2 s of CPU time, 60 MB), and Ctrl-C would end the server,
    too, and leave the command waiting for it.

    Args:
        tell: Called before one is started: that takes some seconds.

    Raises:
        PrefectUnreachable: It does not start.
    """
    if PREFECT_API_URL.value():
        yield
        return
    tell()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    with withheld_from_children():
        # -P: a folder named flows where the command is run must not hide ours.
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "flows.serving.host", str(port)],
            stdin=subprocess.PIPE,
            env=os.environ | _EMBEDDED,
        )
    try:
        _wait(process, url)
        with temporary_settings({PREFECT_API_URL: url}):
            yield
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    patience = PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
    until = time.monotonic() + patience
    with httpx.Client(trust_env=False, timeout=patience) as client:
        while time.monotonic() < until:
            if (status := process.poll()) is not None:
                raise PrefectUnreachable(url, f"it ended by itself, with status {status}")
            with suppress(httpx.TransportError):
                if client.get(f"{url}/health").is_success:
                    return
            time.sleep(_LOOK)
    raise PrefectUnreachable(url, f"it did not start within {patience:.0f} seconds")


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(_LEAVE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
