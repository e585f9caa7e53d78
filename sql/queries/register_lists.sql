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
