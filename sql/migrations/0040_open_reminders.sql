-- migrate:up
-- Why: what is due is compared with what was done once a day, and whoever owes it is reminded; rows that people decide
-- start DAGs, so it is kept which of them have been followed.
-- Locks: none that matter, the tables are new. Safe with running code: yes, it neither reads nor writes them.
SET LOCAL lock_timeout = '4s';

CREATE TABLE reminder (
    reminder_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    audience text NOT NULL,
    unit_id integer,
    subject text NOT NULL,
    period_on date,
    due_at timestamptz NOT NULL,
    severity text NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT reminder_pk PRIMARY KEY (reminder_id),
    CONSTRAINT reminder_unit_fk FOREIGN KEY (unit_id) REFERENCES unit (unit_id),
    CONSTRAINT reminder_audience_known CHECK (audience IN ('unit', 'bureau')),
    CONSTRAINT reminder_of_a_unit CHECK (audience = 'bureau' OR unit_id IS NOT NULL),
    CONSTRAINT reminder_severity_known CHECK (severity IN ('notice', 'warning', 'serious'))
);
CREATE INDEX reminder_by_duty ON reminder (kind, unit_id, subject, period_on);
COMMENT ON TABLE reminder IS '催办提醒: something that somebody owes and by when; ended by a row of reminder_event';
COMMENT ON COLUMN reminder.audience IS '对象: 企业 unit | 统计机构 bureau; a unit''s reminder is for the unit, the bureau''s for the bureau';
COMMENT ON COLUMN reminder.subject IS 'what is owed, within its kind: a form, a level, a meter, a case';
COMMENT ON COLUMN reminder.period_on IS '报告期: first day of the period; null where the duty has none';

CREATE TABLE reminder_event (
    reminder_id bigint NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT reminder_event_pk PRIMARY KEY (reminder_id, kind),
    CONSTRAINT reminder_event_reminder_fk FOREIGN KEY (reminder_id) REFERENCES reminder (reminder_id),
    CONSTRAINT reminder_event_kind_known CHECK (kind IN ('overdue', 'reached', 'withdrawn'))
);
COMMENT ON TABLE reminder_event IS '提醒变化: 逾期 overdue when it was first seen late, 完成 reached, 撤回 withdrawn: not owed any more, or by another day';

CREATE VIEW reminder_open AS
SELECT
    r.reminder_id,
    r.kind,
    r.audience,
    r.unit_id,
    r.subject,
    r.period_on,
    r.due_at,
    r.severity,
    r.opened_at,
    late.at AS overdue_at
FROM reminder AS r
LEFT JOIN reminder_event AS late ON r.reminder_id = late.reminder_id AND late.kind = 'overdue'
WHERE NOT EXISTS (
    SELECT 1 FROM reminder_event AS e WHERE e.reminder_id = r.reminder_id AND e.kind IN ('reached', 'withdrawn')
);
COMMENT ON VIEW reminder_open IS '未了提醒: reminders that are neither reached nor withdrawn';

DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['reminder', 'reminder_event'] LOOP
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
            guarded || '_append_only', guarded
        );
        EXECUTE format(
            'CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
            guarded || '_no_truncate', guarded
        );
    END LOOP;
END
$$;

SELECT track_rows('reminder', 'reminder_id');
SELECT track_rows('reminder_event', 'reminder_id', 'kind');

-- A queue's memory, not history: what is missing here is only followed once more.
CREATE TABLE followed_row (
    source text NOT NULL,
    row_id bigint NOT NULL,
    followed_at timestamptz NOT NULL,
    CONSTRAINT followed_row_pk PRIMARY KEY (source, row_id)
);
COMMENT ON TABLE followed_row IS '已跟进: rows that people wrote and whose consequences were computed, by table and id; not a cursor, since a late commit has a low id';

CREATE VIEW row_to_follow AS
SELECT
    'decision' AS source,
    d.decision_id AS row_id,
    d.decided_at AS written_at
FROM decision AS d
WHERE
    d.kind IN ('confirm', 'dismiss')
    AND NOT EXISTS (SELECT 1 FROM followed_row AS f WHERE f.source = 'decision' AND f.row_id = d.decision_id);
COMMENT ON VIEW row_to_follow IS '待跟进: decisions whose consequences have not been computed yet; their DAG starts by them';

GRANT SELECT, INSERT ON reminder, reminder_event TO nenghao_jobs;
GRANT SELECT ON reminder, reminder_event, reminder_open TO nenghao_console, nenghao_verifier, nenghao_rules;
GRANT SELECT ON reminder_open TO nenghao_jobs;
GRANT SELECT, INSERT ON followed_row TO nenghao_jobs;
GRANT SELECT ON row_to_follow TO nenghao_jobs, nenghao_console;
GRANT SELECT ON followed_row TO nenghao_console;

-- migrate:down
