-- mark_other_editions --
-- Asks for every newest balance of other editions that no release seals yet; a sealed one is not made again for an edition.
INSERT INTO month_mark (unit_id, month_on)
SELECT
    newest.unit_id,
    newest.month_on
FROM (
    SELECT DISTINCT ON (unit_id, month_on)
        balance_id,
        unit_id,
        month_on,
        layout_edition,
        coefficient_edition
    FROM monitored_balance
    ORDER BY unit_id, month_on, version DESC
) AS newest
WHERE
    (newest.layout_edition, newest.coefficient_edition)
    IS DISTINCT FROM (%(layout_edition)s::text, %(coefficient_edition)s::text)
    AND NOT EXISTS (SELECT 1 FROM release AS r WHERE r.balance_id = newest.balance_id);

-- next_month_marks --
-- Unit months on the list that begin before `before_on`, each once. A month from before a gateway's enrolment waits on the
-- list while its commissioning window is open: half of a back-fill is no balance.
SELECT DISTINCT
    m.unit_id,
    m.month_on
FROM month_mark AS m
WHERE
    m.month_on < %(before_on)s
    AND NOT EXISTS (
        SELECT 1 FROM gateway AS g
        WHERE
            g.unit_id = m.unit_id
            AND coalesce(g.backfill_until, 'infinity') > now()
            AND g.registered_at > m.month_on::timestamp AT TIME ZONE 'Asia/Shanghai'
    )
ORDER BY m.month_on, m.unit_id
LIMIT %(max_months)s;

-- take_month_marks --
-- Takes every mark of the given unit months off the list.
DELETE FROM month_mark AS m
USING unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS pair (unit_id, month_on)
WHERE m.unit_id = pair.unit_id AND m.month_on = pair.month_on;

-- lock_unit_month --
-- Makes this transaction the only one that builds or seals a unit's month.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao unit month ' || %(unit_id)s::text || ' ' || %(month_on)s::text, 0));

-- point_months --
-- A unit's points with their totals of a month, one row a point that measures energy then; totals are null where it has
-- none. A point counts as inside a non-industrial one where the month's network puts it below one of the same variety.
SELECT
    p.point_id,
    p.variety_code,
    p.flow,
    p.use,
    EXISTS (
        WITH RECURSIVE above (point_id) AS (
            SELECT n.whole_point_id
            FROM network_term AS n
            WHERE
                n.part_point_id = p.point_id AND n.sign = 1
                AND n.valid_from < asked.end_on AND (n.valid_to IS NULL OR n.valid_to > asked.month_on)
            UNION
            SELECT n.whole_point_id
            FROM network_term AS n
            INNER JOIN above AS a ON n.part_point_id = a.point_id
            WHERE
                n.sign = 1
                AND n.valid_from < asked.end_on AND (n.valid_to IS NULL OR n.valid_to > asked.month_on)
        )

        SELECT 1
        FROM above
        INNER JOIN point AS whole ON above.point_id = whole.point_id
        WHERE whole.use = 'non_industrial' AND whole.variety_code = p.variety_code
    ) AS is_inside_non_industrial,
    coalesce(m.unit, '') AS unit,
    m.energy,
    coalesce(m.measured_energy, 0) AS measured_energy,
    coalesce(m.due_slots, 0) AS due_slots,
    coalesce(m.received_slots, 0) AS received_slots,
    coalesce(m.known_slots, 0) AS known_slots
FROM point AS p
CROSS JOIN (
    SELECT
        %(month_on)s::date AS month_on,
        (%(month_on)s::date + INTERVAL '1 month')::date AS end_on
) AS asked
LEFT JOIN point_month AS m ON p.point_id = m.point_id AND asked.month_on = m.month_on
WHERE
    p.unit_id = %(unit_id)s
    AND (
        m.point_id IS NOT NULL
        OR EXISTS (
            SELECT 1
            FROM series AS s
            INNER JOIN series_version AS v ON s.series_id = v.series_id
            WHERE
                s.point_id = p.point_id
                AND s.kind IN ('register', 'interval')
                AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
                AND v.valid && tstzrange(
                    asked.month_on::timestamp AT TIME ZONE 'Asia/Shanghai',
                    asked.end_on::timestamp AT TIME ZONE 'Asia/Shanghai'
                )
        )
    )
