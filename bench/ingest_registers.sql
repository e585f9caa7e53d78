-- register --
-- Units with the given codes, one meter each, and %(points)s points with one interval series each; gateways g1 and
-- g3 send in shard 0, the latter signed; g2 in shard 1 or 2, for two workers. No rows.
WITH units AS (
    INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
    SELECT
        code,
        code,
        '150200',
        'C3110',
        'industry',
        'online_monitoring'
    FROM unnest(%(codes)s::text[]) AS code
    RETURNING unit_id
),

gateways AS (
    INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)
    SELECT u.unit_id, g.code, CASE g.code WHEN 'g2' THEN 1 + u.unit_id %% 2 ELSE 0 END, %(first_at)s
    FROM units AS u
    CROSS JOIN (VALUES ('g1'), ('g2'), ('g3')) AS g (code)
),

meters AS (
    INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
    SELECT unit_id, 'm', 'm', '1', 'qualified' FROM units
    RETURNING meter_id, unit_id
),

points AS (
    INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
    SELECT u.unit_id, 'p' || number, '0000000002330010', 'p', '33', 'internal', 'industrial'
    FROM units AS u
    CROSS JOIN generate_series(1, %(points)s) AS number
    RETURNING point_id, unit_id
),

all_series AS (
    INSERT INTO series (point_id, quantity, kind, period)
    SELECT point_id, 'active_energy', 'interval', '15min' FROM points
    RETURNING series_id, point_id
)

INSERT INTO series_version (
    series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals
)
SELECT s.series_id, tstzrange(%(first_at)s, NULL), m.meter_id, 'kWh', 15, 80, 'platform', 2
FROM all_series AS s
INNER JOIN points AS p ON s.point_id = p.point_id
INNER JOIN meters AS m ON p.unit_id = m.unit_id;

-- preload --
-- One reading at %(at)s for every series of one of %(parts)s parts. No rows.
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT series_id, %(at)s, (series_id %% 997)::numeric / 100, 0, 0, 'l'
FROM series
WHERE series_id %% %(parts)s = %(part)s
ORDER BY series_id;

-- copy --
-- Rows straight into the table.
COPY reading (series_id, at, value, message_id, ordinal, source) FROM STDIN (FORMAT BINARY);

-- addresses --
-- Each unit with its shard of two and its series in the order of its points; a row for each unit.
SELECT
    u.unit_code,
    (SELECT g.shard FROM gateway AS g WHERE g.unit_id = u.unit_id AND g.gateway_code = 'g2') AS shard,
    array_agg(s.series_id ORDER BY substr(p.point_code, 2)::integer) AS series_ids
FROM unit AS u
INNER JOIN point AS p ON u.unit_id = p.unit_id
INNER JOIN series AS s ON p.point_id = s.point_id
GROUP BY u.unit_id
ORDER BY u.unit_id;

-- count_of_peers --
-- Rows that peers stored; they do not know their message, so that a sequence can count them. One row.
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS stored FROM bench_peer_row;

-- admit_peers --
-- Defaults for what peers do not know, for this bench only. No rows.
CREATE SEQUENCE bench_peer_row;
GRANT USAGE ON SEQUENCE bench_peer_row TO nenghao_collector;
GRANT SELECT ON SEQUENCE bench_peer_row TO nenghao_verifier;
ALTER TABLE reading ALTER COLUMN message_id SET DEFAULT nextval('bench_peer_row');
ALTER TABLE reading ALTER COLUMN ordinal SET DEFAULT 0;
ALTER TABLE reading ALTER COLUMN source SET DEFAULT 'b';

-- soak_counts --
-- Messages, readings, and messages behind their shard's receipt cursor. One row.
SELECT
    (SELECT count(*) FROM message) AS message_count,
    (SELECT count(*) FROM reading) AS reading_count,
    (
        SELECT count(*)
        FROM message AS m
        LEFT JOIN receipt_cursor AS c ON m.shard = c.shard
        WHERE m.message_id > coalesce(c.message_id, 0)
    ) AS unreceipted_count;
