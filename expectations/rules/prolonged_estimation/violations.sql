-- Months of points with too much of their energy estimated, or estimated more often than a year allows.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'estimated_share_max') AS estimated_share_max,
        max(value) FILTER (WHERE threshold_name = 'months_max') AS months_max,
        max(value) FILTER (WHERE threshold_name = 'counted_share_min') AS counted_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'prolonged_estimation'
),

shares AS (
    SELECT
        batch.*,
        1 - batch.measured_energy / batch.energy AS estimated_share
    FROM batch
    WHERE batch.energy > 0
),

counted AS (
    SELECT
        shares.*,
        count(*) FILTER (WHERE shares.estimated_share >= limits.counted_share_min) OVER (
            PARTITION BY shares.point_id ORDER BY shares.month_on
            RANGE BETWEEN INTERVAL '11 months' PRECEDING AND CURRENT ROW
        ) AS months_estimated
    FROM shares
    CROSS JOIN limits
)

SELECT
    counted.unit_id,
    counted.point_id,
    counted.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (counted.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    counted.month_on,
    round(counted.estimated_share, 4) AS estimated_share,
    counted.months_estimated,
    counted.energy,
    counted.unit AS energy_unit
FROM counted
CROSS JOIN limits
WHERE counted.is_judged
AND (
    counted.estimated_share > limits.estimated_share_max
    OR (counted.estimated_share >= limits.counted_share_min AND counted.months_estimated > limits.months_max)
)
ORDER BY counted.unit_id, counted.point_id, counted.month_on
