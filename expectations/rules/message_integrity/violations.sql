-- Unit days on which messages came under a gateway's name that are not, or may not be, its own.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'messages_min') AS messages_min,
        max(value) FILTER (WHERE threshold_name = 'grace') AS grace_h
    FROM rule_threshold_now
    WHERE rule_code = 'message_integrity'
)

SELECT
    batch.unit_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    array_agg(DISTINCT batch.gateway_code) AS gateways,
    count(*) AS message_count,
    count(*) FILTER (WHERE batch.reason_code = 'signature_missing') AS unsigned,
    count(*) FILTER (WHERE batch.reason_code IN ('signature_unknown_key', 'signature_wrong')) AS wrongly_signed,
    count(*) FILTER (WHERE batch.reason_code = 'boot_unknown') AS new_spool,
    count(*) FILTER (WHERE batch.reason_code = 'seq_reused') AS seq_reused,
    min(batch.refused_at) AS first_at,
    max(batch.refused_at) AS last_at,
    (array_agg(batch.message_id ORDER BY batch.message_id))[1:100] AS message_ids,
    (array_agg(batch.message_hash ORDER BY batch.message_id))[1:100] AS message_hashes
FROM batch
CROSS JOIN limits
WHERE
    batch.reason_code <> 'signature_missing'
    OR batch.refused_at >= batch.signed_from + limits.grace_h * INTERVAL '1 hour'
GROUP BY batch.unit_id, batch.day_on, limits.messages_min
HAVING count(*) >= limits.messages_min
ORDER BY batch.unit_id, batch.day_on
