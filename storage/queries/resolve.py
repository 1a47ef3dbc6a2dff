"""From any address to the release it belongs to.

A release is known by its number where the source tells one, by its address, and by every
other address it has answered to (``aliases``). One that was folded into another
(:mod:`storage.record.merging`) leads to that other. Nothing is guessed: two addresses that
differ by a letter are two releases until a redirect, a share link or a number says otherwise.
"""

from __future__ import annotations

from sqlite_utils import Database

from corrigenda import sources

#: A release, and those that were folded into it: their captures stay with their own rows.
WITH_FOLDED = "SELECT :id UNION ALL SELECT id FROM releases WHERE moved_to = :id"

_FIND = """
    SELECT coalesce(moved_to, id) FROM releases WHERE id = coalesce(
        (SELECT id FROM releases WHERE source_id = :source AND node_id = :node),
        (SELECT id FROM releases WHERE url = :url),
        (SELECT release_id FROM aliases WHERE url = :url))
"""


def find(db: Database, source_id: int | None, url: str, node_id: int | None = None) -> int | None:
    """Return the release that a number of a source or just this address names, or None.

    Args:
        db: The database.
        source_id: The number's source; may be left out where there is no number.
        url: A canonical address; an archive's second document at an address has a name
            behind it (``URL#name``), and is a release of its own.
        node_id: The publisher's number.
    """
    row = db.execute(_FIND, {"source": source_id, "node": node_id, "url": url}).fetchone()
    return int(row[0]) if row else None


def resolve(db: Database, url: str) -> int | None:
    """Return the release that a person means by an address, however it is written, or None.

    Where ``URL#name`` names no document of an archive, what is behind ``#`` is a place in
    the page, and the release is the page's.

    Raises:
        InvalidURL: It is not a URL.
        UnknownSource: No source follows that host.
    """
    address, _, name = url.partition("#")
    source = sources.of_url(address)
    address = source.canonical(address)
    apart = find(db, None, f"{address}#{name}") if name else None
    if apart is not None:
        return apart
    row = db.execute("SELECT id FROM sources WHERE name = ?", [source.name]).fetchone()
    return find(db, row and row[0], address, source.node_id(address))
