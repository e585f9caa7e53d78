-- add_request --
-- What a unit asks of the bureau; returns its number.
INSERT INTO unit_request (unit_id, kind, gateway_code, boot_id, reason, asked_by, asked_at)
VALUES (
    %(unit_id)s, %(kind)s, %(gateway_code)s, %(boot_id)s::uuid, %(reason)s, %(asked_by)s, %(asked_at)s
)
RETURNING unit_request_id;

-- requests --
-- What units asked, or one of them, newest first, with the answer where there is one; only open ones where asked for.
SELECT
    r.unit_request_id,
    r.unit_id,
    u.unit_code,
    u.name AS unit_name,
    r.kind,
    r.gateway_code,
    r.boot_id,
    r.reason,
    r.asked_by,
    r.asked_at,
    a.outcome,
    a.remark,
    a.answered_by,
    a.answered_at
FROM unit_request AS r
INNER JOIN unit AS u ON r.unit_id = u.unit_id
LEFT JOIN unit_request_answer AS a ON r.unit_request_id = a.unit_request_id
WHERE
    (%(unit_id)s::integer IS NULL OR r.unit_id = %(unit_id)s)
    AND (NOT %(is_open)s::boolean OR a.unit_request_id IS NULL)
    AND (%(unit_request_id)s::bigint IS NULL OR r.unit_request_id = %(unit_request_id)s)
ORDER BY r.unit_request_id DESC
LIMIT 200;

-- answer_request --
-- What the bureau says to a request; row count 0 where there is none, or it is answered.
INSERT INTO unit_request_answer (unit_request_id, outcome, remark, answered_by, answered_at)
SELECT
    r.unit_request_id,
    %(outcome)s,
    %(remark)s,
    %(answered_by)s,
    %(answered_at)s
FROM unit_request AS r
WHERE r.unit_request_id = %(unit_request_id)s
ON CONFLICT (unit_request_id) DO NOTHING;
