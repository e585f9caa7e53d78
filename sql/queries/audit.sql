-- lock_rules --
-- Waits until no other process writes rule versions; no rows that matter.
SELECT pg_advisory_xact_lock(hashtext('nenghao rules'));

-- lock_audit --
-- Waits until no other audit takes marks or writes findings; held to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtext('nenghao audit'));

-- rule_version --
-- The version of a rule with exactly this content, at most one row.
SELECT version FROM rule_version WHERE rule_code = %(rule_code)s AND content_hash = %(content_hash)s;

-- rule_definitions --
-- Every definition a rule ever had, oldest first.
SELECT definition FROM rule_version WHERE rule_code = %(rule_code)s ORDER BY version;

-- insert_rule_version --
-- Appends the next version of a rule, one row: its number.
INSERT INTO rule_version (rule_code, version, content_hash, definition)
SELECT
    %(rule_code)s,
    coalesce(max(version), 0) + 1,
    %(content_hash)s,
    %(definition)s
FROM rule_version
WHERE rule_code = %(rule_code)s
RETURNING version;

-- essay_hashes --
-- Hashes of the essays in force, one row a version of a rule.
SELECT DISTINCT ON (rule_code, version) rule_code, version, hash
FROM rule_essay
ORDER BY rule_code, version, rule_essay_id DESC;

-- insert_essay --
-- Keeps the essay of a version of a rule.
INSERT INTO rule_essay (rule_code, version, hash_algorithm, hash, essay, recorded_at)
VALUES (%(rule_code)s, %(version)s, 'SHA-256', %(hash)s, %(essay)s, now());

-- thresholds_now --
-- Thresholds of one rule in force, one row a name. What a person set is kept, and so is what a person ends some day.
SELECT
    now.threshold_name,
    now.value,
    now.unit,
    now.reason,
    now.valid_from,
    EXISTS (
        SELECT 1 FROM rule_threshold AS t
        WHERE
            t.rule_code = now.rule_code AND t.threshold_name = now.threshold_name AND t.set_by IS NOT NULL
            AND t.valid_from >= now.valid_from
    ) AS is_kept
FROM rule_threshold_now AS now
WHERE now.rule_code = %(rule_code)s
ORDER BY now.threshold_name;

-- close_threshold --
-- Ends the validity of a threshold at a time; now where none is given.
UPDATE rule_threshold SET valid_to = coalesce(%(at)s::timestamptz, now())
WHERE
    rule_code = %(rule_code)s AND threshold_name = %(threshold_name)s AND valid_to IS NULL
    AND valid_from < coalesce(%(at)s::timestamptz, now());

-- insert_threshold --
-- Puts a threshold in force from a time on; from now on where none is given.
INSERT INTO rule_threshold (rule_code, threshold_name, value, unit, reason, valid_from, set_by)
VALUES (
    %(rule_code)s, %(threshold_name)s, %(value)s, %(unit)s, %(reason)s, coalesce(%(at)s::timestamptz, now()), %(set_by)s
);

-- rule_modes --
-- Rules that people let open alerts or put in the shadow, one row a rule: the mode in force.
SELECT DISTINCT ON (rule_code)
    rule_code,
    mode
FROM rule_mode
WHERE coalesce(valid_from, set_at) <= now()
ORDER BY rule_code, coalesce(valid_from, set_at) DESC, rule_mode_id DESC;

-- insert_rule_mode --
-- Says how a rule is run from a time on.
INSERT INTO rule_mode (rule_code, mode, reason, set_by, set_at, valid_from)
VALUES (%(rule_code)s, %(mode)s, %(reason)s, %(set_by)s, %(set_at)s, %(valid_from)s);

-- take_marks --
-- Takes the marks of closed days off the list, one row a (unit, day); undone with the transaction.
WITH taken AS (
    DELETE FROM audit_mark WHERE day_on < %(open_on)s RETURNING series_id, day_on
)
SELECT DISTINCT p.unit_id, taken.day_on
FROM taken
INNER JOIN series AS s ON taken.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
ORDER BY taken.day_on, p.unit_id;

-- conflict_days --
-- Closed days with a conflict that no finding covers since it was recorded, one row a (unit, day). Conflicts from
-- longer than a day before the last such run were judged then and found too small.
SELECT DISTINCT p.unit_id, (c.at AT TIME ZONE 'Asia/Shanghai')::date AS day_on
FROM reading_conflict AS c
INNER JOIN series AS s ON c.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE (c.at AT TIME ZONE 'Asia/Shanghai')::date < %(open_on)s
AND c.recorded_at >= coalesce(
    (
        SELECT max(r.started_at) - INTERVAL '1 day'
        FROM audit_run AS r
        WHERE r.subject = 'days' AND (r.summary ->> 'pending')::boolean
    ),
    '-infinity'
)
AND NOT EXISTS (
    SELECT 1
    FROM finding AS f
    WHERE f.rule_code = 'conflicting_value' AND f.series_id = c.series_id
    AND f.span @> c.at AND f.found_at >= c.recorded_at
)
ORDER BY day_on, p.unit_id;

