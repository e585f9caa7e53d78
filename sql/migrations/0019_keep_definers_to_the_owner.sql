-- migrate:up
-- Why: as with record_rows (0015): whoever may attach a function that runs as the owner to a table of his own, with types
-- and casts of his own, runs as the owner.
-- Locks: none that matter. Safe with running code: yes, triggers that are there need no right.
SET LOCAL lock_timeout = '4s';

REVOKE EXECUTE ON FUNCTION require_gateways(), keep_named_gateway() FROM PUBLIC;

-- migrate:down
