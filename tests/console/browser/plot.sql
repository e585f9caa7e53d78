-- What the story is about: unit A's feeder also sends quarter-hours, which were cut to 70 % for four days on their way while
-- the register went on. The months of the year before it are there as balances only.
-- Its gateway's commissioning is over.
UPDATE gateway SET backfill_until = now();
INSERT INTO series (point_id, quantity, kind, period)
SELECT p.point_id, 'active_energy', 'interval', '15min'
FROM point AS p INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE u.unit_code = '911502000000000009' AND p.point_code = 'E1';
INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals)
SELECT s.series_id, tstzrange('2025-01-01+08', NULL), m.meter_id, 'kWh', 15, 1, 'platform', 2
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN meter AS m ON p.unit_id = m.unit_id
WHERE s.kind = 'interval';

-- More by day than by night, less on the seventh day, and never twice the same.
CREATE TEMPORARY TABLE load AS
SELECT
    n,
    month.starts_at + n * INTERVAL '15 minutes' AS at,
    round(
        ((22 + 14 * sin(pi() * ((n % 96) - 28) / 52.0) * ((n % 96) BETWEEN 28 AND 80)::int) * (1 - 0.3 * ((n / 96) % 7 = 6)::int))::numeric
        + (n * 7919 % 389) / 100.0,
        2
    ) AS step
FROM (SELECT current_setting('story.starts_at')::timestamptz AS starts_at) AS month
CROSS JOIN generate_series(0, current_setting('story.slots')::integer - 1) AS n;

INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT s.series_id, face.at, face.value, 1, 0, 'l'
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id AND u.unit_code = '911502000000000009'
CROSS JOIN (
    SELECT l.at + INTERVAL '15 minutes' AS at, 48213.5 + sum(l.step) OVER (ORDER BY l.n) AS value FROM load AS l
    UNION ALL
    SELECT min(l.at) AS at, 48213.5 AS value FROM load AS l
) AS face
WHERE s.kind = 'register';

INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT s.series_id, l.at, round(l.step * CASE WHEN l.n / 96 BETWEEN 11 AND 14 THEN 0.7 ELSE 1 END, 2), 1, 0, 'l'
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id AND u.unit_code = '911502000000000009'
CROSS JOIN load AS l
WHERE s.kind = 'interval';

INSERT INTO changed_mark (series_id, day_on)
SELECT DISTINCT s.series_id, (l.at AT TIME ZONE 'Asia/Shanghai')::date
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id AND u.unit_code = '911502000000000009'
CROSS JOIN load AS l;
DROP TABLE load;

INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition, engine_version, inputs, content_hash_algorithm, content_hash, computed_at)
SELECT
    u.unit_id,
    m::date,
    1,
    current_setting('story.layout'),
    current_setting('story.coefficients'),
    current_setting('story.engine'),
    '{}'::bytea,
    'SHA-256',
    '\x00',
    now()
FROM unit AS u
CROSS JOIN generate_series(
    date_trunc('year', current_setting('story.starts_at')::timestamptz AT TIME ZONE 'Asia/Shanghai'),
    (current_setting('story.starts_at')::timestamptz AT TIME ZONE 'Asia/Shanghai') - INTERVAL '1 month',
    INTERVAL '1 month'
) AS m
WHERE u.unit_code = '911502000000000009';
INSERT INTO balance_cell (balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share, source_point_ids)
SELECT b.balance_id, '205-1', '33', c.code, 8.5, '10^4kWh', 1, 1, 1, '{}'
FROM monitored_balance AS b CROSS JOIN (VALUES ('2'), ('4'), ('5')) AS c (code);
INSERT INTO balance_cell (balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share, source_point_ids)
SELECT b.balance_id, '205-1', '33', '10', 1.229, '1', 1, 1, 1, '{}' FROM monitored_balance AS b;
