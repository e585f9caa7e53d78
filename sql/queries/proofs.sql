-- batch_instants --
-- Between which instants the readings of a batch lie: one row.
SELECT
    first_at,
    last_at
FROM message_batch
WHERE batch_id = %(batch_id)s;

-- leaves_of_batch --
-- The leaves of a batch's messages in their order.
SELECT
    message_id,
    leaf
FROM message_leaf
WHERE shard = %(shard)s AND message_id BETWEEN %(first_message_id)s AND %(last_message_id)s
ORDER BY message_id;
