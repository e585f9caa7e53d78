-- Days that belong to a run of days whose mean load lies above what circuit or pipe is rated for.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'load_min') AS load_min,
        max(value) FILTER (WHERE threshold_name = 'days_min') AS days_min,
        max(value) FILTER (WHERE threshold_name = 'received_share_min') AS received_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'over_capacity'
),

loaded AS (
    SELECT
        batch.unit_id,
        batch.point_id,
        batch.series_id,
        batch.day_on,
        batch.is_audited,
        batch.unit,
        v.rated_capacity,
        d.measured_energy * 60 / (d.received_slots * batch.slot_minutes) AS mean_power,
        batch.day_on
        - (row_number() OVER (PARTITION BY batch.series_id ORDER BY batch.day_on))::integer AS run_no
    FROM batch
    CROSS JOIN limits
    INNER JOIN series_version AS v
        ON batch.series_id = v.series_id AND v.valid @> (batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
    INNER JOIN series_day AS d ON batch.series_id = d.series_id AND batch.day_on = d.day_on
    WHERE d.received_slots >= limits.received_share_min * d.due_slots
    AND d.measured_energy * 60 >= limits.load_min * v.rated_capacity * d.received_slots * batch.slot_minutes
),

counted AS (
    SELECT
        loaded.*,
        count(*) OVER (PARTITION BY loaded.series_id, loaded.run_no) AS days_in_run,
        row_number() OVER (PARTITION BY loaded.series_id, loaded.run_no ORDER BY loaded.day_on) AS days_on_end
    FROM loaded
)

SELECT
    counted.unit_id,
    counted.point_id,
    counted.series_id,
    counted.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (counted.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    counted.day_on,
    round(counted.mean_power, 3) AS mean_power,
    counted.rated_capacity,
    round(counted.mean_power / counted.rated_capacity, 3) AS load,
    counted.days_on_end,
    counted.unit AS energy_unit
FROM counted
CROSS JOIN limits
WHERE counted.is_audited AND counted.days_in_run >= limits.days_min
ORDER BY counted.series_id, counted.day_on
