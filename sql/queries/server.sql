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
