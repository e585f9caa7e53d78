-- Two units. The first has a feeder whose days are 100 000 kWh each from December on, an account that is settled on the
-- 25th, and monitored balances of January to May that say the same.
INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
VALUES
('911502000000000009', '甲厂', '150200', 'C3110', 'industry', 'online_monitoring'),
('911502000000000025', '乙厂', '150200', 'C3110', 'industry', 'online_monitoring');
INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
SELECT unit_id, 'M1', 'DTZ', '0.5S', 'qualified' FROM unit;
INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
SELECT unit_id, 'E1', '0000000101040110', 'E1', '33', 'purchase', 'industrial' FROM unit;
INSERT INTO series (point_id, quantity, kind, period)
SELECT point_id, 'active_energy', 'register', 'instant' FROM point;
INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals, register_modulus)
SELECT s.series_id, tstzrange('2025-01-01+08', NULL), m.meter_id, 'kWh', 15, 1, 'platform', 2, 1000000
FROM series AS s INNER JOIN point AS p ON s.point_id = p.point_id INNER JOIN meter AS m ON p.unit_id = m.unit_id;
INSERT INTO point_day (point_id, day_on, series_id, unit, energy, measured_energy, due_slots, received_slots, known_slots)
SELECT s.point_id, d::date, s.series_id, 'kWh', 100000, 100000, 96, 96, 96
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id AND u.unit_code = '911502000000000009'
CROSS JOIN generate_series('2025-12-01'::date, '2026-05-31'::date, '1 day') AS d;
INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at)
SELECT u.unit_id, m::date, 1, 'l', 'c', 'sha256', '\x00', now()
FROM unit AS u
CROSS JOIN generate_series('2026-01-01'::date, '2026-05-01'::date, '1 month') AS m
WHERE u.unit_code = '911502000000000009';
INSERT INTO balance_cell (balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share, source_point_ids)
SELECT b.balance_id, '205-1', '33', c.code, 10 * extract(DAY FROM b.month_on + INTERVAL '1 month' - INTERVAL '1 day'), '10^4kWh', 1, 1, 1, '{}'
FROM monitored_balance AS b CROSS JOIN (VALUES ('2'), ('4'), ('5')) AS c (code);
INSERT INTO balance_cell (balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share, source_point_ids)
SELECT b.balance_id, '205-1', '33', '10', 1.229, '1', 1, 1, 1, '{}' FROM monitored_balance AS b;
INSERT INTO supply_account (unit_id, variety_code, account_no, provider, settlement_day, valid_from)
SELECT unit_id, '33', 'A-1', '供电公司', 25, '2020-01-01' FROM unit WHERE unit_code = '911502000000000009';
INSERT INTO supply_statement (supply_account_id, from_on, to_on, quantity, unit, amount_yuan, document_no)
SELECT
    a.supply_account_id,
    (m - INTERVAL '1 month' + INTERVAL '25 days')::date,
    (m + INTERVAL '25 days')::date,
    100000 * ((m + INTERVAL '25 days')::date - (m - INTERVAL '1 month' + INTERVAL '25 days')::date),
    'kWh',
    60000,
    'S-' || to_char(m, 'YYYY-MM')
FROM supply_account AS a CROSS JOIN generate_series('2026-01-01'::date, '2026-05-01'::date, '1 month') AS m;
