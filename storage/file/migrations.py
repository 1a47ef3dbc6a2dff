"""The tables, as migrations applied in order and never edited afterwards.

Times are UTC ISO 8601 text of fixed width (``2026-11-20T21:27:00.000000Z``), so that
they sort as text. JSON columns hold arrays or objects. Rows of ``captures``,
``payloads``, ``versions`` and ``reviews`` are never updated or deleted: triggers
refuse. ``spans`` and ``changes`` follow from ``observations`` and are kept up to date
by :mod:`storage.record.timeline`.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.file import review_tables

migrations = Migrations("corrigenda")

_TABLES = (
    """
    CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        home TEXT NOT NULL,
        blocked_since TEXT,
        blocked_reason TEXT
    ) STRICT
    """,
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        flow TEXT NOT NULL,
        source_id INTEGER NOT NULL REFERENCES sources(id),
        prefect_id TEXT,
        parameters TEXT NOT NULL DEFAULT '{}',
        started_at TEXT NOT NULL,
        finished_at TEXT,
        outcome TEXT NOT NULL DEFAULT 'running'
            CHECK (outcome IN ('running', 'done', 'stopped', 'blocked', 'failed')),
        entries INTEGER NOT NULL DEFAULT 0,
        verdicts TEXT NOT NULL DEFAULT '{}',
        versions_added INTEGER NOT NULL DEFAULT 0,
        changes TEXT NOT NULL DEFAULT '{}',
        issues INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE issues (
        id INTEGER PRIMARY KEY,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        url TEXT NOT NULL DEFAULT '',
        problem TEXT NOT NULL,
        noticed_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE payloads (
        sha256 TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        dictionary TEXT REFERENCES payloads(sha256),
        data BLOB NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE dictionaries (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources(id),
        payload_sha256 TEXT NOT NULL UNIQUE REFERENCES payloads(sha256),
        chosen_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE releases (
        id INTEGER PRIMARY KEY,
        source_id INTEGER NOT NULL REFERENCES sources(id),
        url TEXT NOT NULL UNIQUE,
        node_id INTEGER,
        content_type TEXT NOT NULL DEFAULT 'release',
        title TEXT NOT NULL DEFAULT '',
        published_at TEXT,
        status TEXT NOT NULL DEFAULT 'heard'
            CHECK (status IN ('heard', 'live', 'withdrawn', 'moved')),
        moved_to INTEGER REFERENCES releases(id),
        first_heard_at TEXT NOT NULL,
        last_checked_at TEXT,
        last_verdict TEXT,
        next_check_at TEXT,
        etag TEXT,
        last_modified TEXT,
        article_sha256 TEXT,
        article_version_id INTEGER REFERENCES versions(id),
        UNIQUE (source_id, node_id)
    ) STRICT
    """,
    """
    CREATE TABLE aliases (
        url TEXT PRIMARY KEY,
        release_id INTEGER NOT NULL REFERENCES releases(id),
        kind TEXT NOT NULL,
        first_seen_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        release_id INTEGER NOT NULL REFERENCES releases(id),
        channel TEXT NOT NULL,
        url TEXT NOT NULL,
        title TEXT,
        published_at TEXT,
        first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL,
        UNIQUE (channel, url)
    ) STRICT
    """,
    """
    CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        release_id INTEGER REFERENCES releases(id),
        run_id INTEGER NOT NULL REFERENCES runs(id),
        url TEXT NOT NULL,
        via TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        verdict TEXT NOT NULL,
        reason TEXT NOT NULL,
        status INTEGER,
        final_url TEXT NOT NULL DEFAULT '',
        redirects TEXT NOT NULL DEFAULT '[]',
        headers TEXT NOT NULL DEFAULT '[]',
        payload_sha256 TEXT REFERENCES payloads(sha256),
        elapsed REAL NOT NULL DEFAULT 0,
        provenance TEXT NOT NULL DEFAULT '{}'
    ) STRICT
    """,
    """
    CREATE TABLE versions (
        id INTEGER PRIMARY KEY,
        release_id INTEGER NOT NULL REFERENCES releases(id),
        track TEXT NOT NULL CHECK (track IN ('page', 'feed')),
        digest TEXT NOT NULL,
        title TEXT NOT NULL,
        date TEXT,
        text TEXT NOT NULL,
        fields TEXT NOT NULL,
        normaliser_version INTEGER NOT NULL,
        capture_id INTEGER NOT NULL REFERENCES captures(id),
        recorded_at TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE derivations (
        id INTEGER PRIMARY KEY,
        version_id INTEGER NOT NULL REFERENCES versions(id),
        digest TEXT NOT NULL,
        text TEXT NOT NULL,
        fields TEXT NOT NULL,
        normaliser_version INTEGER NOT NULL,
        recorded_at TEXT NOT NULL,
        UNIQUE (version_id, digest)
    ) STRICT
    """,
    """
    CREATE TABLE observations (
        capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
        release_id INTEGER NOT NULL REFERENCES releases(id),
        track TEXT NOT NULL,
        observed_at TEXT NOT NULL,
        version_id INTEGER NOT NULL REFERENCES versions(id),
        lengths TEXT NOT NULL DEFAULT '{}'
    ) STRICT
    """,
    """
    CREATE TABLE spans (
        version_id INTEGER PRIMARY KEY REFERENCES versions(id),
        release_id INTEGER NOT NULL REFERENCES releases(id),
        track TEXT NOT NULL,
        number INTEGER NOT NULL,
        first_observed TEXT NOT NULL,
        last_observed TEXT NOT NULL,
        captures INTEGER NOT NULL,
        via TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE changes (
        id INTEGER PRIMARY KEY,
        release_id INTEGER NOT NULL REFERENCES releases(id),
        track TEXT NOT NULL DEFAULT 'page',
        kind TEXT NOT NULL
            CHECK (kind IN ('published', 'revised', 'withdrawn', 'restored', 'moved')),
        from_version_id INTEGER REFERENCES versions(id),
        to_version_id INTEGER REFERENCES versions(id),
        after TEXT,
        before TEXT NOT NULL,
        significance TEXT NOT NULL CHECK (significance IN ('high', 'medium', 'low', 'none')),
        reasons TEXT NOT NULL DEFAULT '[]',
        fields TEXT NOT NULL DEFAULT '[]',
        kinds TEXT NOT NULL DEFAULT '[]',
        words_added INTEGER NOT NULL DEFAULT 0,
        words_removed INTEGER NOT NULL DEFAULT 0,
        silent INTEGER NOT NULL DEFAULT 0,
        revert INTEGER NOT NULL DEFAULT 0,
        group_key TEXT,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        detected_at TEXT NOT NULL,
        superseded_by INTEGER REFERENCES changes(id)
    ) STRICT
    """,
    """
    CREATE TABLE reviews (
        id INTEGER PRIMARY KEY,
        change_id INTEGER NOT NULL REFERENCES changes(id),
        verdict TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        reviewer TEXT NOT NULL DEFAULT '',
        reviewed_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE hosts (
        host TEXT PRIMARY KEY,
        last_request_at REAL NOT NULL DEFAULT 0,
        not_before REAL NOT NULL DEFAULT 0,
        day TEXT NOT NULL DEFAULT '',
        requests INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE lock_holder (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        description TEXT NOT NULL
    ) STRICT
    """,
)

