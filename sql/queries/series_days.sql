-- lock_closing --
-- Makes this transaction the only one that closes days, with memory for sorting some thousand series' days.
SELECT
    pg_advisory_xact_lock(hashtextextended('nenghao close days', 0)),
    set_config('work_mem', '64MB', TRUE);

-- next_marks --
-- (series, day) pairs of the oldest day on the changed list, each once, at most max_pairs: registers first, because the
-- intervals beside them are scaled to them.
SELECT m.day_on, m.series_id
FROM changed_mark AS m
INNER JOIN series AS s ON m.series_id = s.series_id
WHERE m.day_on = (SELECT min(day_on) FROM changed_mark)
GROUP BY m.day_on, m.series_id, s.kind
ORDER BY s.kind <> 'register', m.series_id
LIMIT %(max_pairs)s;

-- take_marks --
-- Takes every mark of the given pairs off the changed list; the row count says how many marks there were.
DELETE FROM changed_mark AS m
USING unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
WHERE m.series_id = pair.series_id AND m.day_on = pair.day_on;

-- series_versions --
-- Versions of the given series in order of validity, one row a version, with quantity, kind and period of the series.
SELECT
    s.series_id,
    s.point_id,
    s.quantity,
    s.kind,
    s.period,
    floor(extract(EPOCH FROM lower(v.valid)))::bigint AS valid_from_s,
    floor(extract(EPOCH FROM upper(v.valid)))::bigint AS valid_until_s,
    v.meter_id,
    v.unit,
    v.slot_minutes,
    v.multiplier,
    v.multiplier_applied_by = 'platform' AS is_multiplied_here,
    v.decimals,
    v.register_modulus,
    v.rated_capacity,
    v.lowest_value,
    v.highest_value
FROM series AS s
INNER JOIN series_version AS v ON s.series_id = v.series_id
WHERE s.series_id = ANY(%(series_ids)s::integer[])
ORDER BY s.series_id, lower(v.valid) NULLS FIRST;

-- series_exclusions --
-- Spans of the given series that decisions took out, and whether the registers at their ends stand.
SELECT
    e.series_id,
    floor(extract(EPOCH FROM lower(e.span)))::bigint AS begin_s,
    floor(extract(EPOCH FROM upper(e.span)))::bigint AS end_s,
    e.exclusion_id,
    e.decision_id,
    e.covers = 'counting' AS covers_counting
FROM exclusion_in_force AS e
WHERE e.series_id = ANY(%(series_ids)s::integer[]) AND NOT isempty(e.span)
ORDER BY e.series_id, lower(e.span) NULLS FIRST, e.exclusion_id;

-- series_agreements --
-- Agreed values in force of the given series (E8).
SELECT
    a.agreed_value_id,
    a.series_id,
    floor(extract(EPOCH FROM lower(a.span)))::bigint AS begin_s,
    floor(extract(EPOCH FROM upper(a.span)))::bigint AS end_s,
    a.energy,
    a.unit,
    a.decision_id
FROM agreed_value_in_force AS a
WHERE a.series_id = ANY(%(series_ids)s::integer[])
ORDER BY a.series_id, lower(a.span);

-- series_stops --
-- Times in which the given series are said to stand still: stops of their point or unit with a document, and of a meter
-- that was taken out of use. Only the former prove that nothing was used; only a unit's standby load is beyond question.
SELECT
    s.series_id,
    floor(extract(EPOCH FROM e.begins_at))::bigint AS begin_s,
    floor(extract(EPOCH FROM e.ends_at))::bigint AS end_s,
    TRUE AS is_proven,
    e.point_id IS NOT NULL AS is_questioned
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN context_event AS e
    ON p.unit_id = e.unit_id AND (e.point_id = p.point_id OR (e.point_id IS NULL AND e.kind = 'shutdown'))
WHERE
    s.series_id = ANY(%(series_ids)s::integer[])
    AND s.kind IN ('register', 'interval')
    AND e.kind IN ('shutdown', 'line_stop', 'overhaul')
    AND btrim(e.document_no) <> ''
    AND e.ends_at > e.begins_at
UNION ALL
SELECT
    v.series_id,
    floor(extract(EPOCH FROM lower(state.span * v.valid)))::bigint AS begin_s,
    floor(extract(EPOCH FROM coalesce(upper(state.span * v.valid), '2200-01-01'::timestamptz)))::bigint AS end_s,
    FALSE AS is_proven,
    TRUE AS is_questioned
