-- reading_account --
-- What became of the readings that units sent: one row per unit with any message; readings are counted once per message.
SELECT
    u.unit_code,
    count(*) AS messages,
    sum(m.reading_count) AS readings,
    sum(m.stored_count) AS stored,
    sum(m.duplicate_count) AS duplicate,
    sum(m.refused_count) AS refused,
    sum(m.conflict_count) AS conflicting,
    sum(m.revision_count) AS corrections
FROM message AS m
INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
INNER JOIN unit AS u ON g.unit_id = u.unit_id
GROUP BY u.unit_code
ORDER BY u.unit_code;

-- stored_readings --
-- How many readings are stored for each unit: one row per unit; equals `stored` of reading_account unless a row is gone.
SELECT
    u.unit_code,
    count(*) AS readings
FROM reading AS r
INNER JOIN series AS s ON r.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
GROUP BY u.unit_code;

-- completeness --
-- Received and due slots of each unit's points over the months [first_on, end_on): one row per unit.
SELECT
    u.unit_code,
    sum(m.received_slots) AS received_slots,
    sum(m.due_slots) AS due_slots
FROM point_month AS m
INNER JOIN point AS p ON m.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE m.month_on >= %(first_on)s AND m.month_on < %(end_on)s
GROUP BY u.unit_code;

-- alerts --
-- Every alert that still stands, with the case that tells it and the finding that opened it: one row each, oldest case first.
-- An audit in the middle of a back-fill finds gaps that are none a minute later. An alert whose first finding went quiet
-- stands while another one of the same cause does: what is found again with another figure is another finding.
SELECT
    r.root_case_id AS case_id,
    u.unit_code,
    p.point_code,
    a.rule_code,
    f.level,
    lower(f.span) AS starts_at,
    upper(f.span) AS ends_at
FROM alert AS a
INNER JOIN case_root AS r ON a.case_id = r.case_id
INNER JOIN finding AS f ON a.first_finding_id = f.finding_id
INNER JOIN unit AS u ON f.unit_id = u.unit_id
LEFT JOIN series AS o ON f.series_id = o.series_id
LEFT JOIN point AS p ON p.point_id = coalesce(f.point_id, o.point_id)
WHERE EXISTS (SELECT 1 FROM finding_standing AS s WHERE s.alert_id = a.alert_id AND NOT s.is_quiet)
ORDER BY r.root_case_id, a.alert_id;

-- newest_releases --
-- The newest release of each unit and month: one row each.
SELECT DISTINCT ON (u.unit_code, r.month_on)
    u.unit_code,
    r.month_on,
    r.version,
    r.archive_name,
    encode(r.hash, 'hex') AS hash
FROM release AS r
INNER JOIN unit AS u ON r.unit_id = u.unit_id
ORDER BY u.unit_code, r.month_on, r.version DESC;
