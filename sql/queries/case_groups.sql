-- clues --
-- The finding itself and every finding of the same unit and time whose case nobody decided, one row each: where it was
-- found, the whole and the parts where the rule speaks of a residual, the gateways where it speaks of a silence, and the
-- case. Relations of forms stand alone, and what many units have in common is not joined by one of them.
SELECT
    f.finding_id,
    root.root_case_id,
    f.unit_id,
    lower(f.span) AS begin_at,
    upper(f.span) AS end_at,
    coalesce(f.point_id, o.point_id) AS point_id,
    ARRAY(
        SELECT t.part_point_id
        FROM network_term AS t
        WHERE
            f.rule_code = ANY(%(network_rules)s)
            AND t.whole_point_id = coalesce(f.point_id, o.point_id)
            AND t.valid_from <= (upper(f.span) AT TIME ZONE 'Asia/Shanghai')::date
            AND coalesce(t.valid_to > (lower(f.span) AT TIME ZONE 'Asia/Shanghai')::date, TRUE)
    ) AS part_ids,
    ARRAY(
        SELECT m.gateway_id
        FROM reading AS r
        INNER JOIN message AS m ON r.message_id = m.message_id
        WHERE
            (v.definition ->> 'family' = 'silence' OR f.rule_code = 'completeness')
            AND r.series_id = f.series_id AND m.gateway_id IS NOT NULL
            AND r.at < upper(f.span) AND r.at >= lower(f.span) - INTERVAL '28 days'
        ORDER BY r.at DESC
        LIMIT 1
    ) AS gateway_ids
FROM finding AS own
INNER JOIN finding AS f ON own.unit_id = f.unit_id AND own.span && f.span
INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
LEFT JOIN series AS o ON f.series_id = o.series_id
LEFT JOIN alert AS a ON f.fingerprint = a.fingerprint
LEFT JOIN case_root AS root ON a.case_id = root.case_id
WHERE
    own.finding_id = %(finding_id)s
    AND coalesce(v.definition ->> 'batch', '-') <> 'balance_cell'
    AND (
        f.finding_id = own.finding_id
        OR (
            root.root_case_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM common_cause AS k WHERE k.case_id = root.root_case_id)
            AND coalesce(
                (SELECT d.kind FROM decision AS d WHERE d.case_id = root.root_case_id ORDER BY d.decision_id DESC LIMIT 1),
                'open'
            ) NOT IN ('confirm', 'dismiss')
        )
    )
ORDER BY f.finding_id;

-- root_of --
-- The case that tells what a case tells, one row.
SELECT root_case_id FROM case_root WHERE case_id = %(case_id)s;

-- decided_cases --
-- Of the given cases those on which anything was decided, one id a row.
SELECT DISTINCT case_id FROM decision WHERE case_id = ANY(%(case_ids)s);

-- is_settled --
-- Whether the last decision on a case confirmed or dismissed it, one row.
SELECT coalesce(
    (SELECT d.kind FROM decision AS d WHERE d.case_id = %(case_id)s ORDER BY d.decision_id DESC LIMIT 1), 'open'
) IN ('confirm', 'dismiss');

-- merge_case --
-- Lets one case tell what another told, and what was merged into that, one row a case.
INSERT INTO case_merge (case_id, into_case_id, cause, audit_run_id, merged_at)
SELECT
    k.case_id,
    %(into_case_id)s,
    %(cause)s,
    %(audit_run_id)s,
    %(merged_at)s
FROM case_member AS k
WHERE k.root_case_id = %(case_id)s
ORDER BY k.case_id
ON CONFLICT ON CONSTRAINT case_merge_once DO NOTHING;

-- events_near --
-- Declared and public events, outages, changes of meters and multipliers that may bear on a unit's point in a span, one row
-- each, in order. `point_id` may be null: then those of the whole unit and of all its points.
SELECT
    'context_event' AS source,
    e.context_event_id AS source_id,
    e.kind,
    e.begins_at AS begin_at,
    e.ends_at AS end_at,
    CASE WHEN e.filed_at <= e.begins_at THEN 'before' ELSE 'late' END AS timeliness,
    e.title,
    e.document_no
FROM unit AS u
INNER JOIN context_event AS e
    ON
        (e.unit_id = u.unit_id AND coalesce(e.point_id = %(point_id)s::integer, TRUE))
        OR (
            e.unit_id IS NULL
            AND starts_with(u.division_code, regexp_replace(coalesce(e.division_code, ''), '(00)+$', ''))
            AND starts_with(u.industry_code, coalesce(e.industry_code, ''))
        )