FROM (
    SELECT
        c.meter_id,
        c.state,
        tstzrange(
            c.changed_on::timestamp AT TIME ZONE 'Asia/Shanghai',
            lead(c.changed_on) OVER (PARTITION BY c.meter_id ORDER BY c.changed_on)::timestamp AT TIME ZONE 'Asia/Shanghai'
        ) AS span
    FROM meter_state_change AS c
) AS state
INNER JOIN series_version AS v ON state.meter_id = v.meter_id AND state.span && v.valid
WHERE state.state = 'stopped' AND v.series_id = ANY(%(series_ids)s::integer[])
ORDER BY series_id, begin_s;

-- checks_of_series --
-- Series of the points that check the given series' points on a day, of the same quantity, registers before intervals:
-- the first of a series counts.
WITH checked AS MATERIALIZED (
    SELECT s.series_id, s.quantity, c.check_point_id, c.valid_from, c.valid_to
    FROM check_meter AS c
    INNER JOIN series AS s ON c.point_id = s.point_id
    WHERE s.kind IN ('register', 'interval') AND s.series_id = ANY(%(series_ids)s::integer[])
)

SELECT DISTINCT ON (c.series_id, c.valid_from)
    c.series_id,
    checking.series_id AS check_series_id,
    c.valid_from,
    c.valid_to
FROM checked AS c
INNER JOIN series AS checking
    ON c.check_point_id = checking.point_id AND c.quantity = checking.quantity AND checking.kind IN ('register', 'interval')
ORDER BY c.series_id, c.valid_from, checking.kind DESC, checking.series_id;

-- registers_beside --
-- The register beside each of the given interval series: of the same point and quantity.
SELECT
    i.series_id,
    r.series_id AS register_series_id
FROM series AS i
INNER JOIN series AS r ON i.point_id = r.point_id AND i.quantity = r.quantity AND r.kind = 'register'
WHERE i.series_id = ANY(%(series_ids)s::integer[]) AND i.kind = 'interval';

-- register_neighbours --
-- For each run of time of a series, the last valid register at or before its begin and the first at or after its end, no
-- farther than `reach` away; null where there is none. Valid: on the grid of its version, or declared at a change, and not
-- inside an exclusion.
SELECT
    run.run_no,
    greatest(earlier.at, declared.before_at) AS before_at,
    least(later.at, declared.after_at) AS after_at
