-- register --
-- Units with the given codes over twelve leagues of four counties each, a gateway each, %(points)s points with a meter and a
-- register each; ten of them are the parts of the first. No rows.
WITH units AS (
    INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
    SELECT
        code,
        '测试用能单位' || lpad(place::text, 4, '0'),
        (ARRAY['1501', '1502', '1503', '1504', '1505', '1506', '1507', '1508', '1509', '1522', '1525', '1529'])[1 + place %% 12]
        || lpad((1 + place / 12 %% 4)::text, 2, '0'),
        (ARRAY['C3110', 'C2511', 'D4411', 'C3011', 'C2614', 'B0610', 'C3216', 'C2221'])[1 + place / 7 %% 8],
        'industry', 'online_monitoring'
    FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS given (code, place)
    RETURNING unit_id
),

gateways AS (
    INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from, registered_at)
    SELECT unit_id, 'gw1', unit_id %% 8, '2020-01-01 00:00+08', '2020-01-01 00:00+08' FROM units
),

meters AS (
    INSERT INTO meter (
        unit_id, meter_no, model, accuracy_class, state, verified_on, next_verification_on, instrument, variety_code,
        metering_level, cycle_months
    )
    SELECT
        u.unit_id, 'm' || number, 'DTZ341', '0.5S', 'qualified', '2022-06-01',
        %(first_on)s::date + (u.unit_id * 7 + number) %% 900, 'electricity_meter', '33', CASE WHEN number = 1 THEN 1 ELSE 2 END, 72
    FROM units AS u
    CROSS JOIN generate_series(1, %(points)s) AS number
    RETURNING meter_id, unit_id, meter_no
),

points AS (
    INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
    SELECT
        u.unit_id, 'p' || number, '0000000002330010', number || '号馈线', '33',
        CASE WHEN number <= 4 THEN 'purchase' ELSE 'internal' END, 'industrial'
    FROM units AS u
    CROSS JOIN generate_series(1, %(points)s) AS number
    RETURNING point_id, unit_id, point_code
),

all_series AS (
    INSERT INTO series (point_id, quantity, kind, period)
    SELECT point_id, 'active_energy', 'register', 'instant' FROM points
    RETURNING series_id, point_id
),

terms AS (
    INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from)
    SELECT whole.point_id, part.point_id, 1, '2020-01-01'
    FROM points AS whole
    INNER JOIN points AS part
        ON whole.unit_id = part.unit_id AND part.point_code = ANY(ARRAY['p5', 'p6', 'p7', 'p8', 'p9', 'p10', 'p11', 'p12', 'p13', 'p14'])
    WHERE whole.point_code = 'p1'
)

INSERT INTO series_version (
    series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals, register_modulus
)
SELECT s.series_id, tstzrange(NULL, NULL), m.meter_id, 'kWh', 15, 80, 'platform', 2, 1000000
FROM all_series AS s
INNER JOIN points AS p ON s.point_id = p.point_id
INNER JOIN meters AS m ON p.unit_id = m.unit_id AND m.meter_no = 'm' || substr(p.point_code, 2);

-- series_days --
-- A closed day of every series, each with one of ten shapes that is lower at the week's end; one series in 25 lacks a
-- quarter of the day, which is estimated. No rows.
INSERT INTO series_day (
    series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, due_slots, received_slots,
    total_energy, measured_energy, content_hash, computed_at
)
SELECT
    s.series_id, %(day_on)s::date, 15, 'kWh', 3, shape.energy, 2, shape.face,
    CASE WHEN gap.is_here THEN repeat('V', 40) || repeat('E', 24) || repeat('V', 32) ELSE repeat('V', 96) END,
    CASE WHEN gap.is_here THEN repeat('-', 40) || repeat('4', 24) || repeat('-', 32) ELSE repeat('-', 96) END,
    96, CASE WHEN gap.is_here THEN 72 ELSE 96 END,
    shape.total, CASE WHEN gap.is_here THEN shape.total * 3 / 4 ELSE shape.total END, '\x00', now()
