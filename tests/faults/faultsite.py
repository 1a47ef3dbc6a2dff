"""A site on loopback that misbehaves by name.

A small HTTP/1.1 server on bare sockets, since most faults are things a proper server
would not let us do. Every fault is a function over the open connection, registered
with the verdict an honest client must reach::

    with FaultSite({"/release/one": release_page("One")}) as site:
        site.fault("/release/one", "gzip-bomb")
        ...  # fetch with Settings(origin=site.url)
        site.heal()
        assert site.log[-1].fault == "gzip-bomb"
"""

from __future__ import annotations

import contextlib
import gzip
import random
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self

import brotli
import zstandard

from corrigenda.models import Verdict

PAGES = Path(__file__).resolve().parent.parent / "pages" / "verdicts"
Headers = Iterable[tuple[str, str]]
LAST_MODIFIED = "Mon, 16 Feb 2026 02:43:54 GMT"


@dataclass(slots=True)
class Hit:
    """A line of the site's log; header names in lower case, times on the monotonic clock."""

    path: str
    headers: Mapping[str, str]
    began: float
    ended: float = 0.0
    status: int | None = None
    fault: str | None = None


class Reply:
    """One answer over the open connection, right or wrong."""

    def __init__(self, connection: socket.socket, site: FaultSite, hit: Hit) -> None:
        self._connection = connection
        self._hit = hit
        self.site = site
        self.path = hit.path
        self.headers = hit.headers
        self.keep_open = False

    @property
    def page(self) -> bytes:
        """The right body for the path asked."""
        return self.site.pages.get(self.path, release_page("A stand-in"))

    def head(self, status: int, headers: Headers) -> bytes:
        self._hit.status = status
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def send(self, status: int, body: bytes = b"", headers: Headers = ()) -> None:
        """Answer properly."""
        given = {name.lower() for name, _ in headers}
        usual = [("Content-Type", content_type(self.path)), ("Content-Length", str(len(body)))]
        fields = [*(f for f in usual if f[0].lower() not in given), *headers]
        head = self.head(status, fields)
        self.keep_open = True
        self.raw(head + (b"" if status in (204, 304) else body))

    def right(self, headers: Headers = ()) -> None:
        """Answer as the healthy site does."""
        self.site.serve(self, headers)

    def raw(self, data: bytes) -> None:
        """Send bytes as they are; they are taken for the last of the answer."""
        self._hit.ended = time.monotonic()
        self._connection.sendall(data)

    def drip(self, data: bytes, pause: float = 0.02) -> None:
        """Send a byte at a time, for as long as the site stands."""
        for byte in data:
            self.raw(bytes([byte]))
            if self.site.stopping.wait(pause):
                return

    def stall(self) -> None:
        """Say nothing until the client leaves or the site closes."""
        self._connection.settimeout(0.05)
        while not self.site.stopping.is_set():
            with contextlib.suppress(TimeoutError):
                if not self._connection.recv(4096):
                    return

    def reset(self) -> None:
        """Break the connection off with RST instead of FIN."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Fault:
    """A named way of failing.

    Attributes:
        name: What it is called.
        verdict: What the answer must be judged, retries included.
        act: Misbehaves on one request.
        attempts: Requests a client with two attempts makes before it settles; 0 when
            it depends on other things than retrying.
    """

    name: str
    verdict: Verdict
    act: Callable[[Reply], None]
    attempts: int


FAULTS: dict[str, Fault] = {}


def fault(
    verdict: Verdict, *, attempts: int = 1, name: str = ""
) -> Callable[[Callable[[Reply], None]], Callable[[Reply], None]]:
    """Register a function as the fault of its name."""

    def register(act: Callable[[Reply], None]) -> Callable[[Reply], None]:
        known = name or act.__name__.replace("_", "-")
        FAULTS[known] = Fault(known, verdict, act, attempts)
        return act

    return register


class FaultSite:
    """The server. Everything is served right unless a fault is set for its path.

    Attributes:
        pages: Path (with query) to body; change it at will.
        log: One :class:`Hit` a request, in order of arrival.
        pause: Seconds before each right answer, to make overlaps visible.
        stopping: Set when the site closes.
    """

    def __init__(
        self,
        pages: Mapping[str, bytes],
        *,
        pause: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.pages = _furniture() | dict(pages)
        self.log: list[Hit] = []
        self.pause = pause
        self._tls = tls
        self.stopping = threading.Event()
        self.counts: Counter[tuple[str, str]] = Counter()
        self._faults: list[tuple[str, Fault]] = []
        self._answers: dict[str, Callable[[Reply], None]] = {}
        self._chance: Callable[[], Fault | None] = lambda: None
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        """The origin to send requests to."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def fault(self, prefix: str, name: str) -> None:
        """Let every path that begins with ``prefix`` fail so; the latest rule wins."""
        self._faults.insert(0, (prefix, FAULTS[name]))

    def answer(self, path: str, act: Callable[[Reply], None]) -> None:
        """Let one path be answered by a function."""
        self._answers[path] = act

    def redirect(self, path: str, location: str, status: int = 301) -> None:
        """Let one path redirect."""
        # Location as bytes in UTF-8, as servers send what is not ASCII.
        target = location.encode().decode("latin-1")
        self.answer(path, lambda reply: reply.send(status, headers=[("Location", target)]))

    def at_random(self, share: float, *, seed: int, names: Iterable[str] | None = None) -> None:
        """Let that share of all answers fail, each by a fault drawn at random.

        Left out unless named: faults that rightly end in another verdict than a
        failure (``moved``, ``release``).
        """
        truths = (Verdict.MOVED, Verdict.RELEASE)
        chosen = [FAULTS[name] for name in names or ()] or [
            known for known in FAULTS.values() if known.verdict not in truths
        ]
        rng = random.Random(seed)
        self._chance = lambda: rng.choice(chosen) if rng.random() < share else None

    def heal(self) -> None:
        """Serve every page as it stands from now on."""
        self._faults.clear()
        self._answers.clear()
        self._chance = lambda: None

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [hit.path for hit in self.log]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        # Closing does not wake a thread in accept(); a last connection does.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), 1).close()
        self._listener.close()

    def serve(self, reply: Reply, headers: Headers = ()) -> None:
        """Answer as a healthy site: validators, 304 to a match, 404 to what is not there."""
        self.stopping.wait(self.pause)
        body = self.pages.get(reply.path)
        if body is None:
            reply.send(404, page("Page not found", "<h1>Page not found</h1>"))
            return
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        validators = [("ETag", etag), ("Last-Modified", LAST_MODIFIED)]
        if reply.headers.get("if-none-match") == etag:
            reply.send(304, headers=validators)
            return
        reply.send(200, body, [*validators, *headers])

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        """Answer the requests of one connection until either side ends it."""
        with contextlib.ExitStack() as open_things:
            open_things.enter_context(contextlib.suppress(OSError))
            open_things.enter_context(connection)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                open_things.enter_context(connection)
            lines = open_things.enter_context(connection.makefile("rb"))
            while (hit := _read_request(lines)) and not self.stopping.is_set():
                reply = Reply(connection, self, hit)
                with self._lock:
                    self.log.append(hit)
                    chosen = self._choose(hit.path)
                    hit.fault = chosen.name if chosen else None
                act = chosen.act if chosen else self._answers.get(hit.path, self.serve)
                act(reply)
                if not reply.keep_open:
                    return

    def _choose(self, path: str) -> Fault | None:
        ruled = (known for prefix, known in self._faults if path.startswith(prefix))
        return next(ruled, None) or self._chance()


