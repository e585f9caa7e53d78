-- register --
-- Units with the given codes, two meters each, and %(points)s points with one register each. One in 400 registers stands
-- near its end before the day (it rolls over), one in 400 gets another meter at noon. No rows.
WITH units AS (
    INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
    SELECT code, code, '150200', 'C3110', 'industry', 'online_monitoring'
    FROM unnest(%(codes)s::text[]) AS code
    RETURNING unit_id
),

meters AS (
    INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
    SELECT u.unit_id, m.meter_no, 'm', '0.5S', 'qualified'
    FROM units AS u
    CROSS JOIN (VALUES ('m1'), ('m2')) AS m (meter_no)
    RETURNING meter_id, unit_id, meter_no
),

points AS (
    INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
    SELECT
        u.unit_id, 'p' || number, '0000000002330010', 'p', '33',
        CASE WHEN number <= 4 THEN 'purchase' ELSE 'internal' END, 'industrial'
    FROM units AS u
    CROSS JOIN generate_series(1, %(points)s) AS number
    RETURNING point_id, unit_id
),

all_series AS (
    INSERT INTO series (point_id, quantity, kind, period)
    SELECT point_id, 'active_energy', 'register', 'instant' FROM points
    RETURNING series_id, point_id
)

INSERT INTO series_version (
    series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals, register_modulus
)
SELECT
    s.series_id,
    CASE
        WHEN s.series_id %% 400 <> 1 THEN tstzrange(NULL, NULL)
        WHEN m.meter_no = 'm1' THEN tstzrange(NULL, %(day_at)s::timestamptz + INTERVAL '12 hours')
        ELSE tstzrange(%(day_at)s::timestamptz + INTERVAL '12 hours', NULL)
    END,
    m.meter_id, 'kWh', 15, 80, 'platform', 2, 1000000
FROM all_series AS s
INNER JOIN points AS p ON s.point_id = p.point_id
INNER JOIN meters AS m ON p.unit_id = m.unit_id
WHERE m.meter_no = 'm1' OR s.series_id %% 400 = 1;

-- readings --
-- One reading at slot %(slot)s of a day for every series but those that are silent then: one in a hundred slots by itself,
-- and a quarter of the day of one series in 25. Two per cent are missing. Returns their number as row count.
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT
    s.series_id,
    %(day_at)s::timestamptz + %(slot)s * INTERVAL '15 minutes',
    mod(
        CASE
            WHEN s.series_id %% 400 = 0 THEN 999950
            WHEN s.series_id %% 400 = 1 AND %(slot)s >= 48 THEN 5
            ELSE 1000 + %(earlier_days)s * 500 + s.series_id %% 900
        END
        + round(%(slot)s * (0.25 + (s.series_id %% 7) * 0.5) + (%(slot)s * %(slot)s * (s.series_id %% 5)) * 0.004, 2),
        1000000
    ),
    1, 0, 'l'
FROM series AS s
WHERE
    NOT (%(slot)s BETWEEN 1 AND 96 AND (s.series_id * 97 + %(slot)s * 31) %% 100 = 0)
    AND NOT (s.series_id %% 25 = 3 AND %(slot)s BETWEEN 40 AND 63)
    AND (%(slot)s <= 96 OR (s.series_id * 97 + 96 * 31) %% 100 = 0)
ORDER BY s.series_id;

-- like_days --
-- Measured series days of the %(days)s days before a day, each series with one of ten shapes. No rows.
INSERT INTO series_day (
    series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, due_slots, received_slots,
    total_energy, measured_energy, content_hash, computed_at
)
SELECT
    s.series_id, %(day_on)s::date - back, 15, 'kWh', 3, shape.energy, 2, shape.face, repeat('V', 96), repeat('-', 96), 96, 96,
    shape.total, shape.total, '\x00', now()
FROM series AS s
INNER JOIN (
    SELECT
        kind,
        array_agg((20 + kind + 10 * (slot / 32)) * 80 * 10 ORDER BY slot) AS energy,
        array_agg(20 + kind + 10 * (slot / 32) ORDER BY slot) AS face,
        sum((20 + kind + 10 * (slot / 32)) * 0.8) AS total
    FROM generate_series(0, 9) AS kind
    CROSS JOIN generate_series(0, 95) AS slot
    GROUP BY kind
) AS shape ON s.series_id %% 10 = shape.kind
CROSS JOIN generate_series(1, %(days)s) AS back;

