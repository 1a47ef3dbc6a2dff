"""The first migration's tables and indexes, as they were made; later ones are in migrations.

What stands behind a column is its line of docs/data.md, which ``python -m
tests.data_dictionary`` writes. Times are UTC ISO 8601 text of fixed width
(``2026-11-20T21:27:00.000000Z``), so that they sort as text. JSON columns hold arrays or
objects. ``spans`` and ``changes`` follow from ``observations`` and are kept up to date by
:mod:`storage.record.timeline`.
"""

from __future__ import annotations

from sqlite_utils import Database

TABLES = (
    """
    CREATE TABLE sources (  -- a site that is followed
        id INTEGER PRIMARY KEY,  -- its number
        name TEXT NOT NULL UNIQUE,  -- the adapter's name, e.g. beehive
        title TEXT NOT NULL,  -- its name for people
        home TEXT NOT NULL,  -- its front page
        blocked_since TEXT,  -- since when bot challenges stand before it; null: not blocked
        blocked_reason TEXT  -- what was met there
    ) STRICT
    """,
    """
    CREATE TABLE runs (  -- one execution of a flow
        id INTEGER PRIMARY KEY,  -- its number
        flow TEXT NOT NULL,  -- ingest, backfill or reprocess
        source_id INTEGER NOT NULL REFERENCES sources(id),  -- the source it asked
        prefect_id TEXT,  -- Prefect's flow-run id
        parameters TEXT NOT NULL DEFAULT '{}',  -- what it was started with, an object
        started_at TEXT NOT NULL,  -- when it began
        finished_at TEXT,  -- when it ended; null: it runs, or was killed
        outcome TEXT NOT NULL DEFAULT 'running'  -- how it ended
            CHECK (outcome IN ('running', 'done', 'stopped', 'blocked', 'failed')),
        entries INTEGER NOT NULL DEFAULT 0,  -- entries it looked at
        verdicts TEXT NOT NULL DEFAULT '{}',  -- how many captures had each verdict, an object
        versions_added INTEGER NOT NULL DEFAULT 0,  -- versions it recorded
        changes TEXT NOT NULL DEFAULT '{}',  -- how many changes of each kind it recorded, an object
        issues INTEGER NOT NULL DEFAULT 0  -- how many issues it noted
    ) STRICT
    """,
    """
    CREATE TABLE issues (  -- something a run could not interpret
        id INTEGER PRIMARY KEY,  -- its number
        run_id INTEGER NOT NULL REFERENCES runs(id),  -- the run
        url TEXT NOT NULL DEFAULT '',  -- what it was about; empty: the run as a whole
        problem TEXT NOT NULL,  -- a sentence
        noticed_at TEXT NOT NULL  -- when
    ) STRICT
    """,
    """
    CREATE TABLE payloads (  -- the bytes of a body, kept once
        sha256 TEXT PRIMARY KEY,  -- of the bytes as they came
        size INTEGER NOT NULL,  -- bytes before compression
        dictionary TEXT REFERENCES payloads(sha256),  -- the payload it leans on; null: none
        data BLOB NOT NULL  -- the bytes, zstd
    ) STRICT
    """,
    """
    CREATE TABLE dictionaries (  -- a payload that others are compressed against
        id INTEGER PRIMARY KEY,  -- its number
        source_id INTEGER NOT NULL REFERENCES sources(id),  -- the source it is a page of
        payload_sha256 TEXT NOT NULL UNIQUE REFERENCES payloads(sha256),  -- the page
        chosen_at TEXT NOT NULL  -- when; the newest is used
    ) STRICT
    """,
    """
    CREATE TABLE releases (  -- a release, whatever its addresses
        id INTEGER PRIMARY KEY,  -- its number
        source_id INTEGER NOT NULL REFERENCES sources(id),  -- the source
        url TEXT NOT NULL UNIQUE,  -- its canonical URL
        node_id INTEGER,  -- the publisher's own number for it
        content_type TEXT NOT NULL DEFAULT 'release',  -- release, speech or feature
        title TEXT NOT NULL DEFAULT '',  -- as of its newest version, or as it was announced
        published_at TEXT,  -- the publisher's claim
        status TEXT NOT NULL DEFAULT 'heard'  -- heard: announced and never seen
            CHECK (status IN ('heard', 'live', 'withdrawn', 'moved')),
        moved_to INTEGER REFERENCES releases(id),  -- the release it turned out to be
        first_heard_at TEXT NOT NULL,  -- when a list first named it
        last_checked_at TEXT,  -- when it was last asked for
        last_verdict TEXT,  -- what came of that
        next_check_at TEXT,  -- when the next look is due, by the plan; null: not dated yet
        etag TEXT,  -- of the last page, for conditional requests
        last_modified TEXT,  -- the same
        article_sha256 TEXT,  -- of the article's bytes as last read
        article_version_id INTEGER REFERENCES versions(id),  -- the version these bytes gave
        UNIQUE (source_id, node_id)
    ) STRICT
    """,
    """
    CREATE TABLE aliases (  -- another address of a release
        url TEXT PRIMARY KEY,  -- the address
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
        kind TEXT NOT NULL,  -- how it is known: redirect, share, moved …
        first_seen_at TEXT NOT NULL  -- when
    ) STRICT
    """,
    """
    CREATE TABLE entries (  -- a line of a feed, listing, sitemap or file
        id INTEGER PRIMARY KEY,  -- its number
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release it names
        channel TEXT NOT NULL,  -- feed, listing, sitemap, file …
        url TEXT NOT NULL,  -- the address it gives
        title TEXT,  -- the title it claims
        published_at TEXT,  -- the time it claims
        first_seen_at TEXT NOT NULL,  -- when the line was first there
        last_seen_at TEXT NOT NULL,  -- and last
        UNIQUE (channel, url)
    ) STRICT
    """,
    """
    CREATE TABLE captures (  -- one attempt to get one URL, whatever came of it
        id INTEGER PRIMARY KEY,  -- its number
        release_id INTEGER REFERENCES releases(id),  -- the release; null: a list or robots.txt
        run_id INTEGER NOT NULL REFERENCES runs(id),  -- the run
        url TEXT NOT NULL,  -- what was asked for
        via TEXT NOT NULL,  -- live, feed, wayback, warc, file or archive
        captured_at TEXT NOT NULL,  -- when the bytes were the publisher's answer
        verdict TEXT NOT NULL,  -- what the response turned out to be
        reason TEXT NOT NULL,  -- why that verdict
        status INTEGER,  -- HTTP status; null: no answer, or none known
        final_url TEXT NOT NULL DEFAULT '',  -- where redirects led
        redirects TEXT NOT NULL DEFAULT '[]',  -- the addresses between, an array
        headers TEXT NOT NULL DEFAULT '[]',  -- response headers, an array of pairs
        payload_sha256 TEXT REFERENCES payloads(sha256),  -- the body; null: none kept
        elapsed REAL NOT NULL DEFAULT 0,  -- seconds the request took
        provenance TEXT NOT NULL DEFAULT '{}'  -- what else is known of its origin, an object
    ) STRICT
    """,
    """
    CREATE TABLE versions (  -- one distinct document of a release
        id INTEGER PRIMARY KEY,  -- its number, in order of recording
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release it was recorded for
        track TEXT NOT NULL  -- where it was read
            CHECK (track IN ('page', 'feed')),
        digest TEXT NOT NULL,  -- SHA-256 of the text
        title TEXT NOT NULL,  -- its title
        date TEXT,  -- its day; null: the page gives none
        text TEXT NOT NULL,  -- the document: front matter and Markdown
        fields TEXT NOT NULL,  -- what was read beside the text, an object
        normaliser_version INTEGER NOT NULL,  -- the code that read it
        capture_id INTEGER NOT NULL REFERENCES captures(id),  -- the capture it was read from
        recorded_at TEXT NOT NULL,  -- when it was written here
        previous_hash TEXT NOT NULL,  -- hash of the version recorded before it
        hash TEXT NOT NULL UNIQUE  -- over this row; the last one vouches for all
    ) STRICT
    """,
    """
    CREATE TABLE derivations (  -- a version as another normaliser reads it
        id INTEGER PRIMARY KEY,  -- its number
        version_id INTEGER NOT NULL REFERENCES versions(id),  -- the version
        digest TEXT NOT NULL,  -- SHA-256 of the text
        text TEXT NOT NULL,  -- the document
        fields TEXT NOT NULL,  -- what was read beside the text, an object
        normaliser_version INTEGER NOT NULL,  -- the code that read it
        recorded_at TEXT NOT NULL,  -- when it was written here
        UNIQUE (version_id, digest)
    ) STRICT
    """,
    """
    CREATE TABLE observations (  -- a version seen at a time
        capture_id INTEGER PRIMARY KEY REFERENCES captures(id),  -- the capture that showed it
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
        track TEXT NOT NULL,  -- page or feed
        observed_at TEXT NOT NULL,  -- when, as captures.captured_at
        version_id INTEGER NOT NULL REFERENCES versions(id),  -- the version
        lengths TEXT NOT NULL DEFAULT '{}'  -- bytes of each attachment as told, an object
    ) STRICT
    """,
    """
    CREATE TABLE spans (  -- a version's place in its release's timeline
        version_id INTEGER PRIMARY KEY REFERENCES versions(id),  -- the version
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release whose timeline it is in
        track TEXT NOT NULL,  -- page or feed
        number INTEGER NOT NULL,  -- its place, from 1
        first_observed TEXT NOT NULL,  -- when it was first seen
        last_observed TEXT NOT NULL,  -- and last
        captures INTEGER NOT NULL,  -- how many captures showed it
        via TEXT NOT NULL  -- the ways they came
    ) STRICT
    """,
    """
    CREATE TABLE changes (  -- what happened between two observations
        id INTEGER PRIMARY KEY,  -- its number
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
        track TEXT NOT NULL DEFAULT 'page',  -- page or feed
        kind TEXT NOT NULL  -- what happened
            CHECK (kind IN ('published', 'revised', 'withdrawn', 'restored', 'moved')),
        from_version_id INTEGER REFERENCES versions(id),  -- the version before; null: none
        to_version_id INTEGER REFERENCES versions(id),  -- the version after; null: none
        after TEXT,  -- it happened after this; null: unknown
        before TEXT NOT NULL,  -- and not later than this
        significance TEXT NOT NULL  -- how much it matters
            CHECK (significance IN ('high', 'medium', 'low', 'none')),
        reasons TEXT NOT NULL DEFAULT '[]',  -- why, an array of sentences
        fields TEXT NOT NULL DEFAULT '[]',  -- the fields that differ, an array
        kinds TEXT NOT NULL DEFAULT '[]',  -- the kinds of what was found, an array
        words_added INTEGER NOT NULL DEFAULT 0,  -- words in the new text alone
        words_removed INTEGER NOT NULL DEFAULT 0,  -- words in the old text alone
        silent INTEGER NOT NULL DEFAULT 0,  -- 1: revised under an unchanged date
        revert INTEGER NOT NULL DEFAULT 0,  -- 1: back to an earlier text
        group_key TEXT,  -- equal for the same edit on several releases
        run_id INTEGER NOT NULL REFERENCES runs(id),  -- the run that found it
        detected_at TEXT NOT NULL,  -- when it was found
        superseded_by INTEGER REFERENCES changes(id)  -- the change that says it now
    ) STRICT
    """,
    """
    CREATE TABLE reviews (  -- a person's verdict on a change
        id INTEGER PRIMARY KEY,  -- its number
        change_id INTEGER NOT NULL REFERENCES changes(id),  -- the change
        verdict TEXT NOT NULL,  -- meaningful, cosmetic, false alarm, follow up; withdrawn
        note TEXT NOT NULL DEFAULT '',  -- why
        reviewer TEXT NOT NULL DEFAULT '',  -- who
        reviewed_at TEXT NOT NULL  -- when
    ) STRICT
    """,
    """
    CREATE TABLE hosts (  -- what a host is asked for, shared by all processes
        host TEXT PRIMARY KEY,  -- name and port
        last_request_at REAL NOT NULL DEFAULT 0,  -- seconds since 1970
        not_before REAL NOT NULL DEFAULT 0,  -- no request before this, seconds since 1970
        day TEXT NOT NULL DEFAULT '',  -- the UTC day counted
        requests INTEGER NOT NULL DEFAULT 0  -- how many that day
    ) STRICT
    """,
    """
    CREATE TABLE lock_holder (  -- who writes at the moment
        id INTEGER PRIMARY KEY CHECK (id = 1),  -- always 1
        description TEXT NOT NULL  -- as the run described itself
    ) STRICT
    """,
)

INDEXES = (
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

#: Tables whose rows are never updated or deleted: triggers refuse.
APPEND_ONLY = ("captures", "payloads", "versions", "reviews")


def guard(db: Database, *names: str) -> None:
    """Let triggers refuse to change or delete rows of tables."""
    for table in names:
        for verb in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are never changed, only added to'); END"
            )
