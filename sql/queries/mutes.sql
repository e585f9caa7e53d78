-- is_rule --
-- Whether there is a rule of this code, one row.
SELECT EXISTS (SELECT 1 FROM rule_version WHERE rule_code = %(rule_code)s);

-- find_place --
-- A unit and a point by their codes, at most one row; null for what is not asked for.
SELECT
    u.unit_id,
    p.point_id
FROM (SELECT 1) AS one (row_no)
LEFT JOIN unit AS u ON u.unit_code = %(unit_code)s::text
LEFT JOIN point AS p ON u.unit_id = p.unit_id AND p.point_code = %(point_code)s::text
WHERE
    (u.unit_id IS NOT NULL OR %(unit_code)s::text IS NULL)
    AND (p.point_id IS NOT NULL OR %(point_code)s::text IS NULL);

-- insert_mute --
-- Lets a rule open no alert at a place until a time, one row: its id.
INSERT INTO mute (rule_code, unit_id, point_id, until_at, reason, muted_by, muted_at)
VALUES (%(rule_code)s, %(unit_id)s, %(point_id)s, %(until_at)s, %(reason)s, %(muted_by)s, %(muted_at)s)
RETURNING mute_id;

-- insert_mute_end --
-- Ends a mute before its day.
INSERT INTO mute_end (mute_id, reason, ended_by, ended_at)
VALUES (%(mute_id)s, %(reason)s, %(ended_by)s, %(ended_at)s);

-- list_mutes --
-- Mutes in force, with how many findings each has silenced, one row each.
SELECT
    m.mute_id,
    m.rule_code,
    u.unit_code,
    p.point_code,
    m.until_at,
    m.reason,
    m.muted_by,
    m.muted_at,
    (
        SELECT count(*) FROM silenced_finding AS s WHERE s.source = 'mute' AND s.source_id = m.mute_id
    ) AS finding_count
FROM mute_in_force AS m
LEFT JOIN unit AS u ON m.unit_id = u.unit_id
LEFT JOIN point AS p ON m.point_id = p.point_id
WHERE m.until_at > %(at)s
ORDER BY m.mute_id;
