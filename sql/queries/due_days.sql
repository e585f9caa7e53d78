-- mark_due_days --
-- Puts on the changed list every (series, day) in [first_on, end_on) that was due as a whole and has no row yet. Returns
-- the number of marks as row count. Energy series of at most an hour only: others make no series day. Days from before a
-- gateway was enrolled are left to its back-fill while its commissioning window is open.
INSERT INTO changed_mark (series_id, day_on)
SELECT
    s.series_id,
    due.day_at::date
FROM series AS s
INNER JOIN point AS p ON s.point_id = p.point_id
CROSS JOIN LATERAL (
    SELECT range_agg(v.valid) AS registered
    FROM series_version AS v
    WHERE v.series_id = s.series_id
) AS life
CROSS JOIN LATERAL generate_series(
    %(first_on)s::date::timestamp, %(end_on)s::date::timestamp - INTERVAL '1 day', INTERVAL '1 day'
) AS due (day_at)
WHERE
    s.kind IN ('register', 'interval')
    AND s.period IN ('instant', '15min', '30min', '1h')
    AND s.quantity IN ('active_energy', 'reactive_energy', 'volume', 'mass', 'heat')
    AND life.registered @> tstzrange(
        due.day_at AT TIME ZONE 'Asia/Shanghai', (due.day_at + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
    )
    AND NOT EXISTS (
        SELECT 1 FROM series_day AS d
        WHERE d.series_id = s.series_id AND d.day_on = due.day_at::date
    )
    AND NOT EXISTS (
        SELECT 1 FROM gateway AS g
        WHERE
            g.unit_id = p.unit_id
            AND coalesce(g.backfill_until, 'infinity') > %(now)s
            AND g.registered_at > due.day_at AT TIME ZONE 'Asia/Shanghai'
    );
