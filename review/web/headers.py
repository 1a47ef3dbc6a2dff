"""Response headers: what a page may load and run, whatever stands in its content."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{inline}; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_STRICT = _POLICY.format(inline="")
# Datasette's own pages write style sheets into the page. Scripts of that kind are moved
# to files by our templates, so nothing inline ever runs anywhere.
_DATASETTE = _POLICY.format(inline=" 'unsafe-inline'")
# A stored page is the publisher's: shown in our frame, it runs nothing and fetches nothing.
_STORED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_STORED_PATHS = "/stored/"
_DATASETTE_PATHS = ("/-/", "/corrigenda", "/_")

_COMMON = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


def with_headers(app: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Wrap an ASGI app so that every response carries our headers."""

    async def wrapped(scope: Message, receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        own = not scope["path"].startswith(_DATASETTE_PATHS)
        stored = scope["path"].startswith(_STORED_PATHS)
        policy = (_STORED if stored else _STRICT if own else _DATASETTE).encode()
        frame = (b"x-frame-options", b"SAMEORIGIN" if stored else b"DENY")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = ((b"content-security-policy", policy), frame, *_COMMON)
                names = {name for name, _ in ours}
                kept = [h for h in message.get("headers", []) if h[0].lower() not in names]
                message = {**message, "headers": [*kept, *ours]}
            await send(message)

        await app(scope, receive, send_with_headers)

    return wrapped
