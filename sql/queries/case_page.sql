-- page_head --
-- A case as its page shows it, with its unit and its place in the list, at most one row; effect and kinds are null where no
-- audit has listed it yet.
SELECT
    c.case_id,
    c.unit_id,
    u.unit_code,
    u.name AS unit_name,
    u.division_code,
    u.industry_code,
    c.level,
    c.state,
    c.into_case_id,
    c.is_common_cause,
    c.opened_at,
    c.decision,
    c.outcome,
    c.decided_at,
    l.effect_tce,
    l.kinds,
    l.unit_count,
    k.division_code AS cause_division_code,
    k.sector_code AS cause_sector_code,
    k.began_on AS cause_began_on,
    k.unit_count AS cause_unit_count,
    k.unit_total AS cause_unit_total
FROM case_now AS c
LEFT JOIN unit AS u ON c.unit_id = u.unit_id
LEFT JOIN case_listing AS l ON c.case_id = l.case_id
LEFT JOIN common_cause AS k ON c.case_id = k.case_id
WHERE c.case_id = %(case_id)s;

-- page_pieces --
-- What was kept beside the findings of a case and of what was merged into it, of the kinds that are words: events that were
-- considered, what would make it innocent, earlier cases; in the order they were recorded.
SELECT
    e.kind,
    e.content
FROM evidence AS e
WHERE
    e.kind IN ('context', 'innocence', 'earlier_case')
    AND e.case_id IN (
        SELECT k.case_id FROM case_member AS k
        WHERE k.root_case_id = %(case_id)s
        UNION ALL
        SELECT %(case_id)s::bigint
    )
ORDER BY e.evidence_id;

-- page_kept_days --
-- Days of series as they stood when a rule first judged them, one row a series and day.
SELECT DISTINCT ON (day.series_id, day.day_on)
    day.series_id,
    day.day_on,
    day.slot_minutes,
    day.unit,
    day.scale,
    day.energy,
    day.quality
FROM evidence AS e
CROSS JOIN LATERAL jsonb_to_recordset(e.content) AS day (
    series_id integer, day_on date, slot_minutes integer, unit text, scale integer, energy bigint [], quality text
)
WHERE
    e.kind = 'days'
    AND e.case_id IN (
        SELECT k.case_id FROM case_member AS k
        WHERE k.root_case_id = %(case_id)s
        UNION ALL
        SELECT %(case_id)s::bigint
    )
    AND day.series_id = ANY(%(series_ids)s::integer[])
ORDER BY day.series_id, day.day_on, e.evidence_id;

-- related_cases --
-- Other cases of a unit, the newest first, with how many there are.
SELECT
    l.case_id,
    l.level,
    l.state,
    l.decision,
    l.outcome,
    l.kinds,
    l.rule_codes,
    l.point_codes,
    l.span_from,
    l.span_to,
    l.effect_tce,
    count(*) OVER () AS case_count
FROM case_listing AS l
WHERE l.unit_id = %(unit_id)s AND l.case_id <> %(case_id)s AND l.state <> 'merged'
ORDER BY l.opened_at DESC, l.case_id DESC
LIMIT %(row_limit)s;

-- page_points --
-- Points of findings with their other channels: of each point and quantity its series, one row a series, registers before
-- intervals.
SELECT
    s.series_id,
    s.quantity,
    s.kind,
    s.period,
    p.point_id,
    p.point_code,
    p.name AS point_name,
    p.data_code,
    p.variety_code,
    p.flow
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE
    s.kind IN ('register', 'interval')
    AND (s.point_id, s.quantity) IN (
        SELECT
            o.point_id,
            o.quantity
        FROM series AS o
        WHERE o.series_id = ANY(%(series_ids)s::integer[])
    )
ORDER BY p.point_id, s.quantity, s.kind DESC, s.series_id;

-- page_neighbours --
-- Points beside a point in the network on a day, each with the series that leads there for a quantity: wholes that it is a
-- part of, parts of it, and the other parts of its wholes; a point that is several of these is what it is first.
SELECT DISTINCT ON (n.point_id)
    n.point_id,
    n.relation,
    p.point_code,
    p.name AS point_name,
    s.series_id
FROM (
    SELECT
        t.whole_point_id AS point_id,
        'parent' AS relation,
        1 AS place
    FROM network_term AS t
    WHERE t.part_point_id = %(point_id)s AND t.valid_from <= %(on)s AND coalesce(t.valid_to, 'infinity') > %(on)s
    UNION ALL
    SELECT
        t.part_point_id,
        'child',
        2
    FROM network_term AS t
    WHERE t.whole_point_id = %(point_id)s AND t.valid_from <= %(on)s AND coalesce(t.valid_to, 'infinity') > %(on)s
    UNION ALL
    SELECT
        t.part_point_id,
        'sibling',
        3
    FROM network_term AS t
    INNER JOIN network_term AS o ON t.whole_point_id = o.whole_point_id AND o.part_point_id = %(point_id)s
    WHERE t.valid_from <= %(on)s AND coalesce(t.valid_to, 'infinity') > %(on)s
) AS n
INNER JOIN point AS p ON n.point_id = p.point_id
INNER JOIN series AS s ON p.point_id = s.point_id AND s.quantity = %(quantity)s AND s.kind IN ('register', 'interval')
WHERE n.point_id <> %(point_id)s
ORDER BY n.point_id, n.place, s.kind DESC, s.series_id;

