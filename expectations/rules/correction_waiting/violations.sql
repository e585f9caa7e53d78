-- Series days with corrections that wait for a decision, beyond a last digit of the face.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'quanta_min') AS quanta_min
    FROM rule_threshold_now
    WHERE rule_code = 'correction_waiting'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.series_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    count(DISTINCT batch.at) AS correction_count,
    min(batch.at) AS first_at,
    (array_agg(batch.earlier_value ORDER BY batch.at, batch.revision_id))[1] AS earlier_value,
    (array_agg(batch.value ORDER BY batch.at, batch.revision_id))[1] AS value,
    count(*) FILTER (WHERE batch.value < batch.earlier_value) AS lowered_count,
    count(*) FILTER (WHERE batch.assurance <> 's') AS unsigned_count,
    array_agg(batch.revision_id ORDER BY batch.revision_id) AS revision_ids
FROM batch
CROSS JOIN limits
WHERE abs(batch.value - batch.earlier_value) >= limits.quanta_min * batch.quantum
GROUP BY batch.unit_id, batch.point_id, batch.series_id, batch.day_on
ORDER BY batch.series_id, batch.day_on
