-- Filed cumulative figures that lie further from the meters than both sides' uncertainty explains.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'times_tolerance_min') AS times_tolerance_min,
        max(value) FILTER (WHERE threshold_name = 'difference_min') AS difference_min
    FROM rule_threshold_now
    WHERE rule_code = 'filed_against_metered'
)

SELECT
    batch.unit_id,
    batch.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.month_on,
    batch.row_code,
    batch.column_code,
    batch.filed,
    batch.metered,
    batch.difference,
    batch.tolerance,
    batch.first_on,
    batch.end_on
FROM batch
CROSS JOIN limits
WHERE batch.reason IS NULL
AND abs(batch.difference) > limits.times_tolerance_min * batch.tolerance
AND abs(batch.difference) > limits.difference_min
ORDER BY batch.unit_id, batch.month_on, batch.row_code, batch.column_code
