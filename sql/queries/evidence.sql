-- evidence_unit --
-- The unit of a case: one row.
SELECT u.unit_id, u.unit_code, u.name, u.division_code, u.industry_code, u.field, u.collected_under
FROM unit AS u
WHERE u.unit_id = %(unit_id)s;

-- evidence_findings --
-- Of findings which run wrote them, and the hashes of what they say and of the rule as it was then.
SELECT
    f.finding_id,
    f.audit_run_id,
    f.mode,
    f.evidence_hash_algorithm,
    encode(f.evidence_hash, 'hex') AS evidence_hash,
    encode(f.fingerprint, 'hex') AS fingerprint,
    v.content_hash_algorithm AS rule_hash_algorithm,
    encode(v.content_hash, 'hex') AS rule_hash,
    v.valid_from AS rule_valid_from
FROM finding AS f
INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
WHERE f.finding_id = ANY(%(finding_ids)s::bigint[])
ORDER BY f.finding_id;

-- evidence_recorded --
-- What was kept when the rules found something, of a case and of what was merged into it, each with the hash that was written
-- then, in order.
SELECT
    e.evidence_id,
    e.kind,
    e.content,
    e.hash_algorithm,
    encode(e.hash, 'hex') AS hash,
    e.recorded_at
FROM evidence AS e
INNER JOIN case_root AS r ON e.case_id = r.case_id
WHERE r.root_case_id = %(case_id)s OR e.case_id = %(case_id)s
ORDER BY e.evidence_id;

-- evidence_points --
-- Points of series, one row a series.
SELECT
    s.series_id,
    s.quantity,
    s.kind,
    s.period,
    p.point_id,
    p.unit_id,
    u.unit_code,
    p.point_code,
    p.data_code,
    p.name AS point_name,
    p.variety_code,
    p.flow,
    p.use
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE s.series_id = ANY(%(series_ids)s::integer[])
ORDER BY s.series_id;

-- evidence_versions --
-- Versions of series between two instants: unit, multiplier, last digit, and the meter behind them.
SELECT
    v.series_id,
    lower(v.valid) AS valid_from,
    upper(v.valid) AS valid_to,
    v.unit,
    v.slot_minutes,
    v.multiplier,
    v.multiplier_applied_by,
    v.decimals,
    trim_scale(v.multiplier * 10::numeric ^ (-v.decimals)) AS quantum,
    v.register_modulus,
    v.rated_capacity,
    v.meter_id,
    m.meter_no,
    m.model,
    m.accuracy_class,
    m.maker,
    m.serial_no,
    m.verified_on,
    m.next_verification_on,
    m.certificate_no,
    m.state
FROM series_version AS v
INNER JOIN meter_now AS m ON v.meter_id = m.meter_id
WHERE v.series_id = ANY(%(series_ids)s::integer[]) AND v.valid && tstzrange(%(begin_at)s, %(end_at)s, '[]')
ORDER BY v.series_id, lower(v.valid) NULLS FIRST;

-- evidence_verifications --
-- Verifications of meters, oldest first.
SELECT meter_id, verified_on, next_verification_on, verified_by, certificate_no, result, registered_at
FROM meter_verification
WHERE meter_id = ANY(%(meter_ids)s::integer[])
ORDER BY meter_id, verified_on;

-- evidence_changes --
-- Declared changes of meters and transformers at points between two instants.
SELECT
    point_id, 'meter' AS kind, quantity, changed_at, certificate_no, reason, declared_by, declared_at, timeliness,
    old_final AS final_register, new_initial AS initial_register, NULL::numeric AS old_multiplier, multiplier AS new_multiplier
FROM meter_change
WHERE point_id = ANY(%(point_ids)s::integer[]) AND changed_at >= %(begin_at)s AND changed_at <= %(end_at)s
UNION ALL
SELECT
    point_id, 'multiplier', quantity, changed_at, certificate_no, reason, declared_by, declared_at, timeliness,
    final_register, initial_register, old_multiplier, new_multiplier
FROM multiplier_change
WHERE point_id = ANY(%(point_ids)s::integer[]) AND changed_at >= %(begin_at)s AND changed_at <= %(end_at)s
ORDER BY point_id, changed_at;

-- evidence_readings --
-- First values of series between two instants, ends included, each with the message that brought it, in order of time so
-- that all series of a span are cut at the same instant.
SELECT
    r.series_id,
    r.at,
    r.value,
    r.source::text AS source,
    r.assurance::text AS assurance,
    r.message_id,
    r.ordinal
FROM reading AS r
WHERE r.series_id = ANY(%(series_ids)s::integer[]) AND r.at >= %(begin_at)s AND r.at <= %(end_at)s
ORDER BY r.at, r.series_id
LIMIT %(row_limit)s;

-- evidence_reading_count --
-- How many readings lie between two instants, and how many of them came from a buffer: one row.
SELECT
    count(*) AS readings,
    count(*) FILTER (WHERE r.source = 'b') AS buffered
