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

DROP VIEW IF EXISTS change_log;
CREATE VIEW change_log AS  -- the changes that stand, one row an edit, as readers see them
SELECT
    c.id,
    c.release_id,
    r.url,
    r.title,
    r.content_type,
    r.status,
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
    c.words_added,
    c.words_removed,
    c.silent,
    c.revert,
    c.group_key,
    c.detected_at,
    c.run_id,
    sr.verdict AS review,
    (SELECT suppression_id FROM suppressed_changes s WHERE s.change_id = c.id LIMIT 1)
        AS suppressed_by  -- a rule that hides it; null: none does
FROM changes c
JOIN releases r ON r.id = c.release_id
LEFT JOIN standing_reviews sr ON sr.change_id = c.id
LEFT JOIN spans f ON f.version_id = c.from_version_id
LEFT JOIN spans t ON t.version_id = c.to_version_id
WHERE c.superseded_by IS NULL AND c.same_as IS NULL;

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
