-- register --
-- The units, gateways, points and series of the golden cases. No rows.
WITH units AS (
    INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
    VALUES
    ('91110000000000013A', 'Plant', '110000', 'C25', 'industry', 'online_monitoring'),
    ('91370000000000013Y', 'Plant', '370600', 'C25', 'industry', 'online_monitoring')
    RETURNING unit_id
),

gateways AS (
    INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)
    SELECT
        unit_id,
        code,
        0,
        '2026-09-01T00:00:00+08:00'
    FROM units
    CROSS JOIN unnest(ARRAY['gw1', 'gw2']) AS code
),

meters AS (
    INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
    SELECT unit_id, 'm1', 'DTZ', '0.5S', 'qualified' FROM units
    RETURNING meter_id, unit_id
),

given (point_code, data_code, quantity, kind, period, unit) AS (
    VALUES
    ('p1', '0000000009990010', 'active_energy', 'register', 'instant', 'kWh'),
    ('p2', '0000000009980010', 'mass', 'interval', '15min', 't'),
    ('e1', '0000000002330010', 'active_energy', 'register', 'instant', 'kWh'),
    ('e1', '0000000002330010', 'active_energy', 'interval', 'day', 'kWh'),
    ('e1', '0000000002330010', 'active_energy', 'interval', 'month', '10^4kWh'),
    ('s1', '0400000002320010', 'mass', 'interval', '15min', 't'),
    ('coal', '0000000001010410', 'mass', 'interval', 'day', 't')
),

points AS (
    INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
    SELECT DISTINCT
        u.unit_id,
        g.point_code,
        g.data_code,
        g.point_code,
        '33',
        'purchase',
        'industrial'
    FROM units AS u
    CROSS JOIN given AS g
    RETURNING point_id, point_code, unit_id
),

all_series AS (
    INSERT INTO series (point_id, quantity, kind, period)
    SELECT
        p.point_id,
        g.quantity,
        g.kind,
        g.period
    FROM points AS p
    INNER JOIN given AS g ON p.point_code = g.point_code
    RETURNING series_id, point_id, quantity, kind, period
)

INSERT INTO series_version (
    series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals
)
SELECT
    s.series_id,
    '[2026-01-01 00:00+08,)',
    m.meter_id,
    g.unit,
    15,
    1,
    'platform',
    3
FROM all_series AS s
INNER JOIN points AS p ON s.point_id = p.point_id
INNER JOIN meters AS m ON p.unit_id = m.unit_id
INNER JOIN given AS g
    ON p.point_code = g.point_code AND s.quantity = g.quantity AND s.kind = g.kind AND s.period = g.period;

-- outcomes --
-- Every message, and whether it stands whole: its bytes have its hash, and it has as many readings, conflicts, revisions
-- and refusals as its counts say; a refused message has one refusal as a whole.
WITH parts AS (
    SELECT message_id, 'reading' AS part, count(*) AS rows FROM reading GROUP BY message_id
    UNION ALL
    SELECT message_id, 'conflict', count(*) FROM reading_conflict GROUP BY message_id
    UNION ALL
    SELECT message_id, 'revision', count(*) FROM reading_revision GROUP BY message_id
    UNION ALL
    SELECT message_id, 'refusal', count(*) FROM refusal WHERE ordinal IS NOT NULL GROUP BY message_id
    UNION ALL
    SELECT message_id, 'whole', count(*) FROM refusal WHERE ordinal IS NULL GROUP BY message_id
),

sums AS (
    SELECT
        message_id,
        coalesce(sum(rows) FILTER (WHERE part = 'reading'), 0) AS stored,
        coalesce(sum(rows) FILTER (WHERE part = 'conflict'), 0) AS conflict,
        coalesce(sum(rows) FILTER (WHERE part = 'revision'), 0) AS revision,
        coalesce(sum(rows) FILTER (WHERE part = 'refusal'), 0) AS refused,
        coalesce(sum(rows) FILTER (WHERE part = 'whole'), 0) AS whole
    FROM parts
    GROUP BY message_id
)

SELECT
    m.topic,
    m.hash,
    m.outcome,
    coalesce(sha256(w.payload) = m.hash, false)
    AND CASE m.outcome
        WHEN 'refused' THEN coalesce(s.whole, 0) = 1 AND coalesce(s.stored + s.conflict + s.revision, 0) = 0
        ELSE
            coalesce(s.whole, 0) = 0
            AND coalesce(s.stored, 0) = m.stored_count
            AND coalesce(s.conflict, 0) = m.conflict_count
            AND coalesce(s.revision, 0) = m.revision_count
            AND coalesce(s.refused, 0) = m.refused_count
    END AS is_whole
FROM message AS m
LEFT JOIN message_raw AS w ON m.message_id = w.message_id
LEFT JOIN sums AS s ON m.message_id = s.message_id;

-- state_count --
-- How many states of gateways are stored.
SELECT count(*) FROM gateway_state;

-- reasons --
-- Refusals by reason, of messages and readings.
SELECT
    reason_code,
    count(*) AS refusals
FROM refusal
GROUP BY reason_code
ORDER BY count(*) DESC;