FROM series AS s
INNER JOIN (
    SELECT
        kind,
        array_agg(face * 800 ORDER BY slot) AS energy,
        array_agg(face ORDER BY slot) AS face,
        sum(face * 0.8) AS total
    FROM (
        SELECT
            kind,
            slot,
            ((200 + 30 * kind + 100 * (slot / 32)) * CASE WHEN extract(ISODOW FROM %(day_on)s::date) > 5 THEN 0.7 ELSE 1 END
            + 15 * sin(slot * (1 + kind) / 9.0))::bigint AS face
        FROM generate_series(0, 9) AS kind
        CROSS JOIN generate_series(0, 95) AS slot
    ) AS faces
    GROUP BY kind
) AS shape ON s.series_id %% 10 = shape.kind
CROSS JOIN LATERAL (SELECT (s.series_id + extract(DAY FROM %(day_on)s::date)::integer) %% 25 = 3 AS is_here) AS gap;

-- totals --
-- Days and months of points from the closed days of one month. No rows.
WITH days AS (
    INSERT INTO point_day (
        point_id, day_on, series_id, unit, energy, measured_energy, due_slots, received_slots, known_slots
    )
    SELECT
        s.point_id, d.day_on, d.series_id, d.unit, d.total_energy, d.measured_energy, d.due_slots, d.received_slots, d.due_slots
    FROM series_day AS d
    INNER JOIN series AS s ON d.series_id = s.series_id
    WHERE d.day_on >= %(month_on)s::date AND d.day_on < %(month_on)s::date + INTERVAL '1 month'
    RETURNING point_id, unit, energy, measured_energy, due_slots, received_slots, known_slots
)

INSERT INTO point_month (point_id, month_on, unit, energy, measured_energy, due_slots, received_slots, known_slots)
SELECT
    point_id, %(month_on)s::date, unit, sum(energy), sum(measured_energy), sum(due_slots), sum(received_slots), sum(known_slots)
FROM days
GROUP BY point_id, unit;

-- mark_months --
-- Asks for the balance of a month of every unit. No rows.
INSERT INTO month_mark (unit_id, month_on)
SELECT unit_id, %(month_on)s::date FROM unit;

-- messages --
-- Messages of the gateways of one day: of the units named each quarter-hour, of the others each hour; one in a
-- hundred brings a reading that was refused, and each gateway said at its end how it is. No rows.
WITH sent AS (
    INSERT INTO message (
        message_id, shard, gateway_id, boot_id, seq, msg_id, topic, codec, hash_algorithm, hash, sent_at, received_at, outcome,
        reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under
    )
    SELECT
        (SELECT coalesce(max(m.message_id), 0) FROM message AS m) + row_number() OVER (ORDER BY slot.at, g.gateway_id),
        g.shard, g.gateway_id, md5(g.gateway_id::text)::uuid, counted.seq, 'm' || counted.seq,
        'nenghao/v1/' || g.shard || '/' || u.unit_code || '/gw1/data', 'json_v1', 'sha256',
        sha256((g.gateway_id || '/' || counted.seq)::bytea), slot.at, slot.at + INTERVAL '2 seconds', 'accepted', 81,
        81 - refused.count, 0, 0, 0, refused.count, 'online_monitoring'
    FROM gateway AS g
    INNER JOIN unit AS u ON g.unit_id = u.unit_id
    CROSS JOIN LATERAL (
        SELECT %(day_at)s::timestamptz + number * INTERVAL '15 minutes' AS at
        FROM generate_series(0, 95) AS number
        WHERE g.unit_id = ANY(%(raw_unit_ids)s::integer[]) OR number %% 4 = 0
    ) AS slot
    CROSS JOIN LATERAL (
        SELECT (extract(EPOCH FROM slot.at) / 900)::bigint AS seq
    ) AS counted
    CROSS JOIN LATERAL (SELECT CASE WHEN (g.gateway_id * 13 + counted.seq) %% 100 = 0 THEN 1 ELSE 0 END AS count) AS refused
    RETURNING message_id, received_at, refused_count
),

refused AS (
    INSERT INTO refusal (message_id, ordinal, reason_code, detail, point_code, at, value_text, refused_at)
    SELECT message_id, 0, 'value_malformed', 'bench', 'p1', received_at, '1e99', received_at FROM sent WHERE refused_count > 0
)

INSERT INTO gateway_state (gateway_id, received_at, online, boot_id, buffered_count, clock_offset_ms, config_hash)
SELECT
    gateway_id, %(day_at)s::timestamptz + INTERVAL '23 hours', gateway_id %% 50 <> 7, md5(gateway_id::text)::uuid, 0,
    gateway_id %% 900, 'c1'
FROM gateway;

