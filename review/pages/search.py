"""Search over titles and bodies of every version held, earlier wording included (FTS5)."""

from __future__ import annotations

import re
import sqlite3
import threading
import unicodedata
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

PAGE_SIZE = 20
#: Matching versions looked at; beyond it the reader does better with another word.
_MOST = 200
_TERM = re.compile(r'"([^"]+)"|(\S+)')
_WORD = re.compile(r"\w+")
_AROUND = 140
_indexing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A release that matches.

    Attributes:
        release_id: Its row.
        title: Its title now.
        url: Its address.
        number: The version that matches best.
        latest: That version is the one that stands now.
        first_observed: When that version was first seen.
        pieces: Words around the first match, each with whether it matches.
        versions: How many of the release's versions match.
    """

    release_id: int
    title: str
    url: str
    number: int
    latest: bool
    first_observed: str
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
    found = await read(datasette, lambda conn: search(conn, text, masked=masked))
    return Response.html(
        await datasette.render_template(
            "corrigenda/search.html", {"q": text, "found": found, "behind": behind}, request=request
        )
    )


async def _catch_up(datasette: Datasette) -> int:
    """Index what an import left behind, and return how many versions still are."""

    def missing(conn: sqlite3.Connection) -> int:
        done, last = search_index.behind(conn)
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


def match_expression(text: str) -> str:
    """Return what a person typed as an FTS5 expression; nothing in it is an operator.

    Every word must occur; words in double quotes must occur together; a word that ends
    in ``*`` may go on.

    Returns:
        The expression; empty when there is no word in it.
    """
    parts = []
    for phrase, word in _TERM.findall(text):
        words = _WORD.findall(phrase or word)
        if words:
            quoted = '"' + " ".join(words) + '"'
            parts.append(quoted + "*" if word.endswith("*") else quoted)
    return " ".join(parts)


def search(conn: sqlite3.Connection, text: str, *, masked: bool) -> Found:
    """Return releases of which some version has the words.

    Args:
        conn: A connection.
        text: What a person typed.
        masked: Whether press contacts are withheld.
    """
    expression = match_expression(text)
    if not expression:
        return Found(hits=[])
    rows = conn.execute(
        """
        SELECT f.rowid AS version_id, s.release_id, s.number, s.first_observed, r.title, r.url,
               s.number = (SELECT max(o.number) FROM spans o
                           WHERE o.release_id = s.release_id AND o.track = s.track) AS latest
        FROM (SELECT rowid FROM versions_fts WHERE versions_fts MATCH ?
              ORDER BY bm25(versions_fts, 4.0, 1.0) LIMIT ?) f
        JOIN spans s ON s.version_id = f.rowid
        JOIN releases r ON r.id = s.release_id
        """,
        [expression, _MOST + 1],
    ).fetchall()
    best: dict[int, sqlite3.Row] = {}
    counted: dict[int, int] = {}
    for row in rows[:_MOST]:
        best.setdefault(row["release_id"], row)
        counted[row["release_id"]] = counted.get(row["release_id"], 0) + 1
    words = _WORD.findall(text)
    hits = [_hit(conn, row, words, counted[row["release_id"]], masked) for row in _first(best)]
    return Found(hits=hits, releases=len(best), more=len(rows) > _MOST)


def _first(best: dict[int, sqlite3.Row]) -> list[sqlite3.Row]:
    return list(best.values())[:PAGE_SIZE]


def _hit(
    conn: sqlite3.Connection, row: sqlite3.Row, words: list[str], versions: int, masked: bool
) -> Hit:
    body = conn.execute(
        "SELECT body FROM version_text WHERE id = ?", [row["version_id"]]
    ).fetchone()[0]
    return Hit(
        release_id=row["release_id"],
        title=row["title"],
        url=row["url"],
        number=row["number"],
        latest=bool(row["latest"]),
        first_observed=row["first_observed"],
        pieces=snippet(masking.body(body, masked=masked), words),
        versions=versions,
    )


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
