-- Months whose non-industrial share rose against the same months of last year while meters show no such rise.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'rise_min') AS rise_min,
        max(value) FILTER (WHERE threshold_name = 'times_min') AS times_min,
        max(value) FILTER (WHERE threshold_name = 'metered_part_max') AS metered_part_max
    FROM rule_threshold_now
    WHERE rule_code = 'moved_use'
),

filed AS (
    SELECT
        batch.unit_id,
        batch.month_on,
        batch.row_code,
        bool_or(batch.is_judged) AS is_judged,
        max(batch.value) FILTER (WHERE batch.column_code = '4') AS total,
        max(batch.value) FILTER (WHERE batch.column_code = '7') AS apart
    FROM batch
    WHERE batch.form_code = '205-1' AND batch.row_code <> '40' AND batch.column_code IN ('4', '7')
    GROUP BY batch.unit_id, batch.month_on, batch.row_code
),

paired AS (
    SELECT
        now.unit_id,
        now.month_on,
        now.row_code,
        now.total - now.apart AS industrial_now,
        before.total - before.apart AS industrial_before,
        now.apart AS apart_now,
        before.apart AS apart_before,
        now.apart / now.total AS share_now,
        before.apart / before.total AS share_before
    FROM filed AS now
    INNER JOIN filed AS before
        ON now.unit_id = before.unit_id AND now.row_code = before.row_code
        AND before.month_on = now.month_on - INTERVAL '1 year'
    WHERE now.is_judged AND now.total > 0 AND before.total > 0 AND now.apart > 0 AND before.apart IS NOT NULL
),

metered AS (
    SELECT
        p.unit_id,
        p.month_on,
        p.row_code,
        sum(c.value) FILTER (WHERE c.column_code = '7' AND n.month_on > p.month_on - INTERVAL '1 year')
        / nullif(sum(c.value) FILTER (WHERE c.column_code = '4' AND n.month_on > p.month_on - INTERVAL '1 year'), 0)
            AS share_now,
        sum(c.value) FILTER (WHERE c.column_code = '7' AND n.month_on <= p.month_on - INTERVAL '1 year')
        / nullif(sum(c.value) FILTER (WHERE c.column_code = '4' AND n.month_on <= p.month_on - INTERVAL '1 year'), 0)
            AS share_before
    FROM paired AS p
    INNER JOIN monitored_newest AS n
        ON p.unit_id = n.unit_id
        AND (
            n.month_on BETWEEN date_trunc('year', p.month_on)::date AND p.month_on
            OR n.month_on BETWEEN (date_trunc('year', p.month_on) - INTERVAL '1 year')::date
            AND (p.month_on - INTERVAL '1 year')::date
        )
    INNER JOIN monitored_cell AS c
        ON n.balance_id = c.balance_id AND c.form_code = '205-1' AND p.row_code = c.row_code
        AND c.column_code IN ('4', '7')
    GROUP BY p.unit_id, p.month_on, p.row_code
)

SELECT
    paired.unit_id,
    paired.month_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (paired.month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai' AS span_to,
    paired.month_on,
    paired.row_code,
    round(paired.share_before, 4) AS share_before,
    round(paired.share_now, 4) AS share_now,
    paired.industrial_before,
    paired.industrial_now,
    round(metered.share_before, 4) AS metered_share_before,
    round(metered.share_now, 4) AS metered_share_now
FROM paired
CROSS JOIN limits
LEFT JOIN metered
    ON paired.unit_id = metered.unit_id AND paired.month_on = metered.month_on AND paired.row_code = metered.row_code
WHERE paired.share_now - paired.share_before >= limits.rise_min
AND paired.share_now >= limits.times_min * paired.share_before
AND paired.apart_now > paired.apart_before AND paired.industrial_now < paired.industrial_before
AND coalesce(metered.share_now - metered.share_before, 0)
< limits.metered_part_max * (paired.share_now - paired.share_before)
ORDER BY paired.unit_id, paired.row_code, paired.month_on
