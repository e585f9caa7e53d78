-- procedure_head --
-- What a case is, for its procedure, at most one row; a unit reads it of cases that it was asked about.
SELECT
    case_id,
    unit_id,
    unit_code,
    unit_name,
    level,
    is_common_cause,
    into_case_id,
    state,
    opened_at
FROM case_brief
WHERE case_id = %(case_id)s;

-- procedure_steps --
-- Steps of cases with their attachments, in the order they were recorded.
SELECT
    s.case_step_id,
    s.case_id,
    s.act,
    s.side,
    s.acted_by,
    s.account_id,
    s.acted_at,
    s.told,
    s.content,
    s.due_on,
    s.decision_id,
    s.channel,
    s.recorded_by,
    s.recorded_at,
    s.hash_algorithm,
    encode(s.hash, 'hex') AS hash,
    coalesce(held.attachments, '[]'::jsonb) AS attachments
FROM case_step AS s
LEFT JOIN LATERAL (
    SELECT
        jsonb_agg(
            jsonb_build_object(
                'case_attachment_id', a.case_attachment_id, 'name', a.name, 'media_type', a.media_type,
                'size_bytes', a.size_bytes, 'hash', encode(a.hash, 'hex')
            ) ORDER BY a.case_attachment_id
        ) AS attachments
    FROM case_attachment AS a
    WHERE a.case_step_id = s.case_step_id
) AS held ON TRUE
WHERE s.case_id = ANY(%(case_ids)s)
ORDER BY s.case_id, s.case_step_id;

-- insert_step --
-- Appends a step, one row: its id. A step that is there by its hash already is refused by the table.
INSERT INTO case_step (
    case_id, unit_id, act, side, acted_by, account_id, acted_at, told, content, due_on, decision_id, channel,
    recorded_by, recorded_at, hash_algorithm, hash
)
VALUES (
    %(case_id)s, %(unit_id)s, %(act)s, %(side)s, %(acted_by)s, %(account_id)s, %(acted_at)s, %(told)s, %(content)s,
    %(due_on)s, %(decision_id)s, %(channel)s, %(recorded_by)s, %(recorded_at)s, %(hash_algorithm)s, %(hash)s
)
RETURNING case_step_id;

-- insert_attachment --
-- Appends a file to a step, one row: its id.
INSERT INTO case_attachment (
    case_step_id, case_id, unit_id, name, media_type, size_bytes, hash_algorithm, hash, recorded_at
)
VALUES (
    %(case_step_id)s, %(case_id)s, %(unit_id)s, %(name)s, %(media_type)s, %(size_bytes)s, %(hash_algorithm)s,
    %(hash)s, %(recorded_at)s
)
RETURNING case_attachment_id;

-- insert_attachment_bytes --
-- Keeps the bytes of a file.
INSERT INTO case_attachment_bytes (case_attachment_id, content)
VALUES (%(case_attachment_id)s, %(content)s);

-- attachment --
-- One file with its bytes, at most one row.
SELECT
    a.case_attachment_id,
    a.case_step_id,
    a.case_id,
    a.unit_id,
    a.name,
    a.media_type,
    a.size_bytes,
    encode(a.hash, 'hex') AS hash,
    b.content
FROM case_attachment AS a
INNER JOIN case_attachment_bytes AS b ON a.case_attachment_id = b.case_attachment_id
WHERE a.case_attachment_id = %(case_attachment_id)s;

-- attached_bytes_of_case --
-- How many files a case holds and how many bytes, one row.
SELECT
    count(*) AS attachment_count,
    coalesce(sum(a.size_bytes), 0)::bigint AS size_bytes
FROM case_attachment AS a
WHERE a.case_id = %(case_id)s;

-- step_hashes --
-- Hashes of a case's steps, as hex.
SELECT encode(s.hash, 'hex') AS hash
FROM case_step AS s
WHERE s.case_id = %(case_id)s
ORDER BY s.case_step_id;

-- last_found_at --
-- Until when the rules of a case found anything at its points, its own findings and later ones; one row.
SELECT max(upper(f.span)) AS last_found_at
FROM (
    SELECT DISTINCT
        own.unit_id,
        own.rule_code,
        own.point_id
    FROM finding_standing AS s
    INNER JOIN finding AS own ON s.finding_id = own.finding_id
    WHERE s.root_case_id = %(case_id)s
) AS place
INNER JOIN finding AS f
    ON place.unit_id = f.unit_id AND place.rule_code = f.rule_code AND place.point_id IS NOT DISTINCT FROM f.point_id;

-- told_of_cases --
-- What units are told of cases: rules with their precision so far, points and spans, in order.
SELECT
    case_id,
    rule_code,
    rule_version,
    point_code,
    point_name,
    span_from,
    span_to,
    innocence,
    case_count,
    decided_count,
    confirmed_count
FROM case_told
WHERE case_id = ANY(%(case_ids)s)
ORDER BY case_id, span_from, rule_code, point_code;

-- told_cases --
-- Cases that a unit was asked about, newest first, a page of them with the number of all.
SELECT
    c.case_id,
    c.unit_id,
    c.unit_code,
    c.unit_name,
    c.level,
    c.is_common_cause,
    c.into_case_id,
    c.state,
    c.opened_at,
    count(*) OVER () AS case_count
FROM case_brief AS c
WHERE c.unit_id = %(unit_id)s AND EXISTS (SELECT 1 FROM case_notice AS n WHERE n.case_id = c.case_id)
ORDER BY c.case_id DESC
LIMIT %(row_limit)s OFFSET %(row_offset)s;

-- rulings_of_cases --
-- Decisions on cases as their procedures read them, in order.
SELECT case_id, decision_id, kind, outcome, decided_by, decided_at
FROM decision
WHERE case_id = ANY(%(case_ids)s)
ORDER BY case_id, decision_id;

-- receive_explanation --
-- Writes the decision that a unit's explanation is received, one row: its id.
SELECT receive_explanation(%(case_id)s, %(explanation)s, %(explained_by)s, %(explained_at)s) AS decision_id;

-- raw_of_messages --
-- The bytes of messages, where they are still kept, at most `row_limit` of them, in order.
SELECT
    m.message_id,
    m.codec,
    encode(m.hash, 'hex') AS hash,
    r.payload
FROM message AS m
INNER JOIN message_raw AS r ON m.message_id = r.message_id AND m.received_at = r.received_at
WHERE m.message_id = ANY(%(message_ids)s)
ORDER BY m.message_id
LIMIT %(row_limit)s;

-- attachments_of_case --
-- Every file of a case with its bytes, in order.
SELECT
    a.case_attachment_id,
    a.name,
    a.media_type,
    encode(a.hash, 'hex') AS hash,
    b.content
FROM case_attachment AS a
INNER JOIN case_attachment_bytes AS b ON a.case_attachment_id = b.case_attachment_id
WHERE a.case_id = %(case_id)s
ORDER BY a.case_attachment_id;
