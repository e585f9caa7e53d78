-- migrate:up
-- Why: people change thresholds and modes of rules from a day on, and it has to be seen who did so. What a person set is
-- never taken back by the next version of a rule folder, not even before its day.
-- Locks: rule_threshold and rule_mode take no rows while a column is added. Safe with running code: yes, it leaves the new
-- columns empty, which means what it meant before.
SET LOCAL lock_timeout = '4s';

ALTER TABLE rule_threshold
ADD COLUMN set_by text,
ADD CONSTRAINT rule_threshold_set_by_given CHECK (trim(set_by) <> '');
COMMENT ON COLUMN rule_threshold.set_by IS '变更人: who set it; null where it came with the rule''s folder';

ALTER TABLE rule_mode ADD COLUMN valid_from timestamptz;
COMMENT ON COLUMN rule_mode.valid_from IS '生效时间: from when on it holds; null where that is when it was set';
COMMENT ON TABLE rule_mode IS '规则运行方式: who let a rule open alerts (live) or kept it in the shadow, why and from when on; of those that hold, the latest';

-- migrate:down
