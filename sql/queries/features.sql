-- lock_features --
-- Waits until no other process takes marks and writes features; held to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext('nenghao features'));

-- take_feature_marks --
-- Takes the marks of at most so many series days off the list, the oldest days first; one row a (series, day).
WITH oldest AS (
    SELECT DISTINCT
        day_on,
        series_id
    FROM feature_mark
    ORDER BY day_on, series_id
    LIMIT %(max_days)s
),

taken AS (
    DELETE FROM feature_mark AS m
    USING oldest
    WHERE m.day_on = oldest.day_on AND m.series_id = oldest.series_id
    RETURNING m.series_id, m.day_on
)

SELECT DISTINCT
    series_id,
    day_on
FROM taken;

-- days_for_features --
-- Closed days as features are made of them, one row a (series, day). factor is what one unit of the face is in energy;
-- quantum as in batch_series_day; a gauge shows its face.
SELECT
    sd.series_id,
    sd.day_on,
    s.kind = 'gauge' AS is_gauge,
    sd.slot_minutes,
    sd.due_slots,
    sd.unit,
    sd.scale,
    sd.energy,
    sd.face_scale,
    sd.face,
    sd.quality,
    sd.method,
    sd.content_hash,
    (CASE v.multiplier_applied_by WHEN 'platform' THEN v.multiplier ELSE 1 END)::double precision AS factor,
    coalesce(
        greatest(
            v.multiplier * 10::numeric ^ (-v.decimals),
            (
                SELECT max(c.multiplier * 10::numeric ^ (-c.decimals))
                FROM series_version AS c
                WHERE
                    c.series_id = sd.series_id AND NOT lower_inf(c.valid)
                    AND (lower(c.valid) AT TIME ZONE 'Asia/Shanghai')::date = sd.day_on
            )
        ),
        10::numeric ^ (-sd.scale)
    )::double precision AS quantum
FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
INNER JOIN series_day AS sd ON pair.series_id = sd.series_id AND pair.day_on = sd.day_on
INNER JOIN series AS s ON sd.series_id = s.series_id
LEFT JOIN series_version AS v
    ON sd.series_id = v.series_id AND v.valid @> (sd.day_on::timestamp AT TIME ZONE 'Asia/Shanghai');

-- forget_features --
-- Takes away the features of (series, day) pairs; no rows.
DELETE FROM series_day_feature AS f
USING unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
WHERE f.series_id = pair.series_id AND f.day_on = pair.day_on;

-- write_features --
-- Takes features in by COPY.
COPY series_day_feature (
    series_id, day_on, curve_version, curve, slot_minutes, unit, step, quantum, content_hash, computed_at
) FROM STDIN (FORMAT BINARY);

-- watched_series --
-- Series of units whose days detectors read, one row each, with the meter's constants as they stand on the last day.
SELECT
    p.unit_id,
    u.division_code,
    s.point_id,
    s.series_id,
    s.quantity,
    s.kind,
    v.slot_minutes,
    v.unit,
    v.rated_capacity::double precision AS rated_capacity
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
CROSS JOIN LATERAL (
    SELECT
        c.slot_minutes,
        c.unit,
        c.rated_capacity
    FROM series_version AS c
    WHERE c.series_id = s.series_id AND NOT isempty(c.valid)
    AND (lower_inf(c.valid) OR lower(c.valid) < %(to_at)s)
    ORDER BY c.valid DESC
    LIMIT 1
) AS v
WHERE p.unit_id = ANY(%(unit_ids)s) AND s.period NOT IN ('day', 'month')
ORDER BY u.division_code, p.unit_id, s.point_id, s.quantity, s.kind, v.slot_minutes, s.series_id;

-- unit_sizes --
-- How many series each unit has that detectors read, one row a unit, neighbours in space next to each other.
SELECT
    p.unit_id,
    count(*) AS series_count
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE p.unit_id = ANY(%(unit_ids)s)
GROUP BY u.division_code, p.unit_id
ORDER BY u.division_code, p.unit_id;

-- copy_features --
-- Features of series over days, by binary COPY; every row of one length of slot is equally long.
COPY (
    SELECT
        series_id,
        day_on,
        step,
        quantum,
        unit::char(16),
        curve
    FROM series_day_feature
    WHERE series_id = ANY(%(series_ids)s) AND day_on >= %(first_on)s AND day_on <= %(last_on)s
    AND slot_minutes = %(slot_minutes)s
) TO STDOUT (FORMAT BINARY);

-- watched_terms --
-- Terms of network formulas between points of units in force on the last day, one row each.
SELECT
    t.whole_point_id,
    t.part_point_id,
    t.sign
