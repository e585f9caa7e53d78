-- What the unit's pages show: a month of metered days, what came today, what was refused, a meter that is overdue. Unit B has
-- the same things by other names, so that a page that shows them is caught.
INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
VALUES ('91150200000000002F', '丁铝厂', '150202', 'C3216', 'industry', 'online_monitoring');
UPDATE meter SET next_verification_on = current_date - 10, verified_on = current_date - 400, place = '1号变电所'
WHERE unit_id = (SELECT unit_id FROM unit WHERE unit_code = '911502000000000009');
INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
SELECT unit_id, 'SECRET_B', '0000000101040110', 'secret of B', '33', 'purchase', 'industrial'
FROM unit WHERE unit_code = '911502000000000025';
INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)
SELECT unit_id, 'SECRET_G', 0, '2026-01-01+08' FROM unit WHERE unit_code = '911502000000000025';
INSERT INTO gateway_state (gateway_id, received_at, online, boot_id, buffered_count, clock_offset_ms)
SELECT gateway_id, now() - INTERVAL '1 minute', TRUE, '7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', 0, 12
FROM gateway WHERE gateway_code = 'G1';
INSERT INTO message (message_id, shard, gateway_id, boot_id, seq, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)
SELECT
    1000 * g.gateway_id + n, 0, g.gateway_id, '7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', n, 'nenghao/v1/0/u/' || g.gateway_code,
    'nenghao/1', 'sha256', sha256(convert_to(g.gateway_id || ' ' || n, 'UTF8')),
    -- Today's, also a minute after midnight.
    greatest(
        now() - make_interval(secs => 60 - n),
        date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai' + make_interval(secs => n / 1000.0)
    ),
    'accepted', 3, 2, 0, 0, 0, 1, 'online_monitoring'
FROM gateway AS g CROSS JOIN generate_series(1, 55) AS n
WHERE g.gateway_code = 'G1';
INSERT INTO refusal (message_id, ordinal, reason_code, detail, point_code, at, value_text, refused_at)
SELECT
    m.message_id, 1, CASE WHEN m.seq % 2 = 0 THEN 'multiplier_mismatch' ELSE 'meter_mismatch' END,
    'detail of ' || u.unit_code, 'E1', now(), '<b>12</b>', m.received_at
FROM message AS m INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id INNER JOIN unit AS u ON g.unit_id = u.unit_id;
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT s.series_id, t, 1, 1000 * g.gateway_id + 1, (row_number() OVER (PARTITION BY s.series_id ORDER BY t))::smallint, 'l'
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN gateway AS g ON p.unit_id = g.unit_id AND g.gateway_code = 'G1'
CROSS JOIN generate_series(
    date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai', now() - INTERVAL '15 minutes',
    INTERVAL '30 minutes'
) AS t;
INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at)
SELECT
    s.series_id, d::date, 15, 'kWh', 2, array_fill(100000::bigint, ARRAY[92]) || array_fill(NULL::bigint, ARRAY[4]), 2,
    array_fill(100000::bigint, ARRAY[92]) || array_fill(NULL::bigint, ARRAY[4]),
    repeat('V', 88) || 'EEEE' || 'NNNN', repeat('-', 88) || '4444' || '----', 96, 88, 92000, 88000, '\x00', now()
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
CROSS JOIN generate_series('2026-10-01'::date, '2026-10-31'::date, '1 day') AS d;
INSERT INTO point_day (point_id, day_on, series_id, unit, energy, measured_energy, due_slots, received_slots, known_slots)
SELECT s.point_id, d::date, s.series_id, 'kWh', 92000, 88000, 96, 88, 92
FROM series AS s
CROSS JOIN generate_series('2026-10-01'::date, '2026-10-31'::date, '1 day') AS d;
INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at)
SELECT u.unit_id, m::date, 1, 'l', 'c', 'sha256', '\x00', now()
FROM unit AS u
CROSS JOIN generate_series('2026-01-01'::date, '2026-10-01'::date, '1 month') AS m
WHERE u.unit_code = '911502000000000009';
INSERT INTO balance_cell (balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share, source_point_ids)
SELECT b.balance_id, '205-1', '33', c.code, 10 * extract(DAY FROM b.month_on + INTERVAL '1 month' - INTERVAL '1 day'), '10^4kWh', 1, 1, 1, '{}'
FROM monitored_balance AS b CROSS JOIN (VALUES ('2'), ('4'), ('5')) AS c (code);
INSERT INTO balance_cell (balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share, source_point_ids)
SELECT b.balance_id, '205-1', '33', '10', 1.229, '1', 1, 1, 1, '{}' FROM monitored_balance AS b;
INSERT INTO reminder (kind, audience, unit_id, subject, due_at, severity, opened_at)
SELECT 'filing', 'unit', unit_id, '205-1', now() + INTERVAL '2 days', 'serious', now()
FROM unit WHERE unit_code = '911502000000000009';
