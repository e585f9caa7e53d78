-- lock_shard --
-- Waits for the exclusive lock of a shard and for the shared lock of the tree until the end of the transaction; one row
-- without meaning.
SELECT
    pg_advisory_xact_lock(%(lock_class)s::integer, %(shard)s::integer),
    pg_advisory_xact_lock_shared(%(tree_lock_class)s::integer, 0);

-- lock_tree_exclusive --
-- Waits for the exclusive lock of the tree until the end of the transaction; one row without meaning.
SELECT pg_advisory_xact_lock(%(tree_lock_class)s::integer, 0);

-- lock_day_shared --
-- Waits for the shared locks of days, given in ascending order; a row for each.
SELECT pg_advisory_xact_lock_shared(%(lock_class)s::integer, d.day_key)
FROM unnest(%(days)s::integer[]) AS d (day_key);

-- lock_day_exclusive --
-- Waits for the exclusive locks of days, given in ascending order; a row for each.
SELECT pg_advisory_xact_lock(%(lock_class)s::integer, d.day_key)
FROM unnest(%(days)s::integer[]) AS d (day_key);

-- lease --
-- One row: whether this session has or got a lease, which it keeps until it ends.
SELECT pg_try_advisory_lock(%(lock_class)s::integer, %(key)s::integer) AS is_leased;
