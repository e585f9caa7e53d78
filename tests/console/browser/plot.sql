-- What the story is about, once for each language: the feeders of units A and B also send quarter-hours. On the 12th day
-- the face of each meter jumped ahead by 30 000 kWh within a slot in which the quarter-hours show nothing. One hour of a later day never came.
UPDATE gateway SET backfill_until = now();
INSERT INTO series (point_id, quantity, kind, period)
SELECT p.point_id, 'active_energy', 'interval', '15min'
FROM point AS p INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE u.unit_code IN ('911502000000000009', '911502000000000025') AND p.point_code = 'E1';
INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals)
SELECT s.series_id, tstzrange('2025-01-01+08', NULL), m.meter_id, 'kWh', 15, 1, 'platform', 2
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN meter AS m ON p.unit_id = m.unit_id
WHERE s.kind = 'interval';

-- More by day than by night, less on the seventh day, never twice the same, and each unit its own.
CREATE TEMPORARY TABLE load AS
SELECT
    s.series_id,
    s.kind,
    n,
    current_setting('story.starts_at')::timestamptz + n * INTERVAL '15 minutes' AS at,
    ((22 + 14 * sin(pi() * ((n % 96) - 28) / 52.0) * ((n % 96) BETWEEN 28 AND 80)::int) * (1 - 0.3 * ((n / 96) % 7 = 6)::int))::numeric(9, 2)
    + ((n * 7919 + p.unit_id * 131) % 389) / 100.0 AS step
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id AND u.unit_code IN ('911502000000000009', '911502000000000025')
CROSS JOIN generate_series(0, current_setting('story.slots')::integer - 1) AS n
WHERE s.quantity = 'active_energy' AND p.point_code = 'E1';

CREATE TEMPORARY TABLE sent AS
SELECT l.series_id, l.n, l.at + INTERVAL '15 minutes' AS at, 48213.5 + sum(l.step) OVER (PARTITION BY l.series_id ORDER BY l.n) + 30000 * (l.n >= 11 * 96 + 40)::int AS value
FROM load AS l
WHERE l.kind = 'register'
UNION ALL
SELECT l.series_id, -1 AS n, min(l.at) AS at, 48213.5 AS value FROM load AS l WHERE l.kind = 'register' GROUP BY l.series_id
UNION ALL
SELECT l.series_id, l.n, l.at, CASE WHEN l.n = 11 * 96 + 40 THEN 0 ELSE l.step END AS value
FROM load AS l
WHERE l.kind = 'interval';
-- What came late, kept for the end of the story: readings of 10:00 to 11:00 of the 21st day.
CREATE TABLE story_late AS SELECT * FROM sent WHERE n BETWEEN 20 * 96 + 40 AND 20 * 96 + 43;
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT s.series_id, s.at, s.value, 1, 0, 'l'
FROM sent AS s
WHERE NOT EXISTS (SELECT 1 FROM story_late AS l WHERE l.series_id = s.series_id AND l.n = s.n);
INSERT INTO changed_mark (series_id, day_on)
SELECT DISTINCT l.series_id, (l.at AT TIME ZONE 'Asia/Shanghai')::date FROM load AS l;
DROP TABLE load, sent;
