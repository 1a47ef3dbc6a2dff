"""What follows from versions for search and filters, put off while many are written.

Triggers keep the search index and the terms up to date, version by version, which costs
four times what recording the versions of an archive does. During an import they rest, and
what they would have done is done at its end. An import that is killed before leaves it to
the run that begins next; until then its versions are all there, but not found by search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from corrigenda.wording import count
from storage.connection import transaction

_TRIGGERS = ("versions_search", "versions_terms")
#: Versions to a transaction.
_TOGETHER = 4_000


@contextmanager
def put_off(db: Database) -> Iterator[None]:
    """Let the triggers rest inside the block, which must be inside a transaction."""
    marks = ", ".join("?" * len(_TRIGGERS))
    resting = db.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({marks})",
        _TRIGGERS,
    ).fetchall()
    for name, _ in resting:
        db.execute(f"DROP TRIGGER {name}")
    yield  # what fails inside undoes the whole transaction, and with it this
    for _, statement in resting:
        db.execute(statement)


def catch_up(db: Database, tell: Callable[[str], None] = lambda _: None) -> int:
    """Do what was put off.

    Args:
        db: The database, open for writing.
        tell: Told when there is something to do.

    Returns:
        How many versions were behind.
    """
    last, done = db.execute(
        "SELECT (SELECT ifnull(max(id), 0) FROM versions), "
        "(SELECT ifnull(max(id), 0) FROM versions_fts_docsize)"
    ).fetchone()
    if done < last:
        tell(f"Indexing {count(last - done, 'version')} for search.")
    for start in range(done, last, _TOGETHER):
        ids = [start, start + _TOGETHER]
        with transaction(db):
            db.execute(
                "INSERT INTO versions_fts (rowid, title, body) "
                "SELECT id, title, body FROM version_text WHERE id > ? AND id <= ?",
                ids,
            )
            for kind in ("minister", "portfolio"):
                db.execute(
                    f"INSERT OR IGNORE INTO release_terms SELECT '{kind}', value, v.release_id "
                    f"FROM versions v, json_each(v.fields, '$.{kind}s') "
                    "WHERE v.id > ? AND v.id <= ?",
                    ids,
                )
    return int(max(0, last - done))
