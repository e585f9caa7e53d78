-- balance_units --
-- The units of the given months, each as it was on the month's first day: a unit that moved or changed its sector is in
-- the region and sector of then.
SELECT
    asked.unit_id,
    asked.month_on,
    u.unit_code,
    coalesce(v.division_code, u.division_code) AS division_code,
    coalesce(v.industry_code, u.industry_code) AS industry_code
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS asked (unit_id, month_on)
INNER JOIN unit AS u ON asked.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT
        one.division_code,
        one.industry_code
    FROM unit_version AS one
    WHERE one.unit_id = u.unit_id AND (one.valid_from IS NULL OR one.valid_from <= asked.month_on)
    ORDER BY one.valid_from DESC NULLS LAST, one.unit_version_id DESC
    LIMIT 1
) AS v ON TRUE;

-- balance_points --
-- Points of the given unit months, one row each: those that a series of energy measures then or that have totals, and those
-- that are the sum of others. One that counts in a cell and that neither a series nor a formula has ever told anything of
-- is there too, as one that is silent: what goes through it is not zero. (The first two digits of the data code are the
-- process.)
SELECT
    asked.unit_id,
    asked.month_on,
    p.point_id,
    p.point_code,
    left(p.data_code, 2) AS process_code,
    p.variety_code,
    p.flow,
    p.conversion,
    p.use,
    measured.is_metered
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS asked (unit_id, month_on)
INNER JOIN point AS p ON asked.unit_id = p.unit_id
CROSS JOIN LATERAL (
    SELECT
        EXISTS (SELECT 1 FROM point_month AS m WHERE m.point_id = p.point_id AND m.month_on = asked.month_on)
        OR EXISTS (
            SELECT 1
            FROM series AS s
            INNER JOIN series_version AS v ON s.series_id = v.series_id
            WHERE
                s.point_id = p.point_id
                AND s.kind IN ('register', 'interval')
                AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
                AND v.valid && tstzrange(
                    asked.month_on::timestamp AT TIME ZONE 'Asia/Shanghai',
                    (asked.month_on + INTERVAL '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai'
                )
        )
        OR (
            (p.flow <> 'internal' OR p.use = 'non_industrial')
            AND NOT EXISTS (
                SELECT 1 FROM series AS s
                WHERE s.point_id = p.point_id AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
            )
            AND NOT EXISTS (SELECT 1 FROM network_term AS n WHERE n.whole_point_id = p.point_id)
        ) AS is_metered
) AS measured
WHERE
    measured.is_metered
    OR EXISTS (
        SELECT 1 FROM network_term AS n
        WHERE
            n.whole_point_id = p.point_id
            AND n.valid_from < (asked.month_on + INTERVAL '1 month')::date
            AND (n.valid_to IS NULL OR n.valid_to > asked.month_on)
    )
ORDER BY asked.unit_id, asked.month_on, p.point_id;

-- balance_point_months --
-- Month totals of the points of the given unit months, one row a point that has any.
SELECT
    asked.unit_id, asked.month_on, m.point_id, m.unit, m.energy, m.measured_energy, m.due_slots, m.received_slots,
    m.known_slots
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS asked (unit_id, month_on)
INNER JOIN point AS p ON asked.unit_id = p.unit_id
INNER JOIN point_month AS m ON p.point_id = m.point_id AND asked.month_on = m.month_on
ORDER BY asked.unit_id, asked.month_on, m.point_id;

-- balance_point_spans --
-- Totals of a unit's points over spans of days `[first_on, end_on)`, as month totals are made: every day is due.
SELECT
    asked.unit_id,
    asked.month_on,
    p.point_id,
    asked.first_on,
    asked.end_on,
    d.unit,
    sum(d.energy) AS energy,
    sum(d.measured_energy) AS measured_energy,
    (sum(d.due_slots) + (asked.end_on - asked.first_on - count(*)) * max(d.due_slots))::bigint AS due_slots,
    sum(d.received_slots) AS received_slots,
    sum(d.known_slots) AS known_slots
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[], %(first_days)s::date[], %(end_days)s::date[])
    AS asked (unit_id, month_on, first_on, end_on)
INNER JOIN point AS p ON asked.unit_id = p.unit_id
INNER JOIN point_day AS d ON p.point_id = d.point_id AND d.day_on >= asked.first_on AND d.day_on < asked.end_on
GROUP BY asked.unit_id, asked.month_on, p.point_id, asked.first_on, asked.end_on, d.unit
ORDER BY asked.unit_id, asked.month_on, p.point_id, asked.first_on;

-- balance_terms --
-- Terms of the units' network formulas that hold on a day of the month, one row each.
SELECT asked.unit_id, asked.month_on, n.whole_point_id, n.part_point_id, n.sign::integer AS sign, n.valid_from, n.valid_to
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS asked (unit_id, month_on)
INNER JOIN point AS p ON asked.unit_id = p.unit_id
INNER JOIN network_term AS n ON p.point_id = n.whole_point_id
WHERE
    n.valid_from < (asked.month_on + INTERVAL '1 month')::date
    AND (n.valid_to IS NULL OR n.valid_to > asked.month_on)
ORDER BY asked.unit_id, asked.month_on, n.whole_point_id, n.part_point_id, n.valid_from;

-- balance_heating_values --
-- Measured heating values in force of lots that were burnt in the given unit months.
SELECT
    asked.unit_id, asked.month_on, h.heating_value_id, h.variety_code, h.lot, h.test_sheet_no, h.valid_from, h.valid_to,
    h.quantity, h.quantity_unit, h.heating_value, h.heating_value_unit
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS asked (unit_id, month_on)
INNER JOIN heating_value_in_force AS h ON asked.unit_id = h.unit_id
WHERE h.valid_from < (asked.month_on + INTERVAL '1 month')::date AND h.valid_to > asked.month_on
ORDER BY asked.unit_id, asked.month_on, h.heating_value_id;

-- balance_equal_values --
-- Equal values in force of the regions that the units of the given months lay in then: county, city and province.
SELECT
    asked.unit_id, asked.month_on, e.equal_value_id, e.region_code, e.year::integer AS year, e.variety_code,
    e.kgce_per_unit, e.unit, e.document_no, e.source, e.confidence
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[], %(division_codes)s::text[])
    AS asked (unit_id, month_on, division_code)
INNER JOIN equal_value_in_force AS e
    ON
        e.year = extract(YEAR FROM asked.month_on)
        AND e.region_code IN (
            asked.division_code, left(asked.division_code, 4) || '00', left(asked.division_code, 2) || '0000'
        )
ORDER BY asked.unit_id, asked.month_on, e.equal_value_id;

-- balance_outputs --
-- Products that the units made in the given months, each with the processes that make it then, none where nobody says.
SELECT
    asked.unit_id,
    asked.month_on,
    o.product_code,
    o.quantity,
    o.unit,
    coalesce(made.process_codes, '{}') AS process_codes
FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS asked (unit_id, month_on)
INNER JOIN production_output AS o ON asked.unit_id = o.unit_id AND asked.month_on = o.month_on
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT p.process_code ORDER BY p.process_code) AS process_codes
    FROM product_process AS p
    WHERE
        p.unit_id = o.unit_id AND p.product_code = o.product_code
        AND p.valid_from <= asked.month_on
        AND (p.valid_to IS NULL OR p.valid_to >= (asked.month_on + INTERVAL '1 month')::date)
) AS made
ORDER BY asked.unit_id, asked.month_on, o.product_code;
