-- Days, readings, refusals, cases, filings and balances of the units, more than a page of cases of the first.
INSERT INTO message (message_id, shard, gateway_id, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)
SELECT gateway_id, 0, gateway_id, 't', 'json_v1', 'sha256', sha256(gateway_id::text::bytea), '2026-10-05 08:00+08', 'accepted', 97, 96, 0, 0, 0, 1, 'online_monitoring' FROM gateway;
INSERT INTO refusal (message_id, ordinal, reason_code, detail, point_code, at, value_text, refused_at)
SELECT message_id, 96, 'value_malformed', '=1+1', 'E1', '2026-10-05 08:00+08', '=1+1', '2026-10-05 08:00+08' FROM message;
INSERT INTO reading (series_id, at, value, message_id, ordinal, source)
SELECT s.series_id, '2026-10-05 00:00+08'::timestamptz + slot * INTERVAL '15 minutes', 1000.10 + slot, m.message_id, slot, 'l'
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN gateway AS g ON p.unit_id = g.unit_id
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
CROSS JOIN generate_series(0, 95) AS slot;
INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, due_slots, received_slots, total_energy, measured_energy, content_hash, computed_at)
SELECT series_id, '2026-10-05', 15, 'kWh', 2, array_fill(100::bigint, ARRAY[96]), 2, array_fill(100::bigint, ARRAY[96]), repeat('V', 96), repeat('-', 96), 96, 95, 96.00, 96.00, '\x00', now() FROM series;
INSERT INTO point_month (point_id, month_on, unit, energy, measured_energy, due_slots, received_slots, known_slots)
SELECT point_id, '2026-10-01', 'kWh', 2976, 2976, 2976, 2900, 2976 FROM point;
INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at)
SELECT unit_id, '2026-10-01', 1, 'l', 'c', 'sha256', '\x00', now() FROM unit;
INSERT INTO balance_cell (balance_id, row_code, column_code, value, unit, completeness, measured_share, source_point_ids)
SELECT balance_id, '33', '4', 123.45, 'kWh', 0.99, 0.98, '{}' FROM monitored_balance;
INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at, collected_under)
SELECT unit_id, '2026-10-01', 1, '[{"form": "205-1", "row": "33", "column": "4", "value": "123.45", "source": "manual"}]', 'r', 'a', 'b', 'c', '2026-11-05 08:00+08', 'survey' FROM unit;
INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)
VALUES ('days', '2026-10-01', '2026-10-31', now(), now(), '{}');
-- 130 cases of the first unit and one of each other, each with a finding, an alert and a piece of evidence.
INSERT INTO audit_case (unit_id, level, opened_at)
SELECT (SELECT min(unit_id) FROM unit), 'lead', now() FROM generate_series(1, 130)
UNION ALL
SELECT unit_id, 'doubt', now() FROM unit WHERE unit_id > (SELECT min(u.unit_id) FROM unit AS u);
INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, span, level, evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at, mode)
SELECT r.audit_run_id, CASE WHEN c.case_id % 2 = 0 THEN 'frozen' ELSE 'gap' END, 1, sha256(c.case_id::text::bytea), c.unit_id, '[2026-10-05 00:00+08,2026-10-06 00:00+08)', c.level, '{}', '{}', 'sha256', '\x00', now(), 'live'
FROM audit_case AS c CROSS JOIN audit_run AS r;
INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)
SELECT f.fingerprint, c.case_id, f.rule_code, f.finding_id, now()
FROM audit_case AS c INNER JOIN finding AS f ON sha256(c.case_id::text::bytea) = f.fingerprint;
INSERT INTO evidence (case_id, alert_id, kind, content, hash_algorithm, hash, recorded_at)
SELECT case_id, alert_id, 'row', '{"share": "0.5"}', 'sha256', sha256(case_id::text::bytea), now() FROM alert;
INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
SELECT case_id, CASE WHEN case_id % 3 = 0 THEN 'confirm' ELSE 'dismiss' END, CASE WHEN case_id % 3 = 0 THEN 'omission' ELSE 'explainable' END, 'r', 'x', now()
FROM audit_case WHERE case_id % 5 = 0;
