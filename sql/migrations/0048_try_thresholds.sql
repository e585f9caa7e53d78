-- migrate:up
-- Why: a threshold is tried on stored days before it is put in force. Rules join rule_threshold_now, so a trial has to reach
-- that view: a session may say other values, which hold in a read-only transaction alone, where nothing found is written.
-- Locks: a moment on the view. Safe with running code: yes, without the setting it says what it said.
SET LOCAL lock_timeout = '4s';

CREATE OR REPLACE VIEW rule_threshold_now AS
SELECT
    rule_code,
    threshold_name,
    CASE
        WHEN current_setting('transaction_read_only') = 'on' AND current_setting('nenghao.trial_thresholds', TRUE) <> ''
            THEN
                coalesce(
                    (
                        current_setting('nenghao.trial_thresholds', TRUE)::jsonb
                        ->> (rule_code || '.' || threshold_name)
                    )::numeric,
                    value
                )
        ELSE value
    END AS value,
    unit,
    reason,
    valid_from
FROM rule_threshold
WHERE valid_from <= now() AND (valid_to IS NULL OR valid_to > now());
COMMENT ON VIEW rule_threshold_now IS '现行阈值; in a read-only transaction that tries other values, those';

-- What the rules' own role reads to try detectors without writing.
GRANT SELECT ON context_event, outage_filing, meter_change, multiplier_change, reading_revision, reading_conflict, reading
TO nenghao_rules;

-- migrate:down
