-- server_now --
-- One row: the server's clock.
SELECT clock_timestamp() AS server_at;

-- schema_versions --
-- The number of every migration that was applied.
SELECT version FROM schema_migrations;

-- timescale_edition --
-- One row: the licence edition of TimescaleDB; none where the extension is not installed.
SELECT current_setting('timescaledb.license', TRUE) AS edition
FROM pg_extension
WHERE extname = 'timescaledb';

-- pending_marks --
-- Three rows: each list of marks, how many may be taken by now, and since when the oldest may be. A day is audited and a
-- month is made when it is over in Shanghai; until then their marks wait rightly.
SELECT
    'changed_mark' AS mark_list,
    count(*) AS mark_count,
    min(marked_at) AS oldest_at
FROM changed_mark
UNION ALL
SELECT
    'audit_mark' AS mark_list,
    count(*) AS mark_count,
    min(greatest(marked_at, (day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')) AS oldest_at
FROM audit_mark
WHERE day_on < (now() AT TIME ZONE 'Asia/Shanghai')::date
UNION ALL
SELECT
    'month_mark' AS mark_list,
    count(*) AS mark_count,
    min(greatest(marked_at, (month_on + INTERVAL '1 month') AT TIME ZONE 'Asia/Shanghai')) AS oldest_at
FROM month_mark
WHERE month_on < date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date;

-- rights_of_people --
-- What roles of people have a right on that nothing chooses rows of: role and relation. The login role of the console has
-- none at all; the others none on hypertables and chunks, nor on a table that names whose its rows are without row security.
SELECT
    r.rolname AS role_name,
    format('%s.%s', n.nspname, c.relname) AS relation_name
FROM pg_class AS c
INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
CROSS JOIN pg_roles AS r
WHERE
    r.rolname IN ('nenghao_web', 'nenghao_officer', 'nenghao_unit')
    AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND c.relowner = 'nenghao_owner'::regrole
    AND (
        r.rolname = 'nenghao_web'
        OR n.nspname = '_timescaledb_internal'
        OR EXISTS (
            SELECT 1 FROM timescaledb_information.hypertables AS h
            WHERE h.hypertable_schema = n.nspname AND h.hypertable_name = c.relname
        )
        OR c.relkind <> 'v' AND NOT c.relrowsecurity AND EXISTS (
            SELECT 1 FROM pg_attribute AS a
            WHERE
                a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attname IN (
                    'unit_id', 'point_id', 'series_id', 'meter_id', 'gateway_id', 'message_id', 'case_id', 'filing_id'
                )
        )
    )
    AND (
        has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
    )
UNION ALL
SELECT
    r.rolname AS role_name,
    'row security' AS relation_name
FROM pg_roles AS r
WHERE r.rolname IN ('nenghao_web', 'nenghao_officer', 'nenghao_unit') AND (r.rolsuper OR r.rolbypassrls OR r.rolinherit)
ORDER BY role_name, relation_name;
