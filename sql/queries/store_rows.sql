-- messages --
-- Every message with its leaf, in the order of ids, or those of a range of ids; columns as they are copied in.
SELECT
    message_id,
    shard,
    gateway_id,
    boot_id,
    seq,
    msg_id,
    topic,
    codec,
    hash_algorithm,
    hash,
    sent_at,
    received_at,
    outcome,
    reading_count,
    stored_count,
    duplicate_count,
    conflict_count,
    revision_count,
    refused_count,
    collected_under,
    assurance,
    prev_hash,
    leaf
FROM message
WHERE %(first_id)s::bigint IS NULL OR message_id BETWEEN %(first_id)s AND %(last_id)s
ORDER BY message_id;

-- readings --
-- Every reading by its message, or those of a range of ids, which lie between the instants of their batches.
SELECT
    message_id,
    ordinal::integer,
    series_id,
    at,
    value,
    source::text,
    assurance::text
FROM reading
WHERE
    %(first_id)s::bigint IS NULL
    OR (
        message_id BETWEEN %(first_id)s AND %(last_id)s
        AND at BETWEEN %(first_at)s::timestamptz AND %(last_at)s::timestamptz
    )
ORDER BY message_id, ordinal;

-- refusals --
-- Every refusal by its message, or those of a range of ids; that of a whole message has no ordinal.
SELECT
    message_id,
    ordinal::integer,
    reason_code,
    detail,
    point_code,
    at,
    value_text,
    refused_at
FROM refusal
WHERE %(first_id)s::bigint IS NULL OR message_id BETWEEN %(first_id)s AND %(last_id)s
ORDER BY message_id, ordinal NULLS FIRST;

-- conflicts --
-- Every conflict by its message, or those of a range of ids.
SELECT
    message_id,
    ordinal::integer,
    series_id,
    at,
    standing_value,
    value,
    recorded_at,
    assurance
FROM reading_conflict
WHERE %(first_id)s::bigint IS NULL OR message_id BETWEEN %(first_id)s AND %(last_id)s
ORDER BY message_id, ordinal;

-- revisions --
-- Every correction by its message, or those of a range of ids.
SELECT
    message_id,
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
WHERE %(first_id)s::bigint IS NULL OR message_id BETWEEN %(first_id)s AND %(last_id)s
ORDER BY message_id, ordinal;

-- raw_hashes --
-- The hash of every message's bytes.
SELECT
    message_id,
    sha256(payload) AS payload_hash
FROM message_raw
ORDER BY message_id;

-- batch_shards --
-- Every shard that has batches.
SELECT DISTINCT shard FROM message_batch ORDER BY shard;

-- tracked_tables --
-- Every table that has row leaves or triggers for them, the columns of its key in order (none where table or key are gone),
-- and whether its triggers are there.
WITH named AS (
    SELECT table_name FROM row_leaf
    UNION
    SELECT c.relname::text FROM pg_class AS c
    INNER JOIN pg_trigger AS g ON c.oid = g.tgrelid
    WHERE g.tgfoid = 'record_rows'::regproc AND c.relnamespace = 'public'::regnamespace
)

SELECT
    n.table_name,
    (
        SELECT array_agg(a.attname::text ORDER BY k.place)
        FROM pg_constraint AS p
        CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS k (column_no, place)
        INNER JOIN pg_attribute AS a ON p.conrelid = a.attrelid AND k.column_no = a.attnum
        -- The primary key; a table whose key came to hold nulls has a unique constraint in its place.
        WHERE
            p.oid = (
                SELECT o.oid FROM pg_constraint AS o
                WHERE o.conrelid = c.oid AND o.contype IN ('p', 'u')
                ORDER BY o.contype, o.conname
                LIMIT 1
            )
    ) AS key_columns,
    (
        SELECT count(*) FROM pg_trigger AS g
        WHERE g.tgrelid = c.oid AND g.tgfoid = 'record_rows'::regproc AND g.tgenabled = 'O'
    ) = 2 AS is_recorded
FROM named AS n
LEFT JOIN pg_class AS c ON n.table_name = c.relname AND c.relnamespace = 'public'::regnamespace
ORDER BY n.table_name;

-- rows_of --
-- Key and text of each row of a tracked table, written out as the function row_text does, which might have been changed.
SELECT
    concat_ws('/', {key}) COLLATE "C" AS row_key,
    (
        SELECT coalesce(jsonb_object_agg(f.key, f.value), '{{}}')::text
        FROM jsonb_each(to_jsonb(t)) AS f
        WHERE f.value <> 'null'
    ) AS row_text
FROM {table} AS t
ORDER BY row_key;

-- row_leaves_of --
-- Key and hash of every leaf of each row of a table, those of a row from the oldest to the newest.
SELECT
    row_key COLLATE "C" AS row_key,
    content_hash
FROM row_leaf
WHERE table_name = %(table_name)s
ORDER BY row_key COLLATE "C", row_leaf_id;

-- message_of_identity --
-- Id and hash of the message that is stored under an identity: no row or one.
SELECT
    m.message_id,
    m.hash
FROM message AS m
INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND g.gateway_code = %(gateway_code)s
    AND m.boot_id = %(boot_id)s::uuid AND m.seq = %(seq)s;
