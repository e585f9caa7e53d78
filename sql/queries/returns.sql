-- batch_filed_cell --
-- Cells of filings or drafts (`table`) and of what lies beside each, one row a cell, as nenghao.domain.relation_query
-- reads them. `beside` holds cells that were aligned before: the monitored side, statements, production.
SELECT
    cells.return_id,
    cells.unit_id,
    cells.month_on,
    cells.of_return,
    cells.form_code,
    cells.row_code,
    cells.column_code,
    cells.value
FROM (
    WITH judged AS (
        SELECT
            t.{key} AS return_id,
            t.unit_id,
            t.month_on
        FROM {table} AS t
        WHERE t.{key} = ANY(%(return_ids)s)
    ),

    earlier AS (
        SELECT
            j.return_id,
            j.unit_id,
            j.month_on,
            p.filing_id,
            CASE p.place WHEN 1 THEN 'previous' ELSE 'before_previous' END AS of_return
        FROM judged AS j
        CROSS JOIN LATERAL (
            SELECT
                m.filing_id,
                row_number() OVER (ORDER BY m.month_on DESC) AS place
            FROM (
                SELECT DISTINCT ON (f.month_on)
                    f.month_on,
                    f.filing_id
                FROM filing AS f
                WHERE
                    f.unit_id = j.unit_id AND f.month_on < j.month_on
                    AND f.month_on >= date_trunc('year', j.month_on)::date
                    AND f.kind NOT IN ('base_revision', 'annual', 'census')
                ORDER BY f.month_on DESC, f.version DESC
            ) AS m
            ORDER BY m.month_on DESC
            LIMIT 2
        ) AS p
    )

    SELECT
        c.{key} AS return_id,
        c.unit_id,
        c.month_on,
        'this'::text AS of_return,
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM {cells} AS c
    WHERE c.{key} = ANY(%(return_ids)s)
    UNION ALL
    SELECT
        e.return_id,
        e.unit_id,
        e.month_on,
        'previous',
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM earlier AS e
    INNER JOIN filing_cell AS c ON e.filing_id = c.filing_id
    WHERE e.of_return = 'previous'
    UNION ALL
    SELECT
        e.return_id,
        e.unit_id,
        e.month_on,
        'before_previous',
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM earlier AS e
    INNER JOIN filing_cell AS c ON e.filing_id = c.filing_id
    WHERE e.of_return = 'before_previous'
    UNION ALL
    SELECT
        j.return_id,
        j.unit_id,
        j.month_on,
        'year_end',
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM judged AS j
    INNER JOIN filing_cell AS c
        ON j.unit_id = c.unit_id AND c.month_on = (date_trunc('year', j.month_on) - INTERVAL '1 month')::date
    WHERE c.version = (SELECT max(n.version) FROM filing AS n WHERE n.unit_id = c.unit_id AND n.month_on = c.month_on)
    UNION ALL
    SELECT
        j.return_id,
        j.unit_id,
        j.month_on,
        'same_period',
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM judged AS j
    INNER JOIN filing_cell AS c ON j.unit_id = c.unit_id AND c.month_on = (j.month_on - INTERVAL '1 year')::date
    WHERE c.version = (SELECT max(n.version) FROM filing AS n WHERE n.unit_id = c.unit_id AND n.month_on = c.month_on)
    UNION ALL
    SELECT
        j.return_id,
        j.unit_id,
        j.month_on,
        'reference',
        '205-1',
        k.variety_code,
        'd',
        k.tce_per_form_unit
    FROM judged AS j
    CROSS JOIN coal_coefficient AS k
    WHERE k.coefficient_code = ANY(%(coefficient_codes)s)
    UNION ALL
    SELECT
        b.return_id,
        j.unit_id,
        j.month_on,
        b.of_return,
        b.form_code,
        b.row_code,
        b.column_code,
        b.value
    FROM jsonb_to_recordset(%(beside)s::jsonb) AS b (
        return_id bigint, of_return text, form_code text, row_code text, column_code text, value numeric
    )
    INNER JOIN judged AS j ON b.return_id = j.return_id
) AS cells;

