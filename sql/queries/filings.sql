-- say_unit_code --
-- Says within this transaction which unit's register row is wanted, by its code.
SELECT set_config('nenghao.unit_code', %(unit_code)s, TRUE);

-- say_unit_id --
-- Says for this transaction which unit speaks; nothing of another one is seen.
SELECT set_config('nenghao.unit_id', %(unit_id)s, TRUE);

-- own_unit --
-- The register row of the unit that was named: one row, or none.
SELECT
    unit_id,
    unit_code,
    name,
    division_code,
    industry_code
FROM own_unit
WHERE unit_code = %(unit_code)s;

-- calendar --
-- The calendar of a form's month at a level, the newest edition: one row, or none.
SELECT
    is_surveyed,
    opens_at,
    due_at
FROM report_calendar
WHERE form_code = %(form_code)s AND month_on = %(month_on)s AND level = %(level)s
ORDER BY edition DESC
LIMIT 1;

-- lock_drafting --
-- Makes this transaction the only one that changes the drafts and filings of a unit's month.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao filing ' || %(unit_id)s::text || ' ' || %(month_on)s::text, 0));

-- newest_draft --
-- The newest draft of a unit's month: one row, or none.
SELECT
    draft_id,
    content,
    saved_by,
    saved_at
FROM draft
WHERE unit_id = %(unit_id)s AND month_on = %(month_on)s
ORDER BY draft_id DESC
LIMIT 1;

-- insert_draft --
-- Saves a draft beside the earlier ones; returns its id.
INSERT INTO draft (unit_id, month_on, content, saved_by, saved_at)
VALUES (%(unit_id)s, %(month_on)s, %(content)s, %(saved_by)s, %(saved_at)s)
RETURNING draft_id;

-- insert_check --
-- What the relations said of a draft.
INSERT INTO filing_check (
    draft_id, unit_id, relation_edition, mandatory_broken, unexplained, not_run, broken, checked_at
)
VALUES (
    %(draft_id)s, %(unit_id)s, %(relation_edition)s, %(mandatory_broken)s, %(unexplained)s, %(not_run)s, %(broken)s,
    %(checked_at)s
);

-- newest_check --
-- The newest check of a draft by an edition: one row, or none.
SELECT
    mandatory_broken,
    unexplained,
    not_run,
    broken,
    checked_at
FROM filing_check
WHERE draft_id = %(draft_id)s AND relation_edition = %(relation_edition)s
ORDER BY filing_check_id DESC
LIMIT 1;

-- newest_check_of_cells --
-- The newest check, by an edition, of any draft of a month whose cells are those of a draft: one row, or none.
SELECT
    c.mandatory_broken,
    c.unexplained,
    c.not_run,
    c.broken,
    c.checked_at
FROM draft AS d
INNER JOIN draft AS e
    ON d.unit_id = e.unit_id AND d.month_on = e.month_on AND d.content -> 'cells' = e.content -> 'cells'
INNER JOIN filing_check AS c ON e.draft_id = c.draft_id
WHERE d.draft_id = %(draft_id)s AND c.relation_edition = %(relation_edition)s
ORDER BY c.filing_check_id DESC
LIMIT 1;

-- signatures --
-- Who signed a draft, in the order of signing.
SELECT
    signer,
    signed_by,
    signed_at
FROM filing_signature
WHERE draft_id = %(draft_id)s
ORDER BY signed_at, array_position(ARRAY['filler', 'statistics_head', 'unit_head'], signer);

-- insert_signature --
-- A signature under a draft.
INSERT INTO filing_signature (draft_id, unit_id, signer, signed_by, signed_at)
VALUES (%(draft_id)s, %(unit_id)s, %(signer)s, %(signed_by)s, %(signed_at)s);

-- monitored_months --
-- Monitored cells of a unit's months, newest versions, by month.
SELECT
    c.month_on,
    c.form_code,
    c.row_code,
    c.column_code,
    c.value
FROM monitored_newest AS n
INNER JOIN monitored_cell AS c ON n.balance_id = c.balance_id
WHERE
    n.unit_id = %(unit_id)s AND n.month_on >= %(first_on)s AND n.month_on <= %(last_on)s
    AND c.unit_id = %(unit_id)s AND c.month_on >= %(first_on)s AND c.month_on <= %(last_on)s
