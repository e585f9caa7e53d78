-- slots --
-- Slots of a unit's month: due by the versions of its series of energy in force until `until`, received, validated, and with
-- a gross error (negative, register fell, above capacity, outside its range); points with such a series and with a reading.
WITH wanted AS (
    SELECT
        s.series_id,
        s.point_id,
        v.slot_minutes,
        tstzrange(%(begin_at)s::timestamptz, %(until)s::timestamptz) * v.valid AS span
    FROM series AS s
    INNER JOIN point AS p ON s.point_id = p.point_id
    INNER JOIN unit AS u ON p.unit_id = u.unit_id
    INNER JOIN series_version AS v ON s.series_id = v.series_id
    WHERE
        u.unit_code = %(unit_code)s AND s.kind IN ('register', 'interval')
        AND s.quantity IN ('active_energy', 'volume', 'mass', 'heat')
        AND v.valid && tstzrange(%(begin_at)s::timestamptz, %(until)s::timestamptz)
),

days AS (
    SELECT
        d.series_id,
        d.received_slots,
        length(d.quality) - length(translate(d.quality, 'V', '')) AS validated,
        length(coalesce(d.reason, d.method)) - length(translate(coalesce(d.reason, d.method), 'nrcp', '')) AS gross
    FROM series_day AS d
    WHERE
        d.series_id IN (SELECT w.series_id FROM wanted AS w)
        AND d.day_on >= (%(begin_at)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
        AND d.day_on < (%(until)s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
)

SELECT
    (SELECT coalesce(sum(floor(extract(EPOCH FROM upper(w.span) - lower(w.span)) / (w.slot_minutes * 60))), 0) FROM wanted AS w)
        AS slots_due,
    (SELECT coalesce(sum(d.received_slots), 0) FROM days AS d) AS slots_received,
    (SELECT coalesce(sum(d.validated), 0) FROM days AS d) AS slots_validated,
    (SELECT coalesce(sum(d.gross), 0) FROM days AS d) AS slots_gross,
    (SELECT count(DISTINCT w.point_id) FROM wanted AS w) AS points_due,
    (
        SELECT count(DISTINCT w.point_id)
        FROM wanted AS w
        INNER JOIN days AS d ON w.series_id = d.series_id
        WHERE d.received_slots > 0
    ) AS points_received;

-- readings --
-- Readings stored of a unit's month: all, signed by their gateway, come on their own Shanghai day; and days with such.
SELECT
    count(*) AS readings,
    count(*) FILTER (WHERE r.assurance = 's') AS signed,
    count(*) FILTER (WHERE m.received_on = (r.at AT TIME ZONE 'Asia/Shanghai')::date) AS same_day,
    count(DISTINCT m.received_on) FILTER (WHERE m.received_on = (r.at AT TIME ZONE 'Asia/Shanghai')::date) AS days_online
FROM reading AS r
INNER JOIN LATERAL (
    SELECT (x.received_at AT TIME ZONE 'Asia/Shanghai')::date AS received_on
    FROM message AS x
    WHERE x.message_id = r.message_id
) AS m ON TRUE
WHERE
    r.at >= %(begin_at)s::timestamptz AND r.at < %(until)s::timestamptz
    AND r.series_id IN (
        SELECT s.series_id
        FROM series AS s
        INNER JOIN point AS p ON s.point_id = p.point_id
        INNER JOIN unit AS u ON p.unit_id = u.unit_id
        WHERE u.unit_code = %(unit_code)s
    );

-- sent --
-- Readings that a unit's gateways sent in a month, and those of them that were refused.
SELECT
    coalesce(sum(m.reading_count), 0) AS readings_sent,
    coalesce(sum(m.refused_count), 0) AS readings_refused
FROM message AS m
INNER JOIN gateway AS g ON m.gateway_id = g.gateway_id
INNER JOIN unit AS u ON g.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s AND m.received_at >= %(begin_at)s::timestamptz AND m.received_at < %(until)s::timestamptz;

-- meters --
-- Meters that serve a unit's series at an instant, and those of them inside their verification period on a day.
SELECT
    count(*) AS meters,
    count(*) FILTER (WHERE n.next_verification_on > %(day_on)s::date AND n.state <> 'stopped') AS meters_verified
FROM meter_now AS n
INNER JOIN unit AS u ON n.unit_id = u.unit_id
WHERE
    u.unit_code = %(unit_code)s
    AND EXISTS (SELECT 1 FROM series_version AS v WHERE v.meter_id = n.meter_id AND v.valid @> %(at)s::timestamptz);

-- point_months --
-- Energy of a unit's points in a month: one row a point; energy is null where no slot is known or no row is there.
SELECT
    p.variety_code,
    p.data_code,
    p.flow,
    m.unit,
    m.energy
FROM point AS p
INNER JOIN unit AS u ON p.unit_id = u.unit_id
LEFT JOIN point_month AS m ON p.point_id = m.point_id AND m.month_on = %(month_on)s::date
WHERE u.unit_code = %(unit_code)s
ORDER BY p.point_code;

-- is_unit --
-- Whether a unit is registered.
SELECT EXISTS (SELECT 1 FROM unit WHERE unit_code = %(unit_code)s);

-- stale_quality --
-- Units with series and months whose shares were not counted up to a day, or not since the month's newest balance.
SELECT
    u.unit_id,
    u.unit_code,
    m.month_on
FROM unit AS u
CROSS JOIN unnest(%(months)s::date[]) AS m (month_on)
LEFT JOIN (
    SELECT
        s.unit_id,
        s.month_on,
        min(s.until_on) AS until_on,
        min(s.counted_at) AS counted_at
    FROM quality_share AS s
    WHERE s.month_on = ANY(%(months)s::date[])
    GROUP BY s.unit_id, s.month_on
) AS q ON u.unit_id = q.unit_id AND m.month_on = q.month_on
LEFT JOIN monitored_newest AS n ON u.unit_id = n.unit_id AND m.month_on = n.month_on
LEFT JOIN monitored_balance AS b ON n.balance_id = b.balance_id
WHERE
    EXISTS (SELECT 1 FROM point AS p INNER JOIN series AS s ON p.point_id = s.point_id WHERE p.unit_id = u.unit_id)
    AND (%(unit_ids)s::integer[] IS NULL OR u.unit_id = ANY(%(unit_ids)s::integer[]))
    AND (
        q.unit_id IS NULL
        OR q.until_on < least((m.month_on + INTERVAL '1 month')::date, %(today_on)s::date)
        OR q.counted_at < b.computed_at
    )
ORDER BY m.month_on DESC, u.unit_id;

-- put_share --
-- A share of a unit's month as it was counted last.
INSERT INTO quality_share (unit_id, month_on, share_name, part, whole, until_on, counted_at)
VALUES (%(unit_id)s, %(month_on)s, %(share_name)s, %(part)s, %(whole)s, %(until_on)s, %(counted_at)s)
ON CONFLICT (unit_id, month_on, share_name) DO UPDATE SET
part = excluded.part,
whole = excluded.whole,
until_on = excluded.until_on,
counted_at = excluded.counted_at;

-- counted_shares --
-- Shares as last counted, of a month or of a unit's months, with the unit as it is registered: one row a share.
SELECT
    s.unit_id,
    u.unit_code,
    u.name AS unit_name,
    u.division_code,
    u.industry_code,
    s.month_on,
    s.share_name,
    s.part,
    s.whole,
    s.until_on,
    s.counted_at
FROM quality_share AS s
INNER JOIN unit AS u ON s.unit_id = u.unit_id
WHERE
    (%(month_on)s::date IS NULL OR s.month_on = %(month_on)s::date)
    AND (%(unit_id)s::integer IS NULL OR s.unit_id = %(unit_id)s::integer)
ORDER BY s.month_on, u.division_code, u.unit_code, s.share_name;

-- counted_months --
-- Months of which shares were counted, the newest first.
SELECT DISTINCT s.month_on
FROM quality_share AS s
ORDER BY s.month_on DESC
LIMIT 60;

-- unit_of_code --
-- Id of a unit by its code: one row, or none.
SELECT unit_id FROM unit WHERE unit_code = %(unit_code)s;
