"""What leaves as a file: documents, payloads, feeds, CSV."""

from __future__ import annotations

import sqlite3
from urllib.parse import urlsplit

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.compare import masking
from corrigenda.urls import slug_of
from review.parts import feeds
from review.parts.reading import newest
from review.parts.selection import Selection
from review.web import access
from review.web.access import read
from storage.record.payloads import Payloads

#: Entries of a feed; readers ask often, and older ones are in the CSV.
FEED_LENGTH = 100


async def document(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release/N/V.md``: a document, byte for byte for reviewers."""
    release_id, number = int(request.url_vars["id"]), int(request.url_vars["number"])
    masked = not await access.may_review(datasette, request)
    track = "feed" if request.args.get("track") == "feed" else "page"

    def find(conn: sqlite3.Connection) -> sqlite3.Row | None:
        row: sqlite3.Row | None = conn.execute(
            "SELECT url, text FROM version_log WHERE release_id = ? AND number = ? AND track = ?",
            [release_id, number, track],
        ).fetchone()
        return row

    row = await read(datasette, find)
    if row is None:
        raise NotFound(f"Release {release_id} has no version {number}")
    text = masking.document(row["text"], masked=masked)
    name = f"{_file_stem(row['url'])}-v{number}.md"
    return _file(text.encode("utf-8", "surrogatepass"), "text/markdown; charset=utf-8", name)


async def payload(request: Request, datasette: Datasette) -> Response:
    """Answer ``/payload/N``: the bytes of a capture, as they came, for reviewers."""
    await access.require_reviewer(datasette, request)
    capture = int(request.url_vars["capture"])

    def find(conn: sqlite3.Connection) -> tuple[str, bytes] | None:
        row = conn.execute(
            "SELECT url, payload_sha256 FROM captures WHERE id = ?", [capture]
        ).fetchone()
        if row is None or row["payload_sha256"] is None:
            return None
        return row["url"], Payloads(Database(conn)).get(row["payload_sha256"])

    found = await read(datasette, find)
    if found is None:
        raise NotFound(f"Capture {capture} has no payload")
    # Never as a page of ours: what a publisher serves may hold scripts.
    return _file(found[1], "application/octet-stream", f"{_file_stem(found[0])}-{capture}.html")


async def changes(request: Request, datasette: Datasette) -> Response:
    """Answer ``/changes.atom``, ``.json`` and ``.csv``, filtered as the queue is."""
    kind = request.url_vars["format"]
    chosen = Selection.read(request.args, status="all")
    limit = None if kind == "csv" else FEED_LENGTH
    # A feed is for the public whoever fetches it: its readers do not sign in, and its
    # entries travel on.
    found = await read(datasette, lambda conn: newest(conn, chosen, limit=limit, masked=True))
    base = datasette.absolute_url(request, "/").rstrip("/")
    query = chosen.query(usual="all").rstrip("?")
    match kind:
        case "atom":
            address = f"{base}/changes.atom{query}"
            return Response(
                feeds.atom(found, base=base, address=address, title=feeds.title_of(chosen)),
                content_type="application/atom+xml; charset=utf-8",
            )
        case "json":
            address = f"{base}/changes.json{query}"
            return Response(
                feeds.json_feed(found, base=base, address=address, title=feeds.title_of(chosen)),
                content_type="application/feed+json; charset=utf-8",
            )
        case _:
            return _file(feeds.csv(found).encode(), "text/csv; charset=utf-8", "changes.csv")


def _file(data: bytes, content_type: str, name: str) -> Response:
    return Response(
        data,
        content_type=content_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _file_stem(url: str) -> str:
    """Return a file name that says what it is and cannot leave its folder."""
    slug = slug_of(url) if urlsplit(url).path else ""
    kept = "".join(c for c in slug if c.isascii() and (c.isalnum() or c == "-"))
    return kept[:80].strip("-") or "release"
