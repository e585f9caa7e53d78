-- migrate:up
-- Why: a register file ends the validity of a check meter as it ends that of a network term.
-- Locks: none that matter. Safe with running code: yes.
SET LOCAL lock_timeout = '4s';

GRANT UPDATE (valid_to) ON check_meter TO nenghao_console;

-- migrate:down
