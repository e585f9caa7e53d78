-- refusals --
-- Refusals that fit all given conditions (null: any), newest first, as many as row_limit
-- (null: all), with message, hash of its bytes and what a replay made of each.
SELECT
    f.refusal_id,
    f.message_id,
    f.ordinal,
    f.reason_code,
    f.detail,
    f.point_code,
    f.at,
    f.value_text,
    f.refused_at,
    split_part(m.topic, '/', 4) AS unit_code,
    split_part(m.topic, '/', 5) AS gateway_code,
    m.topic,
    encode(m.hash, 'hex') AS hash,
    p.outcome AS replayed_outcome,
    p.message_id AS replayed_message_id
FROM refusal AS f
INNER JOIN message AS m ON f.message_id = m.message_id
LEFT JOIN refusal_replay AS p ON f.refusal_id = p.refusal_id
WHERE
    (%(unit_code)s::text IS NULL OR split_part(m.topic, '/', 4) = %(unit_code)s)
    AND (%(reason_code)s::text IS NULL OR f.reason_code = %(reason_code)s)
    AND (%(start_at)s::timestamptz IS NULL OR f.refused_at >= %(start_at)s)
    AND (%(end_at)s::timestamptz IS NULL OR f.refused_at < %(end_at)s)
    AND (%(refusal_ids)s::bigint[] IS NULL OR f.refusal_id = any(%(refusal_ids)s::bigint[]))
ORDER BY f.refusal_id DESC
LIMIT %(row_limit)s::bigint;

-- payload --
-- The bytes of a message: no row once retention took them, else one.
SELECT r.payload
FROM message AS m
INNER JOIN message_raw AS r ON m.message_id = r.message_id AND m.received_at = r.received_at
WHERE m.message_id = %(message_id)s;

-- pending_messages --
-- The next messages after an id that hold refusals fit for replay and not replayed yet, in order, with their shard.
SELECT
    m.message_id,
    m.shard
FROM refusal AS f
INNER JOIN message AS m ON f.message_id = m.message_id
WHERE
    m.message_id > %(after_id)s
    AND (%(unit_code)s::text IS NULL OR split_part(m.topic, '/', 4) = %(unit_code)s)
    AND (%(reason_code)s::text IS NULL OR f.reason_code = %(reason_code)s)
    AND (%(start_at)s::timestamptz IS NULL OR f.refused_at >= %(start_at)s)
    AND (%(end_at)s::timestamptz IS NULL OR f.refused_at < %(end_at)s)
    AND (%(refusal_ids)s::bigint[] IS NULL OR f.refusal_id = any(%(refusal_ids)s::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM refusal_replay AS p WHERE p.refusal_id = f.refusal_id)
GROUP BY m.message_id, m.shard
ORDER BY m.message_id
LIMIT %(row_limit)s::bigint;

-- refused_message --
-- One message with its bytes (null once retention took them), when they first arrived, and how often readings of it
-- were replayed before; one row.
SELECT
    m.message_id,
    m.topic,
    m.seq,
    m.hash,
    r.payload,
    coalesce(made.arrived_at, m.received_at) AS arrived_at,
    (
        SELECT count(DISTINCT p.message_id)
        FROM refusal AS f
        INNER JOIN refusal_replay AS p ON f.refusal_id = p.refusal_id
        WHERE f.message_id = m.message_id
    ) AS replays
FROM message AS m
LEFT JOIN message_raw AS r ON m.message_id = r.message_id AND m.received_at = r.received_at
LEFT JOIN LATERAL (
    SELECT max(p.arrived_at) AS arrived_at
    FROM refusal_replay AS p
    WHERE p.message_id = m.message_id AND p.outcome <> 'already_stored'
) AS made ON TRUE
WHERE m.message_id = %(message_id)s;

-- pending_refusals --
-- Refusals of one message that fit the conditions and are not replayed yet, in order.
SELECT
    f.refusal_id,
    f.ordinal,
    f.reason_code
FROM refusal AS f
WHERE
    f.message_id = %(message_id)s
    AND (%(reason_code)s::text IS NULL OR f.reason_code = %(reason_code)s)
    AND (%(start_at)s::timestamptz IS NULL OR f.refused_at >= %(start_at)s)
    AND (%(end_at)s::timestamptz IS NULL OR f.refused_at < %(end_at)s)
    AND (%(refusal_ids)s::bigint[] IS NULL OR f.refusal_id = any(%(refusal_ids)s::bigint[]))
    AND NOT EXISTS (SELECT 1 FROM refusal_replay AS p WHERE p.refusal_id = f.refusal_id)
ORDER BY f.ordinal;

-- message_of_identity --
-- The message stored under an identity, with its hash: no row or one.
SELECT
    message_id,
    hash
FROM message
WHERE gateway_id = %(gateway_id)s AND boot_id = %(boot_id)s AND seq = %(seq)s;

-- message_of_topic --
-- The message without an identity under this topic with this hash: no row or one.
SELECT message_id
FROM message
WHERE topic = %(topic)s AND hash = %(hash)s AND seq IS NULL;

-- note_message_replayed --
-- Notes that the refusal of a whole message was replayed.
INSERT INTO refusal_replay (refusal_id, message_id, outcome, arrived_at, replayed_at)
VALUES (%(refusal_id)s, %(message_id)s, %(outcome)s, %(arrived_at)s, %(replayed_at)s);

-- note_readings_replayed --
-- Notes for refused readings, given in the order they have in the message that replayed them, what became of each, and
-- returns a row per outcome. By the keys of the readings: what is stored, conflicting or correcting names its message.
WITH noted AS (
    INSERT INTO refusal_replay (refusal_id, message_id, ordinal, outcome, arrived_at, replayed_at)
    SELECT
        n.refusal_id,
        %(message_id)s,
        n.place - 1,
        CASE
            WHEN EXISTS (
                SELECT 1 FROM reading AS r
                WHERE
                    r.series_id = n.series_id AND r.at = n.at
                    AND r.message_id = %(message_id)s AND r.ordinal = n.place - 1
            ) THEN 'stored'
            WHEN EXISTS (
                SELECT 1 FROM reading_conflict AS c
                WHERE c.message_id = %(message_id)s AND c.ordinal = n.place - 1
            ) THEN 'conflict'
            WHEN EXISTS (
                SELECT 1 FROM reading_revision AS v
                WHERE v.message_id = %(message_id)s AND v.ordinal = n.place - 1
            ) THEN 'revision'
            ELSE 'duplicate'
        END,
        %(arrived_at)s,
        %(replayed_at)s
    FROM unnest(%(refusal_ids)s::bigint[], %(series_ids)s::integer[], %(instants)s::timestamptz[])
    WITH ORDINALITY AS n (refusal_id, series_id, at, place)
    RETURNING outcome
)

SELECT
    noted.outcome,
    count(*) AS refusals
FROM noted
GROUP BY noted.outcome;