-- readings --
-- A day of raw readings of the units named, at quarter-hours, by their messages. No rows.
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT
    s.series_id, m.sent_at, round(1000 + (m.seq %% 100000) * (2 + s.series_id %% 10 * 0.3), 2), m.message_id,
    substr(p.point_code, 2)::smallint, 'l'
FROM message AS m
INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
INNER JOIN point AS p ON g.unit_id = p.unit_id
INNER JOIN series AS s ON p.point_id = s.point_id
WHERE
    g.unit_id = ANY(%(raw_unit_ids)s::integer[])
    AND m.received_at >= %(day_at)s::timestamptz AND m.received_at < %(day_at)s::timestamptz + INTERVAL '1 day';

-- cases --
-- %(alerts)s alerts with a finding and three pieces of evidence each, four in five in a case of its own, the fifth in its
-- neighbour's; a third of the cases are decided, a tenth asked of the unit. No rows.
WITH run AS (
    INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)
    VALUES ('days', %(first_on)s::date, %(first_on)s::date + 27, now(), now(), '{"pending": true, "findings": 0}')
    RETURNING audit_run_id
),

rules AS (
    SELECT
        v.rule_code,
        v.version,
        v.definition ->> 'level' AS level,
        row_number() OVER (ORDER BY v.rule_code) - 1 AS place,
        count(*) OVER () AS total
    FROM rule_version AS v
    WHERE
        v.definition ->> 'batch' IN ('candidate', 'series_day')
        AND NOT EXISTS (SELECT 1 FROM rule_version AS n WHERE n.rule_code = v.rule_code AND n.version > v.version)
),

points AS (
    SELECT
        p.unit_id, p.point_id, s.series_id,
        row_number() OVER (ORDER BY p.point_id * 7919::bigint %% 96001) AS number
    FROM point AS p
    INNER JOIN series AS s ON p.point_id = s.point_id
),

chosen AS MATERIALIZED (
    SELECT
        c.*, r.rule_code, r.version, r.level,
        tstzrange(
            %(first_at)s::timestamptz + c.number %% 25 * INTERVAL '1 day',
            %(first_at)s::timestamptz + (c.number %% 25 + 1 + c.number %% 3) * INTERVAL '1 day'
        ) AS span,
        c.number - CASE WHEN c.number %% 5 = 0 THEN 1 ELSE 0 END AS case_number
    FROM points AS c
    INNER JOIN rules AS r ON c.number %% r.total = r.place
    WHERE c.number <= %(alerts)s
),

found AS (
    INSERT INTO finding (
        audit_run_id, rule_code, rule_version, fingerprint, unit_id, point_id, series_id, span, level, evidence, thresholds,
        evidence_hash_algorithm, evidence_hash, found_at, kind, score, expected_energy, observed_energy, energy_unit, mode
    )
    SELECT
        run.audit_run_id, c.rule_code, c.version, sha256(c.number::text::bytea), c.unit_id, c.point_id, c.series_id, c.span,
        c.level, '{"share": "0.5"}', '{}', 'sha256', sha256(c.number::text::bytea), upper(c.span), 'scale', 5 + c.number %% 90,
        40000 + c.number, 20000 + c.number %% 9000, 'kWh', 'live'
    FROM chosen AS c
    CROSS JOIN run
    RETURNING finding_id, fingerprint, unit_id, found_at
),

opened AS (
    INSERT INTO audit_case (case_id, unit_id, level, opened_at)
    OVERRIDING SYSTEM VALUE
    SELECT c.case_number, n.unit_id, n.level, upper(n.span)
    FROM (SELECT DISTINCT case_number FROM chosen) AS c
    INNER JOIN chosen AS n ON c.case_number = n.number
    RETURNING case_id, opened_at
),

alerted AS (
    INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)
    SELECT f.fingerprint, c.case_number, c.rule_code, f.finding_id, f.found_at
    FROM chosen AS c
    INNER JOIN found AS f ON sha256(c.number::text::bytea) = f.fingerprint
    RETURNING alert_id, case_id, first_finding_id, opened_at
),

