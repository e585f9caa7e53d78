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
-- Cases of a unit, a level, states and ids, where they are asked for, with what they hold and their last decision, newest
-- first. Found again counts what came back after it had gone quiet.
SELECT
    c.case_id,
    c.unit_id,
    u.unit_code,
    c.level,
    c.state,
    c.into_case_id,
    c.is_common_cause,
    c.opened_at,
    array_agg(DISTINCT f.rule_code) AS rule_codes,
    array_agg(DISTINCT v.definition ->> 'family') FILTER (WHERE v.definition ->> 'family' IS NOT NULL) AS families,
    array_agg(DISTINCT f.kind) FILTER (WHERE f.kind IS NOT NULL) AS kinds,
    array_agg(DISTINCT p.point_code) FILTER (WHERE p.point_code IS NOT NULL) AS point_codes,
    count(DISTINCT f.unit_id) AS unit_count,
    min(lower(f.span)) AS span_from,
    max(upper(f.span)) AS span_to,
    count(DISTINCT f.finding_id) AS finding_count,
    min(f.found_at) AS first_found_at,
    max(f.found_at) AS last_found_at,
    (
        SELECT count(*) FROM case_member AS k
        INNER JOIN alert AS a ON k.case_id = a.case_id
        INNER JOIN alert_event AS e ON a.alert_id = e.alert_id
        WHERE k.root_case_id = c.case_id AND e.kind = 'recurred'
    ) AS recurrence_count,
    c.decision,
    c.outcome
FROM case_now AS c
LEFT JOIN unit AS u ON c.unit_id = u.unit_id
CROSS JOIN LATERAL (
    SELECT s.finding_id FROM finding_standing AS s WHERE s.root_case_id = c.case_id
    UNION ALL
    SELECT s.finding_id FROM finding_standing AS s WHERE s.case_id = c.case_id AND s.root_case_id <> c.case_id
) AS told
INNER JOIN finding AS f ON told.finding_id = f.finding_id
INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
LEFT JOIN point AS p ON f.point_id = p.point_id
WHERE
    (%(case_ids)s::bigint[] IS NULL OR c.case_id = ANY(%(case_ids)s::bigint[]))
    AND coalesce(u.unit_code = %(unit_code)s::text, %(unit_code)s::text IS NULL)
    AND coalesce(c.level = %(level)s::text, TRUE)
    AND coalesce(c.state = ANY(%(states)s::text[]), TRUE)
GROUP BY
    c.case_id, c.unit_id, u.unit_code, c.level, c.state, c.into_case_id, c.is_common_cause, c.opened_at, c.decision,
    c.outcome
ORDER BY c.case_id DESC;

-- case_stakes --
-- What cases say of points, one row a case and point: what was expected and reported by the finding that says most, what the
-- point counted over the findings' days, the highest score, and whether an event was found that explains it.
SELECT
    one.root_case_id AS case_id,
    p.variety_code,
    p.flow,
    one.moved,
    one.moved_unit,
    counted.energy AS counted,
    counted.unit AS counted_unit,
    one.score,
    one.level,
    one.is_explained
