-- gateways_with_password --
-- Every gateway that may connect to the broker, by name.
SELECT
    u.unit_code,
    g.gateway_code,
    g.shard,
    g.broker_password_hash
FROM gateway AS g
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE g.broker_password_hash IS NOT NULL
ORDER BY u.unit_code, g.gateway_code;

-- add_gateway --
-- Registers a gateway of a unit; row count 0 where the unit is not known or the gateway is there already.
INSERT INTO gateway (unit_id, gateway_code, shard, backfill_from, backfill_until)
SELECT
    unit_id,
    %(gateway_code)s,
    %(shard)s,
    %(backfill_from)s,
    %(backfill_until)s
FROM unit
WHERE unit_code = %(unit_code)s
ON CONFLICT DO NOTHING;

-- set_gateway_password --
-- Replaces the password hash of a gateway, or takes it away where it is null, and records who did it; returns its shard,
-- no row where there is no such gateway.
WITH changed AS (
    UPDATE gateway AS g
    SET broker_password_hash = %(broker_password_hash)s
    FROM unit AS u
    WHERE g.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND g.gateway_code = %(gateway_code)s
    RETURNING g.gateway_id, g.shard
),

recorded AS (
    INSERT INTO gateway_account_event (gateway_id, kind, done_by, done_at)
    SELECT
        gateway_id,
        %(kind)s,
        %(done_by)s,
        %(now)s
    FROM changed
)

SELECT shard
FROM changed;

-- gateway_accounts --
-- Every registered gateway, or those of one unit: whether it may connect, since when and by whom, and its newest state.
SELECT
    u.unit_code,
    g.gateway_code,
    g.shard,
    g.broker_password_hash IS NOT NULL AS may_connect,
    e.done_at,
    e.done_by,
    s.online,
    s.received_at AS state_at,
    s.buffered_count
FROM gateway AS g
INNER JOIN unit AS u ON g.unit_id = u.unit_id
LEFT JOIN LATERAL (
    SELECT
        newest.done_at,
        newest.done_by
    FROM gateway_account_event AS newest
    WHERE newest.gateway_id = g.gateway_id
    ORDER BY newest.gateway_account_event_id DESC
    LIMIT 1
) AS e ON TRUE
LEFT JOIN LATERAL (
    SELECT
        newest.online,
        newest.received_at,
        newest.buffered_count
    FROM gateway_state AS newest
    WHERE newest.gateway_id = g.gateway_id
    ORDER BY newest.gateway_state_id DESC
    LIMIT 1
) AS s ON TRUE
WHERE u.unit_code = %(unit_code)s OR %(unit_code)s::text IS NULL
ORDER BY u.unit_code, g.gateway_code;

-- close_commissioning --
-- Ends the open commissioning window of a gateway and puts all days of the window on the changed list, so that they are
-- judged now; the row count is the number of marks, 0 where no window was open.
WITH closed AS (
    UPDATE gateway AS g
    SET backfill_until = %(now)s
    FROM unit AS u
    WHERE
        g.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND g.gateway_code = %(gateway_code)s
        AND coalesce(g.backfill_until, 'infinity') > %(now)s
    RETURNING g.unit_id, g.backfill_from
)

INSERT INTO changed_mark (series_id, day_on)
SELECT
    s.series_id,
    day.day_at::date
FROM closed
INNER JOIN point AS p ON closed.unit_id = p.unit_id
INNER JOIN series AS s ON p.point_id = s.point_id
CROSS JOIN LATERAL generate_series(
    date_trunc('day', closed.backfill_from AT TIME ZONE 'Asia/Shanghai'),
    %(now)s AT TIME ZONE 'Asia/Shanghai',
    INTERVAL '1 day'
) AS day (day_at);
