-- migrate:up
-- Why: record_rows runs as the owner, and PostgreSQL lets everybody attach a function to a table that he may make: with a
-- temporary table named as a tracked one any role could write row leaves, and with a cast of its own run as the owner.
-- Locks: none that matter. Safe with running code: yes, triggers that are there need no right.
SET LOCAL lock_timeout = '4s';

REVOKE EXECUTE ON FUNCTION record_rows() FROM PUBLIC;

-- migrate:down
