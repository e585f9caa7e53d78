-- Cycles for which suppliers settled another quantity than the incoming meters measured, beyond both sides' uncertainty.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'times_tolerance_min') AS times_tolerance_min,
        max(value) FILTER (WHERE threshold_name = 'difference_min') AS difference_min,
        max(value) FILTER (WHERE threshold_name = 'loss_share_max') AS loss_share_max
    FROM rule_threshold_now
    WHERE rule_code = 'grid_settlement'
),

excused AS (
    SELECT
        batch.*,
        CASE
            WHEN batch.difference > 0 AND EXISTS (
                SELECT 1 FROM supply_account AS a
                WHERE a.unit_id = batch.unit_id AND a.variety_code = batch.row_code AND a.metered_side = 'low'
                AND a.account_no = ANY(string_to_array(batch.accounts, ' '))
            ) THEN limits.loss_share_max
            ELSE 0
        END AS loss_share
    FROM batch
    CROSS JOIN limits
    WHERE batch.reason IS NULL
)

SELECT
    excused.unit_id,
    excused.from_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    excused.to_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    excused.row_code,
    excused.accounts,
    excused.documents,
    excused.from_on,
    excused.to_on,
    excused.settled,
    excused.metered,
    excused.difference,
    excused.tolerance
FROM excused
CROSS JOIN limits
WHERE abs(excused.difference) - excused.loss_share > limits.times_tolerance_min * excused.tolerance
AND abs(excused.difference) - excused.loss_share > limits.difference_min
ORDER BY excused.unit_id, excused.row_code, excused.from_on
