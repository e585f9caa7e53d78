-- mark_other_editions --
-- Asks for every newest balance that no release seals yet and that other editions or another engine made than those of its
-- month; a sealed one is not made again for them.
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
        coefficient_edition,
        engine_version
    FROM monitored_balance
    WHERE %(unit_ids)s::integer[] IS NULL OR unit_id = ANY(%(unit_ids)s::integer[])
    ORDER BY unit_id, month_on, version DESC
) AS newest
LEFT JOIN unnest(%(editions)s::text[], %(valid_from)s::date[], %(valid_to)s::date[]) AS e (edition, valid_from, valid_to)
    ON newest.month_on >= e.valid_from AND (e.valid_to IS NULL OR newest.month_on < e.valid_to)
LEFT JOIN LATERAL (
    SELECT l.edition
    FROM unnest(%(layouts)s::text[], %(layouts_from)s::date[]) AS l (edition, valid_from)
    WHERE l.valid_from <= newest.month_on
    ORDER BY l.valid_from DESC
    LIMIT 1
) AS layout ON TRUE
WHERE
    (newest.layout_edition, newest.coefficient_edition, newest.engine_version)
    IS DISTINCT FROM (layout.edition, e.edition, %(engine_version)s::text)
    AND NOT EXISTS (SELECT 1 FROM release AS r WHERE r.balance_id = newest.balance_id);

-- next_month_marks --
-- Unit months on the list that begin before `before_on` and come after the given one, each once, of the given units or all.
-- A month from before a gateway's enrolment waits on the list while its commissioning window is open: half of a back-fill
-- is no balance.
SELECT DISTINCT
    m.unit_id,
    m.month_on
FROM month_mark AS m
WHERE
    m.month_on < %(before_on)s
    AND (m.month_on, m.unit_id) > (%(after_month_on)s::date, %(after_unit_id)s::integer)
    AND (%(unit_ids)s::integer[] IS NULL OR m.unit_id = ANY(%(unit_ids)s::integer[]))
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

-- lock_unit_months --
-- The same for many unit months, in one order whoever asks.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao unit month ' || asked.unit_id::text || ' ' || asked.month_on::text, 0))
FROM (
    SELECT pair.unit_id, pair.month_on
    FROM unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS pair (unit_id, month_on)
    ORDER BY pair.month_on, pair.unit_id
    OFFSET 0
) AS asked;

-- newest_balances --
-- The newest version of each of the given unit months that has one: unit, month, id, version, hash of its content.
SELECT DISTINCT ON (b.unit_id, b.month_on) b.unit_id, b.month_on, b.balance_id, b.version, b.content_hash
FROM monitored_balance AS b
INNER JOIN unnest(%(unit_ids)s::integer[], %(months)s::date[]) AS pair (unit_id, month_on)
    ON b.unit_id = pair.unit_id AND b.month_on = pair.month_on
ORDER BY b.unit_id, b.month_on, b.version DESC;

-- insert_balances --
-- New versions of unit months, one each; returns id, unit and month of each.
INSERT INTO monitored_balance (
    unit_id, month_on, version, layout_edition, coefficient_edition, content_hash_algorithm, content_hash, computed_at,
    inputs, engine_version
)
SELECT
    made.unit_id, made.month_on, made.version, made.layout_edition, made.coefficient_edition,
    %(content_hash_algorithm)s, made.content_hash, %(computed_at)s, made.inputs, made.engine_version
FROM unnest(
    %(unit_ids)s::integer[], %(months)s::date[], %(versions)s::integer[], %(layout_editions)s::text[],
    %(coefficient_editions)s::text[], %(content_hashes)s::bytea[], %(inputs)s::bytea[], %(engine_versions)s::text[]
) AS made (unit_id, month_on, version, layout_edition, coefficient_edition, content_hash, inputs, engine_version)
RETURNING balance_id, unit_id, month_on;

-- copy_cells --
-- Cells of balances, as rows of a binary COPY.
COPY balance_cell (
    balance_id, form_code, row_code, column_code, value, unit, completeness, known_share, measured_share,
    coefficient_code, source_point_ids, coefficient_codes, heating_value_ids
) FROM STDIN (FORMAT BINARY);

-- balance_cells --
-- The cells of a balance, of one form or of all, by form, row and column.
SELECT
    coalesce(form_code, '205-1') AS form_code, row_code, column_code, value, unit, completeness, known_share,
    measured_share, coefficient_code, source_point_ids, coefficient_codes, heating_value_ids
FROM balance_cell
WHERE
    balance_id = %(balance_id)s
    AND (%(form_code)s::text IS NULL OR coalesce(form_code, '205-1') = %(form_code)s::text)
ORDER BY form_code, row_code, column_code;

-- cell_marks --
-- What decisions took out of the cells of a balance, one row a cell, point and span, in order.
SELECT DISTINCT
    k.form_code,
    k.row_code,
    k.column_code,
    p.point_code,
    k.begin_at,
    k.end_at,
    k.decision_id,
    k.case_id
FROM balance_cell_mark AS k
INNER JOIN point AS p ON k.point_id = p.point_id
WHERE k.balance_id = %(balance_id)s
ORDER BY k.form_code, k.row_code, k.column_code, k.begin_at, p.point_code;

-- shown_balances --
-- Balances of a unit from one month to another, those included: the newest version of each, or the given one of the last.
SELECT DISTINCT ON (b.month_on)
    b.balance_id, u.unit_code, u.name, b.month_on, b.version, b.layout_edition, b.coefficient_edition, b.engine_version,
    b.computed_at
FROM monitored_balance AS b
INNER JOIN unit AS u ON b.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND b.month_on >= %(first_on)s AND b.month_on <= %(last_on)s
    AND (%(version)s::integer IS NULL OR b.version = %(version)s OR b.month_on <> %(last_on)s)
ORDER BY b.month_on, b.version DESC;

-- find_unit --
-- The id of a unit: one row, or none.
SELECT unit_id FROM unit WHERE unit_code = %(unit_code)s;

-- coefficient_sources --
-- Reference rows by code: code, value, unit of the form, source, confidence.
SELECT coefficient_code, tce_per_form_unit, form_unit, source, confidence
FROM coal_coefficient
WHERE coefficient_code = ANY(%(codes)s::text[])
ORDER BY coefficient_code;