-- sender_days --
-- Closed days with refusals that say that somebody else may speak for a gateway, or with contradictions in what a gateway
-- told of its spool, that no finding covers since, one row a (unit, day). Those from longer than a day before the last such
-- run were judged then.
WITH since AS (
    SELECT coalesce(max(r.started_at) - INTERVAL '1 day', '-infinity') AS at
    FROM audit_run AS r
    WHERE r.subject = 'days' AND (r.summary ->> 'pending')::boolean
),

doubtful AS (
    SELECT
        m.gateway_id,
        f.refused_at AS seen_at,
        'message_integrity' AS rule_code
    FROM since
    INNER JOIN refusal AS f ON since.at <= f.refused_at
    INNER JOIN message AS m ON f.message_id = m.message_id
    WHERE
        f.ordinal IS NULL AND m.gateway_id IS NOT NULL
        AND f.reason_code = ANY(%(reason_codes)s)
        AND NOT EXISTS (SELECT 1 FROM refusal_replay AS p WHERE p.refusal_id = f.refusal_id)
    UNION ALL
    SELECT
        g.gateway_id,
        c.seen_at,
        'spool_chain' AS rule_code
    FROM gateway AS g
    CROSS JOIN since
    CROSS JOIN LATERAL (
        SELECT k.seen_at FROM spool_contradiction AS k
        WHERE k.gateway_id = g.gateway_id AND k.seen_at >= since.at
        ORDER BY k.seen_at
        OFFSET 0
    ) AS c
)

SELECT DISTINCT
    g.unit_id,
    (d.seen_at AT TIME ZONE 'Asia/Shanghai')::date AS day_on
FROM doubtful AS d
INNER JOIN gateway AS g ON d.gateway_id = g.gateway_id
WHERE
    (d.seen_at AT TIME ZONE 'Asia/Shanghai')::date < %(open_on)s
    AND NOT EXISTS (
        SELECT 1
        FROM finding AS f
        WHERE
            f.rule_code = d.rule_code AND f.unit_id = g.unit_id
            AND f.span @> d.seen_at AND f.found_at >= d.seen_at
    )
ORDER BY day_on, g.unit_id;

