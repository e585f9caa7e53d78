-- insert_seal_request --
-- Somebody asks that something be sealed; returns the request's id.
INSERT INTO seal_request (
    kind, month_on, unit_id, region_code, sector_code, parts, panel_code, public_from, remark, requested_by, requested_at
)
VALUES (
    %(kind)s, %(month_on)s, %(unit_id)s, %(region_code)s, %(sector_code)s, %(parts)s, %(panel_code)s, %(public_from)s,
    %(remark)s, %(requested_by)s, %(requested_at)s
)
RETURNING seal_request_id;

-- seal_requests --
-- Requests with what each has come to, the newest first: of a month, a unit, or the given ids.
SELECT
    q.seal_request_id,
    q.kind,
    q.month_on,
    q.unit_id,
    q.region_code,
    q.sector_code,
    q.parts,
    q.panel_code,
    q.public_from,
    q.remark,
    q.requested_by,
    q.requested_at,
    q.state,
    q.since_at,
    q.release_id,
    q.reason,
    u.unit_code,
    u.name AS unit_name,
    r.archive_name,
    r.version
FROM seal_request_now AS q
LEFT JOIN unit AS u ON q.unit_id = u.unit_id
LEFT JOIN release AS r ON q.release_id = r.release_id
WHERE
    (%(ids)s::bigint[] IS NULL OR q.seal_request_id = ANY(%(ids)s::bigint[]))
    AND (%(month_on)s::date IS NULL OR q.month_on = %(month_on)s::date)
    AND (%(unit_id)s::integer IS NULL OR q.unit_id = %(unit_id)s::integer)
ORDER BY q.seal_request_id DESC
LIMIT %(most)s;

-- add_seal_progress --
-- What became of a request, unless that is known.
INSERT INTO seal_progress (seal_request_id, state, release_id, reason, at)
VALUES (%(seal_request_id)s, %(state)s, %(release_id)s, %(reason)s, %(at)s)
ON CONFLICT DO NOTHING;

-- newest_sealed --
-- The newest version of what a unit's month would seal, and the release that seals it: one row, or none. A filing counts
-- when it is the newest; whether it may be sealed the sealing says.
SELECT
    n.object_id,
    r.release_id,
    r.sealed_at
FROM (
    SELECT b.balance_id AS object_id
    FROM monitored_newest AS b
    WHERE %(kind)s = 'monitored_balance' AND b.unit_id = %(unit_id)s AND b.month_on = %(month_on)s
    UNION ALL
    (
        SELECT f.filing_id AS object_id
        FROM filing AS f
        WHERE %(kind)s = 'filing' AND f.unit_id = %(unit_id)s AND f.month_on = %(month_on)s
        ORDER BY f.version DESC
        LIMIT 1
    )
) AS n
LEFT JOIN release AS r
    ON
        r.kind = %(kind)s
        AND CASE %(kind)s WHEN 'filing' THEN r.filing_id ELSE r.balance_id END = n.object_id;

-- newest_aggregate --
-- The newest release of an aggregate of a month: one row, or none.
SELECT r.release_id
FROM release AS r
WHERE r.kind = 'aggregate' AND r.aggregate_code = %(aggregate_code)s AND r.month_on = %(month_on)s
ORDER BY r.version DESC
LIMIT 1;
