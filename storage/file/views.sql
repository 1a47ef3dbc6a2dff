-- The tables as a reader wants them. Recreated whenever this file changes, so it may
-- be edited freely; tables belong in migrations.py. A column that is no other table's has
-- its line of docs/data.md behind it.

DROP VIEW IF EXISTS suppressed_changes;
CREATE VIEW suppressed_changes AS  -- what a rule hides for as long as it is not lifted
SELECT c.id AS change_id, s.id AS suppression_id
FROM suppressions s  -- CROSS JOIN: begin with the rules, which are few
CROSS JOIN changes c ON s.scope = 'edit' AND c.group_key = s.group_key
WHERE s.id NOT IN (SELECT suppression_id FROM suppression_lifts)
UNION ALL
SELECT c.id, s.id
FROM suppressions s
CROSS JOIN changes c ON s.scope = 'release' AND c.release_id = s.release_id AND c.kinds = s.kinds
    AND c.kind = 'revised'
WHERE s.id NOT IN (SELECT suppression_id FROM suppression_lifts);

DROP VIEW IF EXISTS standing_changes;
CREATE VIEW standing_changes AS  -- those a reader is shown: not divided since, told by no other
SELECT * FROM changes WHERE superseded_by IS NULL AND same_as IS NULL;

DROP VIEW IF EXISTS change_rows;
CREATE VIEW change_rows AS  -- every change there ever was, with what belongs to it
SELECT
    c.id,
    c.release_id,
    r.url,
    r.title,
    r.content_type,
    r.status,
    (SELECT name FROM sources WHERE id = r.source_id) AS source,  -- its name
    c.track,
    c.kind,
    c.significance,
    CASE c.significance WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END
        AS rank,  -- 3 for high, 2 medium, 1 low, 0 none
    c.reasons,
    c.fields,
    c.kinds,
    c.after,
    c.before,
    f.number AS from_version,  -- the version before, as counted in the timeline
    t.number AS to_version,  -- the version after, likewise
    c.from_version_id,
    c.to_version_id,
    c.words_added,
    c.words_removed,
    c.silent,
    c.revert,
    c.group_key,
    c.detected_at,
    c.run_id,
    c.superseded_by,
    c.same_as,
    sr.verdict AS review,
    (SELECT suppression_id FROM suppressed_changes s WHERE s.change_id = c.id LIMIT 1)
        AS suppressed_by  -- a rule that hides it; null: none does
FROM changes c
JOIN releases r ON r.id = c.release_id
LEFT JOIN standing_reviews sr ON sr.change_id = c.id
LEFT JOIN spans f ON f.version_id = c.from_version_id
LEFT JOIN spans t ON t.version_id = c.to_version_id;

DROP VIEW IF EXISTS change_log;
CREATE VIEW change_log AS  -- the changes that stand, one row an edit, as readers see them
SELECT rows.* FROM standing_changes c JOIN change_rows rows ON rows.id = c.id;

-- A derivation keeps no date apart from its text, where it is the line before the address.
DROP VIEW IF EXISTS readings;
CREATE VIEW readings AS  -- each version as the newest normaliser reads it
SELECT
    v.id AS version_id,
    v.release_id,
    coalesce(d.text, v.text) AS text,
    coalesce(d.digest, v.digest) AS digest,
    coalesce(d.fields, v.fields) AS fields,
    coalesce(d.normaliser_version, v.normaliser_version) AS normaliser_version,
    CASE WHEN d.id IS NULL THEN v.date ELSE substr(
        substr(d.text, 1, instr(d.text, char(10) || 'url: ')),
        nullif(instr(substr(d.text, 1, instr(d.text, char(10) || 'url: ')),
            char(10) || 'date: '), 0) + 7, 10) END AS date
FROM versions v
LEFT JOIN derivations d ON d.id = (
    SELECT id FROM derivations
    WHERE version_id = v.id AND normaliser_version >= v.normaliser_version
    ORDER BY normaliser_version DESC, id DESC LIMIT 1);

DROP VIEW IF EXISTS newest_readings;
CREATE VIEW newest_readings AS  -- what each release said last, on its page, else in the feed
SELECT r.id AS release_id, s.track, s.number, n.version_id, n.text, n.digest, n.fields,
    n.normaliser_version, n.date
FROM releases r
JOIN spans s ON s.version_id = (
    SELECT version_id FROM spans WHERE release_id = r.id
    ORDER BY track DESC, number DESC LIMIT 1)  -- 'page' sorts behind 'feed'
JOIN readings n ON n.version_id = s.version_id;

DROP VIEW IF EXISTS version_log;
CREATE VIEW version_log AS  -- the versions as they stand in their releases' timelines
SELECT
    v.id,
    s.release_id,
    r.url,
    s.track,
    s.number,
    v.digest,
    v.title,
    v.date,
    v.text,
    v.fields,
    v.normaliser_version,
    v.capture_id,
    v.recorded_at,
    s.first_observed,
    s.last_observed,
    s.captures,
    s.via
FROM spans s
JOIN versions v ON v.id = s.version_id
JOIN releases r ON r.id = s.release_id;

-- What everybody may ask by SQL: nothing that a press contact's number can stand in.
DROP VIEW IF EXISTS public_changes;
CREATE VIEW public_changes AS  -- the changes that stand, for everybody's SQL
SELECT
    c.id,
    '/change/' || c.id AS page,  -- its page here
    c.release_id,
    r.url,
    r.title,
    (SELECT name FROM sources WHERE id = r.source_id) AS source,  -- its name
    c.kind,
    c.significance,
    c.kinds,
    c.fields,
    c.after,
    c.before,
    c.words_added,
    c.words_removed,
    c.silent,
    c.revert,
    c.detected_at
FROM standing_changes c JOIN releases r ON r.id = c.release_id;

DROP VIEW IF EXISTS public_versions;
CREATE VIEW public_versions AS  -- the versions in their releases' timelines, without their texts
SELECT s.version_id, s.release_id, r.url, r.title, s.track, s.number, v.digest, v.date,
    s.first_observed, s.last_observed, s.captures, s.via
FROM spans s JOIN versions v ON v.id = s.version_id JOIN releases r ON r.id = s.release_id;

DROP VIEW IF EXISTS public_captures;
CREATE VIEW public_captures AS  -- each look at a release, without what it brought
SELECT c.id, c.release_id, c.url, c.via, c.captured_at, c.verdict, c.reason, c.status,
    c.payload_sha256
FROM captures c WHERE c.release_id IS NOT NULL;
