-- Months whose filed closing stock is more than the registered yards and tanks can hold.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'times_capacity_min') AS times_capacity_min
    FROM rule_threshold_now
    WHERE rule_code = 'stock_beyond_yard'
),

held AS (
    SELECT
        batch.unit_id,
        batch.month_on,
        batch.row_code,
        max(batch.value) AS filed_stock,
        count(*) AS yards,
        sum(
            y.capacity * CASE y.capacity_unit
                WHEN 'kg' THEN 0.001 WHEN 't' THEN 1 WHEN '10^4t' THEN 10000 WHEN 'm3' THEN 0.0001 ELSE 1
            END
        ) AS capacity
    FROM batch
    INNER JOIN (
        SELECT
            k.unit_id,
            k.variety_code,
            k.yard_no,
            k.capacity,
            k.capacity_unit,
            k.valid_from,
            lead(k.valid_from) OVER (
                PARTITION BY k.unit_id, k.variety_code, k.yard_no ORDER BY k.valid_from
            ) AS valid_to
        FROM stock_yard AS k
    ) AS y
        ON batch.unit_id = y.unit_id AND batch.row_code = y.variety_code
        AND y.valid_from < batch.month_on + INTERVAL '1 month'
        AND coalesce(y.valid_to, 'infinity') >= batch.month_on + INTERVAL '1 month'
    WHERE batch.is_judged AND batch.form_code = '205-1' AND batch.column_code = '9'
    GROUP BY batch.unit_id, batch.month_on, batch.row_code
)

SELECT
    held.unit_id,
    held.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (held.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    held.month_on,
    held.row_code,
    held.filed_stock,
    held.capacity,
    held.yards,
    round(held.filed_stock / nullif(held.capacity, 0), 3) AS times_capacity
FROM held
CROSS JOIN limits
WHERE held.filed_stock > limits.times_capacity_min * held.capacity
ORDER BY held.unit_id, held.row_code, held.month_on
