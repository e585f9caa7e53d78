-- migrate:up
-- Why: back-fill that the platform itself asked for is no sign of anything; the rules have to see what was asked.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

GRANT SELECT ON resend_request TO nenghao_rules;

-- migrate:down