def _read_request(lines: BinaryIO) -> Hit | None:
    first = lines.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while line := lines.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Hit(path=first[1], headers=headers, began=time.monotonic())


def content_type(path: str) -> str:
    """Return what a healthy site serves a path as."""
    if path.endswith("robots.txt"):
        return "text/plain; charset=utf-8"
    return "application/rss+xml" if path.endswith(".xml") else "text/html; charset=UTF-8"


def page(title: str, main: str) -> bytes:
    """Build a whole page with the replica's chrome around its main part."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} | A Government</title>
<script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script>
</head>
<body>
<nav><a href="/">Home</a> <a href="/releases">Releases</a></nav>
<main>
{main}
</main>
<footer><p>Crown copyright, all rights invented.</p></footer>
</body>
</html>
""".encode()


def release_page(title: str, body: str = "<p>A bridge over the Kea Stream opens.</p>") -> bytes:
    """Build a release's page in the structure of the first source."""
    return page(
        title,
        f"""<article class="node node--type-article node--view-mode-full ds-three-col">
<div class="ds-three-col__column ds-three-col__main">
<time class="meta meta__date" datetime=""><time datetime="2026-02-16T02:43:54Z">16 February 2026\
</time>
</time>
<h1 class="article__title">
  {title}
</h1>
<ul class="meta--ministers"><li><a href="/minister/hon-ada-moana">Hon Ada Moana</a></li></ul>
<em class="tag tag--portfolio"><a href="/portfolio/bridges">Bridges</a></em>
<div class="prose field field--name-body field--type-text-with-summary">{body}</div>
</div>
</article>""",
    )


