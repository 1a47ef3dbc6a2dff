"""Which requests are let in: asked of a name that is ours, and written by our own pages.

A page of another site can make a reader's browser send requests here. It can give a name of
its own the address of this machine, so that the browser takes our pages for that site's (DNS
rebinding); and it can send a form. The first is told by ``Host``. Against the second stands
Datasette's token, which ``asgi-csrf`` does not ask for where a bearer token is sent along:
here a request that carries cookies is judged by them alone.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Message = MutableMapping[str, Any]
App = Callable[..., Awaitable[None]]

_READING = ("GET", "HEAD", "OPTIONS", "TRACE")  # RFC 9110, section 9.2.1: safe methods
#: Says which site made the browser ask (https://www.w3.org/TR/fetch-metadata/).
_FOREIGN = (b"cross-site", b"same-site")


def guarded(app: App, names: Collection[str]) -> App:
    """Wrap an ASGI app so that only requests meant for it, by whoever sent them, reach it.

    Args:
        app: The app.
        names: What it is called besides ``localhost``, this machine's name, and the address
            that a request came in at.
    """
    ours = {"localhost", socket.gethostname().lower(), *(name.lower() for name in names)}

    async def wrapped(scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = scope["headers"]
        if _asked(headers) not in ours | _arrived_at(scope):
            await _refuse(
                send,
                421,  # RFC 9110, section 15.5.20: Misdirected Request
                "These pages are not known by that name. If they should be, start them with "
                "`corrigenda review --answer-to NAME`.",
            )
            return
        if scope["method"] not in _READING:
            values = dict(headers)
            if values.get(b"sec-fetch-site") in _FOREIGN:
                await _refuse(send, 403, "Another site sent this; nothing was recorded.")
                return
            if b"cookie" in values:
                scope = {**scope, "headers": [h for h in headers if h[0] != b"authorization"]}
        await app(scope, receive, send)

    return wrapped


def _asked(headers: Collection[tuple[bytes, bytes]]) -> str:
    """Return the name in ``Host``, without its port; empty where there is none to go by."""
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1:
        return ""
    try:
        return (urlsplit(f"//{hosts[0].decode('ascii')}").hostname or "").rstrip(".")
    except ValueError:  # not ASCII, or a bracket without its other
        return ""


def _arrived_at(scope: Message) -> set[str]:
    """Return the address of ours that a request came in at: nobody can rebind a number."""
    server = scope.get("server")
    return {server[0].lower()} if server else set()


async def _refuse(send: Any, status: int, why: str) -> None:
    body = why.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