WHERE
    u.unit_id = %(unit_id)s
    AND tstzrange(e.begins_at, e.ends_at) && tstzrange(%(begin_at)s, %(end_at)s)
UNION ALL
SELECT
    'outage_filing',
    o.outage_filing_id,
    o.cause,
    o.fault_at,
    o.repaired_at,
    o.timeliness,
    coalesce(o.detail, ''),
    o.document_no
FROM outage_filing AS o
WHERE
    o.unit_id = %(unit_id)s AND coalesce(o.point_id = %(point_id)s::integer, TRUE)
    AND tstzrange(o.fault_at, o.repaired_at) && tstzrange(%(begin_at)s, %(end_at)s)
UNION ALL
SELECT
    'meter_change',
    c.meter_change_id,
    'meter_change',
    c.changed_at,
    c.changed_at,
    c.timeliness,
    c.reason,
    c.certificate_no
FROM meter_change AS c
INNER JOIN point AS p ON c.point_id = p.point_id
WHERE
    p.unit_id = %(unit_id)s AND coalesce(c.point_id = %(point_id)s::integer, TRUE)
    AND c.changed_at >= %(begin_at)s AND c.changed_at <= %(end_at)s
UNION ALL
SELECT
    'multiplier_change',
    c.multiplier_change_id,
    'multiplier_change',
    c.changed_at,
    c.changed_at,
    c.timeliness,
    c.reason,
    c.certificate_no
FROM multiplier_change AS c
INNER JOIN point AS p ON c.point_id = p.point_id
WHERE
    p.unit_id = %(unit_id)s AND coalesce(c.point_id = %(point_id)s::integer, TRUE)
    AND c.changed_at >= %(begin_at)s AND c.changed_at <= %(end_at)s
ORDER BY begin_at, source, source_id;

-- mute_of --
-- The mute that holds for a rule at a unit and point at a time, the narrowest first, at most one row.
SELECT m.mute_id
FROM mute_in_force AS m
WHERE
    m.rule_code = %(rule_code)s AND m.muted_at <= %(at)s AND m.until_at > %(at)s
    AND (m.unit_id IS NULL OR m.unit_id = %(unit_id)s) AND (m.point_id IS NULL OR m.point_id = %(point_id)s)
ORDER BY m.point_id NULLS LAST, m.unit_id NULLS LAST, m.mute_id
LIMIT 1;

-- silence_finding --
-- Records what silenced a finding.
INSERT INTO silenced_finding (finding_id, source, source_id, recorded_at)
VALUES (%(finding_id)s, %(source)s, %(source_id)s, %(recorded_at)s)
ON CONFLICT ON CONSTRAINT silenced_finding_pk DO NOTHING;

-- testimony --
-- What speaks in a case and still stands, one row a rule and level: an event was considered for it or not.
SELECT DISTINCT
    f.rule_code,
    v.definition ->> 'family' AS family,
    f.level,
    EXISTS (
        SELECT 1 FROM evidence AS e
        WHERE
            e.alert_id = s.alert_id AND e.kind = 'context'
            AND e.content ->> 'finding_id' = f.finding_id::text
            AND e.content @? '$.events[*] ? (@.verdict == "explains" || @.verdict == "silences")'
    ) AS is_explained
FROM finding_standing AS s
INNER JOIN finding AS f ON s.finding_id = f.finding_id
INNER JOIN rule_version AS v ON f.rule_code = v.rule_code AND f.rule_version = v.version
WHERE s.root_case_id = %(case_id)s AND NOT s.is_quiet
ORDER BY f.rule_code, f.level;

-- level_of --
-- The level of a case as it is now, one row.
SELECT level FROM case_now WHERE case_id = %(case_id)s;

-- insert_level --
-- Says what a case has become.
INSERT INTO case_level (case_id, level, reason, audit_run_id, set_at)
VALUES (%(case_id)s, %(level)s, %(reason)s, %(audit_run_id)s, %(set_at)s);

-- same_finding --
-- The finding with exactly this content, at most one row.
SELECT finding_id
FROM finding
WHERE fingerprint = %(fingerprint)s AND rule_version = %(rule_version)s AND evidence_hash = %(evidence_hash)s;

-- mark_recurred --
-- Says of findings that had gone quiet in a case nobody decided that they are found again, one row each: the case.
INSERT INTO alert_event (alert_id, finding_id, kind, audit_run_id, at)
SELECT
    s.alert_id,
    s.finding_id,
    'recurred',
    %(audit_run_id)s,
    %(at)s
