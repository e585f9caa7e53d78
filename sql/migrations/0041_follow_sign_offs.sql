-- migrate:up
-- Why: an agreed value and a person's reason for a restatement ask for the same work as a decision; a unit reads its own
-- reminders. Locks: none that matter. Safe with running code: yes, the view keeps its columns.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE VIEW row_to_follow AS
SELECT
    w.source,
    w.row_id,
    w.written_at
FROM (
    SELECT
        'decision' AS source,
        d.decision_id AS row_id,
        d.decided_at AS written_at
    FROM decision AS d
    WHERE d.kind IN ('confirm', 'dismiss')
    UNION ALL
    SELECT
        'agreed_value' AS source,
        a.agreed_value_id AS row_id,
        a.recorded_at AS written_at
    FROM agreed_value AS a
    UNION ALL
    SELECT
        'restatement_reason' AS source,
        r.restatement_reason_id AS row_id,
        r.given_at AS written_at
    FROM restatement_reason AS r
) AS w
WHERE NOT EXISTS (SELECT 1 FROM followed_row AS f WHERE f.source = w.source AND f.row_id = w.row_id);
COMMENT ON VIEW row_to_follow IS '待跟进: decisions and sign-offs whose consequences have not been computed yet; their DAG starts by them';

-- A unit sees what it is reminded of itself, and nothing that is the bureau's.
CREATE VIEW own_reminder WITH (security_barrier) AS
SELECT
    r.reminder_id,
    r.kind,
    r.subject,
    r.period_on,
    r.due_at,
    r.severity,
    r.opened_at,
    r.overdue_at
FROM reminder_open AS r
WHERE r.audience = 'unit' AND r.unit_id = own_unit_id();
COMMENT ON VIEW own_reminder IS '本单位提醒: open reminders of the unit that the transaction speaks for';
GRANT SELECT ON own_reminder TO nenghao_unit;

-- migrate:down
