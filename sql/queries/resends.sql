-- spools --
-- The spool that each gateway uses now, with what its newest heartbeat said of it; fields of the heartbeat are null where
-- there was none. A spool of an earlier boot_id is lost: nobody could send from it.
SELECT
    g.gateway_id,
    u.unit_code,
    g.gateway_code,
    g.shard,
    coalesce(said.boot_id, stored.boot_id) AS boot_id,
    said.received_at AS said_at,
    said.buffered_count,
    said.spool_head_seq
FROM gateway AS g
INNER JOIN unit AS u ON g.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT
        s.boot_id,
        s.received_at,
        s.buffered_count,
        s.spool_head_seq
    FROM gateway_state AS s
    WHERE s.gateway_id = g.gateway_id AND s.boot_id IS NOT NULL AND s.buffered_count IS NOT NULL
    ORDER BY s.gateway_state_id DESC
    LIMIT 1
) AS said ON TRUE
LEFT JOIN LATERAL (
    SELECT m.boot_id
    FROM message AS m
    WHERE m.gateway_id = g.gateway_id AND m.boot_id IS NOT NULL
    ORDER BY m.received_at DESC
    LIMIT 1
) AS stored ON TRUE
WHERE
    coalesce(said.boot_id, stored.boot_id) IS NOT NULL
    AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
    AND (%(gateway_code)s::text IS NULL OR g.gateway_code = %(gateway_code)s)
ORDER BY u.unit_code, g.gateway_code;

-- stored_runs --
-- The seqs of a spool that are stored, as runs without a gap, in order: first, last, and when the first of them came.
WITH numbered AS (
    SELECT
        seq,
        received_at,
        seq - row_number() OVER (ORDER BY seq) AS run
    FROM message
    WHERE gateway_id = %(gateway_id)s AND boot_id = %(boot_id)s
)

SELECT
    min(seq) AS first_seq,
    max(seq) AS last_seq,
    (array_agg(received_at ORDER BY seq))[1] AS came_at
FROM numbered
GROUP BY run
ORDER BY min(seq);

-- requests --
-- What the gateway was asked for of a spool, a row a range.
SELECT
    first_seq,
    last_seq,
    requested_at
FROM resend_request
WHERE gateway_id = %(gateway_id)s AND boot_id = %(boot_id)s
ORDER BY resend_request_id;

-- add_request --
-- Remembers a range that a gateway is asked for.
INSERT INTO resend_request (gateway_id, boot_id, first_seq, last_seq, requested_at)
VALUES (%(gateway_id)s, %(boot_id)s, %(first_seq)s, %(last_seq)s, %(requested_at)s);

-- add_outbound --
-- Puts a message out for the outbound sender.
INSERT INTO outbound (topic, payload, retain) VALUES (%(topic)s, %(payload)s, FALSE);

-- newest_heads --
-- The newest day of which a gateway has seen a head, and the newest of which there is a tree; null where there is none.
SELECT
    (SELECT max(head_day) FROM gateway_state) AS seen_day,
    (SELECT max(day_on) FROM day_tree) AS stored_day;