ORDER BY c.month_on;

-- monitored_month_list --
-- Months of a unit that have a monitored balance.
SELECT month_on
FROM monitored_newest
WHERE unit_id = %(unit_id)s AND month_on >= %(first_on)s AND month_on <= %(last_on)s
ORDER BY month_on;

-- filed_month --
-- Cells of a month as it was filed last, revisions left out unless they are wanted.
SELECT
    c.form_code,
    c.row_code,
    c.column_code,
    c.value
FROM filing_cell AS c
WHERE
    c.filing_id = (
        SELECT f.filing_id FROM filing AS f
        WHERE
            f.unit_id = %(unit_id)s AND f.month_on = %(month_on)s
            AND (%(with_revisions)s OR f.kind NOT IN ('base_revision', 'annual', 'census'))
        ORDER BY f.version DESC
        LIMIT 1
    );

-- filed_months --
-- Months of a span that have a filing which is no revision, in order.
SELECT DISTINCT f.month_on
FROM filing AS f
WHERE
    f.unit_id = %(unit_id)s AND f.month_on >= %(first_on)s AND f.month_on <= %(last_on)s
    AND f.kind NOT IN ('base_revision', 'annual', 'census')
ORDER BY f.month_on;

-- accepted_months --
-- For each month of a year the newest filing that a level has accepted and that is no revision: month and id.
SELECT DISTINCT ON (s.month_on)
    s.month_on,
    s.filing_id
FROM filing_state AS s
WHERE
    s.unit_id = %(unit_id)s AND s.month_on >= %(first_on)s AND s.month_on <= %(last_on)s
    AND s.accepted_levels > 0 AND s.kind NOT IN ('base_revision', 'annual', 'census')
ORDER BY s.month_on, s.version DESC;

-- newest_filing --
-- Id and version of the newest filing of a unit's month: one row, or none.
SELECT
    filing_id,
    version
FROM filing
WHERE unit_id = %(unit_id)s AND month_on = %(month_on)s
ORDER BY version DESC
LIMIT 1;

-- insert_filing --
-- Files a draft; returns the filing's id.
INSERT INTO filing (
    unit_id, month_on, version, content, reason, filled_by, statistics_head, unit_head, filed_at, collected_under, kind,
    corrects_month_on, document_no, draft_id, relation_edition, filled_at, statistics_head_at, unit_head_at, attempted_at,
    attempt_receipt
)
VALUES (
    %(unit_id)s, %(month_on)s, %(version)s, %(content)s, %(reason)s, %(filled_by)s, %(statistics_head)s, %(unit_head)s,
    %(filed_at)s, 'survey', %(kind)s, %(corrects_month_on)s, %(document_no)s, %(draft_id)s, %(relation_edition)s,
    %(filled_at)s, %(statistics_head_at)s, %(unit_head_at)s, %(attempted_at)s, %(attempt_receipt)s
)
RETURNING filing_id;

-- insert_note --
-- An explanation that goes with a filing.
INSERT INTO filing_note (
    filing_id, relation_code, form_code, row_code, column_code, left_value, right_value, cause, quantity, document,
    noted_by
)
VALUES (
    %(filing_id)s, %(relation_code)s, %(form_code)s, %(row_code)s, %(column_code)s, %(left_value)s, %(right_value)s,
    %(cause)s, %(quantity)s, %(document)s, %(noted_by)s
);

-- insert_event --
-- What happened to a filing.
INSERT INTO filing_event (filing_id, state, level, acted_by, remark, acted_at)
VALUES (%(filing_id)s, %(state)s, %(level)s, %(acted_by)s, %(remark)s, %(acted_at)s);

-- lock_filing --
-- Makes this transaction the only one that moves a filing.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao filing event ' || %(filing_id)s::text, 0));

-- insert_query --
-- A question about a filing; returns its id.
INSERT INTO filing_query (filing_id, level, form_code, row_code, column_code, question, asked_by, asked_at)
VALUES (
    %(filing_id)s, %(level)s, %(form_code)s, %(row_code)s, %(column_code)s, %(question)s, %(asked_by)s, %(asked_at)s
)
RETURNING filing_query_id;

-- query_of --
-- The filing that a query is about, and whether it has been answered: one row, or none.
SELECT
    q.filing_id,
    EXISTS (SELECT 1 FROM filing_answer AS a WHERE a.filing_query_id = q.filing_query_id) AS is_answered