FROM network_term AS t
INNER JOIN point AS p ON t.whole_point_id = p.point_id
WHERE p.unit_id = ANY(%(unit_ids)s) AND t.valid_from <= %(last_on)s
AND (t.valid_to IS NULL OR t.valid_to > %(last_on)s)
ORDER BY t.whole_point_id, t.part_point_id;

-- replaced_values --
-- Interval readings of which a later version is in force or asked to be, one row each: what stood first, what is told now,
-- and what one unit of it is in energy.
SELECT
    r.series_id,
    r.at,
    r.value::double precision AS first_value,
    c.value::double precision AS last_value,
    (CASE v.multiplier_applied_by WHEN 'platform' THEN v.multiplier ELSE 1 END)::double precision AS factor
FROM (
    SELECT DISTINCT ON (told.series_id, told.at)
        told.series_id,
        told.at,
        told.value
    FROM (
        SELECT series_id, at, value, recorded_at FROM reading_revision
        WHERE series_id = ANY(%(series_ids)s) AND at >= %(from_at)s AND at < %(to_at)s
        UNION ALL
        SELECT series_id, at, value, recorded_at FROM reading_conflict
        WHERE series_id = ANY(%(series_ids)s) AND at >= %(from_at)s AND at < %(to_at)s
    ) AS told
    ORDER BY told.series_id, told.at, told.recorded_at DESC
) AS c
INNER JOIN reading AS r ON c.series_id = r.series_id AND c.at = r.at
INNER JOIN series_version AS v ON c.series_id = v.series_id AND v.valid @> c.at
WHERE r.value <> c.value;

-- explained_days --
-- What was declared or decreed in time and moves consumption or metering by itself, one row a span of days; without a point it
-- holds for the whole unit. Filed within the days that the duty allows, not afterwards: that is weighed by people.
SELECT
    u.unit_id,
    e.point_id,
    (e.begins_at AT TIME ZONE 'Asia/Shanghai')::date AS first_on,
    (
        CASE
            -- What changed things on a date is the new usual soon, however long it lasts.
            WHEN e.kind = ANY(%(dated_kinds)s) AND e.ends_at > e.begins_at + %(reach)s::interval
                THEN e.begins_at + %(reach)s::interval - INTERVAL '1 microsecond'
            ELSE coalesce(e.ends_at - INTERVAL '1 microsecond', e.begins_at)
        END AT TIME ZONE 'Asia/Shanghai'
    )::date AS last_on
FROM context_event AS e
INNER JOIN unit AS u
    ON CASE
        WHEN e.unit_id IS NULL
            THEN
                (e.division_code IS NULL OR starts_with(u.division_code, regexp_replace(e.division_code, '(00)+$', '')))
                AND (e.industry_code IS NULL OR u.industry_code LIKE e.industry_code || '%%')
        ELSE e.unit_id = u.unit_id
    END
WHERE u.unit_id = ANY(%(unit_ids)s)
AND e.begins_at < %(to_at)s AND coalesce(e.ends_at, e.begins_at + INTERVAL '1 day') > %(from_at)s
AND (e.kind <> ALL(%(dated_kinds)s) OR e.begins_at + %(reach)s::interval > %(from_at)s)
AND e.filed_at <= e.begins_at + %(grace)s::interval
AND e.kind = ANY(%(event_kinds)s)
UNION ALL
SELECT
    p.unit_id,
    c.point_id,
    (c.changed_at AT TIME ZONE 'Asia/Shanghai')::date,
    (c.changed_at AT TIME ZONE 'Asia/Shanghai')::date
FROM (
    SELECT
        point_id,
        changed_at,
        timeliness
    FROM meter_change
    UNION ALL
    SELECT
        point_id,
        changed_at,
        timeliness
    FROM multiplier_change
) AS c
INNER JOIN point AS p ON c.point_id = p.point_id
WHERE p.unit_id = ANY(%(unit_ids)s) AND c.changed_at >= %(from_at)s AND c.changed_at < %(to_at)s
AND c.timeliness IN ('before', 'in_time')
UNION ALL
SELECT
    o.unit_id,
    o.point_id,
    (o.fault_at AT TIME ZONE 'Asia/Shanghai')::date,
    (coalesce(o.repaired_at, o.fault_at) AT TIME ZONE 'Asia/Shanghai')::date
FROM outage_filing AS o
WHERE o.unit_id = ANY(%(unit_ids)s) AND o.fault_at < %(to_at)s
AND coalesce(o.repaired_at, o.fault_at + INTERVAL '1 day') > %(from_at)s AND o.timeliness IN ('before', 'in_time');
