-- units --
-- Units by code, a page of them with how many there are in all: those of a division, or the one named.
SELECT
    u.unit_code,
    u.name,
    u.division_code,
    u.industry_code,
    u.field,
    u.collected_under,
    count(*) OVER () AS total
FROM unit AS u
WHERE
    (%(unit)s::text IS NULL OR u.unit_code = %(unit)s)
    AND (%(division)s::text IS NULL OR u.division_code ^@ %(division)s)
    AND (%(industry)s::text IS NULL OR u.industry_code ^@ %(industry)s)
ORDER BY u.unit_code
LIMIT %(limit)s OFFSET %(offset)s;

-- unit_id --
-- The unit of a code, at most one row.
SELECT unit_id FROM unit WHERE unit_code = %(unit)s;

-- cases --
-- Cases as they are listed, newest number first, a page of them with how many there are in all. A case that was merged is
-- told by its own row, which names the case that tells it now.
SELECT
    l.case_id,
    u.unit_code,
    u.name AS unit_name,
    l.level,
    l.state,
    l.decision,
    l.outcome,
    l.opened_at,
    (SELECT max(d.decided_at) FROM decision AS d WHERE d.case_id = l.case_id) AS decided_at,
    l.into_case_id,
    l.is_common_cause,
    l.rule_codes,
    l.finding_count,
    l.effect_tce,
    l.score,
    l.total
FROM (
    SELECT
        i.*,
        count(*) OVER () AS total
    FROM case_listing AS i
    WHERE
        (%(case_id)s::bigint IS NULL OR i.case_id = %(case_id)s)
        AND (%(state)s::text IS NULL OR i.state = %(state)s)
        AND (%(rule)s::text IS NULL OR %(rule)s = ANY(i.rule_codes))
        AND (%(unit)s::text IS NULL OR i.unit_id = (SELECT n.unit_id FROM unit AS n WHERE n.unit_code = %(unit)s))
    ORDER BY i.case_id DESC
    LIMIT %(limit)s OFFSET %(offset)s
) AS l
LEFT JOIN unit AS u ON l.unit_id = u.unit_id
ORDER BY l.case_id DESC;

-- unit_of_case --
-- The unit of a case that is there, one row; null where it is of several.
SELECT unit_id FROM audit_case WHERE case_id = %(case_id)s;

-- findings --
-- What a case rests on, a page of its findings in time with how many there are in all.
SELECT
    f.finding_id,
    f.rule_code,
    f.rule_version,
    p.point_code,
    f.series_id,
    lower(f.span) AS begins_at,
    upper(f.span) AS ends_at,
    f.level,
    f.kind,
    f.score,
    f.expected_energy,
    f.observed_energy,
    f.energy_unit,
    f.found_at,
    f.evidence,
    f.thresholds,
    encode(f.evidence_hash, 'hex') AS evidence_hash,
    count(*) OVER () AS total
FROM finding AS f
INNER JOIN finding_standing AS s ON f.finding_id = s.finding_id
LEFT JOIN point AS p ON f.point_id = p.point_id
WHERE s.root_case_id = %(case_id)s
ORDER BY f.finding_id
LIMIT %(limit)s OFFSET %(offset)s;

-- evidence --
-- Evidence of a case as it was recorded, a page of it with how much there is in all.
SELECT
    e.evidence_id,
    e.alert_id,
    e.kind,
    e.content,
    encode(e.hash, 'hex') AS hash,
    e.recorded_at,
    count(*) OVER () AS total
FROM evidence AS e
WHERE e.case_id = %(case_id)s
ORDER BY e.evidence_id
LIMIT %(limit)s OFFSET %(offset)s;

-- decisions --
-- Decisions on a case, a page of them in their order with how many there are in all.
SELECT
    d.decision_id,
    d.kind,
    d.outcome,
    d.reason,
    d.decided_by,
    d.decided_at,
    count(*) OVER () AS total
FROM decision AS d
WHERE d.case_id = %(case_id)s
ORDER BY d.decision_id
LIMIT %(limit)s OFFSET %(offset)s;

-- steps --
-- Steps of the procedure of a case, a page of them in their order with how many there are in all.
SELECT
    s.case_step_id,
    s.act,
    s.side,
    s.acted_by,
    s.acted_at,
    s.told,
    s.due_on,
    s.decision_id,
    s.channel,
    encode(s.hash, 'hex') AS hash,
    count(*) OVER () AS total
