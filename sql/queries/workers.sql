-- join_workers --
-- One row: whether this session has or got a worker's place, which it keeps until it ends. A place is one number: which
-- shards its group shares in the upper half, since when it works in the lower.
SELECT pg_try_advisory_lock((%(crowd)s::bigint << 32) | %(since)s::bigint) AS is_joined;

-- worker_places --
-- The places of a group that are taken, longest at work first; a row for each worker.
SELECT objid::bigint AS since
FROM pg_locks
WHERE
    locktype = 'advisory' AND objsubid = 1 AND granted
    AND classid = %(crowd)s::bigint::oid
    AND database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
ORDER BY since;

-- leased_shards --
-- Shards that have a collector, whichever host it runs on; a row for each.
SELECT objid::bigint AS shard
FROM pg_locks
WHERE
    locktype = 'advisory' AND objsubid = 2 AND granted
    AND classid = %(lock_class)s::integer::oid
    AND database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database());
