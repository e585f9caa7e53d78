-- open_threshold --
-- The threshold that nothing follows yet, in force or planned, at most one row.
SELECT value, unit, valid_from
FROM rule_threshold
WHERE rule_code = %(rule_code)s AND threshold_name = %(threshold_name)s AND valid_to IS NULL;

-- rule_rows --
-- Every rule in its newest version with the mode that people set last, one row each: with how many of its cases were decided
-- and confirmed, in all versions, and how many alerts it opened in the last 30 days.
SELECT
    v.rule_code,
    v.version,
    v.valid_from AS version_at,
    encode(v.content_hash, 'hex') AS content_hash,
    v.definition,
    set.mode AS set_mode,
    set.reason AS mode_reason,
    set.set_by AS mode_set_by,
    set.since_at AS mode_since_at,
    coalesce(precise.case_count, 0) AS case_count,
    coalesce(precise.decided_count, 0) AS decided_count,
    coalesce(precise.confirmed_count, 0) AS confirmed_count,
    coalesce(recent.alert_count, 0) AS alert_count
FROM (
    SELECT DISTINCT ON (rule_code)
        rule_code,
        version,
        valid_from,
        content_hash,
        definition
    FROM rule_version
    WHERE definition <> '{}'
    ORDER BY rule_code, version DESC
) AS v
LEFT JOIN (
    SELECT DISTINCT ON (m.rule_code)
        m.rule_code,
        m.mode,
        m.reason,
        m.set_by,
        coalesce(m.valid_from, m.set_at) AS since_at
    FROM rule_mode AS m
    WHERE coalesce(m.valid_from, m.set_at) <= %(now)s
    ORDER BY m.rule_code, coalesce(m.valid_from, m.set_at) DESC, m.rule_mode_id DESC
) AS set ON v.rule_code = set.rule_code
LEFT JOIN (
    SELECT
        p.rule_code,
        sum(p.case_count)::bigint AS case_count,
        sum(p.decided_count)::bigint AS decided_count,
        sum(p.confirmed_count)::bigint AS confirmed_count
    FROM rule_precision AS p
    GROUP BY p.rule_code
) AS precise ON v.rule_code = precise.rule_code
LEFT JOIN rule_alert_recent AS recent ON v.rule_code = recent.rule_code
WHERE %(rule_code)s::text IS NULL OR v.rule_code = %(rule_code)s
ORDER BY v.definition ->> 'family', v.rule_code;

-- threshold_history --
-- Thresholds of a rule that were, are or will be in force, one row each, by name, newest first.
SELECT
    threshold_name,
    value,
    unit,
    reason,
    set_by,
    valid_from,
    valid_to,
    valid_from <= %(now)s AND coalesce(valid_to, 'infinity') > %(now)s AS is_in_force
FROM rule_threshold
WHERE rule_code = %(rule_code)s
ORDER BY threshold_name, valid_from DESC;

-- mode_history --
-- How people let a rule run, one row each, newest first.
SELECT
    mode,
    reason,
    set_by,
    set_at,
    coalesce(valid_from, set_at) AS valid_from
FROM rule_mode
WHERE rule_code = %(rule_code)s
ORDER BY coalesce(valid_from, set_at) DESC, rule_mode_id DESC;

-- rule_versions --
-- Versions of a rule, one row each, newest first, with what people decided on the cases of each.
SELECT
    v.version,
    v.valid_from,
    encode(v.content_hash, 'hex') AS content_hash,
    coalesce(p.case_count, 0) AS case_count,
    coalesce(p.decided_count, 0) AS decided_count,
    coalesce(p.confirmed_count, 0) AS confirmed_count
FROM rule_version AS v
LEFT JOIN rule_precision AS p ON v.rule_code = p.rule_code AND v.version = p.rule_version
WHERE v.rule_code = %(rule_code)s
ORDER BY v.version DESC;