_INDEXES = (
    "CREATE INDEX idx_captures_release ON captures(release_id, captured_at)",
    "CREATE INDEX idx_captures_run ON captures(run_id)",
    "CREATE INDEX idx_versions_release ON versions(release_id, track)",
    "CREATE INDEX idx_observations_release ON observations(release_id, track, observed_at)",
    "CREATE INDEX idx_observations_version ON observations(version_id)",
    "CREATE INDEX idx_spans_release ON spans(release_id, track, number)",
    "CREATE INDEX idx_changes_release ON changes(release_id, track)",
    "CREATE INDEX idx_changes_before ON changes(before)",
    "CREATE INDEX idx_changes_queue ON changes(significance, before) WHERE superseded_by IS NULL",
    "CREATE INDEX idx_reviews_change ON reviews(change_id)",
    "CREATE INDEX idx_entries_release ON entries(release_id)",
    "CREATE INDEX idx_aliases_release ON aliases(release_id)",
    "CREATE INDEX idx_issues_run ON issues(run_id)",
)

_APPEND_ONLY = ("captures", "payloads", "versions", "reviews")


@migrations()
def create_tables(db: Database) -> None:
    """Create the tables of DESIGN section 5, their indexes and the append-only guards."""
    for statement in (*_TABLES, *_INDEXES):
        db.execute(statement)
    for table in _APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are never changed, only added to'); END"
            )


@migrations()
def keep_what_hosts_asked_for(db: Database) -> None:
    """Let crawl delays and long refusals (``Retry-After``) outlive a process."""
    db.execute("ALTER TABLE hosts ADD COLUMN crawl_delay REAL NOT NULL DEFAULT 0")
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
        CREATE TABLE sightings (
            capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
            release_id INTEGER NOT NULL REFERENCES releases(id),
            track TEXT NOT NULL,
            version_id INTEGER NOT NULL REFERENCES versions(id),
            last_seen_at TEXT NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX idx_sightings_release ON sightings(release_id, track)")
    db.execute("ALTER TABLE changes ADD COLUMN same_as INTEGER REFERENCES changes(id)")
    db.execute("CREATE INDEX idx_changes_same ON changes(same_as) WHERE same_as IS NOT NULL")
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
        CREATE TABLE chosen (
            run_id INTEGER NOT NULL REFERENCES runs(id),
            place INTEGER NOT NULL,
            url TEXT NOT NULL,
            channel TEXT NOT NULL,
            title TEXT,
            published_at TEXT,
            node_id INTEGER,
            PRIMARY KEY (run_id, place)
        ) STRICT
        """
    )
