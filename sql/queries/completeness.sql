-- points_today --
-- Energy series of a unit in force at now, with the slots of today that are over and those for which something came: one
-- row a series. last_at: the newest reading of today's slots or the last 24 hours; of an older one the end of its closed day,
-- not further back than `back_days`; null where there is none.
WITH own AS MATERIALIZED (
    SELECT
        p.point_id,
        p.point_code,
        p.name,
        p.variety_code,
        s.series_id,
        s.quantity,
        s.kind,
        v.unit,
        v.slot_minutes,
        floor(
            extract(EPOCH FROM %(now)s::timestamptz - greatest(lower(v.valid), %(start_at)s::timestamptz)) / (60 * v.slot_minutes)
        )::integer AS due_slots
    FROM point AS p
    INNER JOIN series AS s ON p.point_id = s.point_id
    INNER JOIN series_version AS v ON s.series_id = v.series_id
    WHERE
        p.unit_id = %(unit_id)s AND v.valid @> %(now)s::timestamptz
        AND s.kind IN ('register', 'interval')
        AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
)

SELECT
    o.point_id,
    o.point_code,
    o.name,
    o.variety_code,
    o.series_id,
    o.quantity,
    o.kind,
    o.unit,
    o.slot_minutes,
    o.due_slots,
    least(o.due_slots, t.slots)::integer AS received_slots,
    coalesce(
        t.last_at, newest.at, (counted.day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    ) AS last_at
FROM own AS o
CROSS JOIN LATERAL (
    SELECT
        count(DISTINCT floor(extract(EPOCH FROM r.at) / (60 * o.slot_minutes))) AS slots,
        max(r.at) AS last_at
    FROM reading AS r
    WHERE
        r.series_id = o.series_id AND r.at >= %(start_at)s::timestamptz
        AND r.at < %(start_at)s::timestamptz + make_interval(mins => o.due_slots * o.slot_minutes)
) AS t
LEFT JOIN LATERAL (
    SELECT r.at
    FROM reading AS r
    WHERE
        t.last_at IS NULL
        AND r.series_id = o.series_id AND r.at <= %(now)s::timestamptz
        AND r.at > %(now)s::timestamptz - INTERVAL '1 day'
    ORDER BY r.at DESC
    LIMIT 1
) AS newest ON TRUE
LEFT JOIN LATERAL (
    SELECT max(d.day_on) AS day_on
    FROM point_day AS d
    WHERE
        t.last_at IS NULL AND newest.at IS NULL
        AND d.point_id = o.point_id AND d.received_slots > 0
        AND d.day_on > (%(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date - %(back_days)s::integer
) AS counted ON TRUE
ORDER BY o.point_code, o.quantity, o.kind;

-- points_of_days --
-- Slots due, received and known of each point of a unit over days [first_on, end_on): one row a point that has such days.
SELECT
    p.point_code,
    count(*)::integer AS days,
    sum(d.due_slots)::bigint AS due_slots,
    sum(d.received_slots)::bigint AS received_slots,
    sum(d.known_slots)::bigint AS known_slots,
    min(d.unit) AS unit,
    CASE WHEN count(DISTINCT d.unit) = 1 THEN sum(d.energy) END AS energy,
    CASE WHEN count(DISTINCT d.unit) = 1 THEN sum(d.measured_energy) END AS measured_energy
FROM point AS p
INNER JOIN point_day AS d ON p.point_id = d.point_id
WHERE p.unit_id = %(unit_id)s AND d.day_on >= %(first_on)s::date AND d.day_on < %(end_on)s::date
GROUP BY p.point_code
ORDER BY p.point_code;

-- point --
-- A point of a unit by its code, or no row.
SELECT
    p.point_id,
    p.point_code,
    p.data_code,
    p.name,
    p.variety_code,
    p.flow,
    p.use,
    p.conversion
FROM point AS p
WHERE p.unit_id = %(unit_id)s AND p.point_code = %(point_code)s;

-- series_of_point --
-- Versions of the series of a point with their meters, oldest first.
SELECT
    s.series_id,
    s.quantity,
    s.kind,
    s.period,
    lower(v.valid) AS valid_from,
    upper(v.valid) AS valid_to,
    m.meter_no,
    m.model,
    m.accuracy_class,
    m.maker,
    m.verified_on,
    m.next_verification_on,
    m.certificate_no,
    m.state,
    v.unit,
    v.slot_minutes,
    v.multiplier,
    v.multiplier_applied_by,
    v.decimals,
    v.register_modulus
FROM series AS s
INNER JOIN series_version AS v ON s.series_id = v.series_id
INNER JOIN meter_now AS m ON v.meter_id = m.meter_id
WHERE s.point_id = %(point_id)s
ORDER BY s.quantity, s.kind, s.period, lower(v.valid) NULLS FIRST;

-- days_of_point --
-- Days [first_on, end_on) of the series that a point's energy is taken from: totals, slots and letters of their slots.
SELECT
    d.day_on,
    d.series_id,
    d.unit,
    d.energy,
    d.measured_energy,
    d.due_slots,
    d.received_slots,
    d.known_slots,
    s.slot_minutes,
    s.scale,
    s.energy AS slots,
    s.quality,
    s.method,
    s.reason
FROM point_day AS d
LEFT JOIN series_day AS s ON d.series_id = s.series_id AND d.day_on = s.day_on
WHERE d.point_id = %(point_id)s AND d.day_on >= %(first_on)s::date AND d.day_on < %(end_on)s::date
ORDER BY d.day_on;
