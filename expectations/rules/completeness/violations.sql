-- Series days whose readings arrived for less than the required share of the slots that were due. Only days on which the
-- series was registered from beginning to end: on the day of its connection or removal nothing is due as a whole. And not
-- days from before a gateway was enrolled whose commissioning window is open: they are being back-filled, as they should.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT max(value) FILTER (WHERE threshold_name = 'received_share_min') AS received_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'completeness'
)

SELECT
    batch.unit_id,
    batch.point_id,
    batch.series_id,
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    batch.day_on,
    batch.due_slots,
    batch.received_slots,
    round(batch.received_slots::numeric / batch.due_slots, 4) AS received_share
FROM batch
CROSS JOIN limits
CROSS JOIN LATERAL (
    SELECT range_agg(v.valid) AS registered
    FROM series_version AS v
    WHERE v.series_id = batch.series_id
) AS life
WHERE batch.is_audited AND batch.received_slots < limits.received_share_min * batch.due_slots
AND life.registered @> tstzrange(
    batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai', (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
)
AND NOT EXISTS (
    SELECT 1
    FROM gateway AS g
    WHERE g.unit_id = batch.unit_id AND coalesce(g.backfill_until, 'infinity') > now()
    AND g.registered_at > batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai'
)
ORDER BY batch.series_id, batch.day_on
