-- migrate:up
-- Why: all that a case tells is asked for by its root, of every case that is listed. Computed from the case upward that
-- was a look at every alert for each case; by the members of a root it is a look at an index.
-- Locks: evidence takes no rows while its index is built. Safe with running code: yes, the view keeps its columns.
SET LOCAL lock_timeout = '4s';

CREATE INDEX evidence_by_alert ON evidence (alert_id);

CREATE VIEW case_member AS
SELECT
    c.case_id AS root_case_id,
    c.case_id
FROM audit_case AS c
WHERE NOT EXISTS (SELECT 1 FROM case_merge AS m WHERE m.case_id = c.case_id)
UNION ALL
SELECT
    m.into_case_id AS root_case_id,
    m.case_id
FROM case_merge AS m
WHERE NOT EXISTS (SELECT 1 FROM case_merge AS n WHERE n.case_id = m.case_id AND n.case_merge_id > m.case_merge_id);
COMMENT ON VIEW case_member IS '案件成员: a case that tells of its findings itself, and the cases that were merged into it';

CREATE OR REPLACE VIEW finding_standing AS
SELECT
    f.finding_id,
    a.alert_id,
    a.case_id,
    k.root_case_id,
    coalesce(last.kind, 'found') = 'quiet' AS is_quiet
FROM case_member AS k
INNER JOIN alert AS a ON k.case_id = a.case_id
INNER JOIN finding AS f ON a.fingerprint = f.fingerprint
LEFT JOIN LATERAL (
    SELECT e.kind FROM alert_event AS e
    WHERE e.finding_id = f.finding_id
    ORDER BY e.alert_event_id DESC
    LIMIT 1
) AS last ON TRUE;

CREATE OR REPLACE VIEW case_now AS
SELECT
    c.case_id,
    c.unit_id,
    coalesce(raised.level, c.level) AS level,
    c.opened_at,
    CASE WHEN r.root_case_id <> c.case_id THEN r.root_case_id END AS into_case_id,
    last.kind AS decision,
    last.outcome,
    last.decided_at,
    cause.case_id IS NOT NULL AS is_common_cause,
    found.is_quiet,
    CASE
        WHEN r.root_case_id <> c.case_id THEN 'merged'
        WHEN last.kind IN ('confirm', 'dismiss') THEN 'decided'
        WHEN last.kind IS NULL AND found.is_quiet THEN 'quiet'
        WHEN last.kind IN ('inquire', 'explain') THEN 'asked'
        ELSE 'open'
    END AS state
FROM audit_case AS c
INNER JOIN case_root AS r ON c.case_id = r.case_id
LEFT JOIN common_cause AS cause ON c.case_id = cause.case_id
LEFT JOIN LATERAL (
    SELECT k.level FROM case_level AS k
    WHERE k.case_id = c.case_id
    ORDER BY k.case_level_id DESC
    LIMIT 1
) AS raised ON TRUE
LEFT JOIN LATERAL (
    SELECT d.kind, d.outcome, d.decided_at FROM decision AS d
    WHERE d.case_id = c.case_id
    ORDER BY d.decision_id DESC
    LIMIT 1
) AS last ON TRUE
CROSS JOIN LATERAL (
    SELECT coalesce(bool_and(s.is_quiet), FALSE) AS is_quiet
    FROM finding_standing AS s
    WHERE s.root_case_id = c.case_id
) AS found;

GRANT SELECT ON case_member TO nenghao_rules, nenghao_console, nenghao_jobs, nenghao_verifier;

-- migrate:down
