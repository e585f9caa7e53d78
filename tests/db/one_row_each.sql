-- One row in every append-only table, by the shortest way: rows that only have to exist.
INSERT INTO unit (unit_code, name, division_code, industry_code, field, collected_under)
VALUES ('91150200000000000' || '9', 'u', '150200', 'C3110', 'industry', 'online_monitoring');
INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from)
SELECT unit_id, 'g', 0, '2026-01-01+08'
FROM unit;
INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
SELECT unit_id, 'm', 'm', '1', 'qualified'
FROM unit;
INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
SELECT unit_id, 'p', '0000000002330010', 'p', '33', 'purchase', 'industrial'
FROM unit;
INSERT INTO series (point_id, quantity, kind, period)
SELECT point_id, 'active_energy', 'register', 'instant'
FROM point;
INSERT INTO message (message_id, shard, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under)
VALUES (1, 0, 't', 'c', 'sha256', '\x00', now(), 'refused', 0, 0, 0, 0, 0, 0, 'online_monitoring');
INSERT INTO message_raw
VALUES (1, now(), '\x00');
INSERT INTO reading
SELECT series_id, now(), 1, 1, 0, 'l'
FROM series;
INSERT INTO refusal (message_id, reason_code, detail, refused_at)
VALUES (1, 'r', 'd', now());
INSERT INTO refusal_replay (refusal_id, message_id, outcome, arrived_at, replayed_at)
SELECT refusal_id, message_id, 'accepted', now(), now() FROM refusal;
INSERT INTO reading_conflict (series_id, at, standing_value, value, message_id, ordinal, recorded_at)
SELECT series_id, now(), 1, 2, 1, 0, now()
FROM series;
INSERT INTO reading_revision (series_id, at, earlier_value, value, reason, standing, message_id, ordinal, recorded_at)
SELECT series_id, now(), 1, 2, 'r', 'waiting', 1, 0, now()
FROM series;
INSERT INTO gateway_state (gateway_id, received_at, online)
SELECT gateway_id, now(), true
FROM gateway;
INSERT INTO gateway_key (gateway_id, key_id, algorithm, public_key, valid_from, registered_by)
SELECT gateway_id, '0123456789abcdef', 'ed25519', decode(repeat('00', 32), 'hex'), now(), 'p'
FROM gateway;
INSERT INTO gateway_key_revocation (gateway_key_id, reason, revoked_by)
SELECT gateway_key_id, 'r', 'p'
FROM gateway_key;
INSERT INTO gateway_boot (gateway_id, boot_id, how, enrolled_by)
SELECT gateway_id, '7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', 'first', 'p'
FROM gateway;
INSERT INTO gateway_account_event (gateway_id, kind, done_by, done_at)
SELECT gateway_id, 'added', 'p', now()
FROM gateway;
INSERT INTO rule_version (rule_code, version, content_hash, definition)
VALUES ('r', 1, '\x00', '{}');
INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)
VALUES ('days', '2026-10-01', '2026-10-01', now(), now(), '{}');
INSERT INTO audit_case (unit_id, level, opened_at)
SELECT unit_id, 'lead', now()
FROM unit;
INSERT INTO finding (audit_run_id, rule_code, rule_version, fingerprint, unit_id, span, level, evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at)
SELECT audit_run_id, 'r', 1, '\x00', unit_id, '[2026-10-01,2026-10-02)', 'lead', '{}', '{}', 'sha256', '\x00', now()
FROM audit_run, unit;
INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)
SELECT '\x00', case_id, 'r', finding_id, now()
FROM audit_case, finding;
INSERT INTO evidence (case_id, kind, content, hash_algorithm, hash, recorded_at)
SELECT case_id, 'k', '{}', 'sha256', '\x00', now()
FROM audit_case;
INSERT INTO evidence_document (case_id, format, hash_algorithm, hash, made_by, made_at)
SELECT case_id, 'f', 'sha256', '\x00', 'p', now()
FROM audit_case;
INSERT INTO decision (case_id, kind, reason, decided_by, decided_at)
SELECT case_id, 'dismiss', 'r', 'p', now()
FROM audit_case;
INSERT INTO exclusion (decision_id, series_id, span, recorded_at)
SELECT decision_id, series_id, '[2026-10-01,2026-10-02)', now()
FROM decision, series;
INSERT INTO reading_adoption (decision_id, series_id, at, value, recorded_at, message_id)
SELECT decision_id, series_id, now(), 1, now(), message_id
FROM decision, series, message;
INSERT INTO agreed_value (series_id, span, energy, unit, document_no, agreed_by_unit, agreed_by_officer, decision_id, agreed_on, recorded_by, recorded_at)
SELECT series_id, '[2026-10-01,2026-10-02)', 1, 'kWh', 'd', 'a', 'b', decision_id, '2026-10-03', 'p', now()
FROM series, decision;
INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at)
SELECT unit_id, '2026-10-01', 1, 'l', 'c', 'sha256', '\x00', now()
FROM unit;
INSERT INTO balance_cell (balance_id, row_code, column_code, value, unit, completeness, source_point_ids)
SELECT balance_id, '33', '4', 1, '10^4kWh', 1, '{}'
FROM monitored_balance;
SELECT set_config('nenghao.unit_id', unit_id::text, TRUE) FROM unit;
INSERT INTO draft (unit_id, month_on, content, saved_by, saved_at)
SELECT unit_id, '2026-10-01', '{"cells": [], "notes": []}', 'a', now()
FROM unit;
INSERT INTO filing_check (draft_id, unit_id, relation_edition, mandatory_broken, unexplained, not_run, broken, checked_at)
SELECT draft_id, unit_id, 'e', 0, 0, 0, '[]', now()
FROM draft;
INSERT INTO filing_signature (draft_id, unit_id, signer, signed_by, signed_at)
SELECT draft_id, unit_id, 'filler', 'a', now()
FROM draft;
INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at, collected_under)
SELECT unit_id, '2026-10-01', 1, '[]', 'r', 'a', 'b', 'c', now(), 'survey'
FROM unit;
INSERT INTO filing_note (filing_id, relation_code, form_code, row_code, column_code, cause, quantity, document, noted_by)
SELECT filing_id, 'A8', '205-1', '33', '4', 'c', 'q', 'd', 'a'
FROM filing;
INSERT INTO filing_event (filing_id, state, level, acted_by, acted_at)
SELECT filing_id, 'filed', 'unit', 'a', now()
FROM filing;
INSERT INTO filing_query (filing_id, level, question, asked_by, asked_at)
SELECT filing_id, 'county', 'q', 'o', now()
FROM filing;
INSERT INTO filing_answer (filing_query_id, cause, quantity, document, answered_by, answered_at)
SELECT filing_query_id, 'c', 'q', 'd', 'a', now()
FROM filing_query;
INSERT INTO return_check (kind, return_id, unit_id, month_on, relation_edition, mandatory_broken, explanatory_broken, not_run, audit_run_id, checked_at)
SELECT 'filing', f.filing_id, f.unit_id, f.month_on, 'e', 0, 0, 0, r.audit_run_id, now()
FROM filing AS f, audit_run AS r;
INSERT INTO release (kind, unit_id, month_on, version, balance_id, format_version, content, hash_algorithm, hash, signature_algorithm, signature, key_id, archive, archive_name, archive_hash_algorithm, archive_hash, sealed_at)
SELECT 'monitored_balance', unit_id, '2026-10-01', 1, balance_id, '1', '\x00', 'sha256', '\x00', 'ed25519', '\x00', 'k', '\x00', 'n', 'sha256', '\x00', now()
FROM monitored_balance;
INSERT INTO restatement_reason (restates_release_id, reason_kind, reference, given_by, given_at)
SELECT release_id, 'late_data', 'r', 'p', now()
FROM release;
INSERT INTO release_recipient (release_id, recipient, way, sent_at, recorded_by, recorded_at)
SELECT release_id, 'w', 'hand', now(), 'p', now()
FROM release;
INSERT INTO release_notice (release_id, recipient, had_release_id, opened_at)
SELECT release_id, 'w', release_id, now()
FROM release;
-- Last, because it takes a second point.
INSERT INTO point (unit_id, point_code, data_code, name, variety_code, flow, use)
SELECT unit_id, 'CHECK', data_code, 'n', variety_code, flow, use FROM point;
INSERT INTO check_meter (point_id, check_point_id, valid_from)
SELECT main.point_id, checked.point_id, '2026-10-01' FROM point AS main, point AS checked
WHERE main.point_code <> 'CHECK' AND checked.point_code = 'CHECK';
INSERT INTO meter (unit_id, meter_no, model, accuracy_class, state)
SELECT unit_id, 'm2', 'm', '1', 'qualified'
FROM unit;
INSERT INTO meter_verification (meter_id, verified_on, verified_by, certificate_no, result)
SELECT meter_id, '2026-01-01', 'b', 'c', 'passed'
FROM meter;
INSERT INTO meter_state_change (meter_id, changed_on, state, reason, declared_by)
SELECT meter_id, '2026-01-01', 'stopped', 'r', 'p'
FROM meter;
INSERT INTO unit_version (unit_id, name, division_code, industry_code, reason)
SELECT unit_id, 'u', '150200', 'C3110', 'registered'
FROM unit;
INSERT INTO meter_change (point_id, quantity, changed_at, old_meter_id, new_meter_id, reason, declared_by, declared_at, timeliness)
SELECT point_id, 'active_energy', now(), a.meter_id, b.meter_id, 'r', 'p', now(), 'before'
FROM point, meter AS a, meter AS b
WHERE a.meter_no = 'm' AND b.meter_no = 'm2';
INSERT INTO multiplier_change (point_id, quantity, changed_at, old_multiplier, new_multiplier, reason, declared_by, declared_at, timeliness)
SELECT point_id, 'active_energy', now(), 1, 2, 'r', 'p', now(), 'before'
FROM point;
INSERT INTO boundary_register (series_id, at, side, value, meter_change_id)
SELECT series_id, now(), 'final', 1, meter_change_id
FROM series, meter_change
LIMIT 1;
INSERT INTO supply_account (unit_id, variety_code, account_no, provider, settlement_day, valid_from)
SELECT unit_id, '33', 'a', 'p', 31, '2026-01-01'
FROM unit;
INSERT INTO supply_statement (supply_account_id, from_on, to_on, quantity, unit, document_no)
SELECT supply_account_id, '2026-10-01', '2026-11-01', 1, 'kWh', 'd'
FROM supply_account;
INSERT INTO production_output (unit_id, product_code, month_on, quantity, unit)
SELECT unit_id, 'p', '2026-10-01', 1, 't'
FROM unit;
INSERT INTO outage_filing (unit_id, fault_at, cause, filed_at, timeliness)
SELECT unit_id, now(), 'power', now(), 'in_time'
FROM unit;
INSERT INTO context_event (unit_id, kind, title, begins_at, filed_at)
SELECT unit_id, 'overhaul', 't', now(), now()
FROM unit;
INSERT INTO panel_member (panel_code, unit_id, entered_on, entry_reason)
SELECT 'p', unit_id, '2026-01-01', 'initial'
FROM unit;
INSERT INTO archive_month (month_on, version, manifest, hash_algorithm, hash, signature_algorithm, key_id, signature, archived_at)
VALUES ('2026-10-01', 1, '\x00', 'sha256', '\x00', 'ed25519', 'k', '\x00', now());
INSERT INTO archive_check (archive_id, relation_name, first_at, end_at, row_count, row_digest, checked_at)
SELECT archive_id, 'reading', '2026-10-01Z', '2026-10-02Z', 1, 1, now()
FROM archive_month;
INSERT INTO retention_hold (span, reason, placed_by, placed_at)
VALUES ('[2026-10-01,2026-10-02)', 'r', 'p', now());
INSERT INTO retention_hold_end (retention_hold_id, reason, ended_by, ended_at)
SELECT retention_hold_id, 'r', 'p', now()
FROM retention_hold;
INSERT INTO retention_run (relation_name, first_at, end_at, row_count, row_digest, archive_id, manifest_hash_algorithm, manifest_hash, reason, run_by, run_under, run_at)
SELECT 'reading', '2026-10-01Z', '2026-10-02Z', 1, 1, archive_id, hash_algorithm, hash, 'r', 'p', 'p', now()
FROM archive_month;
INSERT INTO reminder (kind, audience, unit_id, subject, period_on, due_at, severity, opened_at)
SELECT 'filing', 'unit', unit_id, '205-1', '2026-10-01', now(), 'warning', now()
FROM unit;
INSERT INTO reminder_event (reminder_id, kind, at)
SELECT reminder_id, 'reached', now()
FROM reminder;
INSERT INTO heating_value (unit_id, variety_code, lot, test_sheet_no, sampled_on, valid_from, valid_to, quantity, quantity_unit, heating_value, heating_value_unit, laboratory)
SELECT unit_id, '01', 'l', 't', '2026-10-01', '2026-10-01', '2026-10-02', 1, 't', 20000, 'kJ/kg', 'l'
FROM unit;
INSERT INTO equal_value (region_code, year, variety_code, kgce_per_unit, unit, document_no, source, confidence)
VALUES ('150000', 2026, '33', 0.3, 'kWh', 'd', 's', 'unsure');
INSERT INTO stock_yard (unit_id, yard_no, variety_code, capacity, capacity_unit, tenure, valid_from, document_no)
SELECT unit_id, 'y', '01', 1, 't', 'owned', '2026-01-01', 'd'
FROM unit;
INSERT INTO product_process (unit_id, product_code, process_code, valid_from)
SELECT unit_id, 'p', '00', '2026-01-01'
FROM unit;
INSERT INTO rule_mode (rule_code, mode, reason, set_by, set_at) VALUES ('r', 'shadow', 'few clean days', 'a', now());
INSERT INTO audit_case (level, opened_at)
VALUES ('lead', now());
INSERT INTO alert_event (alert_id, finding_id, kind, audit_run_id, at)
SELECT a.alert_id, a.first_finding_id, 'quiet', r.audit_run_id, now()
FROM alert AS a, audit_run AS r;
INSERT INTO case_merge (case_id, into_case_id, cause, audit_run_id, merged_at)
SELECT max(c.case_id), min(c.case_id), 'one_cause', min(r.audit_run_id), now()
FROM audit_case AS c, audit_run AS r;
INSERT INTO case_level (case_id, level, reason, audit_run_id, set_at)
SELECT a.case_id, 'doubt', 'two_channels', r.audit_run_id, now()
FROM alert AS a, audit_run AS r;
INSERT INTO mute (rule_code, until_at, reason, muted_by, muted_at)
VALUES ('r', now() + INTERVAL '1 day', 'r', 'p', now());
INSERT INTO mute_end (mute_id, reason, ended_by, ended_at)
SELECT mute_id, 'r', 'p', now()
FROM mute;
INSERT INTO silenced_finding (finding_id, source, source_id, recorded_at)
SELECT f.finding_id, 'mute', m.mute_id, now()
FROM finding AS f, mute AS m;
INSERT INTO common_cause (case_id, division_code, began_on, unit_count, unit_total, share_min, unit_count_min, audit_run_id, found_at)
SELECT a.case_id, '150200', '2026-10-01', 5, 20, 0.1, 3, r.audit_run_id, now()
FROM alert AS a, audit_run AS r;
INSERT INTO sample_plan (month_on, unit_count, seed_day_on, announced_by, announced_at)
VALUES ('2026-10-01', 1, '2999-01-01', 'p', now());
INSERT INTO sample_draw (sample_plan_id, tree_no, seed, seed_algorithm, drawn_by, drawn_at)
SELECT sample_plan_id, 1, '\x00', 'sha256', 'p', now()
FROM sample_plan;
INSERT INTO sample_unit (sample_plan_id, unit_id, size_tce, probability_numerator, probability_denominator, is_drawn)
SELECT d.sample_plan_id, u.unit_id, 1, 1, 1, TRUE
FROM sample_draw AS d, unit AS u;
INSERT INTO sample_result (sample_plan_id, unit_id, reported_tce, checked_tce, document_no, checked_by, also_checked_by, recorded_at)
SELECT sample_plan_id, unit_id, 1, 2, 'd', 'a', 'b', now()
FROM sample_unit;
INSERT INTO case_step (case_id, unit_id, act, side, acted_by, acted_at, told, content, channel, recorded_by, recorded_at, hash_algorithm, hash)
SELECT case_id, unit_id, 'comment', 'officer', 'p', now(), 't', '{}', 'command', 'p', now(), 'sha256', convert_to('step ' || case_id, 'UTF8')
FROM audit_case;
INSERT INTO case_attachment (case_step_id, case_id, unit_id, name, media_type, size_bytes, hash_algorithm, hash, recorded_at)
SELECT case_step_id, case_id, unit_id, 'a.pdf', 'application/pdf', 1, 'sha256', '\x00', now()
FROM case_step;
INSERT INTO case_attachment_bytes (case_attachment_id, content)
SELECT case_attachment_id, '\x00'
FROM case_attachment;
INSERT INTO account (login, name, role) VALUES ('aud', 'a', 'audit_admin');
INSERT INTO account_password (account_id, hash, must_change)
SELECT account_id, '$argon2id$', false FROM account;
INSERT INTO sign_in_attempt (login, address, outcome) VALUES ('aud', '127.0.0.1', 'refused');
INSERT INTO web_session (account_id, token_hash, begun_at, seen_at, idle_ends_at, ends_at)
SELECT account_id, sha256('t'), now(), now(), now(), now() FROM account;
INSERT INTO api_token (account_id, label, token_hash, ends_at)
SELECT account_id, 'l', sha256('t'), now() + INTERVAL '1 day' FROM account;
INSERT INTO access_trail (kind, route, subject, outcome) VALUES ('view', 'r', 's', 'done');
INSERT INTO rule_essay (rule_code, version, hash_algorithm, hash, essay, recorded_at)
SELECT rule_code, version, 'SHA-256', '\x00', 'e', now()
FROM rule_version;
INSERT INTO seal_request (kind, month_on, unit_id, requested_by, requested_at)
SELECT 'monitored_balance', '2026-10-01', unit_id, 'p', now()
FROM unit;
INSERT INTO seal_progress (seal_request_id, state, at)
SELECT seal_request_id, 'running', now()
FROM seal_request;
INSERT INTO unit_request (unit_id, kind, gateway_code, reason, asked_by, asked_at)
SELECT unit_id, 'gateway_end', 'g', 'r', 'p', now() FROM unit;
INSERT INTO unit_request_answer (unit_request_id, outcome, remark, answered_by, answered_at)
SELECT unit_request_id, 'granted', '', 'p', now() FROM unit_request;
INSERT INTO change_document (unit_id, meter_change_id, subject, file_name, media_type, content, content_hash_algorithm, content_hash, added_by, added_at)
SELECT m.unit_id, c.meter_change_id, 'other', 'f', 'image/png', '\x00', 'sha256', '\x00', 'p', now()
FROM meter_change AS c INNER JOIN meter AS m ON c.new_meter_id = m.meter_id;
INSERT INTO register_upload (unit_id, file_name, content, content_hash_algorithm, content_hash, uploaded_by, uploaded_at)
SELECT unit_id, 'f', '\x00', 'sha256', '\x00', 'p', now() FROM unit;
INSERT INTO register_import (register_upload_id, unit_id, counts, imported_by, imported_at)
SELECT register_upload_id, unit_id, '{}', 'p', now() FROM register_upload;
