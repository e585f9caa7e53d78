-- Months in which a process used another energy than its own load line says for its output.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'history_months_min') AS history_months_min,
        max(value) FILTER (WHERE threshold_name = 'z_min')::double precision AS z_min,
        max(value) FILTER (WHERE threshold_name = 'difference_min')::double precision AS difference_min,
        max(value) FILTER (WHERE threshold_name = 'load_min')::double precision AS load_min
    FROM rule_threshold_now
    WHERE rule_code = 'specific_energy'
),

made AS (
    SELECT
        k.unit_id,
        k.process_code,
        min(k.product_code) AS product_code
    FROM product_process AS k
    GROUP BY k.unit_id, k.process_code
    HAVING count(DISTINCT k.product_code) = 1
),

months AS (
    SELECT
        batch.unit_id,
        made.process_code,
        made.product_code,
        batch.variety_code,
        batch.unit,
        batch.month_on,
        bool_or(batch.is_judged) AS is_judged,
        max(o.quantity) AS output_quantity,
        sum(batch.energy) AS energy,
        max(o.quantity)::double precision AS x,
        sum(batch.energy)::double precision AS y
    FROM batch
    INNER JOIN made ON batch.unit_id = made.unit_id AND left(batch.data_code, 2) = made.process_code
    INNER JOIN production_output AS o
        ON batch.unit_id = o.unit_id AND made.product_code = o.product_code AND batch.month_on = o.month_on
    WHERE batch.flow = 'internal' AND substr(batch.data_code, 3, 6) = '000000' AND made.process_code <> '00'
    GROUP BY batch.unit_id, made.process_code, made.product_code, batch.variety_code, batch.unit, batch.month_on
    HAVING count(*) = count(batch.energy) AND sum(batch.measured_energy) >= 0.9 * sum(batch.energy)
),

judged AS (
    SELECT
        j.*,
        line.months_of_history,
        line.usual,
        line.slope
    FROM months AS j
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT
            count(DISTINCT a.month_on) AS months_of_history,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY a.x) AS usual,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY (b.y - a.y) / (b.x - a.x)) AS slope
        FROM months AS a
        INNER JOIN months AS b
            ON a.unit_id = b.unit_id AND a.process_code = b.process_code AND a.variety_code = b.variety_code
            AND a.unit = b.unit AND abs(a.x - b.x) > 0.02 * (a.x + b.x)
        WHERE a.unit_id = j.unit_id AND a.process_code = j.process_code AND a.variety_code = j.variety_code
        AND a.unit = j.unit AND a.month_on < j.month_on AND b.month_on < j.month_on
    ) AS line
    WHERE j.is_judged AND line.months_of_history >= limits.history_months_min AND j.x >= limits.load_min * line.usual
),

based AS (
    SELECT
        judged.*,
        fixed.base
    FROM judged
    CROSS JOIN LATERAL (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY h.y - judged.slope * h.x) AS base
        FROM months AS h
        WHERE h.unit_id = judged.unit_id AND h.process_code = judged.process_code
        AND h.variety_code = judged.variety_code AND h.unit = judged.unit AND h.month_on < judged.month_on
    ) AS fixed
),

lines AS (
    SELECT
        based.*,
        based.base + based.slope * based.x AS expected,
        greatest(off.spread, 0.02 * abs(based.base + based.slope * based.x)) AS spread
    FROM based
    CROSS JOIN LATERAL (
        SELECT
            1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(h.y - based.base - based.slope * h.x)) AS spread
        FROM months AS h
        WHERE h.unit_id = based.unit_id AND h.process_code = based.process_code
        AND h.variety_code = based.variety_code AND h.unit = based.unit AND h.month_on < based.month_on
    ) AS off
)

SELECT
    lines.unit_id,
    lines.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (lines.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    lines.month_on,
    lines.process_code,
    lines.product_code,
    lines.variety_code,
    lines.output_quantity,
    lines.energy,
    lines.unit AS energy_unit,
    round(lines.expected::numeric, 1) AS expected_energy,
    round(((lines.y - lines.expected) / lines.expected)::numeric, 3) AS difference,
    round(lines.spread::numeric, 1) AS spread,
    lines.months_of_history
FROM lines
CROSS JOIN limits
WHERE lines.expected > 0
AND abs(lines.y - lines.expected) > limits.z_min * lines.spread
AND abs(lines.y - lines.expected) > limits.difference_min * lines.expected
AND NOT EXISTS (
    SELECT 1
    FROM context_event AS e
    WHERE e.unit_id = lines.unit_id AND e.kind NOT IN ('demand_contract', 'metering_work')
    AND tstzrange(e.begins_at, e.ends_at) && tstzrange(
        lines.month_on::timestamp AT TIME ZONE 'Asia/Shanghai',
        (lines.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai'
    )
)
ORDER BY lines.unit_id, lines.process_code, lines.variety_code, lines.month_on
