-- Days on which a gateway's own offset to its time source was beyond the limit in the median of its heartbeats.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'offset_s_min') AS offset_s_min,
        max(value) FILTER (WHERE threshold_name = 'samples_min') AS samples_min
    FROM rule_threshold_now
    WHERE rule_code = 'clock_offset'
)

SELECT
    batch.unit_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    batch.gateway_code,
    batch.samples,
    batch.median_offset_s,
    batch.largest_offset_s,
    (
        SELECT count(*) FROM unnest(batch.offsets_ms) AS o (ms) WHERE abs(o.ms) >= 1000 * limits.offset_s_min
    ) AS samples_over
FROM batch
CROSS JOIN limits
WHERE batch.samples >= limits.samples_min AND abs(batch.median_offset_s) >= limits.offset_s_min
ORDER BY batch.unit_id, batch.gateway_code, batch.day_on
