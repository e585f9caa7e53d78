-- Unit days on which what a gateway told of its spool, or of a day tree that it saw, is not what is stored.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'contradictions_min') AS contradictions_min
    FROM rule_threshold_now
    WHERE rule_code = 'spool_chain'
),

-- A gateway repeats what it tells with every heartbeat.
told_once AS (
    SELECT
        batch.unit_id,
        batch.day_on,
        batch.gateway_code,
        batch.kind,
        batch.boot_id,
        batch.seq,
        batch.told,
        batch.stored,
        min(batch.seen_at) AS seen_at,
        min(batch.message_id) AS message_id
    FROM batch
    GROUP BY
        batch.unit_id, batch.day_on, batch.gateway_code, batch.kind, batch.boot_id, batch.seq, batch.told, batch.stored
)

SELECT
    once.unit_id,
    once.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (once.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    once.day_on,
    array_agg(DISTINCT once.gateway_code) AS gateways,
    count(*) AS contradictions,
    count(*) FILTER (WHERE once.kind = 'link') AS links,
    count(*) FILTER (WHERE once.kind = 'spool_head') AS spool_heads,
    count(*) FILTER (WHERE once.kind = 'day_head') AS day_heads,
    min(once.seen_at) AS first_at,
    (array_agg(once.boot_id ORDER BY once.seen_at, once.seq))[1] AS boot_id,
    (array_agg(once.seq ORDER BY once.seen_at, once.seq))[1] AS seq,
    (array_agg(once.told ORDER BY once.seen_at, once.seq))[1] AS told,
    (array_agg(once.stored ORDER BY once.seen_at, once.seq))[1] AS stored,
    coalesce((array_agg(DISTINCT once.message_id) FILTER (WHERE once.message_id IS NOT NULL))[1:100], ARRAY[]::bigint[]) AS message_ids
FROM told_once AS once
CROSS JOIN limits
GROUP BY once.unit_id, once.day_on, limits.contradictions_min
HAVING count(*) >= limits.contradictions_min
ORDER BY once.unit_id, once.day_on
