"""Tables behind the review pages: search, terms, standing reviews, suppression rules.

All but ``suppressions`` and ``suppression_lifts`` follow from other tables and are kept
up to date by triggers, so that whoever writes a version or a review need not know of
them, and a page need not compute them.
"""

from __future__ import annotations

from sqlite_utils import Database

from storage.file.tables import guard

#: A version's body in SQL: what follows the front matter and its blank line.
_BODY = "substr({0}.text, instr({0}.text, char(10) || '---' || char(10)) + 6)"

_REVIEWS = (
    # Undoing is a review too: it withdraws an earlier one. Reviews of one keystroke share
    # a batch, so that what was decided for a group is undone for the group.
    # the earlier review that this one takes back
    "ALTER TABLE reviews ADD COLUMN withdraws INTEGER REFERENCES reviews(id)",
    # equal for the reviews of one keystroke
    "ALTER TABLE reviews ADD COLUMN batch TEXT",
    "CREATE INDEX idx_reviews_withdraws ON reviews(withdraws) WHERE withdraws IS NOT NULL",
    "CREATE INDEX idx_reviews_batch ON reviews(batch) WHERE batch IS NOT NULL",
    """
    CREATE TABLE standing_reviews (  -- the review that stands on a change
        change_id INTEGER PRIMARY KEY REFERENCES changes(id),  -- the change
        review_id INTEGER NOT NULL REFERENCES reviews(id),  -- the newest review not withdrawn
        verdict TEXT NOT NULL  -- its verdict
    ) STRICT
    """,
    """
    CREATE TRIGGER reviews_standing AFTER INSERT ON reviews BEGIN
        DELETE FROM standing_reviews WHERE change_id = new.change_id;
        INSERT INTO standing_reviews
        SELECT r.change_id, r.id, r.verdict FROM reviews r
        WHERE r.change_id = new.change_id AND r.withdraws IS NULL
          AND NOT EXISTS (SELECT 1 FROM reviews w WHERE w.withdraws = r.id)
        ORDER BY r.id DESC LIMIT 1;
    END
    """,
    "INSERT INTO standing_reviews SELECT change_id, max(id), verdict FROM reviews "
    "GROUP BY change_id",
)

_SUPPRESSIONS = (
    """
    CREATE TABLE suppressions (  -- a rule that hides changes from the queue
        id INTEGER PRIMARY KEY,  -- its number
        change_id INTEGER NOT NULL REFERENCES changes(id),  -- the false alarm it was made from
        scope TEXT NOT NULL  -- this edit anywhere, or such edits on one release
            CHECK (scope IN ('edit', 'release')),
        group_key TEXT,  -- the edit, for scope edit
        release_id INTEGER REFERENCES releases(id),  -- the release, for scope release
        kinds TEXT,  -- the kinds of edit, for scope release
        note TEXT NOT NULL DEFAULT '',  -- why
        reviewer TEXT NOT NULL DEFAULT '',  -- who made it
        made_at TEXT NOT NULL  -- when
    ) STRICT
    """,
    """
    CREATE TABLE suppression_lifts (  -- the end of a suppression rule
        suppression_id INTEGER PRIMARY KEY REFERENCES suppressions(id),  -- the rule
        reviewer TEXT NOT NULL DEFAULT '',  -- who ended it
        lifted_at TEXT NOT NULL  -- when
    ) STRICT
    """,
    "CREATE INDEX idx_changes_group ON changes(group_key) WHERE group_key IS NOT NULL",
)

_TERMS = (
    """
    CREATE TABLE release_terms (  -- a minister or portfolio of a release, in any version
        kind TEXT NOT NULL CHECK (kind IN ('minister', 'portfolio')),  -- which of the two
        name TEXT NOT NULL,  -- as the release writes it
        release_id INTEGER NOT NULL REFERENCES releases(id),  -- the release
        PRIMARY KEY (kind, name, release_id)
    ) STRICT, WITHOUT ROWID
    """,
    # A release that gives way to another leaves it what it was credited with.
    """
    CREATE TRIGGER spans_terms AFTER UPDATE OF release_id ON spans
    WHEN old.release_id <> new.release_id BEGIN
        UPDATE OR IGNORE release_terms SET release_id = new.release_id
        WHERE release_id = old.release_id;
        DELETE FROM release_terms WHERE release_id = old.release_id;
    END
    """,
    "CREATE INDEX idx_release_terms_release ON release_terms(release_id, kind, name)",
)

_SEARCH = (
    f"""
    CREATE VIEW version_text AS  -- a version's words, which the search index is made from
    SELECT v.id, v.title,
        {_BODY.format("v")} AS body  -- what follows the front matter
    FROM versions v
    """,
    # Its content stays in `versions`, which are never changed: nothing is kept twice.
    """
    -- a version's words as FTS5 searches them
    CREATE VIRTUAL TABLE versions_fts USING fts5(
        title, body, content='version_text', content_rowid='id',
        tokenize="unicode61 remove_diacritics 2"
    )
    """,
    "CREATE TRIGGER versions_search AFTER INSERT ON versions BEGIN "
    "INSERT INTO versions_fts (rowid, title, body) "
    f"VALUES (new.id, new.title, {_BODY.format('new')}); END",
    "INSERT INTO versions_fts (versions_fts) VALUES ('rebuild')",
)

_QUEUE = (
    # Everything the queue filters, groups and sorts by, so that it reads no row it does not
    # show. Publications outnumber all other changes and have an index of their own.
    "CREATE INDEX idx_changes_waiting ON changes"
    "(significance, before, id, release_id, group_key, kind) "
    "WHERE superseded_by IS NULL AND same_as IS NULL AND kind <> 'published'",
    "CREATE INDEX idx_changes_published ON changes(before, id, release_id, significance) "
    "WHERE superseded_by IS NULL AND same_as IS NULL AND kind = 'published'",
    "CREATE INDEX idx_releases_published ON releases(published_at)",
)


def create(db: Database) -> None:
    """Create the tables, fill them from what is held, and keep them up to date."""
    for statement in (*_REVIEWS, *_SUPPRESSIONS, *_TERMS, *_SEARCH, *_QUEUE):
        db.execute(statement)
    for table, version in (("versions", "new.id"), ("derivations", "new.version_id")):
        body = " ".join(
            f"INSERT OR IGNORE INTO release_terms SELECT '{kind}', value, v.release_id "
            f"FROM versions v, json_each(new.fields, '$.{kind}s') WHERE v.id = {version};"
            for kind in ("minister", "portfolio")
        )
        db.execute(f"CREATE TRIGGER {table}_terms AFTER INSERT ON {table} BEGIN {body} END")
    for kind in ("minister", "portfolio"):
        db.execute(
            f"INSERT OR IGNORE INTO release_terms SELECT '{kind}', value, v.release_id "
            f"FROM versions v, json_each(v.fields, '$.{kind}s')"
        )
    guard(db, "suppressions", "suppression_lifts")
