-- Whole days inside a declared shutdown or overhaul on which a point used about what it uses otherwise.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'share_min') AS share_min,
        max(value) FILTER (WHERE threshold_name = 'days_before_min') AS days_before_min,
        max(value) FILTER (WHERE threshold_name = 'received_share_min') AS received_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'idle_use'
),

days AS (
    SELECT
        batch.unit_id,
        batch.point_id,
        batch.series_id,
        batch.day_on,
        batch.is_audited,
        batch.unit,
        d.measured_energy AS energy,
        e.kind AS event_kind,
        e.begins_at,
        e.ends_at,
        e.begins_at <= batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND e.ends_at >= (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS is_inside
    FROM batch
    CROSS JOIN limits
    INNER JOIN point AS p ON batch.point_id = p.point_id AND p.use = 'industrial'
    INNER JOIN series_day AS d ON batch.series_id = d.series_id AND batch.day_on = d.day_on
    LEFT JOIN LATERAL (
        SELECT
            k.kind,
            k.begins_at,
            k.ends_at
        FROM context_event AS k
        WHERE k.unit_id = batch.unit_id AND (k.point_id IS NULL OR k.point_id = batch.point_id)
        AND k.kind IN ('shutdown', 'overhaul', 'line_stop')
        AND k.begins_at < (batch.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND coalesce(k.ends_at, 'infinity') > batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai'
        ORDER BY k.kind = 'line_stop', k.begins_at
        LIMIT 1
    ) AS e ON TRUE
    WHERE d.received_slots >= limits.received_share_min * d.due_slots
),

stopped AS (
    SELECT
        days.*,
        usual.energy AS usual_energy
    FROM days
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS days_before,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY h.energy) AS energy
        FROM days AS h
        WHERE h.series_id = days.series_id AND h.event_kind IS NULL
        AND h.day_on >= days.day_on - 28 AND h.day_on < days.day_on
    ) AS usual
    WHERE days.is_audited AND days.is_inside AND days.event_kind IN ('shutdown', 'overhaul')
    AND usual.days_before >= limits.days_before_min
)

SELECT
    stopped.unit_id,
    stopped.point_id,
    stopped.series_id,
    stopped.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (stopped.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    stopped.day_on,
    stopped.energy,
    round(stopped.usual_energy::numeric, 3) AS usual_energy,
    round(stopped.energy / stopped.usual_energy::numeric, 3) AS share,
    stopped.unit AS energy_unit,
    stopped.event_kind,
    stopped.begins_at AS event_from,
    stopped.ends_at AS event_to
FROM stopped
CROSS JOIN limits
WHERE stopped.usual_energy > 0 AND stopped.energy >= limits.share_min * stopped.usual_energy::numeric
ORDER BY stopped.series_id, stopped.day_on
