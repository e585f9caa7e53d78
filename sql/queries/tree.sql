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

-- last_tree --
-- The newest tree with its head: no row or one.
SELECT
    tree_no,
    day_on,
    last_batch_id,
    last_row_leaf_id,
    root,
    closed_at
FROM day_tree
ORDER BY tree_no DESC
LIMIT 1;

-- range_end --
-- The newest batch and the newest row leaf; call it under the tree's exclusive lock, so that none below is on its way.
SELECT
    coalesce((SELECT max(batch_id) FROM message_batch), 0) AS last_batch_id,
    coalesce((SELECT max(row_leaf_id) FROM row_leaf), 0) AS last_row_leaf_id;

-- batches --
-- Batches in their order: all, or those of a shard, of a range of ids (first and last included), or of a message.
SELECT
    batch_id,
    shard,
    batch_no,
    first_message_id,
    last_message_id,
    message_count,
    root,
    previous_link,
    link
FROM message_batch
WHERE
    (%(shard)s::smallint IS NULL OR shard = %(shard)s)
    AND (%(first_id)s::bigint IS NULL OR batch_id BETWEEN %(first_id)s AND %(last_id)s)
    AND (%(message_id)s::bigint IS NULL OR %(message_id)s BETWEEN first_message_id AND last_message_id)
ORDER BY batch_id;

-- row_leaves_between --
-- The row leaves of a range of ids, first and last included, in their order.
SELECT
    row_leaf_id,
    table_name,
    row_key,
    content_hash
FROM row_leaf
WHERE row_leaf_id BETWEEN %(first_id)s AND %(last_id)s
ORDER BY row_leaf_id;

-- add_tree --
-- Adds a closed tree.
INSERT INTO day_tree (
    tree_no, day_on, first_batch_id, last_batch_id, first_row_leaf_id, last_row_leaf_id, batch_count, message_count,
    row_count, hash_algorithm, root, previous_root, closed_at, resumed_over_tree_no, resume_reason
)
VALUES (
    %(tree_no)s,
    %(day_on)s,
    %(first_batch_id)s,
    %(last_batch_id)s,
    %(first_row_leaf_id)s,
    %(last_row_leaf_id)s,
    %(batch_count)s,
    %(message_count)s,
    %(row_count)s,
    %(hash_algorithm)s,
    %(root)s,
    %(previous_root)s,
    %(closed_at)s,
    %(resumed_over_tree_no)s,
    %(resume_reason)s
);

-- add_head --
-- Adds the signed head of a tree, and has it published for all.
WITH added AS (
    INSERT INTO day_head (tree_no, topic, body, signature_algorithm, key_id, signature)
    VALUES (%(tree_no)s, %(topic)s, %(body)s, %(signature_algorithm)s, %(key_id)s, %(signature)s)
)

INSERT INTO outbound (topic, payload, retain) VALUES (%(topic)s, %(payload)s, TRUE);

-- trees --
-- Every tree with its head, the oldest first; the columns of the head are null where it is missing.
SELECT
    t.tree_no,
    t.day_on,
    t.first_batch_id,
    t.last_batch_id,
    t.first_row_leaf_id,
    t.last_row_leaf_id,
    t.batch_count,
    t.message_count,
    t.row_count,
    t.hash_algorithm,
    t.root,
    t.previous_root,
    t.closed_at,
    t.resumed_over_tree_no,
    t.resume_reason,
    h.topic,
    h.body,
    h.signature_algorithm,
    h.key_id,
    h.signature
FROM day_tree AS t
LEFT JOIN day_head AS h ON t.tree_no = h.tree_no
ORDER BY t.tree_no;
