"""Serving the pages from this process."""

from __future__ import annotations

import socket

import uvicorn
from datasette.app import Datasette

from corrigenda.errors import UsageError


def bind(host: str, port: int) -> socket.socket:
    """Return a listening address.

    Args:
        host: A name or address of this machine.
        port: 0 takes any free one.

    Raises:
        UsageError: It is taken, or not ours.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # The protocol is named because asyncio switches Nagle's algorithm off only where it
        # is; with it every answer would wait 40 ms for an acknowledgement.
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise UsageError(
            f"port {port} on {host} cannot be used ({error.strerror}); "
            "choose another with --port, or another --host"
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Return what a browser on this machine calls a listening address, without a slash."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def server_of(datasette: Datasette) -> uvicorn.Server:
    """Return a server for the pages; run it with ``sockets=[bind(…)]``."""
    return uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", lifespan="on"))
