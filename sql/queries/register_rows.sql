-- units --
-- Units, one row each, as the sheet of a register file names its columns; so it is with every query of this file.
-- `unit_codes` null is every unit.
SELECT
    u.unit_code,
    u.name,
    u.division_code,
    u.industry_code,
    u.field,
    u.collected_under
FROM unit AS u
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code;

-- unit_versions --
-- What units were since when.
SELECT
    u.unit_code,
    v.valid_from,
    v.name,
    v.division_code,
    v.industry_code,
    v.parent_code,
    v.reason,
    s.unit_code AS successor_code,
    v.document_no
FROM unit_version AS v
INNER JOIN unit AS u ON v.unit_id = u.unit_id
LEFT JOIN unit AS s ON v.successor_unit_id = s.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, v.valid_from NULLS FIRST;

-- meters --
-- Meters as they were registered.
SELECT
    u.unit_code,
    m.meter_no,
    m.name,
    m.instrument,
    m.variety_code,
    m.metering_level,
    m.model,
    m.accuracy_class,
    m.measuring_range,
    m.maker,
    m.serial_no,
    m.place,
    m.installed_on,
    m.cycle_months,
    m.verified_on,
    m.next_verification_on,
    m.verified_by,
    m.certificate_no,
    m.state
FROM meter AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, m.meter_no;

-- meter_verifications --
-- Verifications of meters.
SELECT
    u.unit_code,
    m.meter_no,
    v.verified_on,
    v.next_verification_on,
    v.verified_by,
    v.certificate_no,
    v.result
FROM meter_verification AS v
INNER JOIN meter AS m ON v.meter_id = m.meter_id
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, m.meter_no, v.verified_on;

-- meter_states --
-- Changes of the state of meters.
SELECT
    u.unit_code,
    m.meter_no,
    c.changed_on,
    c.state,
    c.reason,
    c.declared_by
FROM meter_state_change AS c
INNER JOIN meter AS m ON c.meter_id = m.meter_id
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, m.meter_no, c.changed_on;

-- points --
-- Points.
SELECT
    u.unit_code,
    p.point_code,
    p.data_code,
    p.name,
    p.variety_code,
    p.flow,
    p.use,
    p.conversion
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, p.point_code;

-- series --
-- Versions of series; one that has no beginning is as old as days are here (nenghao.domain.periods).
SELECT
    u.unit_code,
    p.point_code,
    s.quantity,
    s.kind,
    s.period,
    m.meter_no,
    v.unit,
    v.slot_minutes,
    v.multiplier,
    v.multiplier_applied_by,
    v.decimals,
    v.register_modulus,
    v.rated_capacity,
    v.lowest_value,
    v.highest_value,
    coalesce(lower(v.valid), '1992-01-01 00:00+08'::timestamptz) AS valid_from,
    upper(v.valid) AS valid_to
FROM series_version AS v
INNER JOIN series AS s ON v.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
INNER JOIN meter AS m ON v.meter_id = m.meter_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, p.point_code, s.quantity, s.kind, s.period, lower(v.valid);

-- meter_changes --
-- Declared changes of meters.
SELECT
    u.unit_code,
    p.point_code,
    c.quantity,
    c.changed_at,
    o.meter_no AS old_meter_no,
    c.old_final,
    n.meter_no AS new_meter_no,
    c.new_initial,
    c.multiplier,
    c.decimals,
    c.register_modulus,
    c.certificate_no,
    c.reason,
    c.declared_by,
    c.declared_at
FROM meter_change AS c
INNER JOIN point AS p ON c.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
INNER JOIN meter AS o ON c.old_meter_id = o.meter_id
INNER JOIN meter AS n ON c.new_meter_id = n.meter_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, p.point_code, c.quantity, c.changed_at;

-- multiplier_changes --
-- Declared changes of multipliers.
SELECT
    u.unit_code,
    p.point_code,
    c.quantity,
    c.changed_at,
    c.old_multiplier,
    c.new_multiplier,
    c.final_register,
    c.initial_register,
    c.certificate_no,
    c.reason,
    c.declared_by,
    c.declared_at
FROM multiplier_change AS c
INNER JOIN point AS p ON c.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, p.point_code, c.quantity, c.changed_at;

-- network --
-- Terms of the metering network.
SELECT
    u.unit_code,
    w.point_code AS whole_point_code,
    p.point_code AS part_point_code,
    t.sign,
    t.valid_from,
    t.valid_to
FROM network_term AS t
INNER JOIN point AS w ON t.whole_point_id = w.point_id
INNER JOIN point AS p ON t.part_point_id = p.point_id
INNER JOIN unit AS u ON w.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, w.point_code, p.point_code, t.valid_from;

-- check_meters --
-- Points whose meter checks another one's.
SELECT
    u.unit_code,
    p.point_code,
    k.point_code AS check_point_code,
    c.valid_from,
    c.valid_to
