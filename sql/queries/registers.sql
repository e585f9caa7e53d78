-- lock_registers --
-- Makes this transaction the only one that imports registers.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao registers', 0));

-- gateway_keys --
-- Every gateway of the given units: one row each.
SELECT
    u.unit_code,
    g.gateway_code
FROM gateway AS g
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE u.unit_code = ANY(%(unit_codes)s::text[]);

-- variety_codes --
-- Every variety code of any edition: one row each.
SELECT DISTINCT variety_code FROM variety;

-- add_units --
-- A unit.
INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
VALUES (%(unit_code)s, %(name)s, %(division_code)s, %(industry_code)s, %(field)s, %(collected_under)s);

-- keep_first_version --
-- What a unit was before its first version with a date, where no row says it yet.
INSERT INTO unit_version (unit_id, valid_from, name, division_code, industry_code, reason)
SELECT
    u.unit_id,
    NULL,
    u.name,
    u.division_code,
    u.industry_code,
    'registered'
FROM unit AS u
WHERE u.unit_code = ANY(%(unit_codes)s::text[])
ON CONFLICT ON CONSTRAINT unit_version_once DO NOTHING;

-- add_unit_versions --
-- A version of a unit.
INSERT INTO unit_version (
    unit_id, valid_from, name, division_code, industry_code, parent_code, successor_unit_id, reason, document_no
)
SELECT
    u.unit_id,
    %(valid_from)s::date,
    %(name)s,
    %(division_code)s,
    %(industry_code)s,
    %(parent_code)s,
    (SELECT s.unit_id FROM unit AS s WHERE s.unit_code = %(successor_code)s),
    %(reason)s,
    %(document_no)s
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- follow_newest_version --
-- Brings units to their newest version.
UPDATE unit AS u
SET name = v.name, division_code = v.division_code, industry_code = v.industry_code
FROM (
    SELECT DISTINCT ON (x.unit_id)
        x.unit_id,
        x.name,
        x.division_code,
        x.industry_code
    FROM unit_version AS x
    ORDER BY x.unit_id, x.valid_from DESC NULLS LAST
) AS v
WHERE
    u.unit_id = v.unit_id AND u.unit_code = ANY(%(unit_codes)s::text[])
    AND (u.name, u.division_code, u.industry_code) <> (v.name, v.division_code, v.industry_code);

-- add_meters --
-- Meters: `rows` is a JSON array of rows by column, as with every query of this file that adds many at once.
INSERT INTO meter (
    unit_id, meter_no, name, instrument, variety_code, metering_level, model, accuracy_class, measuring_range, maker,
    serial_no, place, installed_on, cycle_months, verified_on, next_verification_on, verified_by, certificate_no, state
)
SELECT
    u.unit_id,
    r.meter_no,
    r.name,
    r.instrument,
    r.variety_code,
    r.metering_level,
    r.model,
    r.accuracy_class,
    r.measuring_range,
    r.maker,
    r.serial_no,
    r.place,
    r.installed_on,
    r.cycle_months,
    r.verified_on,
    r.next_verification_on,
    r.verified_by,
    r.certificate_no,
    r.state
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    unit_code text, meter_no text, name text, instrument text, variety_code text, metering_level smallint, model text,
    accuracy_class text, measuring_range text, maker text, serial_no text, place text, installed_on date,
    cycle_months smallint, verified_on date, next_verification_on date, verified_by text, certificate_no text, state text
)
INNER JOIN unit AS u ON r.unit_code = u.unit_code;

-- fill_meters --
-- Cells of the ledger that were empty.
UPDATE meter AS m
SET
    name = coalesce(m.name, %(name)s),
    instrument = coalesce(m.instrument, %(instrument)s),
    variety_code = coalesce(m.variety_code, %(variety_code)s),
    metering_level = coalesce(m.metering_level, %(metering_level)s::smallint),
    measuring_range = coalesce(m.measuring_range, %(measuring_range)s),
    maker = coalesce(m.maker, %(maker)s),
    serial_no = coalesce(m.serial_no, %(serial_no)s),
    place = coalesce(m.place, %(place)s),
    installed_on = coalesce(m.installed_on, %(installed_on)s::date),
    cycle_months = coalesce(m.cycle_months, %(cycle_months)s::smallint),
    verified_on = coalesce(m.verified_on, %(verified_on)s::date),
    next_verification_on = coalesce(m.next_verification_on, %(next_verification_on)s::date),
    verified_by = coalesce(m.verified_by, %(verified_by)s),
    certificate_no = coalesce(m.certificate_no, %(certificate_no)s)
