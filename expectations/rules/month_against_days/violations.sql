-- Months whose reported days or month differ from what was collected of the same point.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'share_min') AS share_min,
        max(value) FILTER (WHERE threshold_name = 'quanta_a_part') AS quanta_a_part,
        max(value) FILTER (WHERE threshold_name = 'measured_share_min') AS measured_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'month_against_days'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.month_on,
    batch.period,
    batch.reported,
    batch.metered,
    batch.reported - batch.metered AS difference,
    limits.quanta_a_part * batch.parts * batch.quantum + limits.share_min * abs(batch.metered) AS tolerance,
    batch.unit AS energy_unit
FROM batch
CROSS JOIN limits
WHERE batch.parts = batch.parts_due AND batch.measured_energy >= limits.measured_share_min * batch.metered
AND abs(batch.reported - batch.metered)
> limits.quanta_a_part * batch.parts * batch.quantum + limits.share_min * abs(batch.metered)
ORDER BY batch.unit_id, batch.point_id, batch.month_on, batch.period