FROM unnest(%(series_ids)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
WITH ORDINALITY AS run (series_id, begin_at, end_at, run_no)
LEFT JOIN LATERAL (
    SELECT r.at
    FROM reading_in_force AS r
    INNER JOIN series_version AS v ON r.series_id = v.series_id AND v.valid @> r.at
    WHERE
        r.series_id = run.series_id
        AND r.at <= run.begin_at
        AND r.at > run.begin_at - %(reach)s::interval
        AND abs(mod(extract(EPOCH FROM r.at) + v.slot_minutes * 30, v.slot_minutes * 60) - v.slot_minutes * 30)
        <= %(tolerance_s)s
        AND NOT EXISTS (
            SELECT 1 FROM exclusion_in_force AS e
            WHERE
                e.series_id = r.series_id
                AND coalesce(lower(e.span), '-infinity') < r.at
                AND coalesce(upper(e.span), 'infinity') > r.at
        )
    ORDER BY r.at DESC
    LIMIT 1
) AS earlier ON TRUE
LEFT JOIN LATERAL (
    SELECT r.at
    FROM reading_in_force AS r
    INNER JOIN series_version AS v ON r.series_id = v.series_id AND v.valid @> r.at
    WHERE
        r.series_id = run.series_id
        AND r.at >= run.end_at
        AND r.at < run.end_at + %(reach)s::interval
        AND abs(mod(extract(EPOCH FROM r.at) + v.slot_minutes * 30, v.slot_minutes * 60) - v.slot_minutes * 30)
        <= %(tolerance_s)s
        AND NOT EXISTS (
            SELECT 1 FROM exclusion_in_force AS e
            WHERE
                e.series_id = r.series_id
                AND coalesce(lower(e.span), '-infinity') < r.at
                AND coalesce(upper(e.span), 'infinity') > r.at
        )
    ORDER BY r.at ASC
    LIMIT 1
) AS later ON TRUE
LEFT JOIN LATERAL (
    SELECT
        max(b.at) FILTER (WHERE b.at <= run.begin_at) AS before_at,
        min(b.at) FILTER (WHERE b.at >= run.end_at) AS after_at
    FROM boundary_register AS b
    WHERE
        b.series_id = run.series_id
        AND b.at > run.begin_at - %(reach)s::interval
        AND b.at < run.end_at + %(reach)s::interval
        AND NOT EXISTS (
            SELECT 1 FROM exclusion_in_force AS e
            WHERE
                e.series_id = b.series_id
                AND coalesce(lower(e.span), '-infinity') < b.at
                AND coalesce(upper(e.span), 'infinity') > b.at
        )
) AS declared ON TRUE;

-- readings_of_runs --
-- Readings in force of each run of time of a series, ends included, and beside them the registers declared at a change, as
-- two arrays in one order; no row for a run without them, two where it has both. Values count in 10^-decimals of their
-- run; one that is not whole in them, or beyond `bound`, comes as the least bigint. `first_at` and `last_at` are the outer
-- bounds of all runs: as plain values they exclude chunks. Looked up run by run: a day's readings lie in order of arrival,
-- and a join would read all of them for each few thousand series.
SELECT
    run.run_no,
    r.ats,
    r.readings
FROM unnest(
    %(series_ids)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[], %(decimals)s::integer[],
    %(powers)s::numeric[], %(bounds)s::numeric[]
) WITH ORDINALITY AS run (series_id, begin_at, end_at, decimals, power, bound, run_no)
CROSS JOIN LATERAL (
    SELECT
        array_agg(f.at) AS ats,
        array_agg(
            CASE
                WHEN scale(f.value) <= run.decimals AND abs(f.value) < run.bound THEN (f.value * run.power)::bigint
                WHEN scale(trim_scale(f.value)) <= run.decimals AND abs(f.value) < run.bound
                    THEN (f.value * run.power)::bigint
                ELSE -9223372036854775808
            END
        ) AS readings
    FROM reading_in_force AS f
    WHERE
        f.series_id = run.series_id
        AND f.at BETWEEN run.begin_at AND run.end_at
        AND f.at BETWEEN %(first_at)s AND %(last_at)s
) AS r
WHERE r.ats IS NOT NULL
UNION ALL
-- What was declared at a change of the meter or the multiplier: the last register belongs to the version that ends there, so
-- it stands a second before, near enough to be taken for that version's end.
SELECT
    run.run_no,
    array_agg(b.at - CASE b.side WHEN 'final' THEN INTERVAL '1 second' ELSE INTERVAL '0' END) AS ats,
    array_agg(
        CASE
            WHEN scale(trim_scale(b.value)) <= run.decimals AND abs(b.value) < run.bound THEN (b.value * run.power)::bigint
            ELSE -9223372036854775808
        END
    ) AS readings
FROM unnest(
    %(series_ids)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[], %(decimals)s::integer[],
    %(powers)s::numeric[], %(bounds)s::numeric[]
) WITH ORDINALITY AS run (series_id, begin_at, end_at, decimals, power, bound, run_no)
INNER JOIN boundary_register AS b
    ON run.series_id = b.series_id AND b.at BETWEEN run.begin_at + INTERVAL '1 second' AND run.end_at
GROUP BY run.run_no;

-- exact_readings_of_runs --
-- Readings in force of each run of time of a series, ends included, and the registers declared at a change, one row each
-- with the value as it is.
SELECT
    run.run_no,
    floor(extract(EPOCH FROM r.at))::bigint AS at_s,
    r.value
FROM unnest(%(series_ids)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
WITH ORDINALITY AS run (series_id, begin_at, end_at, run_no)
INNER JOIN reading_in_force AS r ON run.series_id = r.series_id AND r.at BETWEEN run.begin_at AND run.end_at
WHERE r.at BETWEEN %(first_at)s AND %(last_at)s
UNION ALL
SELECT
    run.run_no,
    floor(extract(EPOCH FROM b.at))::bigint - CASE b.side WHEN 'final' THEN 1 ELSE 0 END,
    b.value
FROM unnest(%(series_ids)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
WITH ORDINALITY AS run (series_id, begin_at, end_at, run_no)
INNER JOIN boundary_register AS b
    ON run.series_id = b.series_id AND b.at BETWEEN run.begin_at + INTERVAL '1 second' AND run.end_at;

-- stored_days --
-- Series days of the given pairs as they stand.
SELECT
    d.series_id,
    d.day_on,
    d.slot_minutes,
    d.unit,
    d.scale,
    d.energy,
    d.quality
FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
CROSS JOIN LATERAL (
    SELECT * FROM series_day AS s WHERE s.series_id = pair.series_id AND s.day_on = pair.day_on ORDER BY s.day_on OFFSET 0
) AS d;

-- standing_estimates --
-- Estimates with donors of the given pairs as they stand.
SELECT
    e.series_id,
    e.day_on,
    e.first_slot,
    e.slot_count,
    e.method,
    e.donor_days,
    e.donor_series_id,
    floor(extract(EPOCH FROM lower(e.gap)))::bigint AS gap_begin_s,
    floor(extract(EPOCH FROM upper(e.gap)))::bigint AS gap_end_s,
    e.known_energy
FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
CROSS JOIN LATERAL (
    SELECT * FROM series_day_estimate AS s WHERE s.series_id = pair.series_id AND s.day_on = pair.day_on ORDER BY s.day_on OFFSET 0
) AS e
WHERE e.donor_days <> '{}' OR e.donor_series_id IS NOT NULL
ORDER BY e.series_id, e.day_on, e.first_slot;

-- content_hashes --
-- Content hashes of the given (series, day) pairs that have a row.
SELECT
    d.series_id,
    d.day_on,
    d.content_hash
FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
CROSS JOIN LATERAL (
    SELECT * FROM series_day AS s WHERE s.series_id = pair.series_id AND s.day_on = pair.day_on ORDER BY s.day_on OFFSET 0
) AS d;

-- create_day_stage --
-- Closed days on their way, for this connection only.
CREATE TEMPORARY TABLE IF NOT EXISTS stage_series_day (LIKE series_day INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;

-- empty_day_stage --
-- Takes out what an earlier chunk of the same transaction staged.
DELETE FROM stage_series_day;

-- stage_days --
-- Takes days in binary, their slots as they come.
COPY stage_series_day (
    series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, reason,
    due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at
) FROM STDIN (FORMAT BINARY);

-- write_staged_days --
-- Writes staged days over those that stand there.
INSERT INTO series_day (
    series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, reason,
    due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at
)
SELECT
    series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, reason,
    due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at
FROM stage_series_day
ON CONFLICT (series_id, day_on) DO UPDATE SET
    slot_minutes = excluded.slot_minutes,
    unit = excluded.unit,
    scale = excluded.scale,
    energy = excluded.energy,
    face_scale = excluded.face_scale,
    face = excluded.face,
    quality = excluded.quality,
    method = excluded.method,
    reason = excluded.reason,
    due_slots = excluded.due_slots,
    received_slots = excluded.received_slots,
    total_energy = excluded.total_energy,
    measured_energy = excluded.measured_energy,
    content_hash = excluded.content_hash,
    computed_at = excluded.computed_at;

-- forget_estimates --
-- Takes out what stands of the estimates of days that are written anew.
DELETE FROM series_day_estimate AS e
USING stage_series_day AS d
WHERE e.series_id = d.series_id AND e.day_on = d.day_on;

-- write_estimates --
-- Takes estimates of written days in binary.
COPY series_day_estimate (
    series_id, day_on, first_slot, slot_count, method, donor_days, donor_series_id, exclusion_id, decision_id,
    agreed_value_id, reasons, gap, known_energy
) FROM STDIN (FORMAT BINARY);

-- mark_intervals_beside --
-- Puts days of intervals with slots that are not measured on the changed list, where the register beside them was written
-- anew: what they are scaled to may have changed.
INSERT INTO changed_mark (series_id, day_on)
SELECT DISTINCT
    i.series_id,
    written.day_on
FROM stage_series_day AS written
INNER JOIN series AS r ON written.series_id = r.series_id AND r.kind = 'register'
INNER JOIN series AS i ON r.point_id = i.point_id AND r.quantity = i.quantity AND i.kind = 'interval'
INNER JOIN series_day AS d ON i.series_id = d.series_id AND written.day_on = d.day_on
WHERE d.quality ~ '[ENX]'
AND NOT EXISTS (SELECT 1 FROM changed_mark AS m WHERE m.series_id = i.series_id AND m.day_on = written.day_on);

-- mark_for_audit --
-- Asks the rules to look again at the given (series, day) pairs, and for their features before.
WITH pair AS (
    SELECT
        series_id,
        day_on
    FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS given (series_id, day_on)
),

features AS (
    INSERT INTO feature_mark (series_id, day_on)
    SELECT
        pair.series_id,
        pair.day_on
    FROM pair
)

INSERT INTO audit_mark (series_id, day_on)
SELECT
    pair.series_id,
    pair.day_on
FROM pair;
