"""The search index and the terms, where versions are written by the thousand.

Triggers keep both up to date version by version, which costs four times what recording
the versions of an archive does. While many are written the triggers rest. The terms are
then made up for at once, because filters and counts read them. The index is left behind
until somebody searches, or the next run begins: a prefix of the versions is indexed at
any time, never a part with gaps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from corrigenda.fields import terms
from corrigenda.models import Document
from corrigenda.wording import count
from storage.file.connection import transaction

_TRIGGERS = ("versions_search", "versions_terms")
#: Versions to a transaction: a tenth of a second, which others wait for at most.
_TOGETHER = 4_000
#: Bytes of the index gathered in memory before they are written. FTS5's usual 1 MB is
#: written, and merged with what is there, again and again: a third of its time.
_GATHERED = 32 << 20
_USUAL = 1 << 20


@contextmanager
def left_behind(db: Database) -> Iterator[None]:
    """Record versions in the block without indexing them for search.

    Args:
        db: The database, inside a transaction that holds the whole block: what fails in
            there undoes this, too.
    """
    marks = ", ".join("?" * len(_TRIGGERS))
    resting = db.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({marks})",
        _TRIGGERS,
    ).fetchall()
    for name, _ in resting:
        db.execute(f"DROP TRIGGER {name}")
    last = db.execute("SELECT ifnull(max(id), 0) FROM versions").fetchone()
    yield
    for kind, name in terms(Document):
        db.execute(
            f"INSERT OR IGNORE INTO release_terms SELECT '{kind}', value, v.release_id "
            f"FROM versions v, json_each(v.fields, '$.{name}') WHERE v.id > ?",
            last,
        )
    for _, statement in resting:
        db.execute(statement)


def behind(conn: sqlite3.Connection) -> tuple[int, int]:
    """Return the newest version indexed, and the newest there is; 0 for none."""
    row = conn.execute(
        "SELECT (SELECT ifnull(max(id), 0) FROM versions_fts_docsize), "
        "(SELECT ifnull(max(id), 0) FROM versions)"
    ).fetchone()
    return int(row[0]), int(row[1])


def catch_up(db: Database, tell: Callable[[str], None] = lambda _: None) -> None:
    """Index what was left behind.

    Args:
        db: The database, open for writing.
        tell: Told when there is something to do.

    Raises:
        StoreError: The file cannot be written; what was indexed before is kept.
    """
    done, last = behind(db.conn)
    if done >= last:
        return
    tell(f"Indexing {count(last - done, 'version')} for search.")
    while done < last:
        with transaction(db):
            done, last = behind(db.conn)  # somebody else may be at it
            _index(db, done, done + _TOGETHER)
        done += _TOGETHER


def _index(db: Database, after: int, until: int) -> None:
    configure = "INSERT INTO versions_fts (versions_fts, rank) VALUES ('hashsize', ?)"
    db.execute(configure, [_GATHERED])
    db.execute(
        "INSERT INTO versions_fts (rowid, title, body) "
        "SELECT id, title, body FROM version_text WHERE id > ? AND id <= ?",
        [after, until],
    )
    db.execute(configure, [_USUAL])