def _furniture() -> dict[str, bytes]:
    """Build what every site has, and what redirects lead to."""
    return {
        "/": page("Home", "<h1>A Government</h1>"),
        "/releases": page("Releases", '<a href="/release/elsewhere">Elsewhere</a>'),
        "/about": release_page("Not an item by its address"),
        "/release/elsewhere": release_page("Found elsewhere"),
        "/robots.txt": b"User-agent: *\nDisallow: /search\n",
    }


def recorded(name: str) -> bytes:
    """Return a page of ``tests/pages/verdicts``."""
    return (PAGES / f"{name}.html").read_bytes()


# --- Challenges ---------------------------------------------------------------------


def _challenge(name: str, status: int, page_name: str, headers: Headers = ()) -> None:
    def act(reply: Reply) -> None:
        reply.send(status, recorded(page_name), headers)

    fault(Verdict.CHALLENGE, name=name)(act)


_challenge("challenge-incapsula-200", 200, "challenge-incapsula")
_challenge("challenge-incapsula-403", 403, "challenge-incapsula")
_challenge("challenge-incapsula-404", 404, "challenge-incapsula")
_challenge("challenge-imperva-interruption", 200, "challenge-imperva-interruption")
_challenge("challenge-cloudflare-403", 403, "challenge-cloudflare", [("cf-mitigated", "challenge")])
_challenge("challenge-cloudflare-503", 503, "challenge-cloudflare", [("Retry-After", "1")])
_challenge("challenge-cloudflare-block", 403, "challenge-cloudflare-block")
_challenge("challenge-akamai", 403, "challenge-akamai")
_challenge("challenge-aws-waf-202", 202, "challenge-aws-waf", [("x-amzn-waf-action", "challenge")])
_challenge("challenge-aws-waf-405", 405, "challenge-aws-waf", [("x-amzn-waf-action", "captcha")])
_challenge("challenge-datadome", 403, "challenge-datadome")
_challenge("challenge-wordpress", 200, "challenge-wordpress")
_challenge("challenge-wordpress-503", 503, "challenge-wordpress")
_challenge("challenge-noindex-small", 200, "challenge-noindex-small")


@fault(Verdict.CHALLENGE)
def challenge_gzipped(reply: Reply) -> None:
    reply.send(200, gzip.compress(recorded("challenge-incapsula")), [("Content-Encoding", "gzip")])


# --- Absence, and moves ---------------------------------------------------------------


def _status(name: str, verdict: Verdict, status: int, headers: Headers = ()) -> None:
    again = 2 if status == 429 or status >= 500 else 1

    def act(reply: Reply) -> None:
        reply.send(status, page(f"{status}", f"<h1>{status}</h1>"), headers)

    fault(verdict, name=name, attempts=again)(act)


_status("not-found-404", Verdict.MISSING, 404)
_status("gone-410", Verdict.MISSING, 410)


@fault(Verdict.MISSING)
def soft_404(reply: Reply) -> None:
    reply.send(200, recorded("missing-soft-404"))


def _redirect(name: str, verdict: Verdict, location: str, status: int = 302) -> None:
    def act(reply: Reply) -> None:
        reply.send(status, headers=[("Location", location)])

    fault(verdict, name=name)(act)


_redirect("redirect-home", Verdict.MISSING, "/")
_redirect("redirect-listing", Verdict.MISSING, "/releases", 301)
_redirect("redirect-release", Verdict.MOVED, "/release/elsewhere", 301)
_redirect("redirect-not-an-item", Verdict.BROKEN, "/about")
_redirect("redirect-disallowed", Verdict.DISALLOWED, "/search?q=it")

# --- Redirects that lead nowhere ------------------------------------------------------

