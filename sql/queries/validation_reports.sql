-- validation_runs --
-- Audit runs: one by its id, or all over days of a span, both ends included, in order.
SELECT audit_run_id, subject, first_day_on, last_day_on, started_at, finished_at, summary
FROM audit_run
WHERE
    coalesce(audit_run_id = %(run_id)s::bigint, TRUE)
    AND coalesce(first_day_on <= %(last_on)s::date, TRUE) AND coalesce(last_day_on >= %(first_on)s::date, TRUE)
ORDER BY audit_run_id;

-- validation_rules --
-- Each rule that runs asked, one row a run and rule, with its text as it was then: the last version before the run, or where
-- none was written by then the first one after it.
SELECT
    r.audit_run_id,
    asked.rule_code,
    v.version,
    v.definition,
    encode(v.content_hash, 'hex') AS content_hash,
    coalesce((r.summary -> 'violations' ->> asked.rule_code)::integer, 0) AS violation_count,
    r.summary -> 'not_run' ->> asked.rule_code AS failure
FROM audit_run AS r
CROSS JOIN LATERAL (
    SELECT jsonb_object_keys(coalesce(r.summary -> 'violations', '{}') || coalesce(r.summary -> 'not_run', '{}')) AS rule_code
) AS asked
LEFT JOIN LATERAL (
    SELECT k.version, k.definition, k.content_hash
    FROM rule_version AS k
    WHERE k.rule_code = asked.rule_code
    ORDER BY k.valid_from <= r.started_at DESC, abs(extract(EPOCH FROM k.valid_from - r.started_at)), k.version DESC
    LIMIT 1
) AS v ON TRUE
WHERE r.audit_run_id = ANY(%(run_ids)s::bigint[])
ORDER BY r.audit_run_id, asked.rule_code;

-- validation_findings --
-- Findings that runs wrote, without any of their figures, in order.
SELECT
    f.finding_id,
    f.audit_run_id,
    f.rule_code,
    f.rule_version,
    f.level,
    f.mode,
    f.evidence ->> 'obligation' AS obligation,
    u.unit_code,
    p.point_code,
    f.series_id,
    lower(f.span) AS begin_at,
    upper(f.span) AS end_at
FROM finding AS f
LEFT JOIN unit AS u ON f.unit_id = u.unit_id
LEFT JOIN point AS p ON f.point_id = p.point_id
WHERE f.audit_run_id = ANY(%(run_ids)s::bigint[])
ORDER BY f.finding_id;