FROM unit AS u
WHERE m.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND m.meter_no = %(meter_no)s;

-- add_meter_verifications --
-- A verification of a meter.
INSERT INTO meter_verification (meter_id, verified_on, next_verification_on, verified_by, certificate_no, result)
SELECT
    m.meter_id,
    %(verified_on)s::date,
    %(next_verification_on)s::date,
    %(verified_by)s,
    %(certificate_no)s,
    %(result)s
FROM meter AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE u.unit_code = %(unit_code)s AND m.meter_no = %(meter_no)s;

-- add_meter_states --
-- A change of a meter's state.
INSERT INTO meter_state_change (meter_id, changed_on, state, reason, declared_by)
SELECT
    m.meter_id,
    %(changed_on)s::date,
    %(state)s,
    %(reason)s,
    %(declared_by)s
FROM meter AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE u.unit_code = %(unit_code)s AND m.meter_no = %(meter_no)s;

-- add_points --
-- Points.
INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use, conversion)
SELECT
    u.unit_id,
    r.point_code,
    r.data_code,
    r.name,
    r.variety_code,
    r.flow,
    r.use,
    r.conversion
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    unit_code text, point_code text, data_code text, name text, variety_code text, flow text, use text, conversion text
)
INNER JOIN unit AS u ON r.unit_code = u.unit_code;

-- name_series --
-- Series without their versions; those that are there already are left alone.
INSERT INTO series (point_id, quantity, kind, period)
SELECT DISTINCT
    p.point_id,
    r.quantity,
    r.kind,
    r.period
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    unit_code text, point_code text, quantity text, kind text, period text
)
INNER JOIN unit AS u ON r.unit_code = u.unit_code
INNER JOIN point AS p ON u.unit_id = p.unit_id AND r.point_code = p.point_code
ON CONFLICT DO NOTHING;

-- add_series --
-- Versions of series. Names are looked up one after the other: in a young database the planner knows no better.
WITH named AS MATERIALIZED (
    SELECT
        u.unit_id,
        (SELECT p.point_id FROM point AS p WHERE p.unit_id = u.unit_id AND p.point_code = r.point_code) AS point_id,
        r.quantity,
        r.kind,
        r.period,
        r.meter_no,
        tstzrange(r.valid_from, r.valid_to) AS valid,
        r.unit,
        r.slot_minutes,
        r.multiplier,
        r.multiplier_applied_by,
        r.decimals,
        r.register_modulus,
        r.rated_capacity,
        r.lowest_value,
        r.highest_value
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        unit_code text, point_code text, quantity text, kind text, period text, meter_no text, unit text,
        slot_minutes smallint, multiplier numeric, multiplier_applied_by text, decimals smallint,
        register_modulus numeric, rated_capacity numeric, lowest_value numeric, highest_value numeric,
        valid_from timestamptz, valid_to timestamptz
    )
    INNER JOIN unit AS u ON r.unit_code = u.unit_code
)

INSERT INTO series_version (
    series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals, register_modulus,
    rated_capacity, lowest_value, highest_value
)
SELECT
    (
        SELECT s.series_id FROM series AS s
        WHERE s.point_id = n.point_id AND s.quantity = n.quantity AND s.kind = n.kind AND s.period = n.period
    ),
    n.valid,
    (SELECT m.meter_id FROM meter AS m WHERE m.unit_id = n.unit_id AND m.meter_no = n.meter_no),
    n.unit,
    n.slot_minutes,
    n.multiplier,
    n.multiplier_applied_by,
    n.decimals,
    n.register_modulus,
    n.rated_capacity,
    n.lowest_value,
    n.highest_value
FROM named AS n;

-- fill_series --
-- Ends a version of a series.
UPDATE series_version AS v
SET valid = tstzrange(lower(v.valid), %(valid_to)s::timestamptz)
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE
    v.series_id = s.series_id
    AND coalesce(lower(v.valid), '1992-01-01 00:00+08'::timestamptz) = %(valid_from)s::timestamptz
    AND u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
    AND s.quantity = %(quantity)s AND s.kind = %(kind)s AND s.period = %(period)s;

