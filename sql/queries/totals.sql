-- points_of_series --
-- Every series of the points that the given series belong to, with the point's unit and variety.
SELECT
    p.point_id,
    p.unit_id,
    p.variety_code,
    s.series_id,
    s.quantity,
    s.kind,
    s.period
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE p.point_id IN (SELECT asked.point_id FROM series AS asked WHERE asked.series_id = ANY(%(series_ids)s::integer[]))
ORDER BY p.point_id, s.series_id;

-- write_point_days --
-- Day totals of the given (point, day) pairs, each from the best of its candidate series that knows anything of the day
-- (a silent register leaves the word to the intervals beside it), else from the best that has it; returns the pairs whose
-- row is new or changed. Totals come in the base unit of what the series measures.
WITH chosen AS (
    SELECT DISTINCT ON (pair.point_id, pair.day_on)
        pair.point_id,
        d.series_id,
        d.day_on,
        base.base_unit AS unit,
        base.factor,
        trim_scale(d.total_energy * base.factor) AS energy,
        trim_scale(d.measured_energy * base.factor) AS measured_energy,
        d.due_slots,
        d.received_slots,
        length(translate(d.quality, 'NX', '')) AS known_slots
    FROM unnest(%(point_ids)s::integer[], %(days)s::date[]) AS pair (point_id, day_on)
    INNER JOIN unnest(
        %(candidate_point_ids)s::integer[], %(candidate_series_ids)s::integer[], %(candidate_ranks)s::integer[]
    ) AS candidate (point_id, series_id, place) ON pair.point_id = candidate.point_id
    -- Looked up row by row: a join would read all that is stored once a few thousand rows are asked for.
    CROSS JOIN LATERAL (
        SELECT * FROM series_day AS s WHERE s.series_id = candidate.series_id AND s.day_on = pair.day_on ORDER BY s.day_on OFFSET 0
    ) AS d
    INNER JOIN unnest(%(units)s::text[], %(base_units)s::text[], %(factors)s::numeric[]) AS base (unit, base_unit, factor)
        ON d.unit = base.unit
    ORDER BY pair.point_id, pair.day_on, (d.total_energy IS NULL), candidate.place
)
INSERT INTO point_day AS t (
    point_id, day_on, series_id, unit, base_factor, energy, measured_energy, due_slots, received_slots, known_slots
)
SELECT point_id, day_on, series_id, unit, factor, energy, measured_energy, due_slots, received_slots, known_slots
FROM chosen
ON CONFLICT (point_id, day_on) DO UPDATE SET
    series_id = excluded.series_id,
    unit = excluded.unit,
    base_factor = excluded.base_factor,
    energy = excluded.energy,
    measured_energy = excluded.measured_energy,
    due_slots = excluded.due_slots,
    received_slots = excluded.received_slots,
    known_slots = excluded.known_slots
WHERE
    (t.series_id, t.unit, t.base_factor, t.energy, t.measured_energy, t.due_slots, t.received_slots, t.known_slots)
    IS DISTINCT FROM (
        excluded.series_id, excluded.unit, excluded.base_factor, excluded.energy, excluded.measured_energy,
        excluded.due_slots, excluded.received_slots, excluded.known_slots
    )
RETURNING t.point_id, t.day_on;

-- write_point_months --
-- Month totals of the given (point, month) pairs from their day totals; returns the pairs whose row is new or changed.
-- Every day of the month is due, a day without a row with as many slots as the month's fullest day.
INSERT INTO point_month AS t (
    point_id, month_on, unit, energy, measured_energy, due_slots, received_slots, known_slots
)
SELECT
    pair.point_id,
    pair.month_on,
    d.unit,
    d.energy,
    d.measured_energy,
    d.due_slots + ((pair.month_on + INTERVAL '1 month')::date - pair.month_on - d.day_count) * d.most_slots AS due_slots,
    d.received_slots,
    d.known_slots
FROM unnest(%(point_ids)s::integer[], %(months)s::date[]) AS pair (point_id, month_on)
CROSS JOIN LATERAL (
    SELECT
        one.unit,
        sum(one.energy) AS energy,
        sum(one.measured_energy) AS measured_energy,
        sum(one.due_slots) AS due_slots,
        count(*) AS day_count,
        max(one.due_slots) AS most_slots,
        sum(one.received_slots) AS received_slots,
        sum(one.known_slots) AS known_slots
    FROM point_day AS one
    WHERE
        one.point_id = pair.point_id
        AND one.day_on >= pair.month_on
        AND one.day_on < (pair.month_on + INTERVAL '1 month')::date
    GROUP BY one.unit
) AS d
ON CONFLICT (point_id, month_on) DO UPDATE SET
    unit = excluded.unit,
    energy = excluded.energy,
    measured_energy = excluded.measured_energy,
    due_slots = excluded.due_slots,
    received_slots = excluded.received_slots,
    known_slots = excluded.known_slots
WHERE
    (t.unit, t.energy, t.measured_energy, t.due_slots, t.received_slots, t.known_slots)
    IS DISTINCT FROM (
        excluded.unit, excluded.energy, excluded.measured_energy,
        excluded.due_slots, excluded.received_slots, excluded.known_slots
    )
RETURNING t.point_id, t.month_on;

-- mark_months --
-- Asks for new balances of the given unit months.
INSERT INTO month_mark (unit_id, month_on)
SELECT pair.unit_id, pair.month_on
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS pair (unit_id, month_on);
