-- lock_closing --
-- Makes this transaction the only one that closes days.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao close days', 0));

-- next_marks --
-- The oldest (series, day) pairs on the changed list, each once, by day and series; at most max_pairs.
SELECT DISTINCT day_on, series_id
FROM changed_mark
ORDER BY day_on, series_id
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
    v.register_modulus
FROM series AS s
INNER JOIN series_version AS v ON s.series_id = v.series_id
WHERE s.series_id = ANY(%(series_ids)s::integer[])
ORDER BY s.series_id, lower(v.valid) NULLS FIRST;

-- series_exclusions --
-- Spans of the given series that decisions took out.
SELECT
    e.series_id,
    floor(extract(EPOCH FROM lower(e.span)))::bigint AS begin_s,
    floor(extract(EPOCH FROM upper(e.span)))::bigint AS end_s
FROM exclusion_in_force AS e
WHERE e.series_id = ANY(%(series_ids)s::integer[]) AND NOT isempty(e.span)
ORDER BY e.series_id, lower(e.span) NULLS FIRST;

-- register_neighbours --
-- For each run of time of a series, the last valid register at or before its begin and the first at or after its end, no
-- farther than `reach` away; null where there is none. Valid: on the grid of its version, not inside an exclusion.
SELECT
    run.run_no,
    earlier.at AS before_at,
    later.at AS after_at
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
) AS later ON TRUE;

-- readings_of_runs --
-- Readings in force of each run of time of a series, ends included, as two arrays in order of time; no row for a run
-- without readings. `first_at` and `last_at` are the outer bounds of all runs: as plain values they exclude chunks.
SELECT
    run.run_no,
    array_agg(floor(extract(EPOCH FROM r.at))::bigint ORDER BY r.at) AS ats_s,
    array_agg(r.value ORDER BY r.at) AS readings
FROM unnest(%(series_ids)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
WITH ORDINALITY AS run (series_id, begin_at, end_at, run_no)
INNER JOIN reading_in_force AS r ON run.series_id = r.series_id AND r.at BETWEEN run.begin_at AND run.end_at
WHERE r.at BETWEEN %(first_at)s AND %(last_at)s
GROUP BY run.run_no;

-- content_hashes --
-- Content hashes of the given (series, day) pairs that have a row.
SELECT
    d.series_id,
    d.day_on,
    d.content_hash
FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on)
INNER JOIN series_day AS d ON pair.series_id = d.series_id AND pair.day_on = d.day_on;

-- write_series_day --
-- Writes one day of a series over the one that stands there.
INSERT INTO series_day (
    series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method,
    due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at
)
VALUES (
    %(series_id)s, %(day_on)s, %(slot_minutes)s, %(unit)s, %(scale)s, %(energy)s::text::bigint[],
    %(face_scale)s, %(face)s::text::bigint[], %(quality)s, %(method)s,
    %(due_slots)s, %(received_slots)s, %(total_energy)s, %(measured_energy)s, %(content_hash)s, %(computed_at)s
)
ON CONFLICT (series_id, day_on) DO UPDATE SET
    slot_minutes = excluded.slot_minutes,
    unit = excluded.unit,
    scale = excluded.scale,
    energy = excluded.energy,
    face_scale = excluded.face_scale,
    face = excluded.face,
    quality = excluded.quality,
    method = excluded.method,
    due_slots = excluded.due_slots,
    received_slots = excluded.received_slots,
    total_energy = excluded.total_energy,
    measured_energy = excluded.measured_energy,
    content_hash = excluded.content_hash,
    computed_at = excluded.computed_at;

-- mark_for_audit --
-- Asks the rules to look again at the given (series, day) pairs.
INSERT INTO audit_mark (series_id, day_on)
SELECT pair.series_id, pair.day_on
FROM unnest(%(series_ids)s::integer[], %(days)s::date[]) AS pair (series_id, day_on);
