-- message_of_identity --
-- A message by its identity, as it is in its leaf, and its leaf: no row or one.
SELECT
    m.message_id,
    m.shard,
    m.gateway_id,
    m.boot_id,
    m.seq,
    m.msg_id,
    m.topic,
    m.codec,
    m.hash_algorithm,
    m.hash,
    m.sent_at,
    m.received_at,
    m.outcome,
    m.reading_count,
    m.stored_count,
    m.duplicate_count,
    m.conflict_count,
    m.revision_count,
    m.refused_count,
    m.collected_under,
    m.assurance,
    m.prev_hash,
    m.leaf
FROM message AS m
INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND g.gateway_code = %(gateway_code)s
    AND m.boot_id = %(boot_id)s::uuid AND m.seq = %(seq)s;

-- batch_of_message --
-- The batch that a message was committed in: no row or one.
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
WHERE shard = %(shard)s AND %(message_id)s BETWEEN first_message_id AND last_message_id;

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
FROM message
WHERE shard = %(shard)s AND message_id BETWEEN %(first_message_id)s AND %(last_message_id)s
ORDER BY message_id;

-- readings_of_message --
-- The stored readings of a message, between the instants of its batch.
SELECT
    ordinal::integer,
    series_id,
    at,
    value,
    source::text,
    assurance::text
FROM reading
WHERE message_id = %(message_id)s AND at BETWEEN %(first_at)s AND %(last_at)s
ORDER BY ordinal;

-- refusals_of_message --
-- The refusals of a message.
SELECT
    ordinal::integer,
    reason_code,
    detail,
    point_code,
    at,
    value_text,
    refused_at
FROM refusal
WHERE message_id = %(message_id)s
ORDER BY ordinal NULLS FIRST;

-- conflicts_of_message --
-- The conflicts of a message.
SELECT
    ordinal::integer,
    series_id,
    at,
    standing_value,
    value,
    recorded_at,
    assurance
FROM reading_conflict
WHERE message_id = %(message_id)s
ORDER BY ordinal;

-- revisions_of_message --
-- The corrections of a message.
SELECT
    ordinal::integer,
    series_id,
    at,
    earlier_value,
    value,
    reason,
    standing,
    recorded_at,
    assurance
FROM reading_revision
WHERE message_id = %(message_id)s
ORDER BY ordinal;