FROM case_step AS s
WHERE s.case_id = %(case_id)s
ORDER BY s.case_step_id
LIMIT %(limit)s OFFSET %(offset)s;

-- filings --
-- Filings, newest month first, a page of them with how many there are in all.
SELECT
    f.filing_id,
    u.unit_code,
    u.name AS unit_name,
    f.month_on,
    f.version,
    f.kind,
    s.state,
    s.open_queries,
    s.is_newest,
    f.filed_at,
    f.reason,
    f.total
FROM (
    SELECT
        i.*,
        count(*) OVER () AS total
    FROM filing AS i
    WHERE
        (%(filing_id)s::bigint IS NULL OR i.filing_id = %(filing_id)s)
        AND (%(unit)s::text IS NULL OR i.unit_id = (SELECT n.unit_id FROM unit AS n WHERE n.unit_code = %(unit)s))
        AND (%(month_on)s::date IS NULL OR i.month_on = %(month_on)s)
    ORDER BY i.month_on DESC, i.unit_id, i.version DESC, i.filing_id DESC
    LIMIT %(limit)s OFFSET %(offset)s
) AS f
INNER JOIN filing_state AS s ON f.filing_id = s.filing_id
INNER JOIN unit AS u ON f.unit_id = u.unit_id
ORDER BY f.month_on DESC, f.unit_id, f.version DESC, f.filing_id DESC;

-- unit_of_filing --
-- The unit of a filing that is there, one row.
SELECT unit_id FROM filing WHERE filing_id = %(filing_id)s;

-- filing_cells --
-- Cells of a filing, a page of them in the order of the form with how many there are in all.
SELECT
    form_code,
    row_code,
    column_code,
    value,
    source,
    count(*) OVER () AS total
FROM filing_cell
WHERE filing_id = %(filing_id)s
ORDER BY form_code, row_code, column_code
LIMIT %(limit)s OFFSET %(offset)s;

-- balances --
-- Newest monitored balances, newest month first, a page of them with how many there are in all.
SELECT
    b.balance_id,
    u.unit_code,
    u.name AS unit_name,
    b.month_on,
    b.version,
    b.layout_edition,
    b.coefficient_edition,
    b.computed_at,
    count(*) OVER () AS total
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
WHERE
    (%(balance_id)s::bigint IS NULL OR b.balance_id = %(balance_id)s)
    AND (%(unit)s::text IS NULL OR u.unit_code = %(unit)s)
    AND (%(month_on)s::date IS NULL OR b.month_on = %(month_on)s)
    AND (
        %(balance_id)s::bigint IS NOT NULL
        OR NOT EXISTS (
            SELECT 1 FROM monitored_balance AS n
            WHERE n.unit_id = b.unit_id AND n.month_on = b.month_on AND n.version > b.version
        )
    )
ORDER BY b.month_on DESC, u.unit_code
LIMIT %(limit)s OFFSET %(offset)s;

-- unit_of_balance --
-- The unit of a balance that is there, one row.
SELECT unit_id FROM monitored_balance WHERE balance_id = %(balance_id)s;

-- balance_cells --
-- Cells of a monitored balance, a page of them in the order of the form with how many there are in all.
SELECT
    form_code,
    row_code,
    column_code,
    value,
    unit,
    completeness,
    known_share,
    measured_share,
    coefficient_codes,
    count(*) OVER () AS total
FROM balance_cell
WHERE balance_id = %(balance_id)s
ORDER BY form_code, row_code, column_code
LIMIT %(limit)s OFFSET %(offset)s;

-- releases --
-- Releases that are public by now or of a unit, newest month first, a page of them with how many there are in all.
SELECT
    r.release_id,
    r.kind,
    u.unit_code,
    r.aggregate_code,
    r.month_on,
    r.version,
    r.archive_name,
    encode(r.hash, 'hex') AS hash,
    r.hash_algorithm,
    r.signature_algorithm,
    r.key_id,
    r.restates_release_id,
    r.reason_kind,
    r.sealed_at,
    count(*) OVER () AS total
FROM release AS r
LEFT JOIN unit AS u ON r.unit_id = u.unit_id
WHERE
    (%(release_id)s::bigint IS NULL OR r.release_id = %(release_id)s)
    AND (%(unit)s::text IS NULL OR u.unit_code = %(unit)s)
    AND (%(month_on)s::date IS NULL OR r.month_on = %(month_on)s)
    AND (%(kind)s::text IS NULL OR r.kind = %(kind)s)
    AND coalesce(r.public_from, '-infinity') <= %(now)s