FROM finding_standing AS s
INNER JOIN case_now AS c ON s.root_case_id = c.case_id
WHERE s.finding_id = ANY(%(finding_ids)s) AND s.is_quiet AND c.state <> 'decided'
ORDER BY s.finding_id
RETURNING (SELECT a.case_id FROM alert AS a WHERE a.alert_id = alert_event.alert_id);

-- mark_quiet --
-- Says of what was found on the audited days of the audited units by rules that ran, and was not found again, that it has
-- gone quiet, one row each: the case. Decided cases answer for what they saw, and what reaches out of the days is not judged.
INSERT INTO alert_event (alert_id, finding_id, kind, audit_run_id, at)
SELECT
    s.alert_id,
    s.finding_id,
    'quiet',
    %(audit_run_id)s,
    %(at)s
FROM finding AS f
INNER JOIN finding_standing AS s ON f.finding_id = s.finding_id
WHERE
    f.unit_id = ANY(%(unit_ids)s) AND f.rule_code = ANY(%(rule_codes)s)
    AND f.span <@ tstzrange(%(begin_at)s, %(end_at)s)
    AND f.finding_id <> ALL(%(seen_ids)s)
    AND NOT s.is_quiet
    AND coalesce(
        (SELECT d.kind FROM decision AS d WHERE d.case_id = s.root_case_id ORDER BY d.decision_id DESC LIMIT 1),
        'open'
    ) NOT IN ('confirm', 'dismiss')
ORDER BY f.finding_id
RETURNING (SELECT a.case_id FROM alert AS a WHERE a.alert_id = alert_event.alert_id);

-- stepped_units --
-- Untouched leads of one unit that hold steps of one day only, one row a case: the zone and the sector of the unit, and the
-- day. Those steps are of the given kinds and began on the given days or later.
SELECT
    c.case_id,
    c.unit_id,
    u.division_code,
    left(u.industry_code, 3) AS sector_code,
    step.began_on
FROM case_now AS c
INNER JOIN unit AS u ON c.unit_id = u.unit_id
CROSS JOIN LATERAL (
    SELECT
        min((lower(f.span) AT TIME ZONE 'Asia/Shanghai')::date) AS began_on,
        count(DISTINCT (lower(f.span) AT TIME ZONE 'Asia/Shanghai')::date) AS day_count,
        bool_and(coalesce(f.kind = ANY(%(kinds)s), FALSE)) AS is_step
    FROM finding_standing AS s
    INNER JOIN finding AS f ON s.finding_id = f.finding_id
    WHERE s.root_case_id = c.case_id AND NOT s.is_quiet
) AS step
WHERE
    c.state = 'open' AND c.decision IS NULL AND c.level = 'lead' AND NOT c.is_common_cause
    AND step.is_step AND step.day_count = 1 AND step.began_on >= %(since_on)s
ORDER BY c.case_id;

-- units_of_groups --
-- How many units of each zone and of each sector were metered on a day, one row a group.
WITH metered AS (
    SELECT DISTINCT
        u.unit_id,
        u.division_code,
        left(u.industry_code, 3) AS sector_code
    FROM series_day AS d
    INNER JOIN series AS s ON d.series_id = s.series_id
    INNER JOIN point AS p ON s.point_id = p.point_id
    INNER JOIN unit AS u ON p.unit_id = u.unit_id
    WHERE d.day_on = %(day_on)s
)

SELECT
    m.division_code,
    NULL AS sector_code,
    count(*) AS unit_total
FROM metered AS m
GROUP BY m.division_code
UNION ALL
SELECT
    NULL,
    m.sector_code,
    count(*)
FROM metered AS m
GROUP BY m.sector_code;

-- common_causes --
-- Common causes that began on a day, one row a group: its case.
SELECT
    case_id,
    division_code,
    sector_code
FROM common_cause
WHERE began_on = %(began_on)s
ORDER BY case_id;

-- insert_common_cause --
-- Says what many units have in common.
INSERT INTO common_cause (
    case_id, division_code, sector_code, began_on, unit_count, unit_total, share_min, unit_count_min, audit_run_id, found_at
)
VALUES (
    %(case_id)s, %(division_code)s, %(sector_code)s, %(began_on)s, %(unit_count)s, %(unit_total)s, %(share_min)s,
    %(unit_count_min)s, %(audit_run_id)s, %(found_at)s
);
