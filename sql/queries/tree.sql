-- last_batch --
-- The newest batch of a shard: no row or one.
SELECT
    batch_no,
    link
FROM message_batch
WHERE shard = %(shard)s
ORDER BY batch_no DESC
LIMIT 1;

-- add_batch --
-- Adds a batch; call it under the shard's lock only.
INSERT INTO message_batch (
    batch_id, shard, batch_no, first_message_id, last_message_id, message_count, first_at, last_at, hash_algorithm, root,
    previous_link, link
)
VALUES (
    nextval('message_batch_id_seq'),
    %(shard)s,
    %(batch_no)s,
    %(first_message_id)s,
    %(last_message_id)s,
    %(message_count)s,
    %(first_at)s,
    %(last_at)s,
    %(hash_algorithm)s,
    %(root)s,
    %(previous_link)s,
    %(link)s
);
