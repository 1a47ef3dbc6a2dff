"""The transport under httpx: checked addresses, and a timeout on the whole.

httpx times each read, so a server that drips a byte now and then, in its headers
even, holds a connection for ever; and it resolves names by itself, out of the
guard's sight. Both are settled where httpcore reads, writes and connects.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

from corrigenda.fetch.guard import Guard

# Longer than the default delay, so that a polite run needs one TLS handshake, not many.
_KEEP_ALIVE = 60.0


class Wire(httpx.BaseTransport):
    """One connection at a time, only where the guard allows, within a total time.

    Failures come as httpcore's own exceptions.
    """

    def __init__(self, guard: Guard, *, total: float) -> None:
        """Connect to nothing yet.

        Args:
            guard: Says which addresses may be contacted.
            total: Seconds for one request, from connecting to the body's last byte.
        """
        self._deadline = _Deadline(total)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=1,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=_Backend(guard, self._deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its total time starts now."""
        self._deadline.start()
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Stream(response))

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    """A response's body, as httpx wants it."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _Deadline:
    """When the request under way must be over."""

    def __init__(self, total: float) -> None:
        self._total = total
        self._end = 0.0

    def start(self) -> None:
        self._end = time.monotonic() + self._total

    def clamp(self, timeout: float | None, error: type[httpcore.TimeoutException]) -> float:
        """Return the seconds one step may take; raise ``error`` when none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise error(f"not finished after {self._total:g} s")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.NetworkBackend):
    """Opens connections to addresses the guard has seen."""

    def __init__(self, guard: Guard, deadline: _Deadline) -> None:
        self._guard = guard
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._guard.addresses(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} does not resolve: {error}") from error
        failure: Exception | None = None
        for address in addresses:
            limit = self._deadline.clamp(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, limit, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        assert failure is not None  # there is at least one address
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A connection none of whose steps outlasts the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        limit = self._deadline.clamp(timeout, httpcore.ReadTimeout)
        return self._stream.read(max_bytes, limit)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.clamp(timeout, httpcore.WriteTimeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        limit = self._deadline.clamp(timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, limit)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()
