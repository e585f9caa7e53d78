-- Months whose filed coefficient lies below the quantity-weighted mean of the unit's own test sheets.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'difference_min') AS difference_min,
        max(value) FILTER (WHERE threshold_name = 'tested_share_min') AS tested_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'falling_coefficient'
),

filed AS (
    SELECT
        batch.unit_id,
        batch.month_on,
        batch.row_code,
        max(batch.value) FILTER (WHERE batch.column_code = '4') AS used,
        max(batch.value) FILTER (WHERE batch.column_code = '10') AS coefficient
    FROM batch
    WHERE batch.form_code = '205-1' AND batch.is_judged AND batch.column_code IN ('4', '10')
    GROUP BY batch.unit_id, batch.month_on, batch.row_code
),

-- Tonnes with tce a tonne, or 10^4 m3 with tce a 10^4 m3: 29 307.6 kJ are a kilogram of coal equivalent.
sheets AS (
    SELECT
        h.heating_value_id,
        h.unit_id,
        h.variety_code,
        daterange(h.valid_from, h.valid_to) AS valid,
        h.quantity * CASE h.quantity_unit
            WHEN 'kg' THEN 0.001 WHEN 't' THEN 1 WHEN '10^4t' THEN 10000 WHEN 'm3' THEN 0.0001 ELSE 1
        END AS quantity,
        h.heating_value / 29307.6 * CASE h.heating_value_unit WHEN 'kJ/kg' THEN 1 ELSE 10 END AS coefficient
    FROM heating_value_in_force AS h
),

tested AS (
    SELECT
        filed.unit_id,
        filed.month_on,
        filed.row_code,
        filed.used,
        filed.coefficient AS filed_coefficient,
        count(*) AS sheets,
        sum(s.quantity) AS quantity,
        sum(s.quantity * s.coefficient) / sum(s.quantity) AS tested_coefficient
    FROM filed
    INNER JOIN sheets AS s
        ON filed.unit_id = s.unit_id AND filed.row_code = s.variety_code
        AND s.valid && daterange(
            date_trunc('year', filed.month_on)::date, (filed.month_on + INTERVAL '1 month')::date
        )
    WHERE filed.used > 0 AND filed.coefficient > 0
    GROUP BY filed.unit_id, filed.month_on, filed.row_code, filed.used, filed.coefficient
)

SELECT
    tested.unit_id,
    tested.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (tested.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    tested.month_on,
    tested.row_code,
    tested.filed_coefficient,
    round(tested.tested_coefficient, 5) AS tested_coefficient,
    round(1 - tested.filed_coefficient / tested.tested_coefficient, 4) AS difference,
    tested.sheets,
    round(tested.quantity / tested.used, 3) AS tested_share
FROM tested
CROSS JOIN limits
WHERE tested.filed_coefficient < (1 - limits.difference_min) * tested.tested_coefficient
AND tested.quantity >= limits.tested_share_min * tested.used
ORDER BY tested.unit_id, tested.row_code, tested.month_on
