"""What leaves as a file: documents, payloads, feeds, CSV."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.compare import masking
from corrigenda.models import Track
from corrigenda.urls import slug_of
from review.parts import feeds
from review.web import access
from review.web.access import read
from storage.queries import releases
from storage.queries.log.evidence import payload_of
from storage.queries.log.filters import NEWS, ChangeFilter
from storage.record.payloads import Payloads

#: Entries of a feed; readers ask often, and older ones are in the CSV.
FEED_LENGTH = 100


async def document(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release/N/V.md``: a document, byte for byte for reviewers."""
    release_id, number = int(request.url_vars["id"]), int(request.url_vars["number"])
    masked = not await access.may_review(datasette, request)
    track = Track.FEED if request.args.get("track") == Track.FEED else Track.PAGE

    def find(db: Database) -> tuple[str, str] | None:
        row = releases.row_of(db, release_id)
        held = releases.versions(db, release_id, track)
        return next(((row["url"], v.text) for v in held if row and v.number == number), None)

    found = await read(datasette, find)
    if found is None:
        raise NotFound(f"Release {release_id} has no version {number}")
    text = masking.document(found[1], masked=masked)
    name = f"{_file_stem(found[0])}-v{number}.md"
    return _file(text.encode("utf-8", "surrogatepass"), "text/markdown; charset=utf-8", name)


async def payload(request: Request, datasette: Datasette) -> Response:
    """Answer ``/payload/N``: the bytes of a capture, as they came, for reviewers."""
    await access.require_reviewer(datasette, request)
    capture = int(request.url_vars["capture"])

    def find(db: Database) -> tuple[str, bytes] | None:
        kept = payload_of(db, capture)
        return kept and (kept[0], Payloads(db).get(kept[1]))

    found = await read(datasette, find)
    if found is None:
        raise NotFound(f"Capture {capture} has no payload")
    # Never as a page of ours: what a publisher serves may hold scripts.
    return _file(found[1], "application/octet-stream", f"{_file_stem(found[0])}-{capture}.html")


async def changes(request: Request, datasette: Datasette) -> Response:
    """Answer ``/changes.atom``, ``.json`` and ``.csv``, filtered as the queue is."""
    form = request.url_vars["format"]
    chosen = ChangeFilter.read(request.args, NEWS)
    length = None if form == "csv" else FEED_LENGTH
    # A feed is for the public whoever fetches it: its readers do not sign in, and its
    # entries travel on.
    found = await read(datasette, lambda db: feeds.news(db, replace(chosen, limit=length)))
    if form == "csv":
        return _file(feeds.csv(found).encode(), "text/csv; charset=utf-8", "changes.csv")
    base = datasette.absolute_url(request, "/").rstrip("/")
    address = f"{base}/changes.{form}{chosen.query(NEWS).rstrip('?')}"
    write = {"atom": feeds.atom, "json": feeds.json_feed}[form]
    return Response(
        write(found, base=base, address=address, title=feeds.title_of(chosen)),
        content_type=f"application/{'atom+xml' if form == 'atom' else 'feed+json'}; charset=utf-8",
    )


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