-- messages --
-- Messages that conflicting values can name. No rows.
INSERT INTO message (
    message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count, stored_count,
    duplicate_count, conflict_count, revision_count, refused_count, collected_under
)
SELECT
    number, 0, 'bench', 'json_v1', 'sha256', sha256(number::text::bytea), now(), 'accepted', 0, 0, 0, 0, 0, 0,
    'online_monitoring'
FROM generate_series(1, 40) AS number;

-- conflicts --
-- Another value for one reading in a hundred, kept and not used; one in a hundred of those was adopted. No rows.
WITH conflicting AS (
    SELECT r.series_id, r.at, r.value, row_number() OVER () AS row_no
    FROM reading AS r
    WHERE (r.series_id * 13 + extract(EPOCH FROM r.at)::bigint / 900 * 7) % 100 = 0
),

kept AS (
    INSERT INTO reading_conflict (series_id, at, standing_value, value, message_id, ordinal, recorded_at)
    SELECT series_id, at, value, value + 0.01, 1 + row_no / 30000, row_no % 30000, now() FROM conflicting
),

opened AS (
    INSERT INTO audit_case (level, opened_at) VALUES ('lead', now()) RETURNING case_id
),

decided AS (
    INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
    SELECT case_id, 'confirm', 'communication', 'bench', 'bench', now() FROM opened
    RETURNING decision_id
)

INSERT INTO reading_adoption (decision_id, series_id, at, value, recorded_at, message_id)
SELECT d.decision_id, c.series_id, c.at, c.value + 0.01, now(), 1
FROM conflicting AS c, decided AS d
WHERE c.row_no % 100 = 0;

-- mark_day --
-- Puts the day of every series on the changed list. No rows.
INSERT INTO changed_mark (series_id, day_on)
SELECT series_id, %(day_on)s::date FROM series;

-- forget_day --
-- Takes out what closing wrote of a day, so that it can be closed again. No rows.
WITH estimates AS (DELETE FROM series_day_estimate WHERE day_on >= %(day_on)s::date),

days AS (DELETE FROM point_day WHERE day_on >= %(day_on)s::date),

months AS (DELETE FROM point_month),

waiting AS (DELETE FROM month_mark)

DELETE FROM series_day WHERE day_on >= %(day_on)s::date;

-- late --
-- The one reading at slot %(slot)s that was missing arrives for one series in a hundred, with its mark. Returns their
-- number as row count.
WITH late AS (
    INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
    SELECT
        s.series_id,
        %(day_at)s::timestamptz + %(slot)s * INTERVAL '15 minutes',
        1000 + %(earlier_days)s * 500 + s.series_id %% 900
        + round(%(slot)s * (0.25 + (s.series_id %% 7) * 0.5) + (%(slot)s * %(slot)s * (s.series_id %% 5)) * 0.004, 2),
        1, 0, 'b'
    FROM series AS s
    WHERE s.series_id %% 100 = %(hundredth)s AND s.series_id %% 400 > 1
    ON CONFLICT DO NOTHING
    RETURNING series_id
)

INSERT INTO changed_mark (series_id, day_on)
SELECT series_id, %(day_on)s::date FROM late;

-- floor --
-- Hourly advances of every series by one plain GROUP BY, in Shanghai's hours. One row.
SELECT count(*), sum(advance)
FROM (
    SELECT series_id, time_bucket(INTERVAL '1 hour', at, 'Asia/Shanghai') AS hour_at, max(value) - min(value) AS advance
    FROM reading
    WHERE at >= %(day_at)s AND at < %(day_at)s::timestamptz + INTERVAL '1 day'
    GROUP BY series_id, hour_at
) AS hourly;

-- sizes --
-- Bytes of readings and of all that closing writes. One row.
SELECT hypertable_size('reading') + pg_total_relation_size('series_day') + pg_total_relation_size('series_day_estimate')
+ pg_total_relation_size('point_day') + pg_total_relation_size('point_month');
