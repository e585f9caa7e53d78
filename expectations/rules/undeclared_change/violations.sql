-- Changes that a gateway or a reading told, that no register explains, and whose time to be declared is over.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'workdays_min') AS workdays_min
    FROM rule_threshold_now
    WHERE rule_code = 'undeclared_change'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.seen_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.seen_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.seen_on,
    batch.reason,
    batch.place,
    batch.detail,
    batch.declare_by
FROM batch
CROSS JOIN limits
WHERE batch.reason <> 'register_fell' AND NOT batch.is_declared AND batch.workdays_over >= limits.workdays_min
ORDER BY batch.unit_id, batch.seen_on, batch.place
