-- chunks --
-- Chunks of the hypertables that retention is about, which begin in [first_at, end_at), the oldest first.
SELECT
    hypertable_name::text AS relation_name,
    range_start,
    range_end
FROM timescaledb_information.chunks
WHERE
    hypertable_schema = 'public' AND hypertable_name IN ('message_raw', 'reading')
    AND range_start >= %(first_at)s AND range_start < %(end_at)s
ORDER BY range_start, relation_name;

-- readings_of_chunk --
-- The readings of a chunk by their messages.
SELECT
    message_id,
    ordinal::integer,
    series_id,
    at,
    value,
    source::text,
    assurance::text
FROM reading
WHERE at >= %(first_at)s AND at < %(end_at)s
ORDER BY message_id, ordinal;

-- payloads_of_chunk --
-- The bytes of messages received in a chunk's span.
SELECT
    message_id,
    received_at,
    payload
FROM message_raw
WHERE received_at >= %(first_at)s AND received_at < %(end_at)s
ORDER BY message_id;

-- readings_beside --
-- Readings of messages that lie outside of a chunk, between the instants of the messages' batches.
WITH asked AS (
    SELECT
        min(b.first_at) AS first_at,
        max(b.last_at) AS last_at
    FROM message AS m
    CROSS JOIN LATERAL (
        SELECT
            n.first_at,
            n.last_at
        FROM message_batch AS n
        WHERE n.shard = m.shard AND n.first_message_id <= m.message_id
        ORDER BY n.first_message_id DESC
        LIMIT 1
    ) AS b
    WHERE m.message_id = ANY(%(message_ids)s::bigint[])
)

SELECT
    r.message_id,
    r.ordinal::integer,
    r.series_id,
    r.at,
    r.value,
    r.source::text,
    r.assurance::text
FROM reading AS r
WHERE
    r.message_id = ANY(%(message_ids)s::bigint[])
    AND r.at BETWEEN (SELECT first_at FROM asked) AND (SELECT last_at FROM asked)
    AND NOT (r.at >= %(first_at)s AND r.at < %(end_at)s)
ORDER BY r.message_id, r.ordinal;

-- trees_over --
-- The trees over batches with messages of a range of ids, the oldest first.
SELECT
    t.tree_no,
    t.day_on,
    t.root
FROM day_tree AS t
CROSS JOIN (
    SELECT
        min(batch_id) AS first_id,
        max(batch_id) AS last_id
    FROM message_batch
    WHERE last_message_id >= %(first_id)s AND first_message_id <= %(last_id)s
) AS b
WHERE t.last_batch_id >= b.first_id AND t.first_batch_id <= b.last_id AND t.last_batch_id >= t.first_batch_id
ORDER BY t.tree_no;

-- lock_archive --
-- Makes this transaction the only one that archives.
SELECT pg_advisory_xact_lock(hashtextextended('nenghao archive', 0));

-- add_archive --
-- Adds an archived month, one row: its id.
INSERT INTO archive_month (
    month_on, version, manifest, hash_algorithm, hash, signature_algorithm, key_id, signature, archived_at
)
VALUES (
    %(month_on)s, %(version)s, %(manifest)s, %(hash_algorithm)s, %(hash)s, %(signature_algorithm)s, %(key_id)s,
    %(signature)s, %(archived_at)s
)
RETURNING archive_id;

-- archives --
-- Archived months, of one month or all, oldest version first.
SELECT
    archive_id,
    month_on,
    version,
    manifest,
    hash_algorithm,
    hash,
    signature_algorithm,
    key_id,
    signature,
    archived_at
FROM archive_month
WHERE %(month_on)s::date IS NULL OR month_on = %(month_on)s
ORDER BY month_on, version;

-- rows_digest --
-- One row: how many rows a hypertable has in a span, and their digest.
SELECT
    row_count,
    row_digest
FROM rows_digest(%(relation_name)s, %(first_at)s, %(end_at)s);

-- add_check --
-- Notes that a file was read back and fits, unless that is known.
INSERT INTO archive_check (archive_id, relation_name, first_at, end_at, row_count, row_digest, checked_at)
VALUES (%(archive_id)s, %(relation_name)s, %(first_at)s, %(end_at)s, %(row_count)s, %(row_digest)s, %(checked_at)s)
ON CONFLICT ON CONSTRAINT archive_check_once DO NOTHING;

