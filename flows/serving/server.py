"""The Prefect server that a schedule is served by: somebody's, or one of our own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
from prefect.settings import PREFECT_API_URL, temporary_settings

from corrigenda.errors import PrefectUnreachable
from corrigenda.interrupts import withheld_from_children

#: Where Prefect's pages usually are.
_PORT = 4200
#: Seconds: between two looks at a server, between two words on a slow start, of one request,
#: and for it to leave at the end.
_LOOK, _WORD, _REQUEST, _LEAVE = 1.0, 15.0, 5.0, 10.0


class Server:
    """Where the schedule is kept.

    Attributes:
        url: Its API.
    """

    def __init__(self, url: str, port: int | None = None) -> None:
        self.url = url
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def is_well(self) -> bool:
        """Tell whether it answers."""
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health", timeout=_REQUEST, trust_env=False).is_success
        return False

    def wait(self, tell: Callable[[str], None]) -> None:
        """Wait until it answers; one of our own is started, as often as it takes.

        Args:
            tell: Called with a sentence now and then.

        Raises:
            PrefectUnreachable: Our own ends instead of answering.
        """
        began = spoke = time.monotonic()
        while not self.is_well():
            self._keep_alive()
            time.sleep(_LOOK)
            if time.monotonic() - spoke >= _WORD:
                spoke = time.monotonic()
                tell(f"Still waiting for Prefect's server at {self.url} ({spoke - began:.0f} s).")

    def stop(self) -> None:
        """End our own; somebody else's goes on."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_LEAVE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _keep_alive(self) -> None:
        if self._port is None or (self._process and self._process.poll() is None):
            return
        if self._process and self._process.returncode > 0:
            raise PrefectUnreachable(
                self.url, f"it ended by itself, with status {self._process.returncode}"
            )
        with withheld_from_children():
            # -P: a folder named flows where the command is run must not hide ours.
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", "flows.serving.host", str(self._port)],
                stdin=subprocess.PIPE,
            )


@contextmanager
def server(tell: Callable[[str], None]) -> Iterator[Server]:
    """Give the server to use: the one Prefect is configured for, else one of our own.

    Prefect's embedded server will not do: it has no scheduler. Ours is a whole one, on
    Prefect's own database in ``PREFECT_HOME``, with its pages, and ends with the block.

    Args:
        tell: Called with a sentence where something takes long.

    Raises:
        PrefectUnreachable: The configured one does not answer.
    """
    if url := PREFECT_API_URL.value():
        found = Server(url)
        if not found.is_well():
            raise PrefectUnreachable(url, "it does not answer")
        yield found
        return
    port = _free_port()
    own = Server(f"http://127.0.0.1:{port}/api", port)
    tell(
        f"Starting a Prefect server; its pages will be at http://127.0.0.1:{port}. "
        "The first time that takes about 20 seconds, on a busy machine minutes."
    )
    try:
        own.wait(tell)
        with temporary_settings({PREFECT_API_URL: own.url}):
            yield own
    finally:
        own.stop()


def _free_port() -> int:
    for port in (_PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no port is free on this machine")