ORDER BY r.month_on DESC, r.release_id DESC
LIMIT %(limit)s OFFSET %(offset)s;

-- release_archive --
-- The archive of a release that is public by now or of a unit, at most one row, with the unit and the hash of its bytes.
SELECT
    r.unit_id,
    r.archive_name,
    encode(r.archive_hash, 'hex') AS archive_hash,
    r.archive
FROM release AS r
WHERE r.release_id = %(release_id)s AND coalesce(r.public_from, '-infinity') <= %(now)s;

-- series --
-- Series of a unit by point, a page of them with how many there are in all.
SELECT
    s.series_id,
    p.point_code,
    p.name AS point_name,
    p.variety_code,
    p.flow,
    s.quantity,
    s.kind,
    s.period,
    count(*) OVER () AS total
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE p.unit_id = %(unit_id)s
ORDER BY p.point_code, s.series_id
LIMIT %(limit)s OFFSET %(offset)s;

-- unit_of_series --
-- The unit of a series that is there, one row.
SELECT p.unit_id
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
WHERE s.series_id = %(series_id)s;

-- readings --
-- Readings of a series in [from_at, to_at) as they were sent, a page of them in time with how many there are in all.
SELECT
    r.at,
    r.value,
    r.message_id,
    r.source::text AS source,
    r.assurance::text AS assurance,
    count(*) OVER () AS total
FROM reading AS r
WHERE r.series_id = %(series_id)s AND r.at >= %(from_at)s AND r.at < %(to_at)s
ORDER BY r.at
LIMIT %(limit)s OFFSET %(offset)s;

-- days --
-- Closed days of a series in [from_on, to_on), a page of them in time with how many there are in all.
SELECT
    d.day_on,
    d.unit,
    d.total_energy,
    d.measured_energy,
    d.due_slots,
    d.received_slots,
    d.quality,
    encode(d.content_hash, 'hex') AS content_hash,
    d.computed_at,
    count(*) OVER () AS total
FROM series_day AS d
WHERE d.series_id = %(series_id)s AND d.day_on >= %(from_on)s AND d.day_on < %(to_on)s
ORDER BY d.day_on
LIMIT %(limit)s OFFSET %(offset)s;

-- completeness --
-- Slots received and due of each unit's month, a page of units by code with how many there are in all.
SELECT
    u.unit_code,
    u.name AS unit_name,
    u.division_code,
    m.month_on,
    m.received_slots,
    m.due_slots,
    round(m.received_slots::numeric / nullif(m.due_slots, 0), 6) AS completeness,
    u.total
FROM (
    SELECT
        n.unit_id,
        n.unit_code,
        n.name,
        n.division_code,
        count(*) OVER () AS total
    FROM unit AS n
    WHERE
        (%(unit)s::text IS NULL OR n.unit_code = %(unit)s)
        AND (%(division)s::text IS NULL OR n.division_code ^@ %(division)s)
    ORDER BY n.unit_code
    LIMIT %(limit)s OFFSET %(offset)s
) AS u
CROSS JOIN LATERAL (
    SELECT
        %(month_on)s::date AS month_on,
        sum(t.received_slots)::bigint AS received_slots,
        sum(t.due_slots)::bigint AS due_slots
    FROM point_month AS t
    INNER JOIN point AS p ON t.point_id = p.point_id
    WHERE p.unit_id = u.unit_id AND t.month_on = %(month_on)s
) AS m
ORDER BY u.unit_code;

-- refusals --
-- What was refused of a unit in [from_at, to_at), newest first, a page of it with how much there is in all.
SELECT
    f.refusal_id,
    g.gateway_code,
    f.message_id,
    f.reason_code,
    f.detail,
    f.point_code,
    f.at,
    f.value_text,
    f.refused_at,
    count(*) OVER () AS total
FROM gateway AS g
INNER JOIN message AS m ON g.gateway_id = m.gateway_id
INNER JOIN refusal AS f ON m.message_id = f.message_id
WHERE
    g.unit_id = %(unit_id)s
    AND m.received_at >= %(from_at)s AND m.received_at < %(to_at)s
ORDER BY f.refusal_id DESC
LIMIT %(limit)s OFFSET %(offset)s;
