-- What one_row_each.sql leaves out, because it is no history: a row of the same unit in every other table.
INSERT INTO series_version (series_id, valid, meter_id, unit, slot_minutes, multiplier, multiplier_applied_by, decimals)
SELECT s.series_id, '[2026-01-01,)', m.meter_id, 'kWh', 60, 1, 'platform', 2 FROM series AS s, meter AS m WHERE m.meter_no = 'm';
INSERT INTO series_day (series_id, day_on, slot_minutes, unit, scale, energy, face_scale, face, quality, method, due_slots, received_slots, measured_energy, content_hash, computed_at)
SELECT series_id, '2026-10-01', 60, 'kWh', 0, '{1}', 0, '{1}', 'V', 'M', 1, 1, 1, '\x00', now() FROM series;
INSERT INTO point_day (point_id, day_on, series_id, unit, energy, measured_energy, due_slots, received_slots, known_slots)
SELECT point_id, '2026-10-01', series_id, 'kWh', 1, 1, 1, 1, 1 FROM series;
INSERT INTO point_month (point_id, month_on, unit, energy, measured_energy, due_slots, received_slots, known_slots)
SELECT point_id, '2026-10-01', 'kWh', 1, 1, 1, 1, 1 FROM series;
INSERT INTO network_term (whole_point_id, part_point_id, sign, valid_from)
SELECT a.point_id, b.point_id, 1, '2026-01-01' FROM point AS a, point AS b WHERE a.point_code = 'p' AND b.point_code = 'CHECK';
INSERT INTO message (message_id, shard, gateway_id, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under, boot_id, seq)
SELECT 2, 0, gateway_id, 't', 'c', 'sha256', '\x01', now(), 'accepted', 0, 0, 0, 0, 0, 0, 'online_monitoring', '7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', 1 FROM gateway;
INSERT INTO message (message_id, shard, gateway_id, topic, codec, hash_algorithm, hash, received_at, outcome, reading_count, stored_count, duplicate_count, conflict_count, revision_count, refused_count, collected_under, boot_id, seq, prev_hash)
SELECT 3, 0, gateway_id, 't', 'c', 'sha256', '\x02', now(), 'accepted', 0, 0, 0, 0, 0, 0, 'online_monitoring', '7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', 2, '\x07' FROM gateway;
INSERT INTO message_raw VALUES (2, now(), '\x01');
INSERT INTO refusal (message_id, reason_code, detail, refused_at) VALUES (2, 'r', 'd', now());
INSERT INTO refusal_replay (refusal_id, message_id, outcome, arrived_at, replayed_at)
SELECT refusal_id, message_id, 'accepted', now(), now() FROM refusal WHERE message_id = 2;
INSERT INTO resend_request (gateway_id, boot_id, first_seq, last_seq, requested_at)
SELECT gateway_id, '7e3f0f9e-2d1c-4a55-9e53-0a6a0d8c1f11', 1, 2, now() FROM gateway;
INSERT INTO series_day_estimate (series_id, day_on, first_slot, slot_count, method, donor_days, reasons, gap)
SELECT series_id, '2026-10-01', 1, 1, 'E1', '{}', '{}', '[2026-10-01,2026-10-02)' FROM series;
INSERT INTO series_day_feature (series_id, day_on, curve_version, curve, slot_minutes, unit, step, quantum, content_hash, computed_at)
SELECT series_id, '2026-10-01', 1, '\x00', 60, 'kWh', 1, 1, '\x00', now() FROM series;
INSERT INTO candidate (rule_code, series_id, span, kind, statistics, score, energy_unit, other_series_ids, notes, is_rich, found_at)
SELECT 'r', series_id, '[2026-10-01,2026-10-02)', 'zero', '{}', 1, 'kWh', '{}', '{}', FALSE, now() FROM series;
INSERT INTO changed_mark (series_id, day_on) SELECT series_id, '2026-10-01' FROM series;
INSERT INTO month_mark (unit_id, month_on) SELECT unit_id, '2026-10-01' FROM unit;
INSERT INTO reminder (kind, audience, unit_id, subject, period_on, due_at, severity, opened_at)
SELECT 'filing', 'unit', unit_id, '205-1', '2026-11-01', now(), 'warning', now() FROM unit;
-- The unit is asked about its case, and so is told what is told.
INSERT INTO decision (case_id, kind, reason, decided_by, decided_at)
SELECT min(case_id), 'inquire', 'r', 'p', now() FROM audit_case WHERE unit_id IS NOT NULL;
-- A decision that stands, so that what it excluded and adopted is in force; a hold, a mute and an agreed value of the unit.
INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
SELECT min(case_id), 'confirm', 'communication', 'r', 'p', now() FROM audit_case WHERE unit_id IS NOT NULL;
INSERT INTO exclusion (decision_id, series_id, span, recorded_at)
SELECT max(d.decision_id), s.series_id, '[2026-10-02,2026-10-03)', now() FROM decision AS d, series AS s GROUP BY s.series_id;
INSERT INTO reading_adoption (decision_id, series_id, at, value, recorded_at, message_id)
SELECT max(d.decision_id), s.series_id, '2026-10-02Z', 1, now(), 2 FROM decision AS d, series AS s GROUP BY s.series_id;
INSERT INTO retention_hold (unit_id, span, reason, placed_by, placed_at)
SELECT unit_id, '[2026-10-01,2026-10-02)', 'r', 'p', now() FROM unit;
INSERT INTO retention_hold_end (retention_hold_id, reason, ended_by, ended_at)
SELECT retention_hold_id, 'r', 'p', now() FROM retention_hold WHERE unit_id IS NOT NULL;
INSERT INTO mute (rule_code, unit_id, until_at, reason, muted_by, muted_at)
SELECT 'r', unit_id, now() + INTERVAL '1 day', 'r', 'p', now() FROM unit;
INSERT INTO mute_end (mute_id, reason, ended_by, ended_at) SELECT mute_id, 'r', 'p', now() FROM mute WHERE unit_id IS NOT NULL;
INSERT INTO mute (rule_code, unit_id, until_at, reason, muted_by, muted_at)
SELECT 'r', unit_id, now() + INTERVAL '2 days', 'r', 'p', now() FROM unit;
INSERT INTO context_event (kind, title, begins_at, filed_at, document_no) VALUES ('festival', 't', now(), now(), 'd');
INSERT INTO release (kind, unit_id, month_on, version, filing_id, format_version, content, hash_algorithm, hash, signature_algorithm, signature, key_id, archive, archive_name, archive_hash_algorithm, archive_hash, sealed_at)
SELECT 'filing', unit_id, '2026-10-01', 1, filing_id, '1', '\x00', 'sha256', '\x02', 'ed25519', '\x00', 'k', '\x00', 'n2', 'sha256', '\x02', now() FROM filing;
INSERT INTO release_notice (release_id, recipient, had_release_id, opened_at)
SELECT max(release_id), 'nobody told yet', min(release_id), now() FROM release;
INSERT INTO rule_threshold (rule_code, threshold_name, value, unit, reason, valid_from) VALUES ('r', 't', 1, '1', 'r', '2026-01-01Z');
INSERT INTO filing (unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at, collected_under)
SELECT unit_id, '2026-11-01', 1, '[{"form": "205-1", "row": "33", "column": "4", "value": "1", "source": "s"}]', 'r', 'a', 'b', 'c', now(), 'survey' FROM unit;
INSERT INTO draft (unit_id, month_on, content, saved_by, saved_at)
SELECT unit_id, '2026-11-01', '{"cells": [{"form": "205-1", "row": "33", "column": "4", "value": "1"}], "notes": []}', 'a', now() FROM unit;
INSERT INTO monitored_balance (unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at)
SELECT unit_id, '2026-10-01', 2, 'l', 'c', 'sha256', '\x00', now() + INTERVAL '1 day' FROM unit;
INSERT INTO balance_cell (balance_id, row_code, column_code, value, unit, completeness, source_point_ids)
SELECT b.balance_id, '33', '4', 1, '10^4kWh', 1, ARRAY[s.point_id] FROM monitored_balance AS b, series AS s WHERE b.version = 2;
INSERT INTO case_listing (case_id, unit_id, level, state, is_common_cause, opened_at, rule_codes, families, kinds, point_codes, unit_count, span_from, span_to, finding_count, recurrence_count, first_found_at, last_found_at, score, ranking_edition, ranked_at)
SELECT case_id, unit_id, 'lead', 'open', FALSE, now(), '{r}', '{}', '{}', '{}', 1, now(), now(), 1, 0, now(), now(), 1, 'e', now() FROM audit_case WHERE unit_id IS NOT NULL;
INSERT INTO quality_share (unit_id, month_on, until_on, share_name, counted_at)
SELECT unit_id, '2026-10-01', '2026-11-01', 's', now() FROM unit;
