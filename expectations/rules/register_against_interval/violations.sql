-- Days on which the register of a point advanced by something else than the sum of the point's intervals, beyond what
-- resolution, rounding and clock explain; judged over the slots that both measured, and once more over the days around.
WITH batch AS (
    SELECT * FROM {batch} AS b
),

limits AS (
    SELECT
        max(value) FILTER (WHERE threshold_name = 'quanta_of_advance') AS quanta_of_advance,
        max(value) FILTER (WHERE threshold_name = 'quanta_a_slot') AS quanta_a_slot,
        max(value) FILTER (WHERE threshold_name = 'share_of_energy') AS share_of_energy,
        max(value) FILTER (WHERE threshold_name = 'clock_error') AS clock_error_s
    FROM rule_threshold_now
    WHERE rule_code = 'register_against_interval'
),

compared AS (
    SELECT
        i.unit_id,
        i.point_id,
        i.series_id,
        r.series_id AS register_series_id,
        i.day_on,
        i.is_audited,
        i.unit AS energy_unit,
        both_measured.slots AS compared_slots,
        both_measured.register_units * 10::numeric ^ (-r.scale) AS register_energy,
        both_measured.interval_units * 10::numeric ^ (-i.scale) AS interval_energy,
        limits.quanta_of_advance * greatest(r.quantum, i.quantum)
        + limits.quanta_a_slot * both_measured.slots * i.quantum
        + limits.share_of_energy * abs(both_measured.register_units) * 10::numeric ^ (-r.scale)
        + limits.clock_error_s / (60 * i.slot_minutes)
        * (both_measured.highest - both_measured.lowest) * 10::numeric ^ (-r.scale) AS tolerance
    FROM batch AS i
    INNER JOIN batch AS r
        ON i.point_id = r.point_id AND i.quantity = r.quantity AND i.day_on = r.day_on
        AND i.unit = r.unit AND i.slot_minutes = r.slot_minutes AND r.kind = 'register'
    CROSS JOIN limits
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS slots,
            sum(slot.register_units) AS register_units,
            sum(slot.interval_units) AS interval_units,
            max(slot.register_units) AS highest,
            min(slot.register_units) AS lowest
        FROM unnest(
            r.energy, i.energy,
            string_to_array(r.quality, NULL), string_to_array(i.quality, NULL),
            string_to_array(r.method, NULL), string_to_array(i.method, NULL)
        ) AS slot (register_units, interval_units, register_quality, interval_quality, register_method, interval_method)
        WHERE slot.register_quality = 'V' AND slot.interval_quality = 'V'
        AND slot.register_method = '-' AND slot.interval_method = '-'
    ) AS both_measured
    WHERE i.kind = 'interval' AND both_measured.slots > 0
    AND i.day_on BETWEEN i.audit_first_on - 1 AND i.audit_last_on + 1
),

around AS (
    SELECT
        compared.*,
        sum(register_energy - interval_energy) OVER neighbours AS difference_around,
        sum(tolerance) OVER neighbours AS tolerance_around
    FROM compared
    WINDOW neighbours AS (
        PARTITION BY series_id, register_series_id
        ORDER BY day_on RANGE BETWEEN INTERVAL '1 day' PRECEDING AND INTERVAL '1 day' FOLLOWING
    )
)

SELECT
    unit_id,
    point_id,
    series_id,
    day_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_from,
    (day_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS span_to,
    day_on,
    register_series_id,
    register_energy,
    interval_energy,
    register_energy - interval_energy AS difference,
    round(tolerance, 6) AS tolerance,
    energy_unit,
    compared_slots
FROM around
WHERE is_audited
AND abs(register_energy - interval_energy) > tolerance
AND abs(difference_around) > tolerance_around
ORDER BY series_id, day_on
