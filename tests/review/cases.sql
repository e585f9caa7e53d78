-- For each unit with a series one case that is a doubt: intervals cut on three days of August.
INSERT INTO rule_version (rule_code, version, content_hash, definition)
VALUES (
    'register_against_interval', 1, '\x01',
    '{"innocence": ["rule.register_against_interval.innocence.clock", "rule.register_against_interval.innocence.multiplier"],
    "exclusion": "channels"}'
);
INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)
VALUES ('days', '2026-08-03', '2026-08-16', '2026-08-17+08', '2026-08-17+08', '{}');
INSERT INTO audit_case (unit_id, level, opened_at)
SELECT DISTINCT p.unit_id, 'doubt', timestamptz '2026-08-17+08'
FROM series AS s INNER JOIN point AS p ON s.point_id = p.point_id
ORDER BY p.unit_id;
INSERT INTO finding (
    audit_run_id, rule_code, rule_version, fingerprint, unit_id, point_id, series_id, span, level, evidence, thresholds,
    evidence_hash_algorithm, evidence_hash, found_at, kind, score, expected_energy, observed_energy, energy_unit
)
SELECT
    r.audit_run_id, 'register_against_interval', 1, int8send(s.series_id::bigint), p.unit_id, p.point_id, s.series_id,
    '[2026-08-11 00:00+08,2026-08-14 00:00+08)', 'doubt', '{"secret_figure": 4711}', '{}', 'sha256', '\x01',
    '2026-08-17+08', 'register', 9, 1200, 900, 'kWh'
FROM audit_run AS r, series AS s INNER JOIN point AS p ON s.point_id = p.point_id;
INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)
SELECT f.fingerprint, c.case_id, f.rule_code, f.finding_id, f.found_at
FROM finding AS f INNER JOIN audit_case AS c ON f.unit_id = c.unit_id;
