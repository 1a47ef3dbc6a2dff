"""Search over titles and bodies of every version held, earlier wording included (FTS5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlite_utils import Database

_TERM = re.compile(r'"([^"]+)"|(\S+)')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A version that matches.

    Attributes:
        version_id: Its row.
        release_id: The release's row.
        number: Its place in the timeline.
        first_observed: When it was first seen, as the store writes times.
        title: The release's title now.
        url: The release's address.
        latest: It is the version that stands now.
    """

    version_id: int
    release_id: int
    number: int
    first_observed: str
    title: str
    url: str
    latest: int


def words_of(text: str) -> list[str]:
    """Return the words of what a person typed."""
    return _WORD.findall(text)


def match_expression(text: str) -> str:
    """Return what a person typed as an FTS5 expression; nothing in it is an operator.

    Every word must occur; words in double quotes must occur together; a word that ends
    in ``*`` may go on.

    Returns:
        The expression; empty when there is no word in it.
    """
    parts = []
    for phrase, word in _TERM.findall(text):
        if words := words_of(phrase or word):
            quoted = '"' + " ".join(words) + '"'
            parts.append(quoted + "*" if word.endswith("*") else quoted)
    return " ".join(parts)


def matches(db: Database, text: str, limit: int) -> list[Match]:
    """Return the versions that have the words, the best first."""
    expression = match_expression(text)
    if not expression:
        return []
    rows = db.query(
        """
        SELECT f.rowid AS version_id, s.release_id, s.number, s.first_observed, r.title, r.url,
               s.number = (SELECT max(o.number) FROM spans o
                           WHERE o.release_id = s.release_id AND o.track = s.track) AS latest
        FROM (SELECT rowid FROM versions_fts WHERE versions_fts MATCH ?
              ORDER BY bm25(versions_fts, 4.0, 1.0) LIMIT ?) f
        JOIN spans s ON s.version_id = f.rowid
        JOIN releases r ON r.id = s.release_id
        """,
        [expression, limit],
    )
    return [Match(**row) for row in rows]


def body_of(db: Database, version_id: int) -> str:
    """Return the body that was indexed of a version."""
    row = db.execute("SELECT body FROM version_text WHERE id = ?", [version_id]).fetchone()
    return str(row[0])
