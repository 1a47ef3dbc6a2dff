"""Search over titles and bodies of every version held, earlier wording included (FTS5)."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from corrigenda.compare import masking
from corrigenda.errors import StoreError
from review.web import access
from review.web.access import read
from storage.queries import search_index
from storage.queries.search import Match, body_of, matches, words_of

PAGE_SIZE = 20
#: Matching versions looked at; beyond it the reader does better with another word.
_MOST = 200
_WORD = re.compile(r"\w+")
_AROUND = 140
_indexing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A release that matches.

    Attributes:
        match: The version that matches best.
        pieces: Words around the first match, each with whether it matches.
        versions: How many of the release's versions match.
    """

    match: Match
    pieces: tuple[tuple[str, bool], ...]
    versions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found.

    Attributes:
        hits: The best, at most :data:`PAGE_SIZE`.
        releases: Releases among the versions looked at.
        more: There are more than were looked at.
    """

    hits: list[Hit]
    releases: int = 0
    more: bool = False


async def page(request: Request, datasette: Datasette) -> Response:
    """Answer ``/search?q=…``."""
    text = (request.args.get("q") or "").strip()[:200]
    masked = not await access.may_review(datasette, request)
    behind = await _catch_up(datasette) if text else 0
    found = await read(datasette, lambda db: search(db, text, masked=masked))
    return Response.html(
        await datasette.render_template(
            "corrigenda/search.html", {"q": text, "found": found, "behind": behind}, request=request
        )
    )


async def _catch_up(datasette: Datasette) -> int:
    """Index what an import left behind, and return how many versions still are."""

    def missing(db: Database) -> int:
        done, last = search_index.behind(db.conn)
        return last - done

    behind = await read(datasette, missing)
    # One at a time: while somebody else holds the file, searches must not queue up before
    # the reviewers' verdicts in the thread that writes.
    if behind and _indexing.acquire(blocking=False):
        try:
            with suppress(StoreError):  # an import is at it, or the file is only for reading
                await datasette.get_database(access.DATABASE).execute_write_fn(
                    lambda conn: search_index.catch_up(Database(conn))
                )
        finally:
            _indexing.release()
        behind = await read(datasette, missing)
    return behind


def search(db: Database, text: str, *, masked: bool) -> Found:
    """Return releases of which some version has the words.

    Args:
        db: A database.
        text: What a person typed.
        masked: Whether press contacts are withheld.
    """
    found = matches(db, text, _MOST + 1)
    counted = Counter(match.release_id for match in found[:_MOST])
    best: dict[int, Match] = {}
    for match in found[:_MOST]:
        best.setdefault(match.release_id, match)
    words = words_of(text)
    hits = [
        Hit(
            match=match,
            pieces=snippet(masking.body(body_of(db, match.version_id), masked=masked), words),
            versions=counted[match.release_id],
        )
        for match in list(best.values())[:PAGE_SIZE]
    ]
    return Found(hits=hits, releases=len(best), more=len(found) > _MOST)


def snippet(body: str, words: list[str]) -> tuple[tuple[str, bool], ...]:
    """Return the words around the first match, cut into pieces that match or do not.

    Not FTS5's own: that would quote the body before press contacts are masked.
    """
    wanted = {_folded(word) for word in words}
    matches = [m for m in _WORD.finditer(body) if _folded(m.group()) in wanted]
    start = max(0, matches[0].start() - _AROUND) if matches else 0
    if start:
        start = body.find(" ", start) + 1
    end = min(len(body), start + 2 * _AROUND)
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for match in matches:
        if match.end() > end:
            break
        if match.start() >= at:
            pieces += [(body[at : match.start()], False), (match.group(), True)]
            at = match.end()
    pieces.append((body[at:end] + ("…" if end < len(body) else ""), False))
    return tuple(pieces)


def _folded(word: str) -> str:
    """Fold letters as the index does: case and diacritics apart."""
    bare = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c))
