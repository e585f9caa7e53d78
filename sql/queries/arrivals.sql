-- gateways_alive --
-- Gateways of a unit with what each said last: one row each. State and message are null where none came. may_connect: the
-- newest event of its account gave it a password.
SELECT
    g.gateway_id,
    g.gateway_code,
    g.shard,
    g.registered_at,
    g.backfill_from,
    g.backfill_until,
    coalesce(a.kind <> 'revoked', FALSE) AS may_connect,
    a.done_at AS account_at,
    a.done_by AS account_by,
    s.online,
    s.received_at AS state_at,
    s.boot_id,
    s.buffered_count,
    s.clock_offset_ms,
    s.spool_head_seq,
    m.received_at AS message_at,
    m.seq AS message_seq,
    m.boot_id AS message_boot_id,
    m.assurance
FROM gateway AS g
LEFT JOIN LATERAL (
    SELECT
        e.kind,
        e.done_at,
        e.done_by
    FROM gateway_account_event AS e
    WHERE e.gateway_id = g.gateway_id
    ORDER BY e.gateway_account_event_id DESC
    LIMIT 1
) AS a ON TRUE
LEFT JOIN LATERAL (
    SELECT
        n.online,
        n.received_at,
        n.boot_id,
        n.buffered_count,
        n.clock_offset_ms,
        n.spool_head_seq
    FROM gateway_state AS n
    WHERE n.gateway_id = g.gateway_id
    ORDER BY n.gateway_state_id DESC
    LIMIT 1
) AS s ON TRUE
LEFT JOIN LATERAL (
    SELECT
        n.received_at,
        n.seq,
        n.boot_id,
        n.assurance
    FROM message AS n
    WHERE n.gateway_id = g.gateway_id
    ORDER BY n.received_at DESC
    LIMIT 1
) AS m ON TRUE
WHERE g.unit_id = %(unit_id)s
ORDER BY g.gateway_code;

-- arrived --
-- What came from a unit's gateways in [start_at, end_at): one row.
SELECT
    count(*) AS messages,
    count(*) FILTER (WHERE m.outcome = 'refused') AS refused_messages,
    coalesce(sum(m.reading_count), 0)::bigint AS readings,
    coalesce(sum(m.stored_count), 0)::bigint AS stored,
    coalesce(sum(m.duplicate_count), 0)::bigint AS duplicates,
    coalesce(sum(m.conflict_count), 0)::bigint AS conflicts,
    coalesce(sum(m.revision_count), 0)::bigint AS revisions,
    coalesce(sum(m.refused_count), 0)::bigint AS refused
FROM gateway AS g
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
WHERE
    g.unit_id = %(unit_id)s
    AND m.received_at >= %(start_at)s::timestamptz AND m.received_at < %(end_at)s::timestamptz;

-- refused_by_reason --
-- Refusals of messages of a unit's gateways that came in [start_at, end_at): one row a reason, with its newest example. A
-- refused message of many readings is one refusal.
SELECT
    f.reason_code,
    count(*) AS refusals,
    count(*) FILTER (WHERE r.refusal_id IS NOT NULL) AS replayed,
    max(f.refused_at) AS last_at,
    (array_agg(f.point_code ORDER BY f.refusal_id DESC))[1] AS last_point_code,
    (array_agg(f.at ORDER BY f.refusal_id DESC))[1] AS last_reading_at,
    (array_agg(f.value_text ORDER BY f.refusal_id DESC))[1] AS last_value_text,
    (array_agg(f.detail ORDER BY f.refusal_id DESC))[1] AS last_detail
FROM gateway AS g
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
INNER JOIN refusal AS f ON m.message_id = f.message_id
LEFT JOIN refusal_replay AS r ON f.refusal_id = r.refusal_id
WHERE
    g.unit_id = %(unit_id)s
    AND m.received_at >= %(start_at)s::timestamptz AND m.received_at < %(end_at)s::timestamptz
GROUP BY f.reason_code
ORDER BY refusals DESC, f.reason_code;

-- messages --
-- Messages of a unit's gateways that came in [start_at, end_at), newest first, of one gateway where it is given.
SELECT
    m.message_id,
    g.gateway_code,
    m.received_at,
    m.sent_at,
    m.seq,
    m.codec,
    m.outcome,
    m.assurance,
    m.reading_count,
    m.stored_count,
    m.duplicate_count,
    m.conflict_count,
    m.revision_count,
    m.refused_count,
    encode(m.hash, 'hex') AS hash
FROM gateway AS g
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
WHERE
    g.unit_id = %(unit_id)s
    AND (%(gateway_code)s::text IS NULL OR g.gateway_code = %(gateway_code)s)
    AND m.received_at >= %(start_at)s::timestamptz AND m.received_at < %(end_at)s::timestamptz
ORDER BY m.received_at DESC, m.message_id DESC
LIMIT %(row_limit)s OFFSET %(row_offset)s;

-- count_messages --
-- How many messages `messages` has in all.
SELECT count(*)
FROM gateway AS g
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
WHERE
    g.unit_id = %(unit_id)s
    AND (%(gateway_code)s::text IS NULL OR g.gateway_code = %(gateway_code)s)
    AND m.received_at >= %(start_at)s::timestamptz AND m.received_at < %(end_at)s::timestamptz;

-- refusals --
-- Refusals of messages of a unit's gateways that came in [start_at, end_at), newest first, of one reason where it is given.
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
    g.gateway_code,
    m.seq,
    r.outcome AS replayed_outcome,
    r.replayed_at
FROM gateway AS g
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
INNER JOIN refusal AS f ON m.message_id = f.message_id
LEFT JOIN refusal_replay AS r ON f.refusal_id = r.refusal_id
WHERE
    g.unit_id = %(unit_id)s
    AND (%(reason_code)s::text IS NULL OR f.reason_code = %(reason_code)s)
    AND m.received_at >= %(start_at)s::timestamptz AND m.received_at < %(end_at)s::timestamptz
ORDER BY f.refusal_id DESC
LIMIT %(row_limit)s OFFSET %(row_offset)s;
