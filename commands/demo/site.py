"""The replica: a real HTTP server on loopback whose content can be edited while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from commands.demo import pages
from commands.demo.items import Item, own_items, seed_items

_PER_PAGE = 24
#: The feeds of one kind of item each.
_KINDS = {
    "/releases/feed": "/release/",
    "/speeches/feed": "/speech/",
    "/features/feed": "/feature/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request the replica answered.

    Attributes:
        path: Path and query.
        headers: Request headers, names in lower case.
        status: What it was answered with.
    """

    path: str
    headers: dict[str, str]
    status: int


@dataclass(slots=True, kw_only=True)
class Replica:
    """The site. Use as a context manager; ``url`` is its address while it runs.

    Attributes:
        items: What it publishes, by slug.
        challenged: Slugs behind a bot challenge.
        withdrawn: Slugs that answer 404 although the feed names them.
        feed_override: Bytes to serve as the feed instead.
        pause: Seconds to think before each answer.
        hits: Every request so far.
    """

    items: dict[str, Item] = field(
        default_factory=lambda: {i.slug: i for i in [*seed_items(), *own_items()]}
    )
    challenged: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    feed_override: bytes | None = None
    pause: float = 0.0
    hits: list[Hit] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        assert self._server is not None, "the replica is not running"
        return f"http://127.0.0.1:{self._server.server_port}"

    def edit(self, slug: str, **changes: Any) -> None:
        """Change an item as its publisher would."""
        self.items[slug] = replace(self.items[slug], **changes)

    def newest(self) -> list[Item]:
        """Return the items, the newest first."""
        return sorted(self.items.values(), key=lambda i: i.published, reverse=True)

    def __enter__(self) -> Replica:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    def answer(self, target: str) -> tuple[int, str, bytes]:
        """Return status, content type and body for a path with its query."""
        parts = urlsplit(target)
        fixed: dict[str, Callable[[], tuple[int, str, bytes]]] = {
            "/": lambda: _html(pages.home_page(self.newest())),
            "/rss.xml": lambda: (200, "application/rss+xml; charset=utf-8", self._feed()),
            "/sitemap.xml": lambda: (200, "text/xml", pages.sitemap(self.newest()).encode()),
            "/robots.txt": lambda: (200, "text/plain", b"User-agent: *\nDisallow: /admin/\n"),
            "/releases": lambda: _html(self._listing(parse_qs(parts.query))),
        }
        if parts.path in fixed:
            return fixed[parts.path]()
        if parts.path in _KINDS:
            found = [item for item in self.newest() if item.path.startswith(_KINDS[parts.path])]
            return 200, "application/rss+xml; charset=utf-8", pages.feed(found).encode()
        slug = parts.path.rsplit("/", 1)[-1]
        if slug in self.challenged:
            return _html(pages.challenge_page())
        item = self.items.get(slug)
        if item is None or slug in self.withdrawn or parts.path != item.path:
            return _html(pages.not_found_page(), status=404)
        others = [i for i in self.newest() if i.slug != slug]
        return _html(pages.article_page(item, others))

    def alias_of(self, path: str) -> str | None:
        """Return where ``/node/N`` redirects to, if there is such an item."""
        return next((i.path for i in self.items.values() if path == f"/node/{i.node}"), None)

    def _feed(self) -> bytes:
        return self.feed_override or pages.feed(self.newest()).encode()

    def _listing(self, query: dict[str, list[str]]) -> str:
        page = int(query.get("page", ["0"])[0])
        found = self.newest()[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        return pages.listing_page(found, page)


def _html(text: str, status: int = 200) -> tuple[int, str, bytes]:
    return status, "text/html; charset=UTF-8", text.encode()


def _handler(replica: Replica) -> type[BaseHTTPRequestHandler]:
    """Return a request handler bound to one replica."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(replica.pause)
            if alias := replica.alias_of(self.path):
                self.send_response(301)
                self.send_header("Location", alias)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self._note(301)
                return
            status, content_type, body = replica.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self._note(status)
            self.wfile.write(body)

        def _note(self, status: int) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            replica.hits.append(Hit(path=self.path, headers=headers, status=status))

        def log_message(self, format: str, *args: object) -> None:
            """Keep the terminal for the story."""

    return Handler
