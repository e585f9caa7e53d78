-- migrate:up
-- Why: what was received, decided or sealed is appended to and never changed (architecture: rule 7); each role gets the
-- rights of its work and no more. Prevention is for honest roles; detection is the guarantee.
-- Locks: short exclusive locks on the guarded tables. Safe with running code: yes, no code updates these tables.
SET LOCAL lock_timeout = '4s';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', tg_table_name, tg_op USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION refuse_change() IS '只增不改: raises for UPDATE, DELETE and TRUNCATE';

-- Row triggers are copied to a hypertable's chunks, statement triggers are not: rows are guarded by the one, TRUNCATE by the other.
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'message', 'message_raw', 'reading', 'refusal', 'reading_conflict', 'reading_revision', 'gateway_state',
        'rule_version', 'audit_run', 'finding', 'alert', 'audit_case', 'evidence', 'decision', 'exclusion', 'reading_adoption',
        'monitored_balance', 'balance_cell', 'filing', 'release'
    ] LOOP
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

GRANT USAGE ON SCHEMA public
TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;

GRANT SELECT ON unit, gateway, meter, point, network_term, series, series_version
TO nenghao_collector, nenghao_jobs, nenghao_rules, nenghao_console, nenghao_verifier;

-- The collector.
GRANT USAGE ON SEQUENCE message_id_seq TO nenghao_collector;
GRANT SELECT, INSERT ON message, message_raw, reading, refusal, reading_conflict, reading_revision, gateway_state
TO nenghao_collector;
GRANT INSERT ON changed_mark TO nenghao_collector;
GRANT SELECT, INSERT ON outbound TO nenghao_collector;
GRANT UPDATE (sent_at) ON outbound TO nenghao_collector;
GRANT SELECT, INSERT, UPDATE ON receipt_cursor TO nenghao_collector;
GRANT SELECT, INSERT, DELETE ON receipt_again TO nenghao_collector;
GRANT SELECT ON reading_in_force TO nenghao_collector;

-- Jobs.
GRANT SELECT ON message, message_raw, reading, refusal, reading_conflict, reading_revision, gateway_state,
reading_in_force, exclusion, reading_adoption, finding, alert, audit_case, decision, filing TO nenghao_jobs;
GRANT SELECT, INSERT, DELETE ON changed_mark, month_mark TO nenghao_jobs;
GRANT SELECT, INSERT ON audit_mark, outbound TO nenghao_jobs;
GRANT SELECT, INSERT, UPDATE, DELETE ON series_day, point_hour, point_day, point_month TO nenghao_jobs;
GRANT SELECT ON series_day_slot TO nenghao_jobs;
GRANT SELECT, INSERT, UPDATE ON variety, coal_coefficient, form_relation TO nenghao_jobs;
GRANT SELECT, INSERT ON monitored_balance, balance_cell, release TO nenghao_jobs;

-- Rules.
GRANT SELECT ON message, message_raw, reading, refusal, reading_conflict, reading_revision, gateway_state,
reading_in_force, series_day, series_day_slot, point_hour, point_day, point_month, variety, coal_coefficient, form_relation,
monitored_balance, balance_cell, filing, decision, exclusion, reading_adoption, release TO nenghao_rules;
GRANT SELECT, INSERT ON rule_version, audit_run, finding, alert, audit_case, evidence TO nenghao_rules;
GRANT SELECT, INSERT, UPDATE ON rule_threshold TO nenghao_rules;
GRANT SELECT ON rule_threshold_now TO nenghao_rules;
GRANT SELECT, DELETE ON audit_mark TO nenghao_rules;

-- People: registers, decisions, filings. No raw readings: hypertables are read through views made for it.
GRANT INSERT ON unit, gateway, meter, point, network_term, series, series_version TO nenghao_console;
GRANT UPDATE (broker_password_hash, backfill_until) ON gateway TO nenghao_console;
GRANT UPDATE (valid) ON series_version TO nenghao_console;
GRANT SELECT ON message, refusal, reading_conflict, reading_revision, gateway_state, series_day, series_day_slot,
point_hour, point_day, point_month, variety, coal_coefficient, form_relation, rule_version, rule_threshold, rule_threshold_now,
audit_run, finding, alert, audit_case, evidence, decision, exclusion, reading_adoption, monitored_balance, balance_cell,
filing, release TO nenghao_console;
GRANT INSERT ON decision, exclusion, reading_adoption, filing, changed_mark, outbound TO nenghao_console;

-- The verifier reads all but drafts.
GRANT SELECT ON message, message_raw, reading, refusal, reading_conflict, reading_revision, gateway_state, reading_in_force,
series_day, series_day_slot, point_hour, point_day, point_month, rule_version, rule_threshold, audit_run, finding, alert,
audit_case, evidence, decision, exclusion, reading_adoption, variety, coal_coefficient, form_relation, monitored_balance,
balance_cell, filing, release TO nenghao_verifier;

-- migrate:down
