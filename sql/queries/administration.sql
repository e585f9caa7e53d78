-- health_shards --
-- Shards with gateways, one row each: when the last message came, and whether a collector holds it now.
SELECT
    h.shard,
    h.gateway_count,
    h.offline_count,
    h.silent_count,
    h.last_message_at,
    h.last_batch_at,
    EXISTS (
        SELECT 1 FROM pg_locks AS l
        WHERE
            l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
            AND l.classid = %(lock_class)s::integer::oid AND l.objid::bigint = h.shard
            AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
    ) AS is_held
FROM health_shard AS h
ORDER BY h.shard;

-- health_steps --
-- Steps of the clock, one row each: when each last left a trace.
SELECT
    step,
    last_at
FROM health_step
ORDER BY last_at DESC NULLS LAST, step;

-- health_lists --
-- What waits, one row a list: how much and since when.
SELECT
    waiting_list,
    row_count,
    oldest_at
FROM health_list
ORDER BY waiting_list;

-- last_trees --
-- The newest day trees, one row each, newest first, with whether their head was signed.
SELECT
    t.tree_no,
    t.day_on,
    t.closed_at,
    t.batch_count,
    t.message_count,
    t.row_count,
    encode(t.root, 'hex') AS root,
    h.key_id,
    t.resume_reason
FROM day_tree AS t
LEFT JOIN day_head AS h ON t.tree_no = h.tree_no
ORDER BY t.tree_no DESC
LIMIT %(count)s;

-- server_facts --
-- One row: the versions of the server and of TimescaleDB, the size of the database, its clock.
SELECT
    current_setting('server_version') AS server_version,
    (SELECT e.extversion FROM pg_extension AS e WHERE e.extname = 'timescaledb') AS timescale_version,
    database_size_bytes() AS size_bytes,
    clock_timestamp() AS server_at;

-- calendar_rows --
-- The reporting calendar of a year, one row a form, month and level.
SELECT
    edition,
    form_code,
    month_on,
    level,
    is_surveyed,
    opens_at,
    due_at,
    document_no,
    source,
    confidence
FROM report_calendar
WHERE month_on >= %(first_on)s AND month_on < %(end_on)s
ORDER BY form_code, month_on, array_position(ARRAY['unit', 'county', 'city', 'province'], level);

-- calendar_years --
-- Years of the reporting calendar, one row each.
SELECT DISTINCT extract(YEAR FROM month_on)::integer AS year
FROM report_calendar
ORDER BY year;

-- public_events --
-- Public events, newest first, a page of them with how many there are in all.
SELECT
    e.context_event_id,
    e.kind,
    e.title,
    e.begins_at,
    e.ends_at,
    e.division_code,
    e.industry_code,
    e.document_no,
    e.filed_at,
    count(*) OVER () AS total
FROM context_event AS e
WHERE e.unit_id IS NULL AND (%(kind)s::text IS NULL OR e.kind = %(kind)s)
ORDER BY e.begins_at DESC, e.context_event_id DESC
LIMIT %(limit)s OFFSET %(offset)s;

-- insert_public_event --
-- Registers a public event, one row: its id.
INSERT INTO context_event (
    kind, title, begins_at, ends_at, division_code, industry_code, document_no, filed_at
)
VALUES (
    %(kind)s, %(title)s, %(begins_at)s, %(ends_at)s, %(division_code)s, %(industry_code)s, %(document_no)s, %(filed_at)s
)
RETURNING context_event_id;

-- trail --
-- The trail of access in [from_at, to_at), newest first, a page of it with how much there is in all.
SELECT
    t.access_trail_id,
    t.at,
    t.login,
    t.name,
    t.role,
    t.authority,
    t.kind,
    t.route,
    u.unit_code,
    u.name AS unit_name,
    t.subject,
    t.outcome,
    t.address,
    t.total
FROM (
    SELECT
        i.*,
        count(*) OVER () AS total
    FROM access_trail AS i
    WHERE
        i.at >= %(from_at)s AND i.at < %(to_at)s
        AND (%(login)s::text IS NULL OR i.login = %(login)s)
        AND (%(kind)s::text IS NULL OR i.kind = %(kind)s)
        AND (%(outcome)s::text IS NULL OR i.outcome = %(outcome)s)
        AND (%(unit)s::text IS NULL OR i.unit_id = (SELECT d.unit_id FROM unit_directory AS d WHERE d.unit_code = %(unit)s))
    ORDER BY i.access_trail_id DESC
    LIMIT %(limit)s OFFSET %(offset)s
) AS t
LEFT JOIN unit_directory AS u ON t.unit_id = u.unit_id
ORDER BY t.access_trail_id DESC;