FROM check_meter AS c
INNER JOIN point AS p ON c.point_id = p.point_id
INNER JOIN point AS k ON c.check_point_id = k.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, p.point_code, k.point_code, c.valid_from;

-- supply_accounts --
-- Accounts at suppliers.
SELECT
    u.unit_code,
    a.variety_code,
    a.account_no,
    a.provider,
    a.settlement_day,
    a.metered_side,
    a.valid_from,
    a.valid_to
FROM supply_account AS a
INNER JOIN unit AS u ON a.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, a.variety_code, a.account_no;

-- supply_statements --
-- Statements of suppliers.
SELECT
    u.unit_code,
    a.variety_code,
    a.account_no,
    s.from_on,
    s.to_on,
    s.quantity,
    s.unit,
    s.amount_yuan,
    s.document_no
FROM supply_statement AS s
INNER JOIN supply_account AS a ON s.supply_account_id = a.supply_account_id
INNER JOIN unit AS u ON a.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, a.variety_code, a.account_no, s.from_on, s.document_no;

-- production_outputs --
-- Output of products by month.
SELECT
    u.unit_code,
    o.product_code,
    o.product_name,
    o.month_on,
    o.quantity,
    o.unit,
    o.document_no
FROM production_output AS o
INNER JOIN unit AS u ON o.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, o.product_code, o.month_on;

-- outage_filings --
-- Faults of collection that units filed.
SELECT
    u.unit_code,
    g.gateway_code,
    p.point_code,
    o.fault_at,
    o.repaired_at,
    o.cause,
    o.detail,
    o.document_no,
    o.filed_at
FROM outage_filing AS o
INNER JOIN unit AS u ON o.unit_id = u.unit_id
LEFT JOIN gateway AS g ON o.gateway_id = g.gateway_id
LEFT JOIN point AS p ON o.point_id = p.point_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, o.fault_at, g.gateway_code, p.point_code;

-- context_events --
-- Events: of units, and public ones where all units are asked for or `has_public` says so.
SELECT
    u.unit_code,
    p.point_code,
    e.kind,
    e.title,
    e.begins_at,
    e.ends_at,
    e.division_code,
    e.industry_code,
    e.document_no,
    e.filed_at
FROM context_event AS e
LEFT JOIN unit AS u ON e.unit_id = u.unit_id
LEFT JOIN point AS p ON e.point_id = p.point_id
WHERE
    %(unit_codes)s::text[] IS NULL
    OR u.unit_code = ANY(%(unit_codes)s::text[])
    OR (%(has_public)s::boolean AND e.unit_id IS NULL)
ORDER BY u.unit_code NULLS FIRST, e.begins_at, e.kind, e.division_code, e.industry_code, e.document_no, p.point_code;

-- panel_members --
-- Membership of units in panels.
SELECT
    m.panel_code,
    u.unit_code,
    m.entered_on,
    m.left_on,
    m.entry_reason,
    m.exit_reason,
    m.document_no
FROM panel_member AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY m.panel_code, u.unit_code, m.entered_on;

-- heating_values --
-- Measured heating values of lots.
SELECT
    u.unit_code,
    h.variety_code,
    h.lot,
    h.test_sheet_no,
    h.sampled_on,
    h.valid_from,
    h.valid_to,
    h.quantity,
    h.quantity_unit,
    h.heating_value,
    h.heating_value_unit,
    h.laboratory,
    h.document_no,
    h.replaces_test_sheet_no
FROM heating_value AS h
INNER JOIN unit AS u ON h.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY h.heating_value_id;

-- equal_values --
-- Equal values of regions, where all units are asked for or `has_public` says so; a corrected one before its correction.
SELECT
    region_code,
    year,
    variety_code,
    kgce_per_unit,
    unit,
    document_no,
    source,
    confidence,
    replaces_document_no
FROM equal_value
WHERE %(unit_codes)s::text[] IS NULL OR %(has_public)s::boolean
ORDER BY equal_value_id;

-- stock_yards --
-- What yards and tanks hold.
SELECT
    u.unit_code,
    y.yard_no,
    y.variety_code,
    y.capacity,
    y.capacity_unit,
    y.tenure,
    y.valid_from,
    y.document_no
FROM stock_yard AS y
INNER JOIN unit AS u ON y.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, y.yard_no, y.variety_code, y.valid_from;

-- product_processes --
-- Which processes make a product.
SELECT
    u.unit_code,
    p.product_code,
    p.process_code,
    p.valid_from,
    p.valid_to
FROM product_process AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE %(unit_codes)s::text[] IS NULL OR u.unit_code = ANY(%(unit_codes)s::text[])
ORDER BY u.unit_code, p.product_code, p.process_code, p.valid_from;