-- mark_series_from --
-- Puts the days of a series on the changed list from the one of an instant on: what was closed there rests on the
-- version that was in force until now. The day before is one of them: it ends with the register at midnight.
INSERT INTO changed_mark (series_id, day_on)
SELECT
    s.series_id,
    wanted.day_on
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
CROSS JOIN LATERAL (
    SELECT (%(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date - n.back AS day_on
    FROM (VALUES (0), (1)) AS n (back)
    WHERE (%(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date <= %(today_on)s::date
    UNION
    SELECT d.day_on
    FROM series_day AS d
    WHERE d.series_id = s.series_id AND d.day_on >= (%(at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
) AS wanted
WHERE
    u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
    AND s.quantity = %(quantity)s AND s.kind = %(kind)s AND s.period = %(period)s;

-- add_meter_changes --
-- A declared change of a meter.
INSERT INTO meter_change (
    point_id, quantity, changed_at, old_meter_id, old_final, new_meter_id, new_initial, multiplier, decimals,
    register_modulus, certificate_no, reason, declared_by, declared_at, timeliness
)
SELECT
    p.point_id,
    %(quantity)s,
    %(changed_at)s::timestamptz,
    o.meter_id,
    %(old_final)s::numeric,
    n.meter_id,
    %(new_initial)s::numeric,
    %(multiplier)s::numeric,
    %(decimals)s::smallint,
    %(register_modulus)s::numeric,
    %(certificate_no)s,
    %(reason)s,
    %(declared_by)s,
    %(declared_at)s::timestamptz,
    %(timeliness)s
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
INNER JOIN meter AS o ON u.unit_id = o.unit_id AND o.meter_no = %(old_meter_no)s
INNER JOIN meter AS n ON u.unit_id = n.unit_id AND n.meter_no = %(new_meter_no)s
WHERE u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s;

-- add_multiplier_changes --
-- A declared change of a multiplier.
INSERT INTO multiplier_change (
    point_id, quantity, changed_at, old_multiplier, new_multiplier, final_register, initial_register, certificate_no,
    reason, declared_by, declared_at, timeliness
)
SELECT
    p.point_id,
    %(quantity)s,
    %(changed_at)s::timestamptz,
    %(old_multiplier)s::numeric,
    %(new_multiplier)s::numeric,
    %(final_register)s::numeric,
    %(initial_register)s::numeric,
    %(certificate_no)s,
    %(reason)s,
    %(declared_by)s,
    %(declared_at)s::timestamptz,
    %(timeliness)s
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s;

-- add_boundary_register --
-- A register value at one side of a declared change, for a register series of its point and quantity.
INSERT INTO boundary_register (series_id, at, side, value, meter_change_id, multiplier_change_id)
SELECT
    s.series_id,
    %(at)s::timestamptz,
    %(side)s,
    %(value)s::numeric,
    mc.meter_change_id,
    xc.multiplier_change_id
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
LEFT JOIN meter_change AS mc
    ON %(sheet_name)s = 'meter_changes' AND s.point_id = mc.point_id AND s.quantity = mc.quantity AND mc.changed_at = %(at)s
LEFT JOIN multiplier_change AS xc
    ON
        %(sheet_name)s = 'multiplier_changes' AND s.point_id = xc.point_id AND s.quantity = xc.quantity
        AND xc.changed_at = %(at)s
WHERE
    u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
    AND s.quantity = %(quantity)s AND s.kind = %(kind)s AND s.period = %(period)s;

-- add_network --
-- Terms of network formulas.
INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from, valid_to)
SELECT
    w.point_id,
    p.point_id,
    r.sign,
    r.valid_from,
    r.valid_to
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    unit_code text, whole_point_code text, part_point_code text, sign smallint, valid_from date, valid_to date
)
INNER JOIN unit AS u ON r.unit_code = u.unit_code
INNER JOIN point AS w ON u.unit_id = w.unit_id AND r.whole_point_code = w.point_code
INNER JOIN point AS p ON u.unit_id = p.unit_id AND r.part_point_code = p.point_code;

-- fill_network --
-- Ends a term of a network formula.
UPDATE network_term AS t
SET valid_to = %(valid_to)s::date
FROM unit AS u
INNER JOIN point AS w ON u.unit_id = w.unit_id AND w.point_code = %(whole_point_code)s
INNER JOIN point AS p ON u.unit_id = p.unit_id AND p.point_code = %(part_point_code)s
WHERE
    u.unit_code = %(unit_code)s AND t.whole_point_id = w.point_id AND t.part_point_id = p.point_id
    AND t.valid_from = %(valid_from)s::date;

-- add_check_meters --
-- A point whose meter checks another one's.
INSERT INTO check_meter (point_id, check_point_id, valid_from, valid_to)
SELECT
    p.point_id,
    k.point_id,
    %(valid_from)s::date,
    %(valid_to)s::date
FROM unit AS u
INNER JOIN point AS p ON u.unit_id = p.unit_id AND p.point_code = %(point_code)s
INNER JOIN point AS k ON u.unit_id = k.unit_id AND k.point_code = %(check_point_code)s
WHERE u.unit_code = %(unit_code)s;

-- fill_check_meters --
-- Ends the validity of a check meter.
UPDATE check_meter AS c
SET valid_to = %(valid_to)s::date
FROM unit AS u
INNER JOIN point AS p ON u.unit_id = p.unit_id AND p.point_code = %(point_code)s
INNER JOIN point AS k ON u.unit_id = k.unit_id AND k.point_code = %(check_point_code)s
WHERE
    u.unit_code = %(unit_code)s AND c.point_id = p.point_id AND c.check_point_id = k.point_id
    AND c.valid_from = %(valid_from)s::date;

-- mark_gaps --
-- Puts days with gaps of a point's series on the changed list, from a day on: a check meter may fill them now.
INSERT INTO changed_mark (series_id, day_on)
SELECT
    d.series_id,
    d.day_on
FROM series_day AS d
INNER JOIN series AS s ON d.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s AND s.kind IN ('register', 'interval')
    AND d.day_on >= %(from_on)s::date AND d.quality ~ '[EN]';

-- mark_stops --
-- Puts the days that a documented stop of a unit or a point touches on the changed list: its gaps are zero now, and what a
-- point's meter counted meanwhile is in question.
INSERT INTO changed_mark (series_id, day_on)
SELECT
    d.series_id,
    d.day_on
FROM unit AS u
INNER JOIN point AS p ON u.unit_id = p.unit_id
INNER JOIN series AS s ON p.point_id = s.point_id AND s.kind IN ('register', 'interval')
INNER JOIN series_day AS d ON s.series_id = d.series_id
WHERE
    u.unit_code = %(unit_code)s
    AND (p.point_code = %(point_code)s OR (%(point_code)s::text IS NULL AND %(kind)s = 'shutdown'))
    AND %(kind)s IN ('shutdown', 'line_stop', 'overhaul')
    AND btrim(%(document_no)s) <> ''
    AND d.day_on >= (%(begins_at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
    AND d.day_on::timestamp AT TIME ZONE 'Asia/Shanghai' < %(ends_at)s::timestamptz;

-- mark_meter_state --
-- Puts the days of a meter's series from a change of its state to the next one on the changed list: what it counts while it is
-- out of use is in question.
INSERT INTO changed_mark (series_id, day_on)
SELECT DISTINCT
    d.series_id,
    d.day_on
FROM unit AS u
INNER JOIN meter AS m ON u.unit_id = m.unit_id AND m.meter_no = %(meter_no)s
INNER JOIN series_version AS v ON m.meter_id = v.meter_id
INNER JOIN series_day AS d ON v.series_id = d.series_id
WHERE
    u.unit_code = %(unit_code)s
    AND d.day_on >= %(changed_on)s::date
    AND d.day_on < coalesce(
        (
            SELECT min(c.changed_on) FROM meter_state_change AS c
            WHERE c.meter_id = m.meter_id AND c.changed_on > %(changed_on)s::date
        ), 'infinity'
    );

-- mark_months --
-- Asks for new balances of the months of a unit from `first_on` to before `end_on` (null: all later) that have one.
INSERT INTO month_mark (unit_id, month_on)
SELECT DISTINCT
    b.unit_id,
    b.month_on
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s
    AND (b.month_on + INTERVAL '1 month')::date > %(first_on)s::date
    AND (%(end_on)s::date IS NULL OR b.month_on < %(end_on)s::date);

-- mark_equal_value --
-- Asks for new balances of the months of a region's units in the year that an equal value holds for.
INSERT INTO month_mark (unit_id, month_on)
SELECT DISTINCT
    b.unit_id,
    b.month_on
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
WHERE
    extract(YEAR FROM b.month_on) = %(year)s
    AND %(region_code)s IN (u.division_code, left(u.division_code, 4) || '00', left(u.division_code, 2) || '0000');

-- add_supply_accounts --
-- An account at a supplier.
INSERT INTO supply_account (
    unit_id, variety_code, account_no, provider, settlement_day, metered_side, valid_from, valid_to
)
SELECT
    u.unit_id,
    %(variety_code)s,
    %(account_no)s,
    %(provider)s,
    %(settlement_day)s::smallint,
    %(metered_side)s,
    %(valid_from)s::date,
    %(valid_to)s::date
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- fill_supply_accounts --
-- Cells of an account that were empty.
UPDATE supply_account AS a
SET
    metered_side = coalesce(a.metered_side, %(metered_side)s),
    valid_to = coalesce(a.valid_to, %(valid_to)s::date)
FROM unit AS u
WHERE
    a.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND a.variety_code = %(variety_code)s
    AND a.account_no = %(account_no)s;

-- add_supply_statements --
-- Statements of suppliers.
INSERT INTO supply_statement (supply_account_id, from_on, to_on, quantity, unit, amount_yuan, document_no)
SELECT
    a.supply_account_id,
    r.from_on,
    r.to_on,
    r.quantity,
    r.unit,
    r.amount_yuan,
    r.document_no
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
    unit_code text, variety_code text, account_no text, from_on date, to_on date, quantity numeric, unit text,
    amount_yuan numeric, document_no text
)
INNER JOIN unit AS u ON r.unit_code = u.unit_code
INNER JOIN supply_account AS a
    ON u.unit_id = a.unit_id AND r.variety_code = a.variety_code AND r.account_no = a.account_no;

-- add_production_outputs --
-- Output of a product in a month.
INSERT INTO production_output (unit_id, product_code, product_name, month_on, quantity, unit, document_no)
SELECT
    u.unit_id,
    %(product_code)s,
    %(product_name)s,
    %(month_on)s::date,
    %(quantity)s::numeric,
    %(unit)s,
    %(document_no)s
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- add_outage_filings --
-- A fault of collection that a unit filed.
INSERT INTO outage_filing (
    unit_id, gateway_id, point_id, fault_at, repaired_at, cause, detail, document_no, filed_at, timeliness
)
SELECT
    u.unit_id,
    (SELECT g.gateway_id FROM gateway AS g WHERE g.unit_id = u.unit_id AND g.gateway_code = %(gateway_code)s),
    (SELECT p.point_id FROM point AS p WHERE p.unit_id = u.unit_id AND p.point_code = %(point_code)s),
    %(fault_at)s::timestamptz,
    %(repaired_at)s::timestamptz,
    %(cause)s,
    %(detail)s,
    %(document_no)s,
    %(filed_at)s::timestamptz,
    %(timeliness)s
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- fill_outage_filings --
-- Cells of a filed fault that were empty: above all when it was mended.
UPDATE outage_filing AS o
SET
    repaired_at = coalesce(o.repaired_at, %(repaired_at)s::timestamptz),
    detail = coalesce(o.detail, %(detail)s),
    document_no = coalesce(o.document_no, %(document_no)s)
FROM unit AS u
WHERE
    o.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND o.fault_at = %(fault_at)s::timestamptz
    AND o.gateway_id IS NOT DISTINCT FROM (
        SELECT g.gateway_id FROM gateway AS g WHERE g.unit_id = u.unit_id AND g.gateway_code = %(gateway_code)s
    )
    AND o.point_id IS NOT DISTINCT FROM (
        SELECT p.point_id FROM point AS p WHERE p.unit_id = u.unit_id AND p.point_code = %(point_code)s
    );

-- add_context_events --
-- An event, of a unit or public.
INSERT INTO context_event (
    unit_id, point_id, kind, title, begins_at, ends_at, division_code, industry_code, document_no, filed_at
)
VALUES (
    (SELECT u.unit_id FROM unit AS u WHERE u.unit_code = %(unit_code)s),
    (
        SELECT p.point_id
        FROM point AS p
        INNER JOIN unit AS u ON p.unit_id = u.unit_id
        WHERE u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
    ),
    %(kind)s,
    %(title)s,
    %(begins_at)s::timestamptz,
    %(ends_at)s::timestamptz,
    %(division_code)s,
    %(industry_code)s,
    %(document_no)s,
    %(filed_at)s::timestamptz
);

-- fill_context_events --
-- Ends an event.
UPDATE context_event AS e
SET ends_at = %(ends_at)s::timestamptz
WHERE
    e.kind = %(kind)s AND e.begins_at = %(begins_at)s::timestamptz
    AND e.division_code IS NOT DISTINCT FROM %(division_code)s
    AND e.industry_code IS NOT DISTINCT FROM %(industry_code)s
    AND e.document_no IS NOT DISTINCT FROM %(document_no)s
    AND e.unit_id IS NOT DISTINCT FROM (SELECT u.unit_id FROM unit AS u WHERE u.unit_code = %(unit_code)s)
    AND e.point_id IS NOT DISTINCT FROM (
        SELECT p.point_id
        FROM point AS p
        INNER JOIN unit AS u ON p.unit_id = u.unit_id
        WHERE u.unit_code = %(unit_code)s AND p.point_code = %(point_code)s
    );

-- add_panel_members --
-- Membership of a unit in a panel.
INSERT INTO panel_member (panel_code, unit_id, entered_on, left_on, entry_reason, exit_reason, document_no)
SELECT
    %(panel_code)s,
    u.unit_id,
    %(entered_on)s::date,
    %(left_on)s::date,
    %(entry_reason)s,
    %(exit_reason)s,
    %(document_no)s
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- fill_panel_members --
-- Ends a membership.
UPDATE panel_member AS m
SET left_on = %(left_on)s::date, exit_reason = %(exit_reason)s
FROM unit AS u
WHERE
    m.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND m.panel_code = %(panel_code)s
    AND m.entered_on = %(entered_on)s::date;

-- add_heating_values --
-- A measured heating value of a lot.
INSERT INTO heating_value (
    unit_id, variety_code, lot, test_sheet_no, sampled_on, valid_from, valid_to, quantity, quantity_unit, heating_value,
    heating_value_unit, laboratory, document_no, replaces_test_sheet_no
)
SELECT
    u.unit_id, %(variety_code)s, %(lot)s, %(test_sheet_no)s, %(sampled_on)s::date, %(valid_from)s::date,
    %(valid_to)s::date, %(quantity)s::numeric, %(quantity_unit)s, %(heating_value)s::numeric, %(heating_value_unit)s,
    %(laboratory)s, %(document_no)s, %(replaces_test_sheet_no)s
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- add_equal_values --
-- An equal value of a region and year.
INSERT INTO equal_value (
    region_code, year, variety_code, kgce_per_unit, unit, document_no, source, confidence, replaces_document_no
)
VALUES (
    %(region_code)s, %(year)s, %(variety_code)s, %(kgce_per_unit)s::numeric, %(unit)s, %(document_no)s, %(source)s,
    %(confidence)s, %(replaces_document_no)s
);

-- add_stock_yards --
-- What a yard or tank holds since a day.
INSERT INTO stock_yard (
    unit_id, yard_no, variety_code, capacity, capacity_unit, tenure, valid_from, document_no
)
SELECT
    u.unit_id, %(yard_no)s, %(variety_code)s, %(capacity)s::numeric, %(capacity_unit)s, %(tenure)s,
    %(valid_from)s::date, %(document_no)s
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;

-- add_product_processes --
-- A process that makes a product.
INSERT INTO product_process (unit_id, product_code, process_code, valid_from, valid_to)
SELECT u.unit_id, %(product_code)s, %(process_code)s, %(valid_from)s::date, %(valid_to)s::date
FROM unit AS u
WHERE u.unit_code = %(unit_code)s;
