"""What leaves as a file: documents, payloads, feeds, CSV."""

from __future__ import annotations

import json
from dataclasses import replace

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from corrigenda.models import Track
from review.pages import find_changes
from review.pages.kit import file
from review.parts import feeds
from review.web import access
from review.web.access import read
from storage.queries import copies, releases
from storage.queries.log.evidence import payload_of
from storage.queries.log.filters import NEWS
from storage.queries.log.find import digests
from storage.record.payloads import Payloads

#: Entries of a feed; readers ask often, and older ones are in the CSV.
FEED_LENGTH = 100


async def document(request: Request, datasette: Datasette) -> Response:
    """Answer ``/release/N/V.md``: lead to the document that has this number now.

    Its own address is by digest: a number passes to another document when an earlier one
    comes in.
    """
    release_id, number = int(request.url_vars["id"]), int(request.url_vars["number"])
    track = Track.FEED if request.args.get("track") == Track.FEED else Track.PAGE

    def find(db: Database) -> str | None:
        held = releases.versions(db, release_id, track)
        return next((v.digest for v in held if v.number == number), None)

    found = await read(datasette, find)
    if found is None:
        raise NotFound(f"Release {release_id} has no version {number}")
    return Response.redirect(f"/version/{found}.md")


async def payload(request: Request, datasette: Datasette) -> Response:
    """Answer ``/payload/N``: the bytes of a capture, as they came, for reviewers."""
    await access.require_reviewer(datasette, request)
    capture = int(request.url_vars["capture"])

    def find(db: Database) -> tuple[str, bytes] | None:
        row = payload_of(db, capture)
        if row is None:
            return None
        headers = {name.lower(): value for name, value in json.loads(row["headers"])}
        return copies.payload_name(row, headers), Payloads(db).get(row["payload_sha256"])

    found = await read(datasette, find)
    if found is None:
        raise NotFound(f"Capture {capture} has no payload")
    # Never as a page of ours: what a publisher serves may hold scripts.
    return file(found[1], "application/octet-stream", found[0])


async def changes(request: Request, datasette: Datasette) -> Response:
    """Answer ``/changes.atom``, ``.json`` and ``.csv``, filtered as the queue is."""
    form = request.url_vars["format"]
    chosen = find_changes.asked(request)
    await find_changes.make_ready(datasette, chosen)
    length = None if form == "csv" else FEED_LENGTH
    # A feed is for the public whoever fetches it: its readers do not sign in, and its
    # entries travel on.
    found = await read(datasette, lambda db: feeds.news(db, replace(chosen, limit=length)))
    if form == "csv":
        sums = await read(datasette, lambda db: digests(db, found))
        return file(feeds.csv(found, sums).encode(), "text/csv; charset=utf-8", "changes.csv")
    base = datasette.absolute_url(request, "/").rstrip("/")
    address = f"{base}/changes.{form}{chosen.query(NEWS).rstrip('?')}"
    write = {"atom": feeds.atom, "json": feeds.json_feed}[form]
    return Response(
        write(found, base=base, address=address, title=feeds.title_of(chosen)),
        content_type=f"application/{'atom+xml' if form == 'atom' else 'feed+json'}; charset=utf-8",
    )
