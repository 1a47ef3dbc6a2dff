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


@migrations()
def explain_silence(db: Database) -> None:
    """Keep what was not seen, and why: feeds, absences held back, the schedule, verifications."""
    db.execute(
        """
        CREATE TABLE feeds (  -- a feed of a source, and how it answers
            url TEXT PRIMARY KEY,  -- its address
            source_id INTEGER NOT NULL REFERENCES sources(id),  -- the source
            learnt_from TEXT NOT NULL DEFAULT '',  -- the page that names it; empty: the adapter
            learnt_at TEXT NOT NULL,  -- when
            tried_at TEXT,  -- when it was last asked for
            read_at TEXT,  -- when it was last read
            verdict TEXT,  -- what its last answer was; release: a feed
            reason TEXT NOT NULL DEFAULT '',  -- why that verdict
            unread_since TEXT,  -- since when it cannot be read; null: it can
            next_try_at TEXT,  -- not asked for before; null: at the next run
            items INTEGER NOT NULL DEFAULT 0,  -- how many items it listed
            pause REAL NOT NULL DEFAULT 0  -- seconds between two looks: longer while it is quiet
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE feed_items (  -- a release in a feed
            feed TEXT NOT NULL REFERENCES feeds(url),  -- the feed
            release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
            listed_at TEXT NOT NULL,  -- when the feed last listed it
            PRIMARY KEY (release_id, feed)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX idx_feed_items_feed ON feed_items(feed, listed_at)")
    db.execute(
        """
        CREATE TABLE held_absences (  -- an absence that is no evidence, so far at least
            capture_id INTEGER PRIMARY KEY REFERENCES captures(id),  -- the capture
            release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
            state TEXT NOT NULL  -- open: its run goes on; held: our view failed, or a feed lists it
                CHECK (state IN ('open', 'held', 'accepted')),  -- accepted: a person's word
            decided_at TEXT  -- when it was held or accepted; null: open
        ) STRICT
        """
    )
    db.execute("CREATE INDEX idx_held_release ON held_absences(release_id)")
    db.execute("CREATE INDEX idx_held_open ON held_absences(state) WHERE state = 'open'")
    db.execute(
        "CREATE INDEX idx_releases_missing ON releases(source_id, last_checked_at) "
        "WHERE last_verdict = 'missing'"
    )
    db.execute(
        "CREATE INDEX idx_releases_challenged ON releases(source_id, last_checked_at) "
        "WHERE last_verdict = 'challenge'"
    )
    db.execute("CREATE INDEX idx_releases_checked ON releases(source_id, last_checked_at)")
    # since when most of what was live is missing; null: it is not
    db.execute("ALTER TABLE sources ADD COLUMN absent_since TEXT")
    # by when three more ingests should have begun, by the schedule in force; null: none is
    db.execute("ALTER TABLE sources ADD COLUMN overdue_at TEXT")
    db.execute(
        """
        CREATE TABLE verifications (  -- what `verify` found
            id INTEGER PRIMARY KEY,  -- its number
            verified_at TEXT NOT NULL,  -- when
            damages INTEGER NOT NULL,  -- how many things were wrong
            head TEXT NOT NULL  -- hash of the last version
        ) STRICT
        """
    )


@migrations()
def plan_rechecks(db: Database) -> None:
    """Date the next look at each release by a plan, and find the most urgent by an index.

    What is due within pauses of one length (a rung) is found at the beginning of that part of the
    index, so a run reads a few rows of each, however many releases there are.
    """
    # power of two of the hours between two looks; null: not dated yet
    db.execute("ALTER TABLE releases ADD COLUMN check_rung INTEGER")
    # since when a person wants it watched; null: nobody does
    db.execute("ALTER TABLE releases ADD COLUMN pinned_at TEXT")
    # what says that it was edited since the last look: feed, sitemap; null: nothing
    db.execute("ALTER TABLE releases ADD COLUMN hint TEXT")
    db.execute(
        "CREATE INDEX idx_releases_due ON releases(source_id, check_rung, next_check_at) "
        "WHERE moved_to IS NULL"
    )
    # the publisher's claim of when it was last edited, from a sitemap
    db.execute("ALTER TABLE entries ADD COLUMN modified_at TEXT")
    # of the requests made on that day, those for feeds
    db.execute("ALTER TABLE hosts ADD COLUMN feed_requests INTEGER NOT NULL DEFAULT 0")
    db.execute(
        """
        CREATE TABLE plans (  -- how often the releases of a source are looked at
            source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source
            made_at TEXT NOT NULL,  -- since when the dates of releases follow it
            reviewed_at TEXT NOT NULL,  -- when it was last held against what was seen
            releases INTEGER NOT NULL,  -- how many there were
            budget REAL NOT NULL,  -- looks a day
            needed REAL NOT NULL,  -- looks a day to see each release once in `wanted` days
            wanted REAL NOT NULL,  -- days in which each release should be seen once
            pause REAL NOT NULL,  -- days in which it is
            looks REAL NOT NULL,  -- looks for each edit to be expected, above that
            hazard TEXT NOT NULL  -- edits to be expected a day by class of age; factor once edited
        ) STRICT
        """
    )


@migrations()
def rank_by_known_rules(db: Database) -> None:
    """Keep by which rules a change was ranked, and weights learnt from this store's reviews."""
    db.execute(
        """
        CREATE TABLE weight_sets (  -- weights of the score learnt from this store's reviews
            id INTEGER PRIMARY KEY,  -- its number
            learnt_at TEXT NOT NULL,  -- when
            reviews INTEGER NOT NULL,  -- from how many standing reviews
            weights TEXT NOT NULL,  -- JSON object: what one unit of each feature adds
            withdrawn_at TEXT  -- when it was undone; null while it holds
        ) STRICT
        """
    )
    # version of the rules of significance that ranked it; 1: before versions were kept
    db.execute("ALTER TABLE changes ADD COLUMN rules_version INTEGER NOT NULL DEFAULT 1")
    # the learnt weights it was ranked with; null: those of the package
    db.execute("ALTER TABLE changes ADD COLUMN weights INTEGER REFERENCES weight_sets(id)")
    # orders changes of one significance, the most telling highest
    db.execute("ALTER TABLE changes ADD COLUMN score REAL NOT NULL DEFAULT 0")
    # the most telling difference in a clause of plain words; empty below medium
    db.execute("ALTER TABLE changes ADD COLUMN why TEXT NOT NULL DEFAULT ''")
    # the sentences it stands in, JSON array of old and new
    db.execute("ALTER TABLE changes ADD COLUMN sentences TEXT NOT NULL DEFAULT '[]'")


@migrations()
def keep_robots(db: Database) -> None:
    """Keep what robots.txt said for as long as it may be used, whatever process asked."""
    db.execute(
        """
        CREATE TABLE robots (  -- a robots.txt that could be read, while it may be used
            site TEXT PRIMARY KEY,  -- scheme, host and port, as contacted
            text TEXT NOT NULL,  -- what it says; empty: there is none
            valid_until REAL NOT NULL  -- to be asked for again from then on, seconds since 1970
        ) STRICT
        """
    )


@migrations()
def keep_seals(db: Database) -> None:
    """Keep what a timestamp authority signed for the head of the chain."""
    db.execute(
        """
        CREATE TABLE seals (  -- a trusted timestamp (RFC 3161) of the head of the chain
            id INTEGER PRIMARY KEY,  -- its number
            version_id INTEGER NOT NULL REFERENCES versions(id),  -- the newest version then
            head TEXT NOT NULL,  -- its hash, which is what was stamped
            stamped_at TEXT NOT NULL,  -- when, by the authority's clock
            authority TEXT NOT NULL,  -- the authority's address
            token BLOB NOT NULL,  -- its answer (TimeStampResp, DER)
            certificates TEXT NOT NULL DEFAULT ''  -- what vouches for it, PEM; empty: the system's
        ) STRICT
        """
    )
    tables.guard(db, "seals")


@migrations()
def find_documents_by_digest(db: Database) -> None:
    """Let a document be found by its digest, its lasting address."""
    db.execute("CREATE INDEX idx_versions_digest ON versions(digest)")
    db.execute("CREATE INDEX idx_derivations_digest ON derivations(digest)")


@migrations()
def index_changed_words(db: Database) -> None:
    """Let changes be found by the words they took away or brought."""
    db.execute(
        """
        CREATE TABLE change_words (  -- the words of a change, which searching is made from
            change_id INTEGER PRIMARY KEY REFERENCES changes(id),  -- the change
            from_version_id INTEGER,  -- the version before, when it was read; null: none
            to_version_id INTEGER,  -- the version after, likewise
            removed TEXT NOT NULL,  -- what the old text alone has
            added TEXT NOT NULL,  -- what the new text alone has
            removed_quoted TEXT NOT NULL,  -- of the removed, what stood in a quotation
            added_quoted TEXT NOT NULL  -- of the added, what stands in one
        ) STRICT
        """
    )
    db.execute(
        """
        -- a change's words as FTS5 searches them
        CREATE VIRTUAL TABLE change_words_fts USING fts5(
            removed, added, removed_quoted, added_quoted,
            content='change_words', content_rowid='change_id',
            tokenize="unicode61 remove_diacritics 2"
        )
        """
    )
    columns = "removed, added, removed_quoted, added_quoted"
    old, new = (", ".join(f"{row}.{c}" for c in columns.split(", ")) for row in ("old", "new"))
    db.execute(
        "CREATE TRIGGER change_words_in AFTER INSERT ON change_words BEGIN "
        f"INSERT INTO change_words_fts (rowid, {columns}) VALUES (new.change_id, {new}); END"
    )
    db.execute(
        "CREATE TRIGGER change_words_out AFTER DELETE ON change_words BEGIN "
        f"INSERT INTO change_words_fts (change_words_fts, rowid, {columns}) "
        f"VALUES ('delete', old.change_id, {old}); END"
    )


@migrations()
def find_without_walking(db: Database) -> None:
    """Index what every run and `status` look up: their time must not grow with the archive."""
    for statement in (
        "CREATE INDEX idx_releases_unconfirmed ON releases(source_id, last_checked_at) "
        "WHERE status = 'live' AND last_verdict NOT IN ('release', 'unmodified')",
        "CREATE INDEX idx_entries_announced ON entries(published_at) "
        "WHERE channel IN ('feed', 'listing')",
        "CREATE INDEX idx_runs_running ON runs(outcome) WHERE outcome = 'running'",
        "CREATE INDEX idx_releases_waiting "
        "ON releases(source_id, coalesce(last_checked_at, first_heard_at)) "
        "WHERE moved_to IS NULL AND status <> 'withdrawn'",
    ):
        db.execute(statement)
