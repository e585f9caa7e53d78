-- insert_plan --
-- Announces a sample of a month, one row: its id.
INSERT INTO sample_plan (month_on, unit_count, seed_day_on, announced_by, announced_at)
VALUES (%(month_on)s, %(unit_count)s, %(seed_day_on)s, %(announced_by)s, %(announced_at)s)
RETURNING sample_plan_id;

-- plan_of --
-- The plan of a month with its draw, at most one row; and the closed tree of its seed's day, where there is one.
SELECT
    p.sample_plan_id,
    p.month_on,
    p.unit_count,
    p.seed_day_on,
    p.announced_by,
    p.announced_at,
    t.tree_no,
    t.root,
    t.hash_algorithm,
    t.closed_at,
    d.seed,
    d.drawn_by,
    d.drawn_at
FROM sample_plan AS p
LEFT JOIN day_tree AS t ON p.seed_day_on = t.day_on
LEFT JOIN sample_draw AS d ON p.sample_plan_id = d.sample_plan_id
WHERE p.month_on = %(month_on)s;

-- is_tree_closed --
-- Whether the tree of a day or of a later one is closed, one row.
SELECT EXISTS (SELECT 1 FROM day_tree WHERE day_on >= %(day_on)s);

-- frame --
-- Units with a metered point in a month, each with its consumption by its newest monitored balance; null without one.
SELECT
    u.unit_id,
    u.unit_code,
    b.value AS size_tce
FROM unit AS u
LEFT JOIN LATERAL (
    SELECT c.value
    FROM monitored_balance AS m
    INNER JOIN balance_cell AS c ON m.balance_id = c.balance_id
    WHERE
        m.unit_id = u.unit_id AND m.month_on = %(month_on)s
        AND coalesce(c.form_code, '205-1') = %(form_code)s AND c.row_code = %(row_code)s AND c.column_code = %(column_code)s
        AND NOT EXISTS (
            SELECT 1 FROM monitored_balance AS n
            WHERE n.unit_id = m.unit_id AND n.month_on = m.month_on AND n.version > m.version
        )
) AS b ON TRUE
WHERE EXISTS (
    SELECT 1 FROM point_month AS t
    INNER JOIN point AS p ON t.point_id = p.point_id
    WHERE p.unit_id = u.unit_id AND t.month_on = %(month_on)s
)
ORDER BY u.unit_id;

-- insert_draw --
-- Records the draw of a plan.
INSERT INTO sample_draw (sample_plan_id, tree_no, seed, seed_algorithm, drawn_by, drawn_at)
VALUES (%(sample_plan_id)s, %(tree_no)s, %(seed)s, %(seed_algorithm)s, %(drawn_by)s, %(drawn_at)s);

-- insert_units --
-- Records every unit of the frame with its probability, and whether it was drawn.
INSERT INTO sample_unit (sample_plan_id, unit_id, size_tce, probability_numerator, probability_denominator, is_drawn)
SELECT
    %(sample_plan_id)s,
    f.unit_id,
    f.size_tce,
    f.numerator,
    f.denominator,
    f.is_drawn
FROM unnest(
    %(unit_ids)s::integer[], %(sizes_tce)s::numeric[], %(numerators)s::numeric[], %(denominators)s::numeric[],
    %(drawn)s::boolean[]
) AS f (unit_id, size_tce, numerator, denominator, is_drawn);

-- sampled_units --
-- The frame of a plan with what was found at its units, one row a unit, in order.
SELECT
    s.unit_id,
    u.unit_code,
    u.name,
    s.size_tce,
    s.probability_numerator,
    s.probability_denominator,
    s.is_drawn,
    r.reported_tce,
    r.checked_tce,
    r.document_no,
    r.checked_by,
    r.also_checked_by
FROM sample_unit AS s
INNER JOIN unit AS u ON s.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT k.reported_tce, k.checked_tce, k.document_no, k.checked_by, k.also_checked_by
    FROM sample_result AS k
    WHERE k.sample_plan_id = s.sample_plan_id AND k.unit_id = s.unit_id
    ORDER BY k.sample_result_id DESC
    LIMIT 1
) AS r ON TRUE
WHERE s.sample_plan_id = %(sample_plan_id)s
ORDER BY u.unit_code;

-- insert_result --
-- Records what officers found at a drawn unit.
INSERT INTO sample_result (
    sample_plan_id, unit_id, reported_tce, checked_tce, document_no, checked_by, also_checked_by, recorded_at
)
VALUES (
    %(sample_plan_id)s, %(unit_id)s, %(reported_tce)s, %(checked_tce)s, %(document_no)s, %(checked_by)s,
    %(also_checked_by)s, %(recorded_at)s
);
