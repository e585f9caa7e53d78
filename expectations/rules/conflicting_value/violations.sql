-- Series days for which an instant was reported again with another value, beyond what a coarser store explains.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'quanta_min') AS quanta_min
    FROM rule_threshold_now
    WHERE rule_code = 'conflicting_value'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.series_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    count(DISTINCT batch.at) AS conflict_count,
    min(batch.at) AS first_at,
    (array_agg(batch.standing_value ORDER BY batch.at, batch.conflict_id))[1] AS standing_value,
    (array_agg(batch.value ORDER BY batch.at, batch.conflict_id))[1] AS value,
    round(max(abs(batch.value - batch.standing_value) / batch.quantum), 1) AS largest_quanta,
    array_agg(batch.conflict_id ORDER BY batch.conflict_id) AS conflict_ids
FROM batch
CROSS JOIN limits
WHERE abs(batch.value - batch.standing_value) >= limits.quanta_min * batch.quantum
GROUP BY batch.unit_id, batch.point_id, batch.series_id, batch.day_on
ORDER BY batch.series_id, batch.day_on
