-- move --
-- Puts the gateways of the given units into the shard %(shard)s. No rows.
UPDATE gateway AS g
SET shard = %(shard)s
FROM unit AS u
WHERE g.unit_id = u.unit_id AND u.unit_code = any(%(codes)s::text[]);

-- messages --
-- Every stored message of a unit's gateway: its hash, outcome and own counts, and whether its bytes are kept.
SELECT
    m.message_id,
    m.hash,
    m.outcome,
    m.stored_count,
    m.duplicate_count,
    m.conflict_count,
    m.refused_count,
    coalesce(sha256(w.payload) = m.hash, false) AS is_kept
FROM message AS m
LEFT JOIN message_raw AS w ON m.message_id = w.message_id
WHERE m.topic = any(%(topics)s::text[]);

-- readings --
-- Every stored reading of a unit.
SELECT
    p.point_code,
    r.at,
    r.value,
    r.message_id,
    r.ordinal
FROM reading AS r
INNER JOIN series AS s ON r.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE u.unit_code = %(unit_code)s;

-- refusals --
-- Refusals of the given messages: a reading's ordinal, or null.
SELECT
    message_id,
    ordinal
FROM refusal
WHERE message_id = any(%(message_ids)s::bigint[]);

-- conflicts --
-- Conflicts that the given messages brought.
SELECT
    message_id,
    ordinal
FROM reading_conflict
WHERE message_id = any(%(message_ids)s::bigint[]);

-- stored_count --
-- How many messages of a shard are stored, and how many receipts wait to be sent again.
SELECT
    (SELECT count(*) FROM message WHERE shard = %(shard)s) AS message_count,
    (SELECT count(*) FROM receipt_again) AS again_count;

-- missing_count --
-- How many messages of a shard are missing: seqs below the newest that is stored of their spool, and not stored.
SELECT coalesce(sum(newest + 1 - message_count), 0) AS missing_count
FROM (
    SELECT
        max(seq) AS newest,
        count(*) AS message_count
    FROM message
    WHERE shard = %(shard)s AND seq IS NOT NULL
    GROUP BY gateway_id, boot_id
) AS spool;