-- batch_message_refusal --
-- Messages that were refused on the audited days because they are not, or may not be, their gateway's own, one row each;
-- not those that were replayed since. signed_from is when the gateway's first key began to hold.
SELECT
    g.unit_id,
    g.gateway_code,
    (f.refused_at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
    f.refused_at,
    f.reason_code,
    m.message_id,
    encode(m.hash, 'hex') AS message_hash,
    (SELECT min(k.valid_from) FROM gateway_key AS k WHERE k.gateway_id = g.gateway_id) AS signed_from
FROM gateway AS g
CROSS JOIN LATERAL (
    SELECT
        k.message_id,
        k.hash
    FROM message AS k
    WHERE
        k.gateway_id = g.gateway_id AND k.outcome = 'refused'
        AND k.received_at >= %(from_at)s AND k.received_at < %(to_at)s
    ORDER BY k.received_at
    OFFSET 0
) AS m
CROSS JOIN LATERAL (
    SELECT
        r.refused_at,
        r.reason_code
    FROM refusal AS r
    WHERE
        r.message_id = m.message_id AND r.ordinal IS NULL
        AND NOT EXISTS (SELECT 1 FROM refusal_replay AS p WHERE p.refusal_id = r.refusal_id)
    ORDER BY r.refusal_id
    LIMIT 1
) AS f
WHERE g.unit_id = ANY(%(unit_ids)s) AND f.reason_code = ANY(%(reason_codes)s);

-- batch_spool_contradiction --
-- What gateways told of their spools or of the day trees they saw on the audited days, and what is stored instead, one row
-- each.
SELECT
    g.unit_id,
    g.gateway_code,
    (c.seen_at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
    c.seen_at,
    c.kind,
    c.boot_id::text AS boot_id,
    c.seq,
    c.message_id,
    encode(c.told, 'hex') AS told,
    encode(c.stored, 'hex') AS stored
FROM gateway AS g
CROSS JOIN LATERAL (
    SELECT
        k.seen_at,
        k.kind,
        k.boot_id,
        k.seq,
        k.message_id,
        k.told,
        k.stored
    FROM spool_contradiction AS k
    WHERE k.gateway_id = g.gateway_id AND k.seen_at >= %(from_at)s AND k.seen_at < %(to_at)s
    ORDER BY k.seen_at
    OFFSET 0
) AS c
WHERE g.unit_id = ANY(%(unit_ids)s);

-- batch_series_day --
-- Days of energy series around the audited days, one row a (series, day), with the meter's constants at the day's start.
-- quantum is the smallest step of the series in energy after the multiplier, whoever applied it, and where the meter or its
-- transformer changed within the day the coarser one; face_quantum is the last digit of the face in the values as sent.
SELECT
    p.unit_id,
    s.point_id,
    s.quantity,
    s.kind,
    sd.series_id,
    sd.day_on,
    sd.day_on BETWEEN %(first_on)s AND %(last_on)s AS is_audited,
    %(first_on)s::date AS audit_first_on,
    %(last_on)s::date AS audit_last_on,
    sd.slot_minutes,
    sd.unit,
    sd.scale,
    sd.energy,
    sd.face_scale,
    sd.face,
    sd.quality,
    sd.method,
    sd.reason,
    sd.due_slots,
    sd.received_slots,
    v.multiplier,
    v.decimals,
    greatest(v.multiplier * 10::numeric ^ (-v.decimals), changed.quantum) AS quantum,
    (CASE v.multiplier_applied_by WHEN 'platform' THEN 1 ELSE v.multiplier END) * 10::numeric ^ (-v.decimals)
    AS face_quantum
FROM series_day AS sd
INNER JOIN series AS s ON sd.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN series_version AS v
    ON sd.series_id = v.series_id AND v.valid @> (sd.day_on::timestamp AT TIME ZONE 'Asia/Shanghai')
LEFT JOIN (
    SELECT
        series_id,
        (lower(valid) AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
        max(multiplier * 10::numeric ^ (-decimals)) AS quantum
    FROM series_version
    WHERE NOT lower_inf(valid)
    GROUP BY series_id, (lower(valid) AT TIME ZONE 'Asia/Shanghai')::date
) AS changed ON sd.series_id = changed.series_id AND sd.day_on = changed.day_on
WHERE p.unit_id = ANY(%(unit_ids)s)
AND s.kind <> 'gauge'
AND sd.day_on >= %(history_on)s AND sd.day_on <= %(horizon_on)s;

-- batch_candidate --
-- What detectors point at on the audited days, one row a candidate; day_on is the first day of its span.
SELECT
    p.unit_id,
    s.point_id,
    c.series_id,
    c.rule_code,
    (lower(c.span) AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
    lower(c.span) AS span_from,
    upper(c.span) AS span_to,
    c.kind,
    c.is_rich,
    c.statistics,
    c.score,
    c.expected_energy,
    c.observed_energy,
    c.energy_unit,
    c.other_series_ids,
    c.notes
FROM candidate AS c
INNER JOIN series AS s ON c.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE p.unit_id = ANY(%(unit_ids)s) AND c.span && tstzrange(%(from_at)s, %(to_at)s);

-- candidate_violations --
-- Candidates of a detector rule that pass its thresholds, one row each: every statistic that has a threshold <name>_min or
-- <name>_max is on the far side of it, of meters that are more than values alone <name>_min_rich and <name>_max_rich where
-- there are such. The same as nenghao/detection/judging.py: passes. {rule_code} is filled in when the rule is read.
WITH limits AS (
    SELECT
        threshold_name,
        value::double precision AS value
    FROM rule_threshold_now
    WHERE rule_code = '{rule_code}'
)

SELECT b.*
FROM {batch} AS b
WHERE b.rule_code = '{rule_code}'
AND NOT EXISTS (
    SELECT 1
    FROM jsonb_each_text(b.statistics) AS statistic (name, text)
    CROSS JOIN (VALUES ('min'), ('max')) AS side (name)
    CROSS JOIN LATERAL (
        SELECT
            coalesce(
                max(limits.value) FILTER (WHERE limits.threshold_name = concat(statistic.name, '_', side.name, '_rich')),
                max(limits.value) FILTER (WHERE limits.threshold_name = concat(statistic.name, '_', side.name))
            ) AS value
        FROM limits
        WHERE b.is_rich OR right(limits.threshold_name, 5) <> '_rich'
    ) AS threshold
    WHERE threshold.value IS NOT NULL
    AND (
        statistic.text::double precision = 'NaN'
        OR (side.name = 'min' AND statistic.text::double precision < threshold.value)
        OR (side.name = 'max' AND statistic.text::double precision > threshold.value)
    )
)
ORDER BY b.series_id, b.span_from;

-- batch_reading_conflict --
-- Conflicting readings of the audited days, one row each; quantum is the last digit of the meter's face in the value as
-- sent. Not those of a decided case, nor those that say what a decision has put in force.
SELECT
    p.unit_id,
    s.point_id,
    c.series_id,
    (c.at AT TIME ZONE 'Asia/Shanghai')::date AS day_on,
    c.conflict_id,
    c.at,
    c.standing_value,
    c.value,
    c.message_id,
    (CASE v.multiplier_applied_by WHEN 'platform' THEN 1 ELSE v.multiplier END) * 10::numeric ^ (-v.decimals) AS quantum
FROM reading_conflict AS c
INNER JOIN series AS s ON c.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN series_version AS v ON c.series_id = v.series_id AND v.valid @> c.at
WHERE p.unit_id = ANY(%(unit_ids)s) AND c.at >= %(from_at)s AND c.at < %(to_at)s
AND NOT EXISTS (
    SELECT 1 FROM reading_in_force AS f WHERE f.series_id = c.series_id AND f.at = c.at AND f.value = c.value
)
AND NOT EXISTS (
    SELECT 1
    FROM finding AS f
    INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
    CROSS JOIN LATERAL (
        SELECT d.kind FROM decision AS d
        WHERE d.case_id = a.case_id
        ORDER BY d.decision_id DESC
        LIMIT 1
    ) AS last
    WHERE f.rule_code = 'conflicting_value' AND f.series_id = c.series_id AND f.span @> c.at
    AND f.evidence -> 'conflict_ids' @> to_jsonb(c.conflict_id) AND last.kind IN ('confirm', 'dismiss')
);

-- units --
-- Ids of all units.
SELECT unit_id FROM unit ORDER BY unit_id;

-- insert_run --
-- Records one checkpoint run, one row: its id.
INSERT INTO audit_run (subject, first_day_on, last_day_on, started_at, finished_at, summary)
VALUES (%(subject)s, %(first_day_on)s, %(last_day_on)s, %(started_at)s, %(finished_at)s, %(summary)s)
RETURNING audit_run_id;

-- touching_finding --
-- The finding of the same rule and subject that this one belongs to before all others, at most one row: the very same one,
-- else one of the same span, else one that covers it, else one of a case still open, the earliest; else the last one of a
-- decided case. `decision` is confirm or dismiss where its case is decided. Neighbours in time count for `is_joining` rules.
SELECT
    f.fingerprint,
    a.case_id,
    decided.kind AS decision,
    f.evidence_hash = %(evidence_hash)s AS is_same,
    f.span @> %(span)s AS is_covering,
    f.span && %(span)s AS is_overlapping
FROM finding AS f
INNER JOIN alert AS a ON f.fingerprint = a.fingerprint
LEFT JOIN LATERAL (
    SELECT last.kind
    FROM (
        SELECT d.kind FROM decision AS d
        WHERE d.case_id = a.case_id
        ORDER BY d.decision_id DESC
        LIMIT 1
    ) AS last
    WHERE last.kind IN ('confirm', 'dismiss')
) AS decided ON TRUE
WHERE f.rule_code = %(rule_code)s
AND f.unit_id IS NOT DISTINCT FROM %(unit_id)s
AND f.point_id IS NOT DISTINCT FROM %(point_id)s
AND f.series_id IS NOT DISTINCT FROM %(series_id)s
AND f.evidence @> %(subject)s
AND (f.span && %(span)s OR (%(is_joining)s AND f.span -|- %(span)s))
ORDER BY
    is_same DESC, f.span = %(span)s DESC, is_covering DESC, decided.kind IS NULL DESC,
    CASE WHEN decided.kind IS NOT NULL THEN -f.finding_id END, lower(f.span), f.finding_id
LIMIT 1;

-- insert_finding --
-- Appends a finding unless the very same one is there, one row: its id, or none.
INSERT INTO finding (
    audit_run_id, rule_code, rule_version, fingerprint, unit_id, point_id, series_id, span, level,
    evidence, thresholds, evidence_hash_algorithm, evidence_hash, found_at,
    kind, score, expected_energy, observed_energy, energy_unit, mode
)
VALUES (
    %(audit_run_id)s, %(rule_code)s, %(rule_version)s, %(fingerprint)s, %(unit_id)s, %(point_id)s, %(series_id)s,
    %(span)s, %(level)s, %(evidence)s, %(thresholds)s, 'SHA-256', %(evidence_hash)s, %(found_at)s,
    %(kind)s, %(score)s, %(expected_energy)s, %(observed_energy)s, %(energy_unit)s, %(mode)s
)
ON CONFLICT ON CONSTRAINT finding_content_unique DO NOTHING
RETURNING finding_id;