FROM filing_query AS q
WHERE q.filing_query_id = %(filing_query_id)s;

-- insert_answer --
-- The unit's answer to a query.
INSERT INTO filing_answer (filing_query_id, cause, quantity, document, answered_by, answered_at)
VALUES (%(filing_query_id)s, %(cause)s, %(quantity)s, %(document)s, %(answered_by)s, %(answered_at)s);

-- standing --
-- Where a filing stands: one row, or none.
SELECT
    s.state,
    s.accepted_levels,
    s.open_queries,
    s.is_newest,
    ARRAY[f.filled_by, f.statistics_head, f.unit_head] AS signers,
    ARRAY(
        SELECT e.acted_by FROM filing_event AS e
        WHERE e.filing_id = s.filing_id AND e.state LIKE 'accepted%%'
        ORDER BY e.filing_event_id
    ) AS accepters
FROM filing_state AS s
INNER JOIN filing AS f ON s.filing_id = f.filing_id
WHERE s.filing_id = %(filing_id)s;

-- was_asked --
-- Whether the bureau has asked about any version of a unit's month.
SELECT EXISTS (
    SELECT 1 FROM filing_query AS q
    INNER JOIN filing AS f ON q.filing_id = f.filing_id
    WHERE f.unit_id = %(unit_id)s AND f.month_on = %(month_on)s
);

-- is_locked --
-- Whether any version of a unit's month is locked.
SELECT EXISTS (
    SELECT 1 FROM filing_state AS s
    WHERE s.unit_id = %(unit_id)s AND s.month_on = %(month_on)s AND s.state = 'locked'
);

-- filing --
-- A filing as it was filed: one row, or none.
SELECT
    filing_id,
    unit_id,
    month_on,
    version,
    kind,
    content,
    reason,
    document_no,
    corrects_month_on,
    filled_by,
    filled_at,
    statistics_head,
    statistics_head_at,
    unit_head,
    unit_head_at,
    filed_at,
    attempted_at,
    relation_edition
FROM filing
WHERE filing_id = %(filing_id)s;

-- filings --
-- Filings with their states, newest months first; those of a unit, a month, a state where one is given.
SELECT
    s.filing_id,
    s.unit_id,
    s.month_on,
    s.version,
    s.kind,
    s.state,
    s.accepted_levels,
    s.open_queries,
    s.is_newest,
    s.since_at,
    s.counted_at
FROM filing_state AS s
WHERE
    (%(unit_id)s::integer IS NULL OR s.unit_id = %(unit_id)s)
    AND (%(month_on)s::date IS NULL OR s.month_on = %(month_on)s)
    AND (%(state)s::text IS NULL OR s.state = %(state)s)
ORDER BY s.month_on DESC, s.unit_id, s.version DESC;

-- events --
-- What happened to a filing, in order.
SELECT
    state,
    level,
    acted_by,
    remark,
    acted_at
FROM filing_event
WHERE filing_id = %(filing_id)s
ORDER BY filing_event_id;

-- queries --
-- Queries about a filing with their answers, in order.
SELECT
    q.filing_query_id,
    q.level,
    q.form_code,
    q.row_code,
    q.column_code,
    q.question,
    q.asked_by,
    q.asked_at,
    a.cause,
    a.quantity,
    a.document,
    a.answered_by,
    a.answered_at
FROM filing_query AS q
LEFT JOIN filing_answer AS a ON q.filing_query_id = a.filing_query_id
WHERE q.filing_id = %(filing_id)s
ORDER BY q.filing_query_id;

-- notes --
-- Explanations that went with a filing.
SELECT
    relation_code,
    form_code,
    row_code,
    column_code,
    left_value,
    right_value,
    cause,
    quantity,
    document,
    noted_by
FROM filing_note
WHERE filing_id = %(filing_id)s
ORDER BY relation_code, form_code, row_code, column_code;

-- unit_names --
-- Code and name of units.
SELECT
    unit_id,
    unit_code,
    name
FROM unit
WHERE unit_id = ANY(%(unit_ids)s);

-- unit_of_code --
-- Id of a unit by its code: one row, or none.
SELECT unit_id FROM unit WHERE unit_code = %(unit_code)s;
