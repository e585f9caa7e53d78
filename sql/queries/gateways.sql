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
-- Replaces the password hash of a gateway and returns its shard; no row where there is no such gateway.
UPDATE gateway AS g
SET broker_password_hash = %(broker_password_hash)s
FROM unit AS u
WHERE g.unit_id = u.unit_id AND u.unit_code = %(unit_code)s AND g.gateway_code = %(gateway_code)s
RETURNING g.shard;

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
