"""Migrations, applied in order and never edited afterwards, but for their comments.

A comment line above ``ALTER TABLE … ADD COLUMN`` is that column's line of docs/data.md, as is
what stands behind a column of ``CREATE TABLE``.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.file import review_tables, tables

migrations = Migrations("corrigenda")


@migrations()
def create_tables(db: Database) -> None:
    """Create the tables (docs/design.md, "The store"), their indexes and the guards."""
    for statement in (*tables.TABLES, *tables.INDEXES):
        db.execute(statement)
    tables.guard(db, *tables.APPEND_ONLY)


@migrations()
def keep_what_hosts_asked_for(db: Database) -> None:
    """Let crawl delays and long refusals (``Retry-After``) outlive a process."""
    # seconds between requests, as its robots.txt asks
    db.execute("ALTER TABLE hosts ADD COLUMN crawl_delay REAL NOT NULL DEFAULT 0")
    # no request before this, as it said itself (`Retry-After`), seconds since 1970
    db.execute("ALTER TABLE hosts ADD COLUMN closed_until REAL NOT NULL DEFAULT 0")
    db.execute(
        "CREATE INDEX idx_captures_lists ON captures(url, captured_at) WHERE release_id IS NULL"
    )
    db.execute("CREATE INDEX idx_releases_moved ON releases(moved_to) WHERE moved_to IS NOT NULL")


@migrations()
def let_the_feed_bear_witness(db: Database) -> None:
    """Keep until when a feed told the same text, and which changes show one edit.

    ``sightings`` continues an observation without a capture for every poll;
    ``changes.same_as`` names the change by which a reader is shown the same edit.
    """
    db.execute(
        """
        CREATE TABLE sightings (  -- until when a feed told the same text
            capture_id INTEGER PRIMARY KEY REFERENCES captures(id),  -- the capture that brought it
            release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
            track TEXT NOT NULL,  -- feed
            version_id INTEGER NOT NULL REFERENCES versions(id),  -- the version
            last_seen_at TEXT NOT NULL  -- when the feed last told it
        ) STRICT
        """
    )
    db.execute("CREATE INDEX idx_sightings_release ON sightings(release_id, track)")
    # the change by which a reader is shown the same edit
    db.execute("ALTER TABLE changes ADD COLUMN same_as INTEGER REFERENCES changes(id)")
    db.execute("CREATE INDEX idx_changes_same ON changes(same_as) WHERE same_as IS NOT NULL")
    # what was published after this may have left the feed unseen; null: no gap
    db.execute("ALTER TABLE sources ADD COLUMN gap_after TEXT")


@migrations()
def create_review_tables(db: Database) -> None:
    """Create what the review pages read: search, terms, standing reviews, suppressions."""
    review_tables.create(db)


@migrations()
def add_chosen(db: Database) -> None:
    """Keep what a backfill found to check, so that going on with it need not look again."""
    db.execute(
        """
        CREATE TABLE chosen (  -- an entry that a backfill found to check
            run_id INTEGER NOT NULL REFERENCES runs(id),  -- the backfill
            place INTEGER NOT NULL,  -- its place in the order
            url TEXT NOT NULL,  -- the address
            channel TEXT NOT NULL,  -- the list that named it
            title TEXT,  -- the title it claims
            published_at TEXT,  -- the time it claims
            node_id INTEGER,  -- the publisher's own number
            PRIMARY KEY (run_id, place)
        ) STRICT
        """
    )