FROM reading AS r
WHERE r.series_id = ANY(%(series_ids)s::integer[]) AND r.at >= %(begin_at)s AND r.at <= %(end_at)s;

-- evidence_messages --
-- Messages by id, each with who sent it, its hash, and whether its leaf is stored.
SELECT
    m.message_id,
    u.unit_code,
    g.gateway_code,
    m.gateway_id,
    m.boot_id::text AS boot_id,
    m.seq,
    m.hash_algorithm,
    encode(m.hash, 'hex') AS hash,
    m.sent_at,
    m.received_at,
    m.outcome,
    m.assurance
FROM message AS m
LEFT JOIN gateway AS g ON m.gateway_id = g.gateway_id
LEFT JOIN unit AS u ON g.unit_id = u.unit_id
WHERE m.message_id = ANY(%(message_ids)s::bigint[])
ORDER BY m.message_id;

-- evidence_replaced --
-- Values that came for readings that had one: conflicts and corrections of series between two instants.
SELECT series_id, at, 'conflict' AS kind, standing_value AS first_value, value AS later_value, NULL AS standing, NULL AS reason, message_id, recorded_at
FROM reading_conflict
WHERE series_id = ANY(%(series_ids)s::integer[]) AND at >= %(begin_at)s AND at <= %(end_at)s
UNION ALL
SELECT series_id, at, 'revision', earlier_value, value, standing, reason, message_id, recorded_at
FROM reading_revision
WHERE series_id = ANY(%(series_ids)s::integer[]) AND at >= %(begin_at)s AND at <= %(end_at)s
ORDER BY series_id, at, recorded_at;

-- evidence_days --
-- Days of series as they stand now, both ends included, in order.
SELECT
    series_id,
    day_on,
    slot_minutes,
    unit,
    scale,
    energy,
    quality,
    method,
    coalesce(reason, repeat('-', due_slots::integer)) AS reason,
    received_slots,
    content_hash_algorithm,
    encode(content_hash, 'hex') AS content_hash,
    computed_at
FROM series_day
WHERE series_id = ANY(%(series_ids)s::integer[]) AND day_on >= %(first_on)s AND day_on <= %(last_on)s
ORDER BY series_id, day_on;

-- evidence_siblings --
-- Day totals of all points of a unit that count the same quantity, both ends included: of each point and day the register's,
-- else the intervals'.
SELECT DISTINCT ON (p.point_id, d.day_on)
    p.point_id,
    p.point_code,
    p.variety_code,
    p.flow,
    d.day_on,
    d.unit,
    d.total_energy,
    d.measured_energy,
    d.received_slots,
    d.due_slots
FROM point AS p
INNER JOIN series AS s ON p.point_id = s.point_id
INNER JOIN series_day AS d ON s.series_id = d.series_id
WHERE
    p.unit_id = %(unit_id)s AND s.quantity = %(quantity)s AND s.kind IN ('register', 'interval')
    AND d.day_on >= %(first_on)s AND d.day_on <= %(last_on)s
ORDER BY p.point_id, d.day_on, d.total_energy IS NULL, s.kind = 'interval';

-- evidence_network --
-- Terms of the network that a point is in, on either side, with the other points of the same wholes.
SELECT t.whole_point_id, t.part_point_id, t.sign, t.valid_from, t.valid_to, w.point_code AS whole_code, p.point_code AS part_code
FROM network_term AS t
INNER JOIN point AS w ON t.whole_point_id = w.point_id
INNER JOIN point AS p ON t.part_point_id = p.point_id
WHERE
    t.whole_point_id IN (
        SELECT o.whole_point_id FROM network_term AS o
        WHERE %(point_id)s IN (o.whole_point_id, o.part_point_id)
    )
    AND t.valid_from <= %(last_on)s AND coalesce(t.valid_to, 'infinity') > %(first_on)s
ORDER BY t.whole_point_id, t.part_point_id;

-- evidence_accuracy --
-- Class of the meter behind each point's series of a quantity at an instant, one row a point.
SELECT DISTINCT ON (s.point_id)
    s.point_id,
    m.accuracy_class
FROM series AS s
INNER JOIN series_version AS v ON s.series_id = v.series_id
INNER JOIN meter AS m ON v.meter_id = m.meter_id
WHERE s.point_id = ANY(%(point_ids)s::integer[]) AND s.quantity = %(quantity)s AND v.valid @> %(at)s::timestamptz
ORDER BY s.point_id, s.kind = 'interval';

-- evidence_gateways --
-- What gateways told of themselves between two instants: each configuration that they named and since when, how far their
-- clocks were off, how often they were away.
SELECT
    g.gateway_code,
    t.gateway_id,
    t.config_hash,
    min(t.received_at) AS first_at,
    max(t.received_at) AS last_at,
    count(*) AS state_count,
    count(*) FILTER (WHERE NOT t.online) AS away_count,
    max(abs(t.clock_offset_ms)) AS clock_offset_ms,
    max(t.buffered_count) AS buffered_count
