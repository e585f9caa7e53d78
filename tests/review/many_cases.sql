-- Units of several cities with a point each, and alerts of several rules at them, each in a case of its own: two of three
-- rules know what was expected, one case in five is a doubt, one in seven was found quiet, and the thirteenth is common.
INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
SELECT
    '9115' || lpad(n::text, 14, '0'),
    CASE WHEN n = 1 THEN '<script>alert(1)</script>' WHEN n = 2 THEN '=1+1' ELSE 'unit ' || n END,
    (ARRAY['150202', '150203', '150102', '150602'])[1 + n %% 4],
    'C3110',
    'industry',
    'survey'
FROM generate_series(1, %(units)s::integer) AS n;

INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
SELECT
    unit_id, 'p' || unit_id, lpad(unit_id::text, 16, '0'), 'point ' || unit_id,
    CASE WHEN unit_id %% 9 = 0 THEN '01' ELSE '33' END,
    CASE WHEN unit_id %% 4 = 0 THEN 'internal' ELSE 'purchase' END,
    'industrial'
FROM unit;

INSERT INTO series (point_id, quantity, kind, period)
SELECT point_id, 'active_energy', 'interval', '15min'
FROM point;

INSERT INTO rule_version (rule_code, version, content_hash, definition)
VALUES
('clipped_peak', 1, '\x01', '{"family": "shape", "exclusion": "channels", "innocence": []}'),
('copied_curve', 1, '\x02', '{"family": "shape", "exclusion": "channels", "innocence": []}'),
('register_against_interval', 1, '\x03', '{"family": "identity", "exclusion": "series", "innocence": []}')
ON CONFLICT DO NOTHING;

INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)
VALUES ('days', '2026-10-01', '2026-10-31', '2026-11-01+08', '2026-11-01+08', '{}');

INSERT INTO point_day (
    point_id, day_on, series_id, unit, energy, measured_energy, due_slots, received_slots, known_slots
)
SELECT s.point_id, DATE '2026-10-01' + d, s.series_id, 'kWh', 1000 + 137 * (s.point_id %% 50), 1000, 96, 96, 96
FROM (SELECT * FROM series WHERE kind = 'interval') AS s
CROSS JOIN generate_series(0, %(days)s::integer - 1) AS d;

INSERT INTO finding (
    audit_run_id, rule_code, rule_version, fingerprint, unit_id, point_id, series_id, span, level, kind, score,
    expected_energy, observed_energy, energy_unit, evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at, mode
)
SELECT
    r.audit_run_id,
    (ARRAY['clipped_peak', 'copied_curve', 'register_against_interval'])[1 + n %% 3],
    1,
    decode(lpad(to_hex(n), 8, '0'), 'hex'),
    p.unit_id,
    p.point_id,
    s.series_id,
    tstzrange(
        TIMESTAMPTZ '2026-10-01 00:00+08' + make_interval(days => n %% 25),
        TIMESTAMPTZ '2026-10-03 00:00+08' + make_interval(days => n %% 25)
    ),
    CASE WHEN n %% 5 = 0 THEN 'doubt' ELSE 'lead' END,
    (ARRAY['clip', 'copy', 'register'])[1 + n %% 3],
    CASE WHEN n %% 4 <> 0 THEN n %% 11 END,
    CASE WHEN n %% 3 <> 1 THEN 1000 + n %% 977 END,
    CASE WHEN n %% 3 <> 1 THEN 500 END,
    'kWh',
    '{}',
    '{}',
    'SHA-256',
    '\x00',
    TIMESTAMPTZ '2026-11-01 02:00+08',
    'live'
FROM generate_series(1, %(alerts)s::integer) AS n
INNER JOIN audit_run AS r ON TRUE
INNER JOIN point AS p ON p.point_id = (SELECT min(point_id) FROM point) + n %% %(units)s::integer
INNER JOIN series AS s ON p.point_id = s.point_id AND s.kind = 'interval';

INSERT INTO audit_case (unit_id, level, opened_at)
SELECT unit_id, level, found_at
FROM finding
ORDER BY finding_id;

INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)
SELECT f.fingerprint, c.case_id, f.rule_code, f.finding_id, f.found_at
FROM (SELECT *, row_number() OVER (ORDER BY finding_id) AS place FROM finding) AS f
INNER JOIN (SELECT case_id, row_number() OVER (ORDER BY case_id) AS place FROM audit_case) AS c ON f.place = c.place;

INSERT INTO alert_event (alert_id, finding_id, kind, audit_run_id, at)
SELECT a.alert_id, a.first_finding_id, 'quiet', r.audit_run_id, TIMESTAMPTZ '2026-11-02 02:00+08'
FROM alert AS a, audit_run AS r
WHERE a.alert_id %% 7 = 0;

INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
SELECT case_id, 'dismiss', 'explainable', 'overhaul', 'auditor', TIMESTAMPTZ '2026-11-03 10:00+08'
FROM audit_case
WHERE case_id %% 10 = 3;

INSERT INTO common_cause (
    case_id, division_code, began_on, unit_count, unit_total, share_min, unit_count_min, audit_run_id, found_at
)
SELECT min(c.case_id) + 12, '150200', '2026-10-01', 5, 20, 0.1, 5, r.audit_run_id, TIMESTAMPTZ '2026-11-01 02:00+08'
FROM audit_case AS c, audit_run AS r
GROUP BY r.audit_run_id;
