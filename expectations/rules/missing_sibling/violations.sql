-- Days of a run on which one channel of a point came with nothing while another channel of the same point came.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'days_min') AS days_min,
        max(value) FILTER (WHERE threshold_name = 'days_before_min') AS days_before_min,
        max(value) FILTER (WHERE threshold_name = 'sibling_share_min') AS sibling_share_min
    FROM rule_threshold_now
    WHERE rule_code = 'missing_sibling'
),

dark AS (
    SELECT DISTINCT ON (silent.series_id, silent.day_on)
        silent.unit_id,
        silent.point_id,
        silent.series_id,
        silent.quantity,
        silent.day_on,
        silent.is_audited,
        alive.quantity AS sibling_quantity,
        alive.received_slots::numeric / alive.due_slots AS sibling_received_share
    FROM batch AS silent
    CROSS JOIN limits
    INNER JOIN batch AS alive
        ON silent.point_id = alive.point_id AND silent.kind = alive.kind AND silent.day_on = alive.day_on
        AND silent.quantity <> alive.quantity
    WHERE silent.received_slots = 0 AND alive.received_slots >= limits.sibling_share_min * alive.due_slots
    ORDER BY silent.series_id, silent.day_on, alive.received_slots DESC
),

runs AS (
    SELECT
        dark.*,
        dark.day_on - (row_number() OVER (PARTITION BY dark.series_id ORDER BY dark.day_on))::integer AS run_no
    FROM dark
),

counted AS (
    SELECT
        runs.*,
        count(*) OVER (PARTITION BY runs.series_id, runs.run_no) AS days_in_run,
        min(runs.day_on) OVER (PARTITION BY runs.series_id, runs.run_no) AS run_from_on
    FROM runs
)

SELECT
    counted.unit_id,
    counted.point_id,
    counted.series_id,
    counted.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (counted.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    counted.day_on,
    counted.quantity,
    counted.sibling_quantity,
    round(counted.sibling_received_share, 3) AS sibling_received_share,
    counted.day_on - counted.run_from_on + 1 AS days_on_end
FROM counted
CROSS JOIN limits
WHERE counted.is_audited AND counted.days_in_run >= limits.days_min
AND (
    SELECT count(*)
    FROM batch AS before
    WHERE before.series_id = counted.series_id AND before.day_on < counted.run_from_on
    AND before.day_on >= counted.run_from_on - 28
    AND before.received_slots >= limits.sibling_share_min * before.due_slots
) >= limits.days_before_min
ORDER BY counted.series_id, counted.day_on
