-- Days with a burst of back-fill at night from a gateway that had said, heartbeat by heartbeat, that it held nothing.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'late_readings_min') AS late_readings_min,
        max(value) FILTER (WHERE threshold_name = 'night_share_min') AS night_share_min,
        max(value) FILTER (WHERE threshold_name = 'heartbeats_min') AS heartbeats_min
    FROM rule_threshold_now
    WHERE rule_code = 'manual_as_automatic'
)

SELECT
    batch.unit_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    batch.gateway_code,
    batch.late_messages,
    batch.late_readings,
    round(batch.night_share, 3) AS night_share,
    batch.heartbeats,
    batch.buffered_most
FROM batch
CROSS JOIN limits
WHERE batch.late_readings >= limits.late_readings_min AND batch.night_share >= limits.night_share_min
AND batch.heartbeats >= limits.heartbeats_min AND batch.buffered_most = 0 AND NOT batch.is_asked_or_filed
ORDER BY batch.unit_id, batch.gateway_code, batch.day_on
