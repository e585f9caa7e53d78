-- migrate:up
-- Why: an evidence document is written by the account that reads all and writes nothing, and tells of a case what was
-- merged into it, what went quiet, and how often its rules were right.
-- Locks: none. Safe with running code: yes, it only lets one more role read.
SET LOCAL lock_timeout = '4s';

GRANT SELECT ON case_root, finding_standing, case_now, rule_precision TO nenghao_verifier;

-- migrate:down
