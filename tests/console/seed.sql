-- A small province: three units in two leagues, each with one metered feeder. Parts add what they need in files of their own.
INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
VALUES
('911502000000000009', '甲钢铁厂', '150202', 'C3110', 'industry', 'online_monitoring'),
('911502000000000025', '乙水泥厂', '150203', 'C3011', 'industry', 'online_monitoring'),
('911525000000000033', '丙<b>煤化工', '152502', 'C2520', 'industry', 'online_monitoring');
INSERT INTO unit_version (unit_id, name, division_code, industry_code, reason)
SELECT unit_id, name, division_code, industry_code, 'registered' FROM unit;
INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)
SELECT unit_id, 'G1', 0, '2026-01-01+08' FROM unit;
INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
SELECT unit_id, 'M1', 'DTZ', '0.5S', 'qualified' FROM unit;
INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
SELECT unit_id, 'E1', '0000000101040110', '=1号进线', '33', 'purchase', 'industrial' FROM unit;
INSERT INTO series (point_id, quantity, kind, period)
SELECT point_id, 'active_energy', 'register', 'instant' FROM point;
INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals, register_modulus)
SELECT s.series_id, tstzrange('2025-01-01+08', NULL), m.meter_id, 'kWh', 15, 1, 'platform', 2, 1000000
FROM series AS s INNER JOIN point AS p ON s.point_id = p.point_id INNER JOIN meter AS m ON p.unit_id = m.unit_id;