_redirect("redirect-other-host", Verdict.BROKEN, "https://elsewhere.example/release/one")
_redirect("redirect-private-address", Verdict.BROKEN, "http://10.0.0.1/")
_redirect("redirect-metadata-service", Verdict.BROKEN, "http://169.254.169.254/latest/meta-data/")
_redirect("redirect-loopback", Verdict.BROKEN, "http://127.0.0.1:1/")
_redirect("redirect-file", Verdict.BROKEN, "file:///etc/hostname")
_redirect("redirect-user-info", Verdict.BROKEN, "https://www.example.govt.nz@elsewhere.example/")
_redirect("redirect-odd-port", Verdict.BROKEN, "https://www.example.govt.nz:22/")
_redirect("redirect-nonsense", Verdict.BROKEN, "http://[::1")
_redirect("redirect-empty", Verdict.BROKEN, "")


@fault(Verdict.BROKEN)
def redirect_without_location(reply: Reply) -> None:
    reply.send(301)


@fault(Verdict.BROKEN)
def redirect_to_itself(reply: Reply) -> None:
    reply.send(302, headers=[("Location", reply.path)])


@fault(Verdict.BROKEN, attempts=2)
def redirect_loop(reply: Reply) -> None:
    path = reply.path.partition("?")[0]
    there = path if "?" in reply.path else f"{path}?again=1"
    reply.send(302, headers=[("Location", there)])


@fault(Verdict.BROKEN, attempts=0)
def redirect_endless(reply: Reply) -> None:
    path, _, query = reply.path.partition("?n=")
    reply.send(302, headers=[("Location", f"{path}?n={int(query or 0) + 1}")])


# --- Bodies that are not whole --------------------------------------------------------