shown AS (
    INSERT INTO evidence (case_id, alert_id, kind, content, hash_algorithm, hash, recorded_at)
    SELECT a.case_id, a.alert_id, piece.kind, piece.content, 'sha256', sha256((a.alert_id || piece.kind)::bytea), a.opened_at
    FROM alerted AS a
    CROSS JOIN LATERAL (
        VALUES
        ('row', jsonb_build_object('finding_id', a.first_finding_id, 'share', '0.5')),
        ('thresholds', '{}'::jsonb),
        ('innocence', '["declared_event", "meter_replaced"]'::jsonb)
    ) AS piece (kind, content)
)

INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
SELECT
    case_id,
    CASE WHEN case_id %% 10 = 9 THEN 'inquire' WHEN case_id %% 3 = 0 THEN 'dismiss' ELSE 'confirm' END,
    CASE WHEN case_id %% 10 = 9 THEN NULL WHEN case_id %% 3 = 0 THEN 'explainable' ELSE 'instrument_fault' END,
    'bench', '张三', opened_at + INTERVAL '1 day'
FROM opened
WHERE case_id %% 3 = 0 OR case_id %% 10 IN (1, 9);

-- go_on_counting --
-- Lets the next case have a number of its own. One row.
SELECT setval(pg_get_serial_sequence('audit_case', 'case_id'), (SELECT max(case_id) FROM audit_case));

-- filings --
-- The filing of a month by nine units in ten with the figures of its monitored balance, one in twenty two per cent lower;
-- accepted as far as the unit's number says. No rows.
WITH cells AS (
    SELECT
        b.unit_id,
        jsonb_agg(
            jsonb_build_object(
                'form', c.form_code, 'row', c.row_code, 'column', c.column_code, 'source', 'manual',
                'value', round(c.value * CASE WHEN b.unit_id %% 20 = 0 THEN 0.98 ELSE 1 END, 2)::text
            )
        ) AS content
    FROM monitored_balance AS b
    INNER JOIN balance_cell AS c ON b.balance_id = c.balance_id
    WHERE b.month_on = %(month_on)s::date AND b.version = 1 AND b.unit_id %% 10 <> 7
    GROUP BY b.unit_id
),

filed AS (
    INSERT INTO filing (
        unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at, collected_under,
        relation_edition
    )
    SELECT
        unit_id, %(month_on)s::date, 1, content, 'bench', '李四', '王五', '赵六',
        %(month_on)s::date + INTERVAL '1 month 5 days' + unit_id * INTERVAL '1 minute', 'survey', 'bench'
    FROM cells
    RETURNING filing_id, unit_id, filed_at
)

INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)
SELECT f.filing_id, step.state, step.level, '钱七', f.filed_at + step.place * INTERVAL '1 hour'
FROM filed AS f
INNER JOIN (
    VALUES
    (0, 'filed', 'unit'), (1, 'accepted_county', 'county'), (2, 'accepted_city', 'city'), (3, 'accepted_province', 'province'),
    (4, 'locked', 'province')
) AS step (place, state, level) ON f.unit_id %% 6 >= step.place
ORDER BY f.filing_id, step.place;

-- events --
-- Public and unit events of a month. No rows.
INSERT INTO context_event (unit_id, kind, title, begins_at, ends_at, division_code, document_no, filed_at)
SELECT
    NULL, 'orderly_use', '有序用电', %(first_at)s::timestamptz + number * INTERVAL '12 hours',
    %(first_at)s::timestamptz + (number + 2) * INTERVAL '12 hours', '150' || (1 + number %% 9) || '00', '发改〔2026〕' || number,
    %(first_at)s::timestamptz
FROM generate_series(1, 40) AS number
UNION ALL
SELECT
    unit_id, 'overhaul', '检修', %(first_at)s::timestamptz + unit_id %% 20 * INTERVAL '1 day',
    %(first_at)s::timestamptz + (unit_id %% 20 + 2) * INTERVAL '1 day', NULL, NULL, %(first_at)s::timestamptz
FROM unit
WHERE unit_id %% 4 = 0;

-- counts --
-- How many rows there are of each kind. One row.
SELECT
    (SELECT count(*) FROM unit) AS units,
    (SELECT count(*) FROM series) AS series,
    (SELECT count(*) FROM series_day) AS series_days,
    (SELECT count(*) FROM reading) AS readings,
    (SELECT count(*) FROM alert) AS alerts,
    (SELECT count(*) FROM audit_case) AS cases,
    (SELECT count(*) FROM filing) AS filings,
    (SELECT count(*) FROM monitored_balance) AS balances,
    (SELECT count(*) FROM release) AS releases;