-- page_days --
-- Days of series as they stand now, both ends included, in order.
SELECT
    d.series_id,
    d.day_on,
    d.slot_minutes,
    d.unit,
    d.scale,
    d.energy,
    d.quality
FROM series_day AS d
WHERE d.series_id = ANY(%(series_ids)s::integer[]) AND d.day_on >= %(first_on)s AND d.day_on <= %(last_on)s
ORDER BY d.series_id, d.day_on;

-- page_faces --
-- What a register showed between two instants, ends included, in order of time, with the unit of its face; values in force,
-- at most `row_limit`.
SELECT
    r.at,
    r.value,
    v.unit
FROM reading_in_force AS r
LEFT JOIN series_version AS v ON r.series_id = v.series_id AND v.valid @> r.at
WHERE r.series_id = %(series_id)s AND r.at >= %(begin_at)s AND r.at <= %(end_at)s
ORDER BY r.at
LIMIT %(row_limit)s;

-- page_messages --
-- Messages that brought readings of series between two instants, ends included, a page of them in the order they were
-- received, each with how many readings it brought there and how many messages there are in all.
SELECT
    m.message_id,
    g.gateway_code,
    m.boot_id::text AS boot_id,
    m.seq,
    m.topic,
    m.codec,
    m.hash_algorithm,
    encode(m.hash, 'hex') AS hash,
    m.sent_at,
    m.received_at,
    m.outcome,
    m.assurance,
    told.reading_count,
    told.first_at,
    told.last_at,
    count(*) OVER () AS message_count
FROM (
    SELECT
        r.message_id,
        count(*) AS reading_count,
        min(r.at) AS first_at,
        max(r.at) AS last_at
    FROM reading AS r
    WHERE r.series_id = ANY(%(series_ids)s::integer[]) AND r.at >= %(begin_at)s AND r.at <= %(end_at)s
    GROUP BY r.message_id
) AS told
INNER JOIN message AS m ON told.message_id = m.message_id
LEFT JOIN gateway AS g ON m.gateway_id = g.gateway_id
ORDER BY m.received_at, m.message_id
LIMIT %(row_limit)s
OFFSET %(row_offset)s;

-- page_message --
-- One message with its bytes, null where retention dropped them: at most one row.
SELECT
    m.message_id,
    g.gateway_code,
    g.unit_id,
    m.boot_id::text AS boot_id,
    m.seq,
    m.topic,
    m.codec,
    m.hash_algorithm,
    encode(m.hash, 'hex') AS hash,
    m.sent_at,
    m.received_at,
    m.outcome,
    m.assurance,
    m.reading_count,
    w.payload
FROM message AS m
LEFT JOIN gateway AS g ON m.gateway_id = g.gateway_id
LEFT JOIN message_raw AS w ON m.message_id = w.message_id AND m.received_at = w.received_at
WHERE m.message_id = %(message_id)s;

-- page_conflicts --
-- Values that were reported against standing ones: conflicts and corrections by their ids, in order of time.
SELECT
    'conflict' AS kind,
    c.series_id,
    c.at,
    c.standing_value,
    c.value,
    NULL AS reason,
    c.message_id
FROM reading_conflict AS c
WHERE c.conflict_id = ANY(%(conflict_ids)s::bigint[])
UNION ALL
SELECT
    'revision',
    v.series_id,
    v.at,
    v.earlier_value,
    v.value,
    v.reason,
    v.message_id
FROM reading_revision AS v
WHERE v.revision_id = ANY(%(revision_ids)s::bigint[])
ORDER BY at, series_id, message_id;

-- page_essays --
-- The essay in force of each of the rules, of the version that was asked for: one row a rule and version.
SELECT DISTINCT ON (e.rule_code, e.version)
    e.rule_code,
    e.version,
    e.essay
FROM rule_essay AS e
WHERE e.rule_code = ANY(%(rule_codes)s::text[])
ORDER BY e.rule_code, e.version, e.rule_essay_id DESC;

-- page_thresholds --
-- Every value that thresholds of rules had, with its validity, by rule and name, the newest first.
SELECT
    t.rule_code,
    t.threshold_name,
    t.value,
    t.unit,
    t.reason,
    t.valid_from,
    t.valid_to
FROM rule_threshold AS t
WHERE t.rule_code = ANY(%(rule_codes)s::text[])
ORDER BY t.rule_code, t.threshold_name, t.valid_from DESC;

-- page_modes --
-- How rules were run by people's word: every change, the newest first.
SELECT
    m.rule_code,
    m.mode,
    m.reason,
    m.set_by,
    m.set_at
FROM rule_mode AS m
WHERE m.rule_code = ANY(%(rule_codes)s::text[])
ORDER BY m.rule_code, m.rule_mode_id DESC;
