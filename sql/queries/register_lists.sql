-- meters --
-- 能源计量器具一览表: meters with their newest verification and state, and the points that they serve at an instant.
SELECT
    u.unit_code,
    m.meter_no,
    m.name,
    m.instrument,
    m.variety_code,
    m.metering_level,
    m.model,
    m.accuracy_class,
    m.measuring_range,
    m.maker,
    m.serial_no,
    m.place,
    m.cycle_months,
    m.verified_on,
    m.next_verification_on,
    m.verified_by,
    m.certificate_no,
    m.state,
    (
        SELECT string_agg(DISTINCT p.point_code, ' ' ORDER BY p.point_code)
        FROM series_version AS v
        INNER JOIN series AS s ON v.series_id = s.series_id
        INNER JOIN point AS p ON s.point_id = p.point_id
        WHERE v.meter_id = m.meter_id AND v.valid @> %(at)s::timestamptz
    ) AS point_codes
FROM meter_now AS m
INNER JOIN unit AS u ON m.unit_id = u.unit_id
WHERE %(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s
ORDER BY u.unit_code, m.metering_level NULLS LAST, m.meter_no;

-- equipped_points --
-- Points of energy with what decides whether they are metered at an instant: one row a point. has_meter: a series of an
-- energy quantity is in force whose meter is not stopped.
SELECT
    u.unit_code,
    p.point_code,
    p.name,
    p.data_code,
    p.variety_code,
    p.flow,
    EXISTS (
        SELECT 1
        FROM series AS s
        INNER JOIN series_version AS v ON s.series_id = v.series_id
        INNER JOIN meter_now AS m ON v.meter_id = m.meter_id
        WHERE
            s.point_id = p.point_id AND v.valid @> %(at)s::timestamptz
            AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat') AND m.state <> 'stopped'
    ) AS has_meter
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE %(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s
ORDER BY u.unit_code, p.point_code;

-- changed_configurations --
-- When a gateway first told another configuration than before, since an instant; declared_at is the instant of a change
-- of a meter, a multiplier or a version of a series of its unit near to it, null where there is none.
WITH told AS (
    SELECT
        g.unit_id,
        g.gateway_code,
        t.received_at,
        t.config_hash,
        lag(t.config_hash) OVER (PARTITION BY t.gateway_id ORDER BY t.gateway_state_id) AS hash_before
    FROM gateway_state AS t
    INNER JOIN gateway AS g ON t.gateway_id = g.gateway_id
    INNER JOIN unit AS u ON g.unit_id = u.unit_id
    WHERE t.config_hash IS NOT NULL AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
)

SELECT
    u.unit_code,
    t.gateway_code,
    t.received_at AS seen_at,
    t.hash_before,
    t.config_hash,
    (
        SELECT min(d.at)
        FROM (
            SELECT
                c.point_id,
                c.changed_at AS at
            FROM meter_change AS c
            UNION ALL
            SELECT
                x.point_id,
                x.changed_at
            FROM multiplier_change AS x
            UNION ALL
            SELECT
                s.point_id,
                lower(v.valid)
            FROM series_version AS v
            INNER JOIN series AS s ON v.series_id = s.series_id
        ) AS d
        INNER JOIN point AS p ON d.point_id = p.point_id
        WHERE
            p.unit_id = t.unit_id
            AND d.at BETWEEN t.received_at - %(near)s::interval AND t.received_at + %(near)s::interval
    ) AS declared_at
FROM told AS t
INNER JOIN unit AS u ON t.unit_id = u.unit_id
WHERE t.config_hash <> t.hash_before AND t.received_at >= %(since)s::timestamptz
ORDER BY u.unit_code, t.gateway_code, t.received_at;

-- refused_identities --
-- Readings refused since an instant because they named another meter or multiplier than the registers, and were not
-- replayed since: one row a point and reason, with the newest text of what was told.
SELECT
    u.unit_code,
    r.point_code,
    r.reason_code,
    (array_agg(r.detail ORDER BY r.refusal_id DESC))[1] AS detail,
    min(r.at) AS first_at,
    max(r.at) AS last_at,
    count(*) AS reading_count
FROM refusal AS r
INNER JOIN message AS m ON r.message_id = m.message_id
INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE
    r.reason_code IN ('meter_mismatch', 'multiplier_mismatch') AND r.at >= %(since)s::timestamptz
    AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
    AND NOT EXISTS (SELECT 1 FROM refusal_replay AS p WHERE p.refusal_id = r.refusal_id)
GROUP BY u.unit_code, r.point_code, r.reason_code
ORDER BY u.unit_code, r.point_code, r.reason_code;

-- fallen_registers --
-- Days since a day on which a register fell without rolling over, and on which no change of its meter or multiplier is
-- declared (nor on the day before or after).
SELECT
    u.unit_code,
    p.point_code,
    s.quantity,
    d.day_on
FROM series_day AS d
INNER JOIN series AS s ON d.series_id = s.series_id
INNER JOIN point AS p ON s.point_id = p.point_id
INNER JOIN unit AS u ON p.unit_id = u.unit_id
WHERE
    s.kind = 'register' AND d.day_on >= %(since_on)s::date AND strpos(coalesce(d.reason, d.method), 'r') > 0
    AND (%(unit_code)s::text IS NULL OR u.unit_code = %(unit_code)s)
    AND NOT EXISTS (
        SELECT 1
        FROM boundary_register AS b
        WHERE
            b.series_id = d.series_id
            AND (b.at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN d.day_on - 1 AND d.day_on + 1
    )
ORDER BY u.unit_code, p.point_code, s.quantity, d.day_on;