@fault(Verdict.BROKEN, attempts=2)
def truncated_by_close(reply: Reply) -> None:
    body = reply.page
    head = reply.head(200, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    reply.raw(head + body[: len(body) // 2])


@fault(Verdict.BROKEN, attempts=2)
def truncated_chunks(reply: Reply) -> None:
    head = reply.head(200, [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")])
    part = reply.page[:300]
    reply.raw(head + b"%x\r\n%b\r\n" % (len(part), part))


@fault(Verdict.BROKEN)
def truncated_unframed(reply: Reply) -> None:
    """Neither length nor chunks: only the page itself tells that half is missing."""
    body = reply.page
    reply.raw(reply.head(200, [("Content-Type", "text/html")]) + body[: len(body) // 2])


def _truncated_coding(name: str, compress: Callable[[bytes], bytes]) -> None:
    def act(reply: Reply) -> None:
        data = compress(reply.page)
        reply.send(200, data[: len(data) // 2], [("Content-Encoding", name)])

    fault(Verdict.BROKEN, name=f"truncated-{name}", attempts=2)(act)


_truncated_coding("gzip", gzip.compress)
_truncated_coding("br", brotli.compress)
_truncated_coding("zstd", zstandard.compress)


@fault(Verdict.BROKEN)
def length_too_small(reply: Reply) -> None:
    body = reply.page
    reply.send(200, body, [("Content-Length", str(len(body) // 2))])
    reply.keep_open = False


@fault(Verdict.TIMEOUT, attempts=2)
def length_too_large(reply: Reply) -> None:
    reply.send(200, reply.page, [("Content-Length", str(len(reply.page) + 1))])
    reply.stall()


@fault(Verdict.BROKEN, attempts=2)
def length_nonsense(reply: Reply) -> None:
    reply.send(200, reply.page, [("Content-Length", "many")])


@fault(Verdict.BROKEN, attempts=2)
def lengths_contradict(reply: Reply) -> None:
    reply.send(200, reply.page, [("Content-Length", "10"), ("Content-Length", "20")])


@fault(Verdict.BROKEN, attempts=2)
def chunk_size_nonsense(reply: Reply) -> None:
    head = reply.head(200, [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")])
    reply.raw(head + b"zz\r\n" + reply.page)


@fault(Verdict.BROKEN, attempts=2)
def reset_mid_body(reply: Reply) -> None:
    body = reply.page
    head = reply.head(200, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    reply.raw(head + body[:200])
    reply.site.stopping.wait(0.02)  # let the bytes arrive before the reset discards them
    reply.reset()


@fault(Verdict.BROKEN, attempts=2)
def reset_before_answer(reply: Reply) -> None:
    reply.reset()


@fault(Verdict.BROKEN, attempts=2)
def closed_without_answer(reply: Reply) -> None:
    reply.raw(b"")


# --- Bodies that are too much ---------------------------------------------------------

_BOMB = 100_000_000  # bytes; five times what settings allow by default


def _bomb(name: str, compress: Callable[[bytes], bytes]) -> None:
    made: list[bytes] = []

    def act(reply: Reply) -> None:
        if not made:
            made.append(compress(b"<html>" + b" " * _BOMB))
        reply.send(200, made[0], [("Content-Encoding", name)])

    fault(Verdict.BROKEN, name=f"{name}-bomb")(act)


_bomb("gzip", lambda data: gzip.compress(data, 1))
_bomb("br", lambda data: brotli.compress(data, quality=1))
_bomb("zstd", zstandard.compress)


@fault(Verdict.BROKEN)
def flood(reply: Reply) -> None:
    """An uncompressed body without end."""
    reply.raw(reply.head(200, [("Content-Type", "text/html")]) + b"<html>")
    while not reply.site.stopping.is_set():
        reply.raw(b" " * 1_000_000)


@fault(Verdict.BROKEN, attempts=2)
def headers_endless(reply: Reply) -> None:
    reply.raw(b"HTTP/1.1 200 OK\r\n")
    while not reply.site.stopping.is_set():
        reply.raw(b"X-Padding: " + b"x" * 1_000 + b"\r\n")


# --- Bodies that are something else ---------------------------------------------------


@fault(Verdict.BROKEN)
def gzip_garbage(reply: Reply) -> None:
    reply.send(200, reply.page, [("Content-Encoding", "gzip")])


@fault(Verdict.BROKEN)
def encoding_unknown(reply: Reply) -> None:
    reply.send(200, reply.page, [("Content-Encoding", "compress")])


@fault(Verdict.BROKEN, attempts=2)
def garbage_instead_of_http(reply: Reply) -> None:
    reply.raw(random.Random(7).randbytes(2_000))


@fault(Verdict.BROKEN, attempts=2)
def tls_instead_of_http(reply: Reply) -> None:
    reply.raw(b"\x15\x03\x01\x00\x02\x02\x46")  # an alert: unexpected protocol


@fault(Verdict.BROKEN)
def garbage_as_html(reply: Reply) -> None:
    reply.send(200, random.Random(8).randbytes(20_000))


@fault(Verdict.BROKEN)
def garbage_inside_html(reply: Reply) -> None:
    reply.send(200, reply.page.replace(b"</h1>", b"</h1>" + random.Random(9).randbytes(5_000)))


@fault(Verdict.BROKEN)
def text_as_html(reply: Reply) -> None:
    reply.send(200, b"Service operating normally.")


@fault(Verdict.BROKEN)
def empty_200(reply: Reply) -> None:
    reply.send(200)


@fault(Verdict.BROKEN)
def blank_200(reply: Reply) -> None:
    reply.send(200, b"\r\n   \r\n")


@fault(Verdict.BROKEN)
def wrong_type_pdf(reply: Reply) -> None:
    reply.send(200, b"%PDF-1.7\n%\xe2\xe3", [("Content-Type", "application/pdf")])


@fault(Verdict.BROKEN)
def wrong_type_image(reply: Reply) -> None:
    reply.send(200, b"\x89PNG\r\n\x1a\n", [("Content-Type", "image/png")])


@fault(Verdict.BROKEN)
def wrong_type_json(reply: Reply) -> None:
    reply.send(200, b'{"error": null}', [("Content-Type", "application/json")])


@fault(Verdict.BROKEN)
def pdf_as_html(reply: Reply) -> None:
    reply.send(200, b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF")


@fault(Verdict.BROKEN)
def browser_error_page(reply: Reply) -> None:
    reply.send(200, recorded("broken-browser-error"))


@fault(Verdict.BROKEN)
def meta_refresh(reply: Reply) -> None:
    reply.send(200, recorded("broken-meta-refresh"))


@fault(Verdict.BROKEN)
def partial_206(reply: Reply) -> None:
    reply.send(206, reply.page[:400], [("Content-Range", f"bytes 0-399/{len(reply.page)}")])


@fault(Verdict.BROKEN)
def no_content_204(reply: Reply) -> None:
    reply.send(204)


@fault(Verdict.BROKEN)
def unasked_304(reply: Reply) -> None:
    reply.send(304)


# --- Slowness -------------------------------------------------------------------------


@fault(Verdict.TIMEOUT, attempts=2)
def slow_drip_body(reply: Reply) -> None:
    reply.raw(reply.head(200, [("Content-Type", "text/html"), ("Content-Length", "1000000")]))
    reply.drip(b"<html>" + b" " * 1_000_000)


@fault(Verdict.TIMEOUT, attempts=2)
def slow_drip_headers(reply: Reply) -> None:
    reply.raw(b"HTTP/1.1 200 OK\r\nX-Padding: ")
    reply.drip(b"x" * 1_000_000)


@fault(Verdict.TIMEOUT, attempts=2)
def endless_103(reply: Reply) -> None:
    """Hints that the answer is coming, again and again."""
    while not reply.site.stopping.wait(0.02):
        reply.raw(b"HTTP/1.1 103 Early Hints\r\n\r\n")


@fault(Verdict.TIMEOUT, attempts=2)
def stall_before_answer(reply: Reply) -> None:
    reply.stall()


@fault(Verdict.TIMEOUT, attempts=2)
def stall_mid_body(reply: Reply) -> None:
    head = reply.head(200, [("Content-Type", "text/html"), ("Content-Length", "100000")])
    reply.raw(head + reply.page[:200])
    reply.stall()


# --- Statuses -------------------------------------------------------------------------

_status("bad-request-400", Verdict.FORBIDDEN, 400)
_status("unauthorized-401", Verdict.FORBIDDEN, 401)
_status("forbidden-403", Verdict.FORBIDDEN, 403)
_status("method-405", Verdict.FORBIDDEN, 405)
_status("legal-451", Verdict.FORBIDDEN, 451)
_status("request-timeout-408", Verdict.TIMEOUT, 408)
_status("rate-limited-429", Verdict.RATE_LIMITED, 429)
_status("server-error-500", Verdict.SERVER_ERROR, 500)
_status("bad-gateway-502", Verdict.SERVER_ERROR, 502)
_status("unavailable-503", Verdict.SERVER_ERROR, 503)
_status("gateway-timeout-504", Verdict.SERVER_ERROR, 504)


@fault(Verdict.RATE_LIMITED)
def rate_limited_for_a_day(reply: Reply) -> None:
    reply.send(429, headers=[("Retry-After", "86400")])


@fault(Verdict.RATE_LIMITED)
def rate_limited_until_a_date(reply: Reply) -> None:
    far = format_datetime(datetime(2199, 1, 1, tzinfo=UTC), usegmt=True)
    reply.send(429, headers=[("Retry-After", far)])


# --- What only looks like a fault -----------------------------------------------------


def _then_right(name: str, first: str) -> None:
    def act(reply: Reply) -> None:
        reply.site.counts[name, reply.path] += 1
        if reply.site.counts[name, reply.path] % 2:
            FAULTS[first].act(reply)
        else:
            reply.right()

    fault(Verdict.RELEASE, name=name, attempts=2)(act)


_then_right("500-then-200", "server-error-500")
_then_right("429-then-200", "rate-limited-429")
_then_right("reset-then-200", "reset-mid-body")
_then_right("truncated-then-200", "truncated-by-close")


@fault(Verdict.RELEASE)
def vendor_headers_on_a_good_page(reply: Reply) -> None:
    cookies = [("Set-Cookie", "visid_incap_1=x; path=/"), ("Set-Cookie", "nlbi_1=y; path=/")]
    marks = [
        ("X-CDN", "Imperva"),
        ("X-Iinfo", "13-99-0 PNNN RT(1) q(0) r(1)"),
        ("Server", "cloudflare"),
    ]
    reply.right([*cookies, *marks, ("CF-RAY", "8a1-AKL")])


def _coded(name: str, compress: Callable[[bytes], bytes]) -> None:
    def act(reply: Reply) -> None:
        reply.send(200, compress(reply.page), [("Content-Encoding", name)])

    fault(Verdict.RELEASE, name=f"sound-{name}")(act)


_coded("gzip", gzip.compress)
_coded("br", brotli.compress)
_coded("zstd", zstandard.compress)
_coded("identity", bytes)


@fault(Verdict.RELEASE)
def sound_chunks(reply: Reply) -> None:
    head = reply.head(200, [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")])
    body = reply.page
    parts = [body[at : at + 100] for at in range(0, len(body), 100)]
    reply.keep_open = True
    reply.raw(head + b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n")