FROM (
    SELECT
        s.root_case_id,
        coalesce(f.point_id, o.point_id) AS point_id,
        max(abs(f.expected_energy - f.observed_energy)) AS moved,
        min(f.energy_unit) FILTER (WHERE f.expected_energy IS NOT NULL) AS moved_unit,
        max(f.score) AS score,
        -- A doubt comes before a lead.
        min(f.level) AS level,
        bool_and(
            EXISTS (
                SELECT 1 FROM evidence AS e
                WHERE
                    e.alert_id = s.alert_id AND e.kind = 'context'
                    AND e.content ->> 'finding_id' = f.finding_id::text
                    AND e.content @? '$.events[*] ? (@.verdict == "explains" || @.verdict == "silences")'
            )
        ) AS is_explained,
        (min(lower(f.span)) AT TIME ZONE 'Asia/Shanghai')::date AS first_on,
        ((max(upper(f.span)) - INTERVAL '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date AS last_on
    FROM finding_standing AS s
    INNER JOIN finding AS f ON s.finding_id = f.finding_id
    LEFT JOIN series AS o ON f.series_id = o.series_id
    WHERE s.root_case_id = ANY(%(case_ids)s) AND NOT s.is_quiet
    GROUP BY s.root_case_id, coalesce(f.point_id, o.point_id)
) AS one
INNER JOIN point AS p ON one.point_id = p.point_id
LEFT JOIN LATERAL (
    SELECT
        sum(d.energy) AS energy,
        min(d.unit) AS unit
    FROM point_day AS d
    WHERE d.point_id = p.point_id AND d.day_on >= one.first_on AND d.day_on <= one.last_on
) AS counted ON TRUE
ORDER BY one.root_case_id, p.point_id;

-- case_head --
-- One case, at most one row.
SELECT
    c.case_id,
    c.unit_id,
    u.unit_code,
    c.level,
    c.state,
    c.into_case_id,
    c.is_common_cause,
    c.opened_at
FROM case_now AS c
LEFT JOIN unit AS u ON c.unit_id = u.unit_id
WHERE c.case_id = %(case_id)s;

-- case_findings --
-- Findings behind a case and what was merged into it, in order of their spans; is_quiet where an audit found it no more.
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
    f.kind,
    f.score,
    f.expected_energy,
    f.observed_energy,
    f.energy_unit,
    f.evidence,
    f.thresholds,
    f.found_at,
    s.is_quiet,
    v.definition
FROM finding_standing AS s
INNER JOIN finding AS f ON s.finding_id = f.finding_id
INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
WHERE
    s.case_id IN (
        SELECT k.case_id FROM case_member AS k
        WHERE k.root_case_id = %(case_id)s
        UNION ALL
        SELECT %(case_id)s::bigint
    )
ORDER BY lower(f.span), f.finding_id;

-- case_evidence --
-- Evidence of a case and of what was merged into it, in the order it was recorded.
SELECT
    e.evidence_id,
    e.kind,
    e.content,
    encode(e.hash, 'hex') AS hash,
    e.recorded_at
FROM evidence AS e
WHERE
    e.case_id IN (
        SELECT k.case_id FROM case_member AS k
        WHERE k.root_case_id = %(case_id)s
        UNION ALL
        SELECT %(case_id)s::bigint
    )
ORDER BY e.evidence_id;

-- case_history --
-- What happened to a case besides decisions, one row an event and rule, in order: levels, merges, what went quiet or came back.
SELECT
    h.at,
    h.what,
    h.about,
    h.number
FROM (
    SELECT k.set_at AS at, 'level.' || k.reason AS what, k.level AS about, NULL::bigint AS number
    FROM case_level AS k
    WHERE k.case_id = %(case_id)s
    UNION ALL
    SELECT m.merged_at, 'merged_from.' || m.cause, NULL, m.case_id
    FROM case_merge AS m
    WHERE m.into_case_id = %(case_id)s
    UNION ALL
    SELECT m.merged_at, 'merged_into.' || m.cause, NULL, m.into_case_id
    FROM case_merge AS m
    WHERE m.case_id = %(case_id)s
    UNION ALL
    SELECT e.at, 'event.' || e.kind, a.rule_code, count(*)
    FROM case_member AS k
    INNER JOIN alert AS a ON k.case_id = a.case_id
    INNER JOIN alert_event AS e ON a.alert_id = e.alert_id
    WHERE k.root_case_id = %(case_id)s
    GROUP BY e.at, e.kind, a.rule_code
) AS h
ORDER BY h.at, h.what, h.number;

-- repeat_decision --
-- Writes a decision on a case for what was merged into it, too, so that each of them has one.
INSERT INTO decision (case_id, kind, outcome, reason, decided_by, decided_at)
SELECT k.case_id, d.kind, d.outcome, d.reason, d.decided_by, d.decided_at
FROM decision AS d
INNER JOIN case_member AS k ON d.case_id = k.root_case_id AND k.case_id <> d.case_id
WHERE d.decision_id = %(decision_id)s
ORDER BY k.case_id;

-- precision_of_rules --
-- Of the cases that versions of rules speak in, how many were opened, decided and confirmed, one row a version; of one rule
-- where one is asked for.
SELECT rule_code, rule_version, case_count, decided_count, confirmed_count
FROM rule_precision
WHERE coalesce(rule_code = %(rule_code)s::text, TRUE)
ORDER BY rule_code, rule_version;

-- inquiry_budget --
-- Inquiries to units in a span of time, how many of them went to units whose cases were dismissed, and months of units that
-- were metered in it, one row.
SELECT
    (
        SELECT count(*) FROM decision AS d
        WHERE d.kind = 'inquire' AND d.decided_at >= %(begin_at)s AND d.decided_at < %(end_at)s
    ) AS inquiry_count,
    (
        SELECT count(*) FROM decision AS d
        INNER JOIN case_now AS c ON d.case_id = c.case_id
        WHERE
            d.kind = 'inquire' AND d.decided_at >= %(begin_at)s AND d.decided_at < %(end_at)s AND c.decision = 'dismiss'
    ) AS dismissed_count,
    (
        SELECT count(*) FROM (
            SELECT DISTINCT p.unit_id, m.month_on
            FROM point_month AS m
            INNER JOIN point AS p ON m.point_id = p.point_id
            WHERE m.month_on >= %(first_on)s AND m.month_on < %(end_on)s
        ) AS metered
    ) AS unit_month_count,
    (
        SELECT count(*) FROM case_listing AS c
        WHERE c.state = 'open' AND c.level = 'doubt' AND c.opened_at >= %(begin_at)s AND c.opened_at < %(end_at)s
    ) AS open_doubt_count;

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

-- corrected_values --
-- Of the given corrections the last value of each reading, one row a reading, with the message that brought it.
SELECT DISTINCT ON (v.series_id, v.at)
    v.series_id,
    v.at,
    v.value,
    v.message_id
FROM reading_revision AS v
WHERE v.revision_id = ANY(%(revision_ids)s::bigint[])
ORDER BY v.series_id, v.at, v.revision_id DESC;

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
