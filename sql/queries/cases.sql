-- alert_of --
-- The alert and the case of a fingerprint, at most one row.
SELECT alert_id, case_id FROM alert WHERE fingerprint = %(fingerprint)s;

-- insert_case --
-- Opens a case, one row: its id.
INSERT INTO audit_case (unit_id, level, opened_at)
VALUES (%(unit_id)s, %(level)s, %(opened_at)s)
RETURNING case_id;

-- insert_alert --
-- Appends an alert to a case, one row: its id.
INSERT INTO alert (fingerprint, case_id, rule_code, first_finding_id, opened_at)
VALUES (%(fingerprint)s, %(case_id)s, %(rule_code)s, %(first_finding_id)s, %(opened_at)s)
RETURNING alert_id;

-- insert_evidence --
-- Appends a piece of evidence unless the case has it.
INSERT INTO evidence (case_id, alert_id, kind, content, hash_algorithm, hash, recorded_at)
VALUES (%(case_id)s, %(alert_id)s, %(kind)s, %(content)s, 'SHA-256', %(hash)s, %(recorded_at)s)
ON CONFLICT ON CONSTRAINT evidence_once DO NOTHING;

-- channels --
-- Register and interval series of the same point and quantity as a series, itself included, one id a row.
SELECT other.series_id
FROM series AS s
INNER JOIN series AS other ON s.point_id = other.point_id AND s.quantity = other.quantity
WHERE s.series_id = %(series_id)s AND other.kind IN ('register', 'interval')
ORDER BY other.series_id;

-- readings_of_span --
-- Readings of series in a span with the messages that brought them, at most `row_limit` rows, in order. The end is
-- included, because the register that closes a span stands there.
SELECT
    r.series_id,
    r.at,
    r.value,
    r.source,
    r.message_id,
    m.hash_algorithm,
    encode(m.hash, 'hex') AS message_hash
FROM reading AS r
INNER JOIN message AS m ON r.message_id = m.message_id
WHERE r.series_id = ANY(%(series_ids)s) AND r.at >= %(from_at)s AND r.at <= %(to_at)s
ORDER BY r.series_id, r.at
LIMIT %(row_limit)s;

-- days_judged --
-- Days of series as they were when a rule judged them, in order; the hash is that of the day's whole content.
SELECT
    sd.series_id,
    sd.day_on,
    sd.slot_minutes,
    sd.unit,
    sd.scale,
    sd.energy,
    sd.face_scale,
    sd.face,
    sd.quality,
    sd.method,
    encode(sd.content_hash, 'hex') AS content_hash
FROM series_day AS sd
WHERE sd.series_id = ANY(%(series_ids)s) AND sd.day_on >= %(first_on)s AND sd.day_on <= %(last_on)s
ORDER BY sd.series_id, sd.day_on;

-- conflicts --
-- Conflicting values with the messages that brought them, in order.
SELECT
    c.conflict_id,
    c.series_id,
    c.at,
    c.standing_value,
    c.value,
    c.message_id,
    m.hash_algorithm,
    encode(m.hash, 'hex') AS message_hash
FROM reading_conflict AS c
INNER JOIN message AS m ON c.message_id = m.message_id
WHERE c.conflict_id = ANY(%(conflict_ids)s)
ORDER BY c.conflict_id;

-- meters_of_series --
-- Ledger rows of the meters behind series at an instant, one row a series.
SELECT
    v.series_id,
    m.meter_no,
    m.model,
    m.accuracy_class,
    m.verified_on,
    m.next_verification_on,
    m.state,
    v.unit,
    v.multiplier,
    v.multiplier_applied_by,
    v.decimals
FROM series_version AS v
INNER JOIN meter_now AS m ON v.meter_id = m.meter_id
WHERE v.series_id = ANY(%(series_ids)s) AND v.valid @> %(at)s::timestamptz
ORDER BY v.series_id;

-- list_cases --
-- All cases with their last decision, newest first.
SELECT
    c.case_id,
    c.unit_id,
    u.unit_code,
    c.level,
    c.opened_at,
    array_agg(DISTINCT a.rule_code) AS rule_codes,
    array_agg(DISTINCT p.point_code) FILTER (WHERE p.point_code IS NOT NULL) AS point_codes,
    min(lower(f.span)) AS span_from,
    max(upper(f.span)) AS span_to,
    count(DISTINCT f.finding_id) AS finding_count,
    last.kind AS decision,
    last.outcome
