-- begin_snapshot --
-- Makes the transaction read one state of the store, so that sums over several queries agree.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- unit_id --
-- The unit's id: no row or one.
SELECT unit_id FROM unit WHERE unit_code = %(unit_code)s;

-- gateways_of_unit --
-- Gateways of a unit with the end of the commissioning window (null while it is open), one row each.
SELECT
    gateway_id,
    gateway_code,
    floor(extract(EPOCH FROM backfill_until))::bigint AS backfill_until_s
FROM gateway
WHERE unit_id = %(unit_id)s
ORDER BY gateway_code;

-- series_of_unit --
-- Series of a unit with any version, one row each.
SELECT
    s.series_id,
    p.point_code,
    s.quantity,
    s.kind,
    s.period
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE p.unit_id = %(unit_id)s AND EXISTS (SELECT 1 FROM series_version AS v WHERE v.series_id = s.series_id)
ORDER BY p.point_code, s.quantity, s.kind, s.period;

-- readings_between --
-- Stored readings of the given series in [start_at, end_at): as many rows, by series and instant.
SELECT
    r.series_id,
    floor(extract(EPOCH FROM r.at))::bigint AS at_s,
    r.message_id
FROM reading AS r
WHERE r.series_id = any(%(series_ids)s::integer[]) AND r.at >= %(start_at)s AND r.at < %(end_at)s
ORDER BY r.series_id, r.at;

-- arrivals_of_messages --
-- For each of the given messages its gateway and when its bytes first arrived: before it was replayed, if it was.
SELECT
    m.message_id,
    m.gateway_id,
    floor(extract(EPOCH FROM coalesce(replayed.arrived_at, m.received_at)))::bigint AS received_s
FROM message AS m
LEFT JOIN LATERAL (
    SELECT max(p.arrived_at) AS arrived_at
    FROM refusal_replay AS p
    WHERE p.message_id = m.message_id AND p.outcome <> 'already_stored'
) AS replayed ON TRUE
WHERE m.message_id = any(%(message_ids)s::bigint[]);

-- conflicts_between --
-- How many conflicting values lie in [start_at, end_at): a row per series and gateway with any.
SELECT
    c.series_id,
    m.gateway_id,
    count(*) AS readings
FROM reading_conflict AS c
INNER JOIN message AS m ON c.message_id = m.message_id
WHERE c.series_id = any(%(series_ids)s::integer[]) AND c.at >= %(start_at)s AND c.at < %(end_at)s
GROUP BY c.series_id, m.gateway_id;

-- revisions_between --
-- How many corrections lie in [start_at, end_at): a row per series and gateway with any.
SELECT
    v.series_id,
    m.gateway_id,
    count(*) AS readings
FROM reading_revision AS v
INNER JOIN message AS m ON v.message_id = m.message_id
WHERE v.series_id = any(%(series_ids)s::integer[]) AND v.at >= %(start_at)s AND v.at < %(end_at)s
GROUP BY v.series_id, m.gateway_id;

-- messages_between --
-- What arrived from each gateway in [start_at, end_at), a row per gateway with any message; messages under a name of the
-- unit that is no gateway's have gateway_id null. Messages that a replay made did not arrive and are left out.
WITH arrived AS (
    SELECT m.*
    FROM message AS m
    WHERE
        m.gateway_id = any(%(gateway_ids)s::integer[])
        AND m.received_at >= %(start_at)s AND m.received_at < %(end_at)s
    UNION ALL
    SELECT m.*
    FROM message AS m
    WHERE
        m.gateway_id IS NULL
        AND m.received_at >= %(start_at)s AND m.received_at < %(end_at)s
        AND split_part(m.topic, '/', 4) = %(unit_code)s
)