-- batch_balance_cell --
-- Cells of monitored balances and of the same month a year before, one row a cell, as nenghao.domain.relation_query reads
-- them.
SELECT
    cells.return_id,
    cells.unit_id,
    cells.month_on,
    cells.of_return,
    cells.form_code,
    cells.row_code,
    cells.column_code,
    cells.value
FROM (
    SELECT
        c.balance_id AS return_id,
        c.unit_id,
        c.month_on,
        'this'::text AS of_return,
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM monitored_cell AS c
    WHERE c.balance_id = ANY(%(return_ids)s)
    UNION ALL
    SELECT
        b.balance_id,
        b.unit_id,
        b.month_on,
        'same_period',
        c.form_code,
        c.row_code,
        c.column_code,
        c.value
    FROM monitored_balance AS b
    INNER JOIN monitored_newest AS n
        ON b.unit_id = n.unit_id AND n.month_on = (b.month_on - INTERVAL '1 year')::date
    INNER JOIN monitored_cell AS c ON n.balance_id = c.balance_id
    WHERE b.balance_id = ANY(%(return_ids)s)
) AS cells;

-- unchecked_balances --
-- Newest balance of each unit's month that the relations of an edition were not run over, one id a row.
SELECT n.balance_id
FROM monitored_newest AS n
WHERE
    NOT EXISTS (
        SELECT 1 FROM return_check AS c
        WHERE c.kind = 'monitored_balance' AND c.return_id = n.balance_id AND c.relation_edition = %(edition)s
    )
    AND NOT EXISTS (
        SELECT 1 FROM release AS r
        WHERE r.balance_id = n.balance_id
    )
ORDER BY n.balance_id;

-- unchecked_filings --
-- Filings that the relations were not run over yet, one id a row.
SELECT f.filing_id
FROM filing AS f
WHERE
    NOT EXISTS (
        SELECT 1 FROM return_check AS c
        WHERE c.kind = 'filing' AND c.return_id = f.filing_id
    )
ORDER BY f.filing_id;

-- judged_balances --
-- Id, unit and month of the given balances, one row each.
SELECT
    b.balance_id,
    b.unit_id,
    b.month_on
FROM monitored_balance AS b
WHERE b.balance_id = ANY(%(return_ids)s)
ORDER BY b.balance_id;

-- judged_filed --
-- Id, unit and month of the given filings or drafts, one row each.
SELECT
    t.{key},
    t.unit_id,
    t.month_on
FROM {table} AS t
WHERE t.{key} = ANY(%(return_ids)s)
ORDER BY t.{key};

-- figures_of --
-- Figures of 205-1 of filings or drafts at some rows and columns, one row a cell.
SELECT
    c.{key},
    c.form_code,
    c.row_code,
    c.column_code,
    c.value
FROM {cells} AS c
WHERE
    c.{key} = ANY(%(return_ids)s) AND c.form_code = '205-1'
    AND c.row_code = ANY(%(rows)s) AND c.column_code = ANY(%(columns)s);

-- relations --
-- Relations of one edition, one row each.
SELECT
    r.form_code,
    r.relation_code,
    r.obligation,
    r.definition
FROM form_relation AS r
WHERE r.edition = %(edition)s
ORDER BY r.form_code, r.relation_code;

-- notes_of --
-- What units explained of relations in the given filings, one row a note.
SELECT
    n.filing_id,
    n.relation_code,
    n.form_code,
    n.row_code,
    n.column_code,
    n.left_value,
    n.right_value,
    n.cause,
    n.quantity,
    n.document,
    n.noted_by
FROM filing_note AS n
WHERE n.filing_id = ANY(%(filing_ids)s)
ORDER BY n.filing_note_id;

-- insert_return_check --
-- What the relations said of one return.
INSERT INTO return_check (
    kind, return_id, unit_id, month_on, relation_edition, mandatory_broken, explanatory_broken, not_run, audit_run_id,
    checked_at
)
VALUES (
    %(kind)s, %(return_id)s, %(unit_id)s, %(month_on)s, %(edition)s, %(mandatory_broken)s, %(explanatory_broken)s,
    %(not_run)s, %(audit_run_id)s, %(checked_at)s
);