ORDER BY p.point_id;

-- newest_balance --
-- The newest version of a unit's month: one row, or none.
SELECT balance_id, version, content_hash
FROM monitored_balance
WHERE unit_id = %(unit_id)s AND month_on = %(month_on)s
ORDER BY version DESC
LIMIT 1;

-- insert_balance --
-- A new version of a unit's month; returns its id.
INSERT INTO monitored_balance (
    unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at
)
VALUES (
    %(unit_id)s, %(month_on)s, %(version)s, %(layout_edition)s, %(coefficient_edition)s,
    %(content_hash_algorithm)s, %(content_hash)s, %(computed_at)s
)
RETURNING balance_id;

-- insert_cell --
-- A cell of a balance.
INSERT INTO balance_cell (
    balance_id, row_code, column_code, value, unit, completeness, known_share, measured_share, coefficient_code,
    source_point_ids
)
VALUES (
    %(balance_id)s, %(row_code)s, %(column_code)s, %(value)s, %(unit)s, %(completeness)s, %(known_share)s,
    %(measured_share)s, %(coefficient_code)s, %(source_point_ids)s
);

-- balance_cells --
-- The cells of a balance, by row and column.
SELECT row_code, column_code, value, unit, completeness, known_share, measured_share, coefficient_code, source_point_ids
FROM balance_cell
WHERE balance_id = %(balance_id)s
ORDER BY row_code, column_code;

-- explained_cell --
-- The newest balance of a unit's month with one of its cells and its coefficient: one row, or none.
SELECT
    u.unit_code, b.version, c.value, c.unit, c.completeness, c.known_share, c.measured_share, c.source_point_ids,
    k.coefficient_code, k.tce_per_form_unit, k.form_unit, k.source, k.confidence
FROM unit AS u
INNER JOIN monitored_balance AS b ON u.unit_id = b.unit_id
INNER JOIN balance_cell AS c ON b.balance_id = c.balance_id
LEFT JOIN coal_coefficient AS k ON c.coefficient_code = k.coefficient_code
WHERE
    u.unit_code = %(unit_code)s AND b.month_on = %(month_on)s
    AND c.row_code = %(row_code)s AND c.column_code = %(column_code)s
    AND b.version = (
        SELECT max(newest.version) FROM monitored_balance AS newest
        WHERE newest.unit_id = b.unit_id AND newest.month_on = b.month_on
    );

-- explained_points --
-- The points behind a cell with their totals of the month.
SELECT p.point_id, p.point_code, p.flow, m.energy, m.unit, m.due_slots, m.received_slots, m.known_slots
FROM point AS p
INNER JOIN point_month AS m ON p.point_id = m.point_id
WHERE p.point_id = ANY(%(point_ids)s::integer[]) AND m.month_on = %(month_on)s
ORDER BY p.point_code;

-- explained_days --
-- The days of a point's month, each with the series that speaks for it, its kind, and its slots' quality.
SELECT d.day_on, d.series_id, o.kind, d.energy, d.unit, d.measured_energy, s.quality
FROM point_day AS d
INNER JOIN series_day AS s ON d.series_id = s.series_id AND d.day_on = s.day_on
INNER JOIN series AS o ON d.series_id = o.series_id
WHERE d.point_id = %(point_id)s AND d.day_on >= %(first_on)s AND d.day_on < %(end_on)s
ORDER BY d.day_on;

-- explained_messages --
-- The messages that brought the values in force of a series in a span of time, ends included, each with how many, its
-- hash and algorithm, and how far its sender was proven.
SELECT r.message_id, count(*) AS reading_count, m.hash_algorithm, m.hash, r.assurance::text AS assurance
FROM reading_in_force AS r
INNER JOIN message AS m ON r.message_id = m.message_id
WHERE r.series_id = %(series_id)s AND r.at >= %(begin_at)s AND r.at <= %(end_at)s
GROUP BY r.message_id, m.hash_algorithm, m.hash, r.assurance
ORDER BY r.message_id, r.assurance DESC;
