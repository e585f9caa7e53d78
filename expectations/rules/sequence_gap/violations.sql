-- Holes in a gateway's sequence that were never filled, and spools that went on beside their successor.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'grace_h') AS grace_h,
        max(value) FILTER (WHERE threshold_name = 'missing_min') AS missing_min
    FROM rule_threshold_now
    WHERE rule_code = 'sequence_gap'
)

SELECT
    batch.unit_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    batch.gateway_code,
    batch.break_kind,
    batch.boot_id,
    batch.first_seq,
    batch.last_seq,
    batch.missing_messages
FROM batch
CROSS JOIN limits
WHERE batch.broken_at + limits.grace_h * INTERVAL '1 hour' < batch.now_at
AND (batch.break_kind = 'boot' OR batch.missing_messages >= limits.missing_min)
AND NOT EXISTS (
    SELECT 1
    FROM outage_filing AS o
    WHERE o.unit_id = batch.unit_id AND o.cause = 'gateway'
    AND batch.broken_at >= o.fault_at - INTERVAL '3 days'
    AND batch.broken_at <= coalesce(o.repaired_at, o.fault_at) + INTERVAL '3 days'
)
ORDER BY batch.unit_id, batch.gateway_code, batch.broken_at, batch.first_seq