SELECT
    a.gateway_id,
    count(*) AS messages,
    count(*) FILTER (WHERE a.outcome = 'refused') AS refused_messages,
    sum(a.reading_count) AS readings,
    sum(a.stored_count) AS stored,
    sum(a.duplicate_count) AS duplicate,
    sum(a.conflict_count) AS conflicting,
    sum(a.revision_count) AS corrections,
    sum(a.refused_count) AS refused,
    count(*) FILTER (WHERE a.is_unreceipted) AS unreceipted_messages,
    coalesce(sum(a.reading_count) FILTER (WHERE a.is_unreceipted), 0) AS unreceipted_readings,
    count(*) FILTER (WHERE a.is_again) AS received_again
FROM (
    SELECT
        m.*,
        m.gateway_id IS NOT NULL AND m.message_id > coalesce(c.message_id, 0) AS is_unreceipted,
        m.message_id IN (SELECT n.message_id FROM receipt_again AS n) AS is_again
    FROM arrived AS m
    LEFT JOIN receipt_cursor AS c ON m.shard = c.shard
    WHERE NOT EXISTS (
        SELECT 1 FROM refusal_replay AS p
        WHERE p.message_id = m.message_id AND p.outcome <> 'already_stored'
    )
) AS a
GROUP BY a.gateway_id;

-- refusals_between --
-- Refusals of the day [start_at, end_at), a row per gateway, reason and kind: by the instant of the reading, and where
-- that could not be read, or a whole message was refused, by the day on which the message came.
WITH refused AS (
    SELECT
        f.refusal_id,
        f.reason_code,
        f.ordinal,
        m.gateway_id,
        m.refused_count
    FROM refusal AS f
    INNER JOIN message AS m ON f.message_id = m.message_id
    WHERE f.at >= %(start_at)s AND f.at < %(end_at)s AND m.gateway_id = any(%(gateway_ids)s::integer[])
    UNION ALL
    SELECT
        f.refusal_id,
        f.reason_code,
        f.ordinal,
        m.gateway_id,
        m.refused_count
    FROM message AS m
    INNER JOIN refusal AS f ON m.message_id = f.message_id
    WHERE
        m.gateway_id = any(%(gateway_ids)s::integer[]) AND m.refused_count + (m.outcome = 'refused')::integer > 0
        AND m.received_at >= %(start_at)s AND m.received_at < %(end_at)s
        AND f.at IS NULL
    UNION ALL
    SELECT
        f.refusal_id,
        f.reason_code,
        f.ordinal,
        m.gateway_id,
        m.refused_count
    FROM message AS m
    INNER JOIN refusal AS f ON m.message_id = f.message_id
    WHERE
        m.gateway_id IS NULL
        AND m.received_at >= %(start_at)s AND m.received_at < %(end_at)s
        AND split_part(m.topic, '/', 4) = %(unit_code)s
)

SELECT
    r.gateway_id,
    r.reason_code,
    count(*) FILTER (WHERE r.ordinal IS NULL) AS messages,
    sum(CASE WHEN r.ordinal IS NULL THEN r.refused_count ELSE 1 END) AS readings,
    count(p.refusal_id) AS replayed
FROM refused AS r
LEFT JOIN refusal_replay AS p ON r.refusal_id = p.refusal_id
GROUP BY r.gateway_id, r.reason_code
ORDER BY r.gateway_id, r.reason_code;

-- seq_gaps_between --
-- The seqs that are missing right below a seq that arrived in [start_at, end_at), a row per gap: so each gap is named on
-- one day, that of the message above it, and no longer once it is filled. Seqs count from 0.
SELECT
    s.gateway_id,
    s.boot_id,
    coalesce(below.seq + 1, 0) AS first_seq,
    s.seq - 1 AS last_seq
FROM message AS s
LEFT JOIN LATERAL (
    SELECT k.seq
    FROM message AS k
    WHERE k.gateway_id = s.gateway_id AND k.boot_id = s.boot_id AND k.seq < s.seq
    ORDER BY k.seq DESC
    LIMIT 1
) AS below ON TRUE
WHERE
    s.gateway_id = any(%(gateway_ids)s::integer[])
    AND s.received_at >= %(start_at)s AND s.received_at < %(end_at)s
    AND s.seq > coalesce(below.seq + 1, 0)
ORDER BY s.gateway_id, s.boot_id, s.seq;
