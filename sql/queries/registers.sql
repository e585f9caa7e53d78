-- unit_keys --
-- Every registered unit: one row each.
SELECT unit_code FROM unit;

-- meter_keys --
-- Every registered meter: one row each.
SELECT u.unit_code, m.meter_no
FROM meter AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id;

-- point_keys --
-- Every registered point: one row each.
SELECT u.unit_code, p.point_code
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id;

-- variety_codes --
-- Every variety code of any edition: one row each.
SELECT DISTINCT variety_code FROM variety;

-- add_unit --
-- A unit; returns true where it was new, false where it stands exactly so already, no row where it differs.
WITH added AS (
    INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
    VALUES (%(unit_code)s, %(name)s, %(division_code)s, %(industry_code)s, %(field)s, %(collected_under)s)
    ON CONFLICT DO NOTHING
    RETURNING TRUE AS is_new
)

SELECT is_new FROM added
UNION ALL
SELECT FALSE
FROM unit
WHERE
    unit_code = %(unit_code)s AND name = %(name)s AND division_code = %(division_code)s
    AND industry_code = %(industry_code)s AND field = %(field)s AND collected_under = %(collected_under)s;

-- add_meter --
-- A meter; returns true where it was new, false where it stands exactly so already, no row where it differs.
WITH added AS (
    INSERT INTO meter (unit_id, meter_no, model, accuracy_class, verified_on, next_verification_on, state)
    SELECT
        u.unit_id, %(meter_no)s, %(model)s, %(accuracy_class)s,
        %(verified_on)s::date, %(next_verification_on)s::date, %(state)s
    FROM unit AS u
    WHERE u.unit_code = %(unit_code)s
    ON CONFLICT DO NOTHING
    RETURNING TRUE AS is_new
)

SELECT is_new FROM added
UNION ALL
SELECT FALSE
FROM meter AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND m.meter_no = %(meter_no)s AND m.model = %(model)s
    AND m.accuracy_class = %(accuracy_class)s AND m.verified_on IS NOT DISTINCT FROM %(verified_on)s::date
    AND m.next_verification_on IS NOT DISTINCT FROM %(next_verification_on)s::date AND m.state = %(state)s;

-- add_point --
-- A point; returns true where it was new, false where it stands exactly so already, no row where it differs.
WITH added AS (
    INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
    SELECT u.unit_id, %(point_code)s, %(data_code)s, %(name)s, %(variety_code)s, %(flow)s, %(use)s
    FROM unit AS u
    WHERE u.unit_code = %(unit_code)s
    ON CONFLICT DO NOTHING
    RETURNING TRUE AS is_new
)

SELECT is_new FROM added
UNION ALL
SELECT FALSE
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s AND p.data_code = %(data_code)s
    AND p.name = %(name)s AND p.variety_code = %(variety_code)s AND p.flow = %(flow)s AND p.use = %(use)s;

-- add_series --
-- A series without its versions; a series that is there already is left alone. No rows.
INSERT INTO series (point_id, quantity, kind, period)
SELECT p.point_id, %(quantity)s, %(kind)s, %(period)s
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
ON CONFLICT DO NOTHING;

-- add_series_version --
-- A version of a series; returns true where it was new, false where it stands exactly so, no row where it clashes.
WITH wanted AS (
    SELECT
        s.series_id,
        m.meter_id,
        tstzrange(%(valid_from)s::timestamptz, %(valid_to)s::timestamptz) AS valid
    FROM series AS s
    INNER JOIN point AS p ON s.point_id = p.point_id
    INNER JOIN unit AS u ON p.unit_id = u.unit_id
    INNER JOIN meter AS m ON u.unit_id = m.unit_id AND m.meter_no = %(meter_no)s
    WHERE
        u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
        AND s.quantity = %(quantity)s AND s.kind = %(kind)s AND s.period = %(period)s
),

added AS (
    INSERT INTO series_version (
        series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals, register_modulus
    )
    SELECT
        w.series_id, w.valid, w.meter_id, %(unit)s, %(slot_minutes)s, %(multiplier)s, %(multiplier_applied_by)s,
        %(decimals)s, %(register_modulus)s::numeric
    FROM wanted AS w
    WHERE NOT EXISTS (SELECT 1 FROM series_version AS v WHERE v.series_id = w.series_id AND v.valid && w.valid)
    RETURNING TRUE AS is_new
)

SELECT is_new FROM added
UNION ALL
SELECT FALSE
FROM series_version AS v
INNER JOIN wanted AS w ON v.series_id = w.series_id AND v.valid = w.valid AND v.meter_id = w.meter_id
WHERE
    v.unit = %(unit)s AND v.slot_minutes = %(slot_minutes)s AND v.multiplier = %(multiplier)s
    AND v.multiplier_applied_by = %(multiplier_applied_by)s AND v.decimals = %(decimals)s
    AND v.register_modulus IS NOT DISTINCT FROM %(register_modulus)s::numeric;

-- add_network_term --
-- A term of a network formula; returns true where it was new, false where it stands exactly so, no row where it differs.
WITH wanted AS (
    SELECT w.point_id AS whole_point_id, p.point_id AS part_point_id
    FROM unit AS u
    INNER JOIN point AS w ON u.unit_id = w.unit_id AND w.point_code = %(whole_point_code)s
    INNER JOIN point AS p ON u.unit_id = p.unit_id AND p.point_code = %(part_point_code)s
    WHERE u.unit_code = %(unit_code)s
),

added AS (
    INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from, valid_to)
    SELECT whole_point_id, part_point_id, %(sign)s, %(valid_from)s::date, %(valid_to)s::date FROM wanted
    ON CONFLICT DO NOTHING
    RETURNING TRUE AS is_new
)

SELECT is_new FROM added
UNION ALL
SELECT FALSE
FROM network_term AS t
INNER JOIN wanted AS w ON t.whole_point_id = w.whole_point_id AND t.part_point_id = w.part_point_id
WHERE
    t.sign = %(sign)s AND t.valid_from = %(valid_from)s::date
    AND t.valid_to IS NOT DISTINCT FROM %(valid_to)s::date;

-- mark_network_months --
-- Asks for new balances of the months in which a term of a unit's network is valid and that have one.
INSERT INTO month_mark (unit_id, month_on)
SELECT DISTINCT
    b.unit_id,
    b.month_on
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s
    AND (b.month_on + INTERVAL '1 month')::date > %(valid_from)s::date
    AND (%(valid_to)s::date IS NULL OR b.month_on < %(valid_to)s::date);
