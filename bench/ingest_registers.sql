-- register --
-- Units with the given codes, one gateway and one meter each, and %(points)s points with one interval series each. No rows.
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
    SELECT unit_id, 'g1', 0, %(first_at)s FROM units
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
-- One reading at %(at)s for every series. No rows.
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT series_id, %(at)s, (series_id %% 997)::numeric / 100, 0, 0, 'l'
FROM series
ORDER BY series_id;

-- copy --
-- Rows straight into the table.
COPY reading (series_id, at, value, message_id, ordinal, source) FROM STDIN (FORMAT BINARY);
