-- The tables as a reader wants them. Recreated whenever this file changes, so it may
-- be edited freely; tables belong in migrations.py.

DROP VIEW IF EXISTS change_log;
CREATE VIEW change_log AS
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
        AS rank,
    c.reasons,
    c.fields,
    c.kinds,
    c.after,
    c.before,
    f.number AS from_version,
    t.number AS to_version,
    c.words_added,
    c.words_removed,
    c.silent,
    c.revert,
    c.group_key,
    c.detected_at,
    c.run_id,
    (SELECT verdict FROM reviews WHERE change_id = c.id ORDER BY id DESC LIMIT 1) AS review
FROM changes c
JOIN releases r ON r.id = c.release_id
LEFT JOIN spans f ON f.version_id = c.from_version_id
LEFT JOIN spans t ON t.version_id = c.to_version_id
WHERE c.superseded_by IS NULL AND c.same_as IS NULL;

DROP VIEW IF EXISTS version_log;
CREATE VIEW version_log AS
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