FROM audit_case AS c
LEFT JOIN unit AS u ON c.unit_id = u.unit_id
INNER JOIN alert AS a ON c.case_id = a.case_id
INNER JOIN finding AS f ON a.fingerprint = f.fingerprint
LEFT JOIN point AS p ON f.point_id = p.point_id
LEFT JOIN LATERAL (
    SELECT d.kind, d.outcome FROM decision AS d WHERE d.case_id = c.case_id ORDER BY d.decision_id DESC LIMIT 1
) AS last ON TRUE
GROUP BY c.case_id, u.unit_code, last.kind, last.outcome
ORDER BY c.case_id DESC;

-- case_head --
-- One case, at most one row.
SELECT c.case_id, c.unit_id, u.unit_code, c.level, c.opened_at
FROM audit_case AS c
LEFT JOIN unit AS u ON c.unit_id = u.unit_id
WHERE c.case_id = %(case_id)s;

-- case_findings --
-- Findings behind a case, in order of their spans.
SELECT
    f.finding_id,
    f.rule_code,
    f.rule_version,
    f.unit_id,
    f.point_id,
    f.series_id,
    lower(f.span) AS span_from,
    upper(f.span) AS span_to,
    f.level,
    f.evidence,
    f.thresholds,
    f.found_at,
    v.definition
FROM alert AS a
INNER JOIN finding AS f ON a.fingerprint = f.fingerprint
INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
WHERE a.case_id = %(case_id)s
ORDER BY lower(f.span), f.finding_id;

-- case_evidence --
-- Evidence of a case, in the order it was recorded.
SELECT evidence_id, kind, content, encode(hash, 'hex') AS hash, recorded_at
FROM evidence
WHERE case_id = %(case_id)s
ORDER BY evidence_id;

-- case_decisions --
-- Decisions on a case, in order.
SELECT decision_id, kind, outcome, reason, decided_by, decided_at
FROM decision
WHERE case_id = %(case_id)s
ORDER BY decision_id;

-- insert_decision --
-- Appends a decision, one row: its id.
INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
VALUES (%(case_id)s, %(kind)s, %(outcome)s, %(reason)s, %(decided_by)s, %(decided_at)s)
RETURNING decision_id;

-- insert_exclusion --
-- Takes a span of a series out of the figures.
INSERT INTO exclusion (decision_id, series_id, span, covers, recorded_at)
VALUES (%(decision_id)s, %(series_id)s, %(span)s, %(covers)s, %(recorded_at)s);

-- lock_case --
-- Makes this transaction the only one that decides on a case.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao case ' || %(case_id)s::text, 0));

-- reported_values --
-- Of the given conflicts the last value of each reading, one row a reading, with the message that brought it.
SELECT DISTINCT ON (c.series_id, c.at)
    c.series_id,
    c.at,
    c.value,
    c.message_id
FROM reading_conflict AS c
WHERE c.conflict_id = ANY(%(conflict_ids)s::bigint[])
ORDER BY c.series_id, c.at, c.conflict_id DESC;

-- insert_adoption --
-- Puts a value in force for a reading.
INSERT INTO reading_adoption (decision_id, series_id, at, value, message_id, recorded_at)
VALUES (%(decision_id)s, %(series_id)s, %(at)s, %(value)s, %(message_id)s, %(recorded_at)s);

-- mark_case_days --
-- Asks jobs to compute again all days that any decision on a case touched: those of a decision that no longer stands, too.
-- A value counts for the grid's instant within a minute of it, and a register at midnight ends a day and begins another.
INSERT INTO changed_mark (series_id, day_on)
SELECT DISTINCT
    touched.series_id,
    day.day_at::date
FROM (
    SELECT
        e.decision_id,
        e.series_id,
        lower(e.span) AS first_at,
        upper(e.span) - INTERVAL '1 microsecond' AS last_at
    FROM exclusion AS e
    UNION ALL
    SELECT
        a.decision_id,
        a.series_id,
        a.at - INTERVAL '1 minute',
        a.at + INTERVAL '1 minute'
    FROM reading_adoption AS a
) AS touched
INNER JOIN decision AS d ON touched.decision_id = d.decision_id
CROSS JOIN LATERAL generate_series(
    (touched.first_at AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
    (touched.last_at AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
    INTERVAL '1 day'
) AS day (day_at)
WHERE d.case_id = %(case_id)s;