-- checked_files --
-- Relation and start of every file of an archive that was found to fit.
SELECT
    relation_name,
    first_at
FROM archive_check
WHERE archive_id = %(archive_id)s;

-- reasons_to_keep --
-- Why a chunk may not be dropped, one row a reason.
SELECT
    reason_code,
    detail
FROM reasons_to_keep(%(relation_name)s, %(first_at)s, %(end_at)s);

-- drop_archived_chunk --
-- Drops a chunk that nothing holds, one row: the id of the run.
SELECT
    drop_archived_chunk(
        %(relation_name)s::text,
        %(first_at)s::timestamptz,
        %(end_at)s::timestamptz,
        %(reason)s::text,
        %(run_by)s::text
    ) AS retention_run_id;

-- retention_runs --
-- Every chunk that was dropped lawfully, with the archive that has its rows, in order.
SELECT
    r.retention_run_id,
    r.relation_name,
    r.first_at,
    r.end_at,
    r.row_count,
    r.archive_id,
    r.manifest_hash,
    r.reason,
    r.run_by,
    r.run_at
FROM retention_run AS r
ORDER BY r.first_at, r.relation_name;

-- rows_after_retention --
-- Readings that stand where a chunk was dropped, one row a chunk that has some.
SELECT
    r.first_at,
    count(*) AS row_count
FROM retention_run AS r
INNER JOIN reading AS w ON w.at >= r.first_at AND w.at < r.end_at
WHERE r.relation_name = 'reading'
GROUP BY r.first_at
ORDER BY r.first_at;

-- place_hold --
-- Places a hold, one row: its id; none where the unit is not registered. Without a unit it is of all.
INSERT INTO retention_hold (unit_id, span, reason, placed_by, placed_at)
SELECT
    u.unit_id,
    tstzrange(%(first_at)s, %(end_at)s),
    %(reason)s,
    %(placed_by)s,
    %(placed_at)s
FROM (SELECT %(unit_code)s::text AS unit_code) AS asked
LEFT JOIN unit AS u ON asked.unit_code = u.unit_code
WHERE asked.unit_code IS NULL OR u.unit_id IS NOT NULL
RETURNING retention_hold_id;

-- end_hold --
-- Lifts a hold, one row: its id; none where there is no such hold or it was lifted before.
INSERT INTO retention_hold_end (retention_hold_id, reason, ended_by, ended_at)
SELECT retention_hold_id, %(reason)s, %(ended_by)s, %(ended_at)s
FROM retention_hold
WHERE retention_hold_id = %(retention_hold_id)s
ON CONFLICT ON CONSTRAINT retention_hold_end_pk DO NOTHING
RETURNING retention_hold_id;

-- holds --
-- Holds that were not lifted.
SELECT
    h.retention_hold_id,
    u.unit_code,
    lower(h.span) AS first_at,
    upper(h.span) AS end_at,
    h.reason,
    h.placed_by,
    h.placed_at
FROM retention_hold AS h
LEFT JOIN unit AS u ON h.unit_id = u.unit_id
WHERE NOT EXISTS (SELECT 1 FROM retention_hold_end AS e WHERE e.retention_hold_id = h.retention_hold_id)
ORDER BY h.retention_hold_id;

-- dropped_between --
-- Months whose archives have readings of [first_at, end_at) that were dropped, one row each.
SELECT DISTINCT a.month_on
FROM retention_run AS r
INNER JOIN archive_month AS a ON r.archive_id = a.archive_id
WHERE r.relation_name = 'reading' AND r.first_at < %(end_at)s AND r.end_at > %(first_at)s
ORDER BY a.month_on;

-- dropped_spans --
-- Spans of readings that were dropped, neighbouring chunks as one, one row each.
SELECT
    lower(span) AS first_at,
    upper(span) AS end_at
FROM (
    SELECT unnest(range_agg(tstzrange(first_at, end_at))) AS span FROM retention_run WHERE relation_name = 'reading'
) AS dropped
ORDER BY first_at;