FROM gateway_state AS t
INNER JOIN gateway AS g ON t.gateway_id = g.gateway_id
WHERE t.gateway_id = ANY(%(gateway_ids)s::integer[]) AND t.received_at >= %(begin_at)s AND t.received_at <= %(end_at)s
GROUP BY g.gateway_code, t.gateway_id, t.config_hash
ORDER BY t.gateway_id, min(t.received_at);

-- evidence_events --
-- Public events of the unit's place and trade, and the unit's own, that overlap a span.
SELECT
    e.context_event_id,
    e.unit_id IS NULL AS is_public,
    p.point_code,
    e.point_id,
    e.kind,
    e.title,
    e.begins_at,
    e.ends_at,
    e.division_code,
    e.industry_code,
    e.document_no,
    e.filed_at,
    e.filed_at <= e.begins_at AS is_filed_before
FROM context_event AS e
LEFT JOIN point AS p ON e.point_id = p.point_id
WHERE
    e.begins_at < %(end_at)s AND coalesce(e.ends_at, 'infinity') > %(begin_at)s
    AND (
        e.unit_id = %(unit_id)s
        OR (
            e.unit_id IS NULL
            AND (e.division_code IS NULL OR starts_with(%(division_code)s, regexp_replace(e.division_code, '(00)+$', '')))
            AND (e.industry_code IS NULL OR %(industry_code)s LIKE e.industry_code || '%%')
        )
    )
ORDER BY e.begins_at, e.context_event_id;

-- evidence_outages --
-- Faults that the unit filed and that overlap a span.
SELECT outage_filing_id, gateway_id, point_id, fault_at, repaired_at, cause, detail, document_no, filed_at, timeliness
FROM outage_filing
WHERE unit_id = %(unit_id)s AND fault_at < %(end_at)s AND coalesce(repaired_at, 'infinity') > %(begin_at)s
ORDER BY fault_at, outage_filing_id;

-- evidence_common_cause --
-- Units of the same place, and how many of them show a finding of the same rule that begins on the same day: one row.
SELECT
    count(DISTINCT u.unit_id) AS units,
    count(DISTINCT f.unit_id) AS units_found
FROM unit AS u
LEFT JOIN finding AS f
    ON u.unit_id = f.unit_id AND f.rule_code = %(rule_code)s AND lower(f.span) >= %(begin_at)s AND lower(f.span) < %(end_at)s
WHERE left(u.division_code, 4) = left(%(division_code)s, 4);

-- evidence_history --
-- Earlier findings at points with the last decision on their cases, newest first.
SELECT
    f.finding_id,
    f.rule_code,
    f.level,
    lower(f.span) AS begin_at,
    upper(f.span) AS end_at,
    f.found_at,
    a.case_id,
    a.opened_at,
    last.kind AS decision_kind,
    last.outcome
FROM finding AS f
INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
INNER JOIN case_root AS r ON a.case_id = r.case_id
LEFT JOIN LATERAL (
    SELECT d.kind, d.outcome FROM decision AS d
    WHERE d.case_id = r.root_case_id
    ORDER BY d.decision_id DESC
    LIMIT 1
) AS last ON TRUE
WHERE f.point_id = ANY(%(point_ids)s::integer[]) AND %(case_id)s NOT IN (a.case_id, r.root_case_id)
ORDER BY f.finding_id DESC
LIMIT 50;

-- evidence_other_findings --
-- Days on which anything was found at series, so that they do not speak for what is usual there.
SELECT DISTINCT day.day_at::date AS day_on
FROM finding AS f
CROSS JOIN LATERAL generate_series(
    (lower(f.span) AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
    ((upper(f.span) - INTERVAL '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
    INTERVAL '1 day'
) AS day (day_at)
WHERE f.series_id = ANY(%(series_ids)s::integer[]) AND f.span && tstzrange(%(begin_at)s, %(end_at)s);

-- evidence_precision --
-- How often versions of rules were right so far: in how many cases they speak, how many of those are decided and confirmed.
SELECT rule_code, rule_version, case_count, decided_count, confirmed_count
FROM rule_precision
WHERE rule_code = ANY(%(rule_codes)s::text[])
ORDER BY rule_code, rule_version;

-- insert_evidence_document --
-- Keeps that a document was made, one row: its id.
INSERT INTO evidence_document (case_id, format, hash_algorithm, hash, made_by, made_at)
VALUES (%(case_id)s, %(format)s, %(hash_algorithm)s, %(hash)s, %(made_by)s, %(made_at)s)
RETURNING evidence_document_id;

-- evidence_documents --
-- Documents that were made of a case, in order.
SELECT format, hash_algorithm, encode(hash, 'hex') AS hash, made_by, made_at
FROM evidence_document
WHERE case_id = %(case_id)s
ORDER BY evidence_document_id;
