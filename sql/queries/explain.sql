-- explained_points --
-- Month totals of points as they are now.
SELECT point_id, unit, energy, measured_energy, due_slots, received_slots, known_slots
FROM point_month
WHERE point_id = ANY(%(point_ids)s::integer[]) AND month_on = %(first_on)s
ORDER BY point_id;

-- explained_days --
-- The days of points in a span, each with the series that speaks for it and its slots: quality, method and reason letters.
SELECT
    d.point_id, d.day_on, d.series_id, o.kind, d.energy, d.unit, d.measured_energy, s.slot_minutes, s.quality, s.method,
    coalesce(s.reason, repeat('-', s.due_slots::integer)) AS reason, s.content_hash_algorithm, s.content_hash
FROM point_day AS d
INNER JOIN series_day AS s ON d.series_id = s.series_id AND d.day_on = s.day_on
INNER JOIN series AS o ON d.series_id = o.series_id
WHERE d.point_id = ANY(%(point_ids)s::integer[]) AND d.day_on >= %(first_on)s AND d.day_on < %(end_on)s
ORDER BY d.point_id, d.day_on;

-- explained_estimates --
-- How runs of slots of points were estimated in a span of days, from which donors and why: of the series that speaks for
-- the point on that day.
SELECT
    o.point_id, e.day_on, e.series_id, e.first_slot, e.slot_count, e.method, e.donor_days, e.donor_series_id,
    e.exclusion_id, e.decision_id, e.agreed_value_id, e.reasons
FROM series_day_estimate AS e
INNER JOIN point_day AS o ON e.series_id = o.series_id AND e.day_on = o.day_on
WHERE o.point_id = ANY(%(point_ids)s::integer[]) AND e.day_on >= %(first_on)s AND e.day_on < %(end_on)s
ORDER BY o.point_id, e.day_on, e.first_slot;

-- explained_findings --
-- What the rules found at points, or at their unit as a whole, in a span of time, with the case and its last decision.
SELECT
    f.finding_id, f.rule_code, f.level, coalesce(f.point_id, o.point_id) AS point_id, lower(f.span) AS begin_at,
    upper(f.span) AS end_at, a.case_id, last.kind AS decision_kind
FROM finding AS f
LEFT JOIN series AS o ON f.series_id = o.series_id
LEFT JOIN alert AS a ON f.fingerprint = a.fingerprint
LEFT JOIN LATERAL (
    SELECT d.kind FROM decision AS d
    WHERE d.case_id = a.case_id
    ORDER BY d.decision_id DESC
    LIMIT 1
) AS last ON TRUE
WHERE
    f.unit_id = %(unit_id)s AND f.span && tstzrange(%(begin_at)s, %(end_at)s)
    AND coalesce(coalesce(f.point_id, o.point_id) = ANY(%(point_ids)s::integer[]), TRUE)
ORDER BY f.finding_id;

-- explained_exclusions --
-- Spans of points' series that decisions took out, with the decision.
SELECT
    o.point_id, e.exclusion_id, lower(e.span) AS begin_at, upper(e.span) AS end_at, d.decision_id, d.case_id, d.outcome,
    d.reason, d.decided_by, d.decided_at
FROM exclusion_in_force AS e
INNER JOIN series AS o ON e.series_id = o.series_id
INNER JOIN decision AS d ON e.decision_id = d.decision_id
WHERE o.point_id = ANY(%(point_ids)s::integer[]) AND e.span && tstzrange(%(begin_at)s, %(end_at)s)
ORDER BY o.point_id, lower(e.span);

-- explained_corrections --
-- Values of points' series that stand in the place of the first ones: corrections in force and adopted values.
SELECT
    o.point_id, v.series_id, v.at, v.earlier_value, v.value, 'reading_revision' AS origin, v.revision_id AS origin_id, v.reason,
    v.message_id
FROM reading_revision AS v
INNER JOIN series AS o ON v.series_id = o.series_id
WHERE
    o.point_id = ANY(%(point_ids)s::integer[]) AND v.at >= %(begin_at)s AND v.at <= %(end_at)s
    AND v.standing = 'in_force'
UNION ALL
SELECT
    o.point_id, a.series_id, a.at, NULL, a.value, 'decision', a.decision_id, d.reason, a.message_id
FROM reading_adoption AS a
INNER JOIN series AS o ON a.series_id = o.series_id
INNER JOIN decision AS d ON a.decision_id = d.decision_id
WHERE
    o.point_id = ANY(%(point_ids)s::integer[]) AND a.at >= %(begin_at)s AND a.at <= %(end_at)s
    AND NOT EXISTS (
        SELECT 1
        FROM decision AS later
        WHERE later.case_id = d.case_id AND later.decision_id > d.decision_id AND later.kind IN ('confirm', 'dismiss')
    )
ORDER BY point_id, at;

-- explained_messages --
-- The messages that brought the values in force of a series in a span of time, ends included, each with how many, its
-- hash, how far its sender was proven, its leaf, its batch, and the day tree that stands over it, if one does yet.
SELECT
    r.message_id, r.reading_count, m.hash_algorithm, m.hash, r.assurance, m.leaf, b.batch_id, t.tree_no, t.root
FROM (
    SELECT f.message_id, f.assurance::text AS assurance, count(*) AS reading_count
    FROM reading_in_force AS f
    WHERE f.series_id = %(series_id)s AND f.at >= %(begin_at)s AND f.at <= %(end_at)s
    GROUP BY f.message_id, f.assurance
) AS r
INNER JOIN message AS m ON r.message_id = m.message_id
LEFT JOIN LATERAL (
    SELECT k.batch_id FROM message_batch AS k
    WHERE k.shard = m.shard AND m.message_id BETWEEN k.first_message_id AND k.last_message_id AND m.leaf IS NOT NULL
    ORDER BY k.batch_id
    LIMIT 1
) AS b ON TRUE
LEFT JOIN day_tree AS t ON b.batch_id BETWEEN t.first_batch_id AND t.last_batch_id
ORDER BY r.message_id, r.assurance DESC;
