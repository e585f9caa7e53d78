-- Months up to which a filed figure lay on one side of the metered one for months on end, by more than cycles explain.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'months_min') AS months_min,
        max(value) FILTER (WHERE threshold_name = 'each_share_min') AS each_share_min,
        max(value) FILTER (WHERE threshold_name = 'share_min') AS share_min,
        max(value) FILTER (WHERE threshold_name = 'known_share_min') AS known_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'month_end'
),

compared AS (
    SELECT
        batch.unit_id,
        batch.month_on,
        batch.is_judged,
        batch.row_code,
        batch.column_code,
        batch.month_value AS filed,
        c.value AS metered,
        batch.month_value - c.value AS difference,
        sign(batch.month_value - c.value) AS side,
        12 * extract(YEAR FROM batch.month_on) + extract(MONTH FROM batch.month_on) AS month_no
    FROM batch
    CROSS JOIN limits
    INNER JOIN monitored_newest AS n ON batch.unit_id = n.unit_id AND batch.month_on = n.month_on
    INNER JOIN monitored_cell AS c
        ON n.balance_id = c.balance_id AND batch.form_code = c.form_code AND batch.row_code = c.row_code
        AND batch.column_code = c.column_code
    WHERE batch.form_code = '205-1' AND batch.row_code <> '40' AND batch.column_code IN ('2', '4') AND batch.months = 1
    AND c.value > 0 AND c.known_share >= limits.known_share_min
    AND abs(batch.month_value - c.value) > limits.each_share_min * c.value
),

numbered AS (
    SELECT
        compared.*,
        compared.month_no - row_number() OVER (
            PARTITION BY compared.unit_id, compared.row_code, compared.column_code, compared.side
            ORDER BY compared.month_on
        ) AS run_no
    FROM compared
),

summed AS (
    SELECT
        numbered.*,
        count(*) OVER run AS months_of_one_sign,
        sum(numbered.filed) OVER run AS filed_sum,
        sum(numbered.metered) OVER run AS metered_sum,
        sum(numbered.difference) OVER run AS difference_sum
    FROM numbered
    WINDOW run AS (
        PARTITION BY numbered.unit_id, numbered.row_code, numbered.column_code, numbered.side, numbered.run_no
        ORDER BY numbered.month_on
    )
)

SELECT
    summed.unit_id,
    summed.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (summed.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    summed.month_on,
    summed.row_code,
    summed.column_code,
    summed.months_of_one_sign,
    summed.filed_sum AS filed,
    summed.metered_sum AS metered,
    summed.difference_sum AS difference,
    round(summed.difference_sum / summed.metered_sum, 4) AS share
FROM summed
CROSS JOIN limits
WHERE summed.is_judged AND summed.months_of_one_sign >= limits.months_min
AND abs(summed.difference_sum) > limits.share_min * summed.metered_sum
ORDER BY summed.unit_id, summed.row_code, summed.column_code, summed.month_on
