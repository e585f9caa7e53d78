-- Runs of equal advances, not zero, far longer than the meter's own habit, while a related channel moves.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'run_slots_min') AS run_slots_min,
        max(value) FILTER (WHERE threshold_name = 'times_longest_before') AS times_longest_before,
        max(value) FILTER (WHERE threshold_name = 'history_days_min') AS history_days_min,
        max(value) FILTER (WHERE threshold_name = 'quanta_min') AS quanta_min,
        max(value) FILTER (WHERE threshold_name = 'related_values_min') AS related_values_min,
        max(value) FILTER (WHERE threshold_name = 'related_quanta_min') AS related_quanta_min
    FROM rule_threshold_now
    WHERE rule_code = 'frozen'
),

-- Only series with a third of such a run within one day around the audited ones are looked at closely: a run of the
-- shortest length that counts lies on three days at most.
suspected AS (
    SELECT DISTINCT in_day.series_id
    FROM (
        SELECT
            marked.series_id,
            marked.day_on,
            count(*) AS run_slots
        FROM (
            SELECT
                flagged.*,
                count(*) FILTER (WHERE flagged.is_new) OVER (
                    PARTITION BY flagged.series_id, flagged.day_on ORDER BY flagged.slot_no
                ) AS run_no
            FROM (
                SELECT
                    batch.series_id,
                    batch.day_on,
                    slot.slot_no,
                    slot.face,
                    slot.face IS DISTINCT FROM lag(slot.face) OVER (
                        PARTITION BY batch.series_id, batch.day_on ORDER BY slot.slot_no
                    ) AS is_new
                FROM batch
                CROSS JOIN LATERAL unnest(batch.face) WITH ORDINALITY AS slot (face, slot_no)
                WHERE batch.day_on BETWEEN batch.audit_first_on - 1 AND batch.audit_last_on + 1
            ) AS flagged
            WHERE flagged.face <> 0
        ) AS marked
        GROUP BY marked.series_id, marked.day_on, marked.run_no
    ) AS in_day
    CROSS JOIN limits
    WHERE in_day.run_slots >= limits.run_slots_min / 3
),

slots AS (
    SELECT
        batch.series_id,
        batch.is_audited,
        (batch.day_on - DATE '2000-01-01') * (1440 / batch.slot_minutes) + slot.slot_no AS slot_no,
        (batch.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
        + make_interval(mins => (batch.slot_minutes * (slot.slot_no - 1))::integer) AS slot_at,
        batch.slot_minutes,
        slot.face * 10::numeric ^ (-batch.face_scale) AS face
    FROM batch
    INNER JOIN suspected ON batch.series_id = suspected.series_id
    CROSS JOIN LATERAL unnest(
        batch.face, string_to_array(batch.quality, NULL), string_to_array(batch.method, NULL)
    ) WITH ORDINALITY AS slot (face, quality, method, slot_no)
    WHERE slot.quality = 'V' AND slot.method = '-'
),

numbered AS (
    SELECT
        compared.*,
        count(*) FILTER (WHERE compared.is_new) OVER (PARTITION BY compared.series_id ORDER BY compared.slot_no) AS run_no
    FROM (
        SELECT
            slots.*,
            (slots.face, slots.slot_no) IS DISTINCT FROM (lag(slots.face) OVER series_time, lag(slots.slot_no) OVER series_time + 1)
                AS is_new
        FROM slots
        WINDOW series_time AS (PARTITION BY slots.series_id ORDER BY slots.slot_no)
    ) AS compared
),

runs AS (
    SELECT
        series_id,
        min(face) AS face,
        count(*) AS run_slots,
        min(slot_at) AS from_at,
        max(slot_at) + make_interval(mins => min(slot_minutes)) AS to_at,
        bool_or(is_audited) AS is_audited
    FROM numbered
    GROUP BY series_id, run_no
),

long_runs AS (
    SELECT
        habit.*,
        series_of_run.unit_id,
        series_of_run.point_id,
        series_of_run.quantity,
        series_of_run.kind,
        series_of_run.unit,
        series_of_run.quantum,
        series_of_run.face_quantum
    FROM (
        SELECT
            runs.*,
            coalesce(max(runs.run_slots) FILTER (WHERE runs.face <> 0) OVER before_run, 0) AS longest_before,
            extract(EPOCH FROM runs.from_at - min(runs.from_at) OVER (PARTITION BY runs.series_id)) / 86400 AS history_days
        FROM runs
        WINDOW before_run AS (
            PARTITION BY runs.series_id ORDER BY runs.from_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ) AS habit
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT * FROM batch WHERE batch.series_id = habit.series_id ORDER BY batch.day_on DESC LIMIT 1
    ) AS series_of_run
    WHERE habit.is_audited
    AND habit.run_slots >= limits.run_slots_min
    AND habit.run_slots >= limits.times_longest_before * habit.longest_before
    AND habit.history_days >= limits.history_days_min
    AND habit.face >= limits.quanta_min * series_of_run.face_quantum
),

links AS (
    SELECT whole_point_id AS point_id, part_point_id AS related_point_id FROM network_term
    UNION
    SELECT part_point_id, whole_point_id FROM network_term
    UNION
    SELECT one.part_point_id, other.part_point_id
    FROM network_term AS one
    INNER JOIN network_term AS other
        ON one.whole_point_id = other.whole_point_id AND one.part_point_id <> other.part_point_id
),

witnessed AS (
    SELECT
        long_runs.*,
        witness.series_id AS related_series_id,
        witness.related_values,
        witness.related_range
    FROM long_runs
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT
            related.series_id,
            count(DISTINCT slot.energy) AS related_values,
            (max(slot.energy) - min(slot.energy)) * 10::numeric ^ (-min(related.scale)) AS related_range,
            min(related.quantum) AS quantum,
            bool_and(related.unit = long_runs.unit) AS is_comparable
        FROM batch AS related
        CROSS JOIN LATERAL unnest(related.energy, string_to_array(related.quality, NULL), string_to_array(related.method, NULL))
        WITH ORDINALITY AS slot (energy, quality, method, slot_no)
        WHERE (
            (related.point_id = long_runs.point_id AND related.quantity <> long_runs.quantity)
            OR (
                related.quantity = long_runs.quantity
                AND related.point_id IN (SELECT links.related_point_id FROM links WHERE links.point_id = long_runs.point_id)
            )
        )
        AND slot.quality = 'V' AND slot.method = '-'
        AND related.day_on BETWEEN
        (long_runs.from_at AT TIME ZONE 'Asia/Shanghai')::date AND (long_runs.to_at AT TIME ZONE 'Asia/Shanghai')::date
        AND (related.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
        + make_interval(mins => (related.slot_minutes * (slot.slot_no - 1))::integer) >= long_runs.from_at
        AND (related.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
        + make_interval(mins => (related.slot_minutes * slot.slot_no)::integer) <= long_runs.to_at
        GROUP BY related.series_id
    ) AS witness
    WHERE witness.related_values >= limits.related_values_min
    AND witness.related_range
    > limits.related_quanta_min * CASE WHEN witness.is_comparable THEN long_runs.quantum ELSE witness.quantum END
)

SELECT DISTINCT ON (point_id, quantity, from_at)
    unit_id,
    point_id,
    series_id,
    from_at AS span_from,
    to_at AS span_to,
    run_slots,
    face AS face_value,
    longest_before,
    round(history_days, 2) AS history_days,
    related_series_id,
    related_values,
    related_range,
    unit AS energy_unit
FROM witnessed
ORDER BY point_id, quantity, from_at, kind DESC, related_values DESC
