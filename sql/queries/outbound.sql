-- shards --
-- Every shard that has a gateway to be receipted.
SELECT DISTINCT shard FROM gateway ORDER BY shard;

-- receipt_cursor --
-- Up to which message a shard is receipted: no row or one.
SELECT message_id FROM receipt_cursor WHERE shard = %(shard)s;

-- move_receipt_cursor --
-- Remembers that messages of a shard up to this id are receipted.
INSERT INTO receipt_cursor (shard, message_id, moved_at)
VALUES (%(shard)s, %(message_id)s, now())
ON CONFLICT (shard) DO UPDATE SET message_id = excluded.message_id, moved_at = excluded.moved_at;

-- messages_after --
-- The next messages of a shard that were committed, by id; gateway columns are null where it is not known.
SELECT
    m.message_id,
    u.unit_code,
    g.gateway_code,
    g.shard AS gateway_shard,
    m.boot_id,
    m.seq,
    m.hash,
    m.stored_count,
    m.duplicate_count,
    m.conflict_count,
    m.revision_count,
    m.refused_count
FROM message AS m
LEFT JOIN gateway AS g ON m.gateway_id = g.gateway_id
LEFT JOIN unit AS u ON g.unit_id = u.unit_id
WHERE m.shard = %(shard)s AND m.message_id > %(message_id)s
ORDER BY m.message_id
LIMIT %(message_limit)s;

-- messages_again --
-- Messages of a shard that came again, each once, as `messages_after`.
SELECT
    m.message_id,
    u.unit_code,
    g.gateway_code,
    g.shard AS gateway_shard,
    m.boot_id,
    m.seq,
    m.hash,
    m.stored_count,
    m.duplicate_count,
    m.conflict_count,
    m.revision_count,
    m.refused_count
FROM message AS m
LEFT JOIN gateway AS g ON m.gateway_id = g.gateway_id
LEFT JOIN unit AS u ON g.unit_id = u.unit_id
WHERE m.shard = %(shard)s AND m.message_id IN (SELECT a.message_id FROM receipt_again AS a)
ORDER BY m.message_id
LIMIT %(message_limit)s;

-- forget_again --
-- Takes messages off the list of those to receipt again.
DELETE FROM receipt_again WHERE message_id = any(%(message_ids)s::bigint[]);

-- refusals_of --
-- Refusals of the given messages and of their readings.
SELECT
    message_id,
    ordinal,
    reason_code
FROM refusal
WHERE message_id = any(%(message_ids)s::bigint[])
ORDER BY message_id, ordinal;

-- outbound_unsent --
-- The next messages that jobs or the console want published.
SELECT
    outbound_id,
    topic,
    payload,
    retain
FROM outbound
WHERE sent_at IS NULL
ORDER BY outbound_id
LIMIT %(message_limit)s;

-- mark_outbound_sent --
-- Remembers that the broker took these messages.
UPDATE outbound SET sent_at = now() WHERE outbound_id = any(%(outbound_ids)s::bigint[]);
