"""The pages served for real: Datasette under uvicorn on a port of loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from review.app import make_datasette
from review.web.access import sign_in_path
from review.web.server import address_of, bind, server_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server.

    Attributes:
        url: Its address, without a slash at the end.
        sign_in: Path of a link that signs a reviewer in.
        db: The database file.
    """

    url: str
    sign_in: str
    db: Path

    def client(self, *, signed_in: bool = False) -> httpx.Client:
        """Return a client, signed in or not."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=20)
        if signed_in:
            client.get(self.sign_in).raise_for_status()
        return client


@contextmanager
def serve(path: Path, *, reviewer: str = "Mere") -> Iterator[Served]:
    """Serve a database until the block ends."""
    datasette = make_datasette(path)
    server, listener = server_of(datasette), bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        time.sleep(0.01)
    try:
        yield Served(
            url=address_of(listener),
            sign_in=sign_in_path(datasette, reviewer),
            db=path,
        )
    finally:
        server.should_exit = True
        thread.join(timeout=20)
